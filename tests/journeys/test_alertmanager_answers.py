"""The same requests to Debian's Alertmanager 0.25 and to `tocsin alertmanager`, answer by answer.

What differs is written down below, with both answers and the reason; anything else fails, and so does a difference that is written down and no more
there. What odd requests are answered: test_alertmanager_oddities.py.
"""
from tests.journeys.alertmanager_sides import ANYTHING, JSON, NOBODY, BothSides, Differences, alert, get, key, post, silence
from tests.journeys.harness import wait_for

CONFIG = """
route:
  receiver: default
  group_by: [alertname]
  group_wait: 0s
  group_interval: 5s
  routes:
    - {matchers: [severity="page"], receiver: pager, continue: true}
    - {matchers: [team=~"x|y"], receiver: team-x, group_by: ['...']}
receivers: [{name: default}, {name: pager}, {name: team-x}]
inhibit_rules:
  - {source_matchers: [severity="page"], target_matchers: [severity="warn"], equal: [alertname]}
"""

NOTHING_YET = get("/alerts", "/alerts/groups", "/receivers", "/silences", "/status")

ALERTS = post("/alerts", [
    alert({"alertname": "A", "severity": "page", "team": "x", "empty": ""}, annotations={"x": "<a & b>\u2028é", "e": ""}, generatorURL="http://x/y"),
    alert({"alertname": "A", "severity": "warn", "instance": "2"}, startsAt="2026-01-01T01:00:00+01:00", endsAt="2090-01-01T00:00:00Z"),
    alert({"alertname": "B", "instance": "1", "job": "b"}, endsAt="2090-01-01T00:00:00Z"),
    alert({"alertname": "B", "instance": "2", "job": "a"}, startsAt="2026-01-01T00:00:00.123456789Z", endsAt="2090-01-01T00:00:00Z"),
    alert({"alertname": "Over"}, startsAt="2026-01-01T00:00:00Z", endsAt="2026-01-02T00:00:00Z"),
]) + post("/alerts", [], "[] and more", [alert({"alertname": "C", "team": "y"}, unknown=1, annotations=None, generatorURL="")])

SILENCES = post("/silences", silence(("alertname", "B", False), ("instance", "1|3", True)),  # {s1}
                silence(("alertname", "A", False, True), ("team", "", False, False), endsAt="2090-01-02T00:00:00Z"),  # {s2}
                silence(("team", "x", False, True), startsAt="2089-01-01T00:00:00Z"))  # {s3}

QUESTIONS = get(
    *["/alerts" + q for q in (
        "", "?active=false", "?silenced=false", "?inhibited=false", "?unprocessed=false", "?active=false&silenced=false&inhibited=false", "?active=0",
        "?active=yes", "?active=TRUE", "?active=", "?active=no&active=true", "?receiver=pager", "?receiver=team-.*", "?receiver=team", "?receiver=",
        "?receiver=(", "?filter=alertname%3D%22A%22", "?filter=alertname%3D~%22A%7CB%22&filter=instance%21%3D%221%22", "?filter=team%3D%22%22",
        "?filter=team%21%3D%22%22", "?filter=team%21~%22x.*%22", "?filter=team%3Dx", "?filter=x", "?filter=", "?filter=%7Balertname%3D%22A%22%7D",
        "?filter=a-b%3D1", "?filter=a%3D~%22(%22", "?filter=alertname%3DA%2Cteam%3Dx", "?other=1", "?filter=alertname%3D%22A")],
    *["/alerts/groups" + q for q in (
        "", "?receiver=pager", "?active=false", "?silenced=false", "?inhibited=false", "?filter=alertname%3D%22B%22", "?filter=x", "?receiver=%5B")],
    *["/silences" + q for q in ("", "?filter=alertname%3D%22B%22", "?filter=alertname%3DA&filter=team%21%3D%22%22", "?filter=x", "?filter=no%3Dthing")],
    "/silence/{s1}", "/silence/{s3}", f"/silence/{NOBODY}", "/silence/x", "/silence/", "/silence/{s1}/x")

CHANGES = (
    post("/silences", silence(("alertname", "B", False), ("instance", "1|3", True), comment="still on it", id="{s1}"),
         silence(("alertname", "B", False), id=NOBODY)) +
    [("DELETE", "/api/v2/silence/{s2}", None, {})] + get("/silences", "/silence/{s2}", "/alerts") +
    [("DELETE", "/api/v2/silence/{s2}", None, {}), ("DELETE", "/api/v2/silence/{s3}", None, {}), ("DELETE", f"/api/v2/silence/{NOBODY}", None, {}),
     ("DELETE", "/api/v2/silence/x", None, {})])

BAD_ALERTS = post(
    "/alerts", "", "null", "{}", "[", "[{}]", "5", '"x"', [alert({})], [alert(None)], [alert({"a": 5})], [alert({"a": None})], [alert([])],
    [alert({"a": "b"}, startsAt="x")], [alert({"a": "b"}, startsAt=5)], [alert({"a": "b"}, generatorURL="::x")],
    [alert({"a": "b"}, generatorURL="x y")], [alert({"a": "b"}, generatorURL=5)], [alert({"a": "b"}, annotations=[])],
    [alert({"a-b": "c"})], [alert({"a": "b"}, annotations={"a-b": "c"})], [alert({"": "b"})], [alert({"a": ""})],
    [alert({"a": "b"}, startsAt="2090-01-02T00:00:00Z", endsAt="2089-01-02T00:00:00Z")],
    [alert({"a-b": "c"}), alert({"a": "b"}, startsAt="2090-01-02T00:00:00Z", endsAt="2089-01-02T00:00:00Z"),
     alert({"alertname": "Kept", "team": "x"}, endsAt="2090-01-01T00:00:00Z")], [alert({"a": "b"}), {}])

# An alert without labels is kept by nobody: it is refused for its generatorURL or, where that is taken, for the labels.
URLS = post("/alerts", *[[alert({"a": ""}, generatorURL=url)] for url in (
    "http://", "http:///x", "http://:80", "http://a:", "http://a:80/b", "http://1.2.3.4:8:9", "http://a,b;c=d", "x://a<b>", "http://a]", "http://é/",
    "http://%c3%a9/", "http://a%25b", "http://[::1]", "http://[::1]:90/x", "http://[::1]:", "http://[a]b]:8", "http://[fe80::1%25en0]",
    "http://[fe80::1%25en%41%20]:80", "http://u@h", "http://u:p@x@h", "http://u%20:%2f@h", "http://a/b c", "http://a?b c", "//a b", "//[", "http:/[",
    "x:a b", "*", "/graph?q=%zz", "mailto:50%",
    "http://a b/", "http://a b?x", "http://a^b", "http://a|b", "http://a{b}", "http://a`b", "http://a#b", "http://a\\b", "http://a:b/", "http://a:80x",
    "http://a:-1", "http://[::1", "http://[::1]x", "http://[::1]:8:9", "http://[::1]:x", "http://[fe80::1%en0]", "http://[::1%25%2f]",
    "http://[::1%25%80]", "http://a%20b/", "http://a%41", "http://a%zz", "http://a%", "http://a%2", "http://u^@h", "http://u:p%zz@h", "http://é b@h",
    "http://u@a b", " http://a", "http://a\nb", "/%zz", ":a", "1a:b", "graph")])

BAD_SILENCES = post(
    "/silences", "", "null", "[]", "{}", "{", silence(), silence(("a", "b")), silence(("a", "b", "no")), silence(("a", 5, False)),
    silence(("a", "(", True)), silence(("a", "", False)), silence(("a", ".*", True)), silence(("", "c", False)),
    silence(("a", "b", False), endsAt="2026-01-01T00:00:00Z"), silence(("a", "b", False), endsAt="x"), silence(("a", "b", False), endsAt=None),
    silence(("a", "b", False), startsAt="2091-01-01T00:00:00Z"), silence(("a", "b", False), comment=""), silence(("a", "b", False), createdBy=""),
    silence(("a", "b", False), comment=None), silence(("a", "b", False), createdBy=5), silence(("a", "b", False), id="x"),
    silence(("a", "b", False), matchers=None), silence(("a-b", "c", False)))

ORIGIN = {"Origin": "http://a.example"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "POST"}
DOORS = (
    [("POST", "/api/v2/alerts", "[]", h) for h in (
        {}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": "Application/JSON"},
        {"Content-Type": "application/x-www-form-urlencoded"}, {**JSON, "Accept": "text/html"}, {**JSON, **ORIGIN})] +
    [("POST", "/api/v2/silences", "{}", {"Content-Type": "text/plain"})] +
    [(m, "/api/v2/alerts", None, {}) for m in ("PUT", "DELETE", "PATCH", "OPTIONS")] +
    [(m, "/api/v2/status", None, {}) for m in ("POST", "DELETE", "HEAD")] +
    [("POST", "/api/v2/receivers", None, {}), ("DELETE", "/api/v2/silences", None, {}), ("POST", "/api/v2/silence/{s1}", None, {}),
     ("POST", "/api/v2/alerts/groups", None, {})] +
    get("", "/", "/nope", "/alerts/", "/alerts/x", "/Alerts", "/silences/{s1}") +
    [("GET", "/api/v2/receivers", None, {**ORIGIN}), ("GET", "/api/v2/receivers", None, {"Accept": "text/plain"}),
     ("GET", "/api/v2/receivers", None, {"Accept": "application/json;q=0.5, */*"}),
     ("OPTIONS", "/api/v2/alerts", None, PREFLIGHT), ("OPTIONS", "/api/v2/silence/{s1}", None, {**PREFLIGHT, "Access-Control-Request-Method": "DELETE"}),
     ("OPTIONS", "/api/v2/alerts", None, {**PREFLIGHT, "Access-Control-Request-Headers": "content-type"}),
     ("OPTIONS", "/api/v2/alerts", None, {**PREFLIGHT, "Access-Control-Request-Headers": "x-other"}),
     ("GET", "/-/healthy", None, {}), ("GET", "/-/ready", None, {}), ("POST", "/-/reload", None, {}), ("GET", "/-/reload", None, {}),
     ("GET", "/api/v1/alerts", None, {}), ("POST", "/api/v1/alerts", "[]", JSON)])

KNOWN = Differences()
differ = KNOWN.add

differ("since 0.27 a silence of an unknown id is 404", [("DELETE", f"/api/v2/silence/{NOBODY}", None, {})],
       status=(500, 404), Content_Type=("application/json", ""), body=("silence not found", ""))
differ("a preflight has no body, and says so", [s for s in DOORS if s[0] == "OPTIONS" and "Origin" in s[3]], status=(200, 204))
differ("HEAD is answered as GET is", [("HEAD", "/api/v2/status", None, {})], status=(405, 200), Allow=("GET", ""))
differ("a door of ours: its refusals look as elsewhere in Tocsin", [("GET", "/-/reload", None, {})], Allow=("OPTIONS,POST", "POST"),
       Content_Type=("text/plain;charset=utf-8", "application/json"), body=("Method Not Allowed\n", ANYTHING))
differ("the API v1 is gone since 0.27", [s for s in DOORS if "/api/v1" in s[1]], status=(200, 410), body=(ANYTHING, ANYTHING),
       Access_Control_Allow_Origin=("*", ""), Access_Control_Allow_Methods=("GET,POST,DELETE,OPTIONS", ""),
       Access_Control_Allow_Headers=("Accept,Authorization,Content-Type,Origin", ""))
differ("the allowed headers are told as they were asked for", [s for s in DOORS if "content-type" in s[3].values()],
       Access_Control_Allow_Headers=("Content-Type", "content-type"))


class Answers(BothSides):
    CONFIG = CONFIG

    def test_are_those_of_debians_alertmanager(self):
        found, asked = [], set()
        for part in (NOTHING_YET, ALERTS, SILENCES, QUESTIONS, CHANGES, BAD_ALERTS, URLS, BAD_SILENCES, DOORS):
            for step in part:
                found += KNOWN.unknown(step, *[side.ask(*step) for side in self.sides])
                asked.add(key(step))
            if part is ALERTS:
                for side in self.sides:
                    # The reference's groups and inhibitions follow a post a little later.
                    wait_for(f"{side.name}: the groups", lambda: len(side.ask(*get("/alerts/groups")[0])["body"]) == 5)
                    wait_for(f"{side.name}: what is inhibited", lambda: side.ask(*get("/alerts?active=false")[0])["body"])
        self.assertEqual(found, [], "\n".join(["", *found]))
        self.assertEqual(set(KNOWN.known) - asked, set(), "differences of requests that are not made")
        self.assertGreater(len(asked), 150)
