"""What Karma and Grafana send, replayed against Debian's Alertmanager and ours: the same answers, and such as their clients read.

The requests, with headers and bodies, are data in recorded/*.json, written down from the sources that each file names.
"""
import datetime
import json
import os
import re

import jsonschema

from tests.journeys.alertmanager_peer import exchange, plain
from tests.journeys.alertmanager_sides import BothSides
from tests.journeys.harness import wait_for
from tests.journeys.test_alertmanager_answers import CONFIG

TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
LABELS = {"type": "object", "additionalProperties": TEXT}


def fields(**properties):
    return {"type": "object", "required": list(properties), "properties": properties}


def listed(items, least=0):
    return {"type": "array", "items": items, "minItems": least}


# Karma's client (go-swagger's models) refuses an answer without one of these. It follows isEqual without looking whether it is there.
MATCHER = fields(name=TEXT, value=TEXT, isRegex={"type": "boolean"}, isEqual={"type": "boolean"})
SILENCE = fields(id=TEXT, status=fields(state={"enum": ["expired", "active", "pending"]}), updatedAt=TIME, startsAt=TIME, endsAt=TIME,
                 createdBy=TEXT, comment=TEXT, matchers=listed(MATCHER, 1))
RECEIVER = fields(name=TEXT)
ALERT = fields(annotations=LABELS, labels=LABELS, startsAt=TIME, endsAt=TIME, updatedAt=TIME, fingerprint=TEXT, receivers=listed(RECEIVER),
               status=fields(state={"enum": ["unprocessed", "active", "suppressed"]}, silencedBy=TEXTS, inhibitedBy=TEXTS))
READS = {
    "status": fields(uptime=TIME, config=fields(original=TEXT),
                     cluster=fields(status={"enum": ["ready", "settling", "disabled"]}, peers=listed(fields(name=TEXT, address=TEXT))),
                     versionInfo=fields(version=TEXT, revision=TEXT, branch=TEXT, buildUser=TEXT, buildDate=TEXT, goVersion=TEXT)),
    "groups": listed(fields(alerts=listed(ALERT, 1), labels=LABELS, receiver=RECEIVER)),
    "alerts": listed(ALERT),
    "silences": listed(SILENCE),
    "silence": SILENCE,
    "silence id": fields(silenceID=TEXT),
}


def fill(text):
    """The times in a recorded body: {now}, {now+4m}, and {minute+1h} where a form cuts the seconds off."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def time(match):
        # Never the second that is: a silence from now on keeps its id when it is edited, one from the past becomes another.
        moment = (now - datetime.timedelta(seconds=2)).replace(second=0, microsecond=0) if match[1] == "minute" else now
        if match[2]:
            moment += datetime.timedelta(**{{"m": "minutes", "h": "hours"}[match[3]]: int(match[2])})
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (moment.microsecond // 1000)

    return re.sub(r"\{(now|minute)(?:\+(\d+)([mh]))?\}", time, text)


class Recorded(BothSides):
    maxDiff = None

    CONFIG = CONFIG

    @staticmethod
    def recorded(name):
        with open(os.path.join(os.path.dirname(__file__), "recorded", name + ".json")) as f:
            return json.load(f)["requests"]

    def read(self, request, side):
        """What the client needs of the answer, asked once more: the comparison has taken out what differs by right."""
        answer = exchange(side.url, request["method"], side.fill(request["path"]), None, request["headers"])
        self.assertEqual(answer.status, 200, request["who"])
        self.assertIn("json", answer.headers["Content-Type"], request["who"])
        jsonschema.validate(json.loads(plain(answer)), READS[request["reads"]])

    def read_metrics(self, request, side):
        """Karma parses all of it before it looks for the version, as Prometheus' text format wants it."""
        answer = exchange(side.url, "GET", request["path"], None, request["headers"])
        self.assertEqual(answer.status, 200)
        text = plain(answer)
        self.assertTrue(text.endswith("\n"))
        typed = set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                name = line.split()[2]
                self.assertNotIn(name, typed, "a metric is described twice")
                typed.add(name)
            elif line and not line.startswith("#"):
                self.assertRegex(line, r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]\w*="([^"\\\n]|\\.)*",?)*\})? \S+( \d+)?$')
        (version,) = re.findall(r'^alertmanager_build_info\{.*\bversion="([^"]*)".*\} 1$', text, re.M)
        # Alertmanager's mixin sees by it a process that starts again and again.
        self.assertRegex(text, r"(?m)^process_start_time_seconds \S+$")
        # From 0.22 on Karma takes the newest of its mappers; what is no version it cannot compare.
        self.assertRegex(version, r"^\d+\.\d+\.\d+")
        self.assertGreaterEqual(tuple(int(n) for n in version.split(".")[:2]), (0, 22))

    def replay(self, name, differences=()):
        compared = 0
        for request in self.recorded(name):
            reads = request.get("reads")
            if reads == "metrics":
                for side in self.sides:
                    self.read_metrics(request, side)
                continue
            body = fill(json.dumps(request["body"])) if "body" in request else None
            theirs, ours = [side.ask(request["method"], request["path"], body, request["headers"]) for side in self.sides]
            if reads == "nothing there":
                # Whatever is no success says the same to Grafana.
                self.assertTrue(theirs["status"] >= 400 and ours["status"] >= 400, request["who"])
                continue
            self.assertEqual(ours, theirs, f"{name}: {request['who']}: {request['method']} {request['path']}")
            compared += 1
            for side in self.sides:
                if reads and request["method"] == "GET":
                    self.read(request, side)
                if "groups" in request:
                    # The reference's groups and inhibitions follow a post a little later.
                    wait_for(f"{side.name}: the groups",
                             lambda: len(side.ask("GET", "/api/v2/alerts/groups", None, {})["body"]) == request["groups"])
            if reads == "silence id":
                self.assertTrue(ours["body"]["silenceID"], request["who"])
        return compared

    def test_karma(self):
        self.assertGreaterEqual(self.replay("karma"), 14)

    def test_grafana(self):
        self.assertGreaterEqual(self.replay("grafana"), 14)
