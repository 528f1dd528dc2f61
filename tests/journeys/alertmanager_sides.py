"""The same request to both: Debian's Alertmanager 0.25 and `tocsin alertmanager`, and what their answers differ in.

Compared are the status, Content-Type, Allow, Vary, CORS and the body, without what any two runs differ in: ids, the time of now, who answers.
"""
import datetime
import http.client
import json
import os
import re

from tests.journeys.alertmanager_peer import Standin, exchange, plain, start_reference
from tests.journeys.harness import Journey

COMPARED = ("Content-Type", "Allow", "Location", "Vary", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
ANYTHING = object()

JSON = {"Content-Type": "application/json"}
NOBODY = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001"  # an id that no silence has


def get(*paths):
    return [("GET", "/api/v2" + p, None, {}) for p in paths]


def post(path, *bodies):
    return [("POST", "/api/v2" + path, b if isinstance(b, (str, bytes)) else json.dumps(b), JSON) for b in bodies]


def alert(labels, **more):
    return {"labels": labels, **more}


def silence(*matchers, **more):
    return {"matchers": [dict(zip(("name", "value", "isRegex", "isEqual"), m)) for m in matchers], "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "2090-01-01T00:00:00Z", "createdBy": "ada", "comment": "on it", **more}

# Texts of the reference that have other words since, or that come from the JSON reader of its language.
NEWER_WORDS = [
    (r"^silence invalid: (at least one matcher)", r"invalid silence: matcher set 0: \1"),
    (r"^silence invalid: (invalid label matcher \d+: )(?:invalid regular expression \".*?\": )?", r"invalid silence: \1"),
]
# A silence's pattern is tried alone in 0.25, and since 0.32 as it is used, anchored: what is wrong with it is named in other words.
REGEXP_READER = (r"^(invalid silence: invalid label matcher \d+: error parsing regexp: ).+", r"\1...")
JSON_READER = (r'^(parsing (?:alerts|silence) body from "" failed, because ).+', r"\1...")

# What says who answers: the build, and a configuration that is written back in words of its own (with defaults there, as it was written here).
WHO = ("branch", "buildDate", "buildUser", "goVersion", "revision", "version", "original")


def key(step):
    return (*step[:3], tuple(sorted(step[3].items())))


class Differences:
    """The differences that are written down: step -> (reasons, {what is compared: (theirs, ours)})."""

    def __init__(self):
        self.known, self.steps = {}, []

    def add(self, reason, steps, **what):
        self.steps += steps
        for step in steps:
            reasons, known = self.known.setdefault(key(step), ([], {}))
            reasons.append(reason)
            known.update({k.replace("_", "-"): v for k, v in what.items()})

    def unknown(self, step, theirs, ours):
        """What differs and is not written down, or is written down and differs in another way."""
        reason, known = self.known.get(key(step), ("", {}))
        found = []
        for what in theirs:
            a, b = known.get(what, (ours[what], theirs[what]))
            if (a is not ANYTHING and theirs[what] != a) or (b is not ANYTHING and ours[what] != b) or (what in known and theirs[what] == ours[what]):
                found.append(f"{step[0]} {step[1]} {step[2] or ''} {step[3]} {what} {reason}\n  theirs {theirs[what]}\n  ours   {ours[what]}")
        return found


class Side:
    """One of the two, with the ids of its silences."""

    def __init__(self, name, url):
        self.name, self.url, self.silences = name, url, []

    def fill(self, text):
        for i, uuid in enumerate(self.silences):
            text = text.replace("{s%d}" % (i + 1), uuid)
        return text

    def ask(self, method, path, body, headers):
        """The answer to one request; `{s1}` in it is the id of the first silence, and so in the answer."""
        sent = body if body is None or isinstance(body, bytes) else self.fill(body).encode()
        try:
            answer = exchange(self.url, method, self.fill(path), sent, headers)
        except http.client.RemoteDisconnected:
            return {"status": "hung up", **{name: "" for name in COMPARED}, "body": ""}
        out = {"status": answer.status}
        for name in COMPARED:
            values = [v for line in answer.headers.get_all(name, []) for v in line.replace(" ", "").split(",")]
            # The order of Allow is by chance at the reference.
            out[name] = ",".join(values if name.startswith("Access") else sorted(values))
        text = plain(answer)
        if path == "/api/v2/silences" and method == "POST" and answer.status == 200:
            uuid = json.loads(text)["silenceID"]
            if uuid not in self.silences:
                self.silences.append(uuid)
        for i, uuid in enumerate(self.silences):
            text = text.replace(uuid, "{s%d}" % (i + 1))
        try:
            out["body"] = tidy(json.loads(text))
        except ValueError:
            out["body"] = text
        if self.name == "theirs" and isinstance(out["body"], str):
            for pattern, words in NEWER_WORDS:
                out["body"] = re.sub(pattern, words, out["body"])
        if isinstance(out["body"], str):
            out["body"] = re.sub(*REGEXP_READER, out["body"], flags=re.DOTALL)
        return out


class BothSides(Journey):
    """Has both running with the configuration CONFIG, in the syntax that 0.25 knows: `self.sides` is theirs and ours."""

    CONFIG = None

    def setUp(self):
        super().setUp()
        process, url = start_reference(os.path.join(self.folder, "reference"), self.CONFIG)
        self.addCleanup(process.kill)
        ours = Standin(self.folder, self.CONFIG, "--enable-feature=classic-mode")
        self.started.append(ours)
        self.sides = Side("theirs", url), Side("ours", ours.start().url)


def is_newer(name, value, beside):
    """Fields of versions after 0.25: mutedBy, and the labels of a receiver, here always its name."""
    return (name, value) == ("mutedBy", []) or (name == "labels" and value == {"name": beside.get("name")})


def tidy(value):
    """Without what any two runs differ in, and without the fields that are newer than 0.25."""
    if isinstance(value, list):
        return [tidy(v) for v in value]
    if isinstance(value, dict):
        out = {k: tidy(v) for k, v in value.items() if not is_newer(k, v, value)}
        out.update({k: "" for k in out if k in WHO})
        if isinstance(value.get("silencedBy"), list):
            out["silencedBy"] = sorted(value["silencedBy"])  # ids of chance
        if isinstance(value.get("message"), str):
            out["message"] = re.sub(*JSON_READER, value["message"], flags=re.DOTALL)
            # Names in the order of chance.
            out["message"] = re.sub(r"\[(\w+),(\w+)\] are", lambda m: "[%s,%s] are" % tuple(sorted(m.groups())), out["message"])
        return out
    if isinstance(value, str) and re.fullmatch(r"-?\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", value):
        return tidy_time(value)
    return value


def tidy_time(text):
    """Debian's answers a time in the zone it was posted in, ours in UTC: the same moment. Python knows the years 1 to 9999 and zones up to a day."""
    years, rest, zone = re.fullmatch(r"(-?\d+)-(\d\d-\d\dT[\d:.]+)(Z|.*)", text).groups()
    eras, year = divmod(int(years), 400)  # the calendar comes again after so many
    time = datetime.datetime.fromisoformat(f"{year + 2000}-{rest}+00:00")
    if zone != "Z":
        time -= datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:])) * (-1 if zone[0] == "-" else 1)
    away = (time - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    if eras == 5:
        for minutes in (0, 5):
            if abs(away - minutes * 60) < 60:
                return f"now + {minutes}m"
    return f"{time.year - 2000 + eras * 400:04}-{time.isoformat()[5:]}"
