"""Odd requests to Debian's Alertmanager 0.25 and to `tocsin alertmanager`, answer by answer, and what both have kept afterwards.

Some of them are by chance, always the same. What is answered otherwise is written down below, request by request, with both answers and the reason.
"""
from tests.journeys.alertmanager_odd_requests import EARLY, LAST_YEAR, PARTS, base_alert, base_silence, with_raw
from tests.journeys.alertmanager_sides import ANYTHING, NOBODY, BothSides, Differences, alert, get, key, post, silence
from tests.journeys.harness import wait_for

CONFIG = """
route:
  receiver: default
  group_by: [alertname]
  routes: [{matchers: [severity="page"], receiver: pager}]
receivers: [{name: default}, {name: pager}]
inhibit_rules: [{source_matchers: [role="source"], target_matchers: [role="target"]}]
"""
KNOWN = Differences()
differ = KNOWN.add
BODY = {"body": (ANYTHING, ANYTHING)}
BEFORE_API = {"Vary": ("Origin", ""), **BODY}  # the answer is one of our server's


def unreadable(what):
    return {"code": 400, "message": f'parsing {what} body from "" failed, because ...'}


BEYOND = "9999-12-31T23:59:59-01:00"  # in UTC
# Defects of the reference that nobody can want.
PANIC = {"status": ("hung up", 400), "Content_Type": ("", "application/json"), "Vary": ("", "Origin")}
differ("at null it ends the request with a panic", post("/alerts", "[null]", [base_alert("Beside"), None]), **PANIC, body=("", unreadable("alerts")))
differ("the same", post("/silences", base_silence("", matchers=[None])), **PANIC, body=("", unreadable("silence")))
differ("it cannot write down when to forget a silence of the last year, and refuses it",
       post("/silences", *[base_silence(t, endsAt=t) for t in LAST_YEAR if t != BEYOND]), status=(400, 200), **BODY)
differ("what is beyond is refused here, too", post("/silences", base_silence(BEYOND, endsAt=BEYOND)),
       body=(ANYTHING, "Failed to create silence: end time must be before the year 10000"))
differ("a parameter that cannot be read is passed over there, so that the answer is one to another question",
       get(*["/alerts?filter=alertname%3DEqual&" + q for q in ("active=%", "active=%zz", "active=%FF", "active=true%00", "%zz=1", "filter=a%3D%00")]),
       status=(200, 400), **BEFORE_API)
differ("so is one with a semicolon", get("/alerts?filter=alertname%3DEqual;x"), body=(ANYTHING, []))
differ("its Go 1.19 forgets the error of a second that is missing before its fraction",
       post("/alerts", *[[alert({"alertname": "Second"}, endsAt=text)] for text in ("2026-01-02T03:04:.678Z", "2026-01-02 03:04:,6")]),
       status=(200, 400), Content_Type=("", "application/json"), body=("", unreadable("alerts")))
differ("HTTP has no # in a request", get("/alerts?filter=alertname%3DEqual&#active=false"), status=(200, 400), **BEFORE_API)

# What stands before API v2 here refuses in words of its own.
differ("what is no UTF-8, or holds a NUL, is refused before it is looked at",
       get(*["/alerts?" + q for q in ("filter=%FF", "filter=%FF%3Db", "filter=a%3D%FF", "filter=a%3D%FF%FE%C3", "filter=a%00%3Db", "receiver=%FF")],
           "/alerts/groups?receiver=%FF", "/silences?filter=%FF", "/silences?filter=a%3D%FF"), **BEFORE_API)
differ("the same", get("/silence/%FF", "/silence/%00"), status=(422, 400), **BEFORE_API)
differ("the same", get("/status%00"), status=(404, 400), **BEFORE_API)
differ("the server knows the methods of HTTP, in capitals", [("get", "/api/v2/receivers", None, {})],
       status=(200, 405), Allow=("", ANYTHING), **BEFORE_API)
differ("the same", [(m, "/api/v2/receivers", None, {}) for m in ("TRACE", "PROPFIND")], Allow=("GET", ANYTHING), **BEFORE_API)
differ("the same", [("TRACE", "/api/v2/nope", None, {})], status=(404, 405), Allow=("", ANYTHING), **BEFORE_API)
differ("outside of API v2 refusals look as elsewhere in Tocsin", [("GET", path, None, {}) for path in (
           "/api", "/api/", "/api/v3/alerts", "/api/v2x", "/api/V2/alerts", "/API/v2/alerts", "/-/", "/-", "/-/nope", "/nope")],
       Content_Type=("text/plain;charset=utf-8", "application/json"), body=("404 page not found\n", ANYTHING))
differ("and no path there has a second name", [("GET", "/-/healthy/", None, {})], status=(301, 404), Location=("/-/healthy", ""),
       Content_Type=("text/html;charset=utf-8", "application/json"), **BODY)
differ("a path that ends at /api/v2 is led on in two steps", get("/alerts/.."), Location=("/api/v2/", "/api/v2"), **BODY)

# What is newer than 0.25.
differ("since 0.27 a silence of an unknown id is 404", [("DELETE", f"/api/v2/silence/{NOBODY}", None, {})],
       status=(500, 404), Content_Type=("application/json", ""), body=("silence not found", ""))
differ("since 0.28 a silence is checked before it is looked for",
       post("/silences", base_silence("Id", id=NOBODY, matchers=[{"name": "a", "value": "", "isRegex": False}])),
       status=(404, 400), body=("silence not found", "invalid silence: matcher set 0: at least one matcher must not match the empty string"))
differ("since 0.32 a silence has annotations",
       post("/silences", *[with_raw(base_silence("Annotations"), "annotations", raw) for raw in ("5", "[]", '"x"')]),
       status=(200, 400), body=(ANYTHING, unreadable("silence")))
differ("since 0.34 silences can be asked for by their state", get("/silences?active=false&filter=role%3Dsilenced"), body=(ANYTHING, []))

# What we keep otherwise.
differ("times are kept to the microsecond", post("/alerts", [alert({"alertname": "Nano"}, startsAt="2026-01-01T00:00:00.000000001Z", endsAt=EARLY)]),
       status=(400, 200), Content_Type=("application/json", ""), body=("start time must be before end time", ""))
differ("the same", post("/silences", base_silence("Nano", startsAt="2089-01-01T00:00:00.000000001Z", endsAt="2089-01-01T00:00:00.000000002Z")),
       status=(200, 400), body=(ANYTHING, "Failed to create silence: start time must be before end time"))
NUL = post("/silences", base_silence("Nul", comment="a\0b", endsAt="2089-03-01T00:00:00Z"))
differ("a database keeps no NUL in a text", get("/silences?filter=alertname%3DNul"), **BODY)

# The last one: a pattern that is one alone and none between ^(?: and )$. The reference keeps it, and then finds no silence for any alert any more.
differ("since 0.32 a pattern is tried as it is used", post("/silences", silence(("a", "\\Q(", True))),
       status=(200, 400), body=(ANYTHING, "invalid silence: invalid label matcher 0: error parsing regexp: ..."))


class Oddities(BothSides):
    CONFIG = CONFIG

    def ask(self, step):
        answers = [side.ask(*step) for side in self.sides]
        # A silence that only one side took leaves a gap on the other.
        for side in self.sides:
            side.silences += ["a silence of the other side"] * (max(len(s.silences) for s in self.sides) - len(side.silences))
        return KNOWN.unknown(step, *answers)

    def kept_apart(self, part):
        """What one side lists and the other does not, or lists otherwise."""
        found = []
        for path, name in (("/alerts", "fingerprint"), ("/silences", "id")):
            theirs, ours = [{one[name]: one for one in side.ask(*get(path)[0])["body"]} for side in self.sides]
            self.assertGreater(len(theirs), 0)
            found += [f"after {part}: {path} {i}\n  theirs {theirs.get(i)}\n  ours   {ours.get(i)}" for i in sorted({*theirs, *ours})
                if theirs.get(i) != ours.get(i)]
        return found

    def test_are_answered_as_debians_alertmanager_does(self):
        found, asked = [], set()
        for part, steps in PARTS.items():
            for step in steps:
                found += self.ask(step)
                asked.add(key(step))
            if part == "seed":
                for side in self.sides:  # the reference's groups and inhibitions follow a post a little later
                    wait_for(f"{side.name}: the groups", lambda: len(side.ask(*get("/alerts/groups")[0])["body"]) == 4)
                    wait_for(f"{side.name}: what is inhibited", lambda: len(side.ask(*get("/alerts?inhibited=false")[0])["body"]) == 5)
            found += self.kept_apart(part)
        for step in [*NUL, *KNOWN.steps]:
            found += self.ask(step)
        self.assertEqual(found, [], "\n".join(["", *found]))
        self.assertEqual(asked & set(KNOWN.known), set(), "what is answered otherwise is asked at the end only")
        self.assertGreater(len(asked), 2500)
