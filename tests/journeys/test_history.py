"""The history of posted alerts and the walk of the routes, through the real binary: routes, CLI, kill -9 and restart."""
import json
import os
import shlex
import time
import urllib.parse

from tests.journeys import harness, readme
from tests.journeys.alertmanager_peer import moment
from tests.journeys.harness import Journey, http as call, wait_for
from tests.journeys.peers import Hooks
from tests.journeys.test_alertmanager import InAlertmanagersPlace

CONFIG = """
route:
  receiver: default
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
  routes:
    - {matchers: [severity="page"], receiver: pager}
receivers:
  - name: default
  - name: pager
    webhook_configs: [{url: "%(hooks)s/pager"}]
inhibit_rules:
  - {source_matchers: [role="source"], target_matchers: [role="target"]}
"""


class InTheServer(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        with open(os.path.join(self.folder, "alertmanager.yml"), "w") as f:
            f.write(CONFIG % {"hooks": self.hooks.url})
        self.tocsin = self.serve(hooks=self.hooks.url, config={"alertmanager": {"file": "alertmanager.yml"}},
                                 catalog=harness.CATALOG % {"hooks": self.hooks.url, "next_after": "2m"} + harness.NO_PAGES)

    def post(self, *alerts):
        answer = call("POST", self.tocsin.url + "/api/v2/alerts", json.dumps(alerts).encode(),
                      {"Content-Type": "application/json", "Authorization": "Bearer " + self.tocsin.token})
        self.assertEqual(answer.status, 200, answer.body)

    def silence(self, name, value, seconds=3600):
        body = {"matchers": [{"name": name, "value": value, "isRegex": False}], "startsAt": moment(), "endsAt": moment(seconds),
                "createdBy": "ada", "comment": "known"}
        answer = call("POST", self.tocsin.url + "/api/v2/silences", json.dumps(body).encode(),
                      {"Content-Type": "application/json", "Authorization": "Bearer " + self.tocsin.token})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json["silenceID"]

    def end_silence(self, silence):
        self.assertEqual(call("DELETE", f"{self.tocsin.url}/api/v2/silence/{silence}", None,
                              {"Authorization": "Bearer " + self.tocsin.token}).status, 200)

    def listed(self, query=""):
        return self.tocsin.get("/api/v1/posted-alerts" + query)["alerts"]

    def fingerprint(self, name):
        (alert,) = self.listed(f"?state=all&filter=alertname%3D{name}")
        return alert["fingerprint"]

    def kinds(self, fingerprint, query=""):
        """Oldest first."""
        story = self.tocsin.get(f"/api/v1/posted-alerts/{fingerprint}/history{query}")
        return [e["kind"].removeprefix("posted_alert.") for e in reversed(story["events"])]

    def search(self, **query):
        return self.tocsin.get("/api/v1/alert-history?" + urllib.parse.urlencode(query, doseq=True))


def page(name, **labels):
    return {"labels": {"alertname": name, "severity": "page", **labels}, "annotations": {"summary": f"{name} is broken"}}


class TheStory(InTheServer):
    def test_survives_kill_9_and_is_told_once(self):
        silence = self.silence("alertname", "Hidden")
        self.post(page("Loud", service="checkout"), page("Hidden"))
        loud, hidden = self.fingerprint("Loud"), self.fingerprint("Hidden")
        wait_for("the page", lambda: "notification.sent" in self.kinds(loud))
        wait_for("the suppression", lambda: "suppressed" in self.kinds(hidden))
        before = self.tocsin.get(f"/api/v1/posted-alerts/{hidden}/history")
        (entry,) = [e for e in before["events"] if e["kind"] == "posted_alert.suppressed"]
        self.assertEqual(entry["data"]["by"], [{"kind": "silence", "by": silence}])
        self.assertEqual((entry["data"]["receiver"], entry["labels"]["alertname"]), ("pager", "Hidden"))

        for _ in range(2):
            self.tocsin.kill()
            self.tocsin.start()
        # Each start looks at both groups at once; a group that comes after them has its turn later.
        self.post(page("Later"))
        later = self.fingerprint("Later")
        wait_for("a later page", lambda: "notification.sent" in self.kinds(later))
        wait_for("turns of all groups", lambda: self.flushes_since_start() > 2)
        self.assertEqual(self.tocsin.get(f"/api/v1/posted-alerts/{hidden}/history"), before)
        self.assertEqual(self.kinds(loud), ["fired", "notification.sent"])

        one = self.tocsin.get(f"/api/v1/posted-alerts/{hidden}")
        self.assertEqual((one["state"], one["suppressed_by"]), ("suppressed", entry["data"]["by"]))
        self.assertEqual(one["suppressed_since"], entry["happened_at"])
        self.assertEqual([(g["receiver"], g["labels"]) for g in one["groups"]], [("pager", {"alertname": "Hidden"})])

        self.end_silence(silence)
        wait_for("its page", lambda: "notification.sent" in self.kinds(hidden))
        self.assertEqual(self.kinds(hidden), ["fired", "suppressed", "unsuppressed", "notification.sent"])
        self.post({**page("Hidden"), "endsAt": moment()})
        wait_for("its end", lambda: self.kinds(hidden).count("notification.sent") == 2)
        self.assertEqual(sorted(self.kinds(hidden)[4:]), ["notification.sent", "resolved"])
        self.assertEqual([a["labels"]["alertname"] for a in self.listed("?state=resolved")], ["Hidden"])

    def flushes_since_start(self):
        """A silenced alert is counted at each flush of its group."""
        text = call("GET", self.tocsin.url + "/metrics", None, {"Authorization": "Bearer " + self.tocsin.token}).body.decode()
        return sum(float(l.split()[-1]) for l in text.splitlines() if l.startswith('alertmanager_notifications_suppressed_total{reason="silence"}'))

    def test_is_searched_by_label_kind_receiver_text_and_time(self):
        self.hooks.answer = {"/pager": 400}
        self.post(page("Search", job="Shop & Söhne"), {"labels": {"alertname": "Other", "job": "stock"}})
        fingerprint = self.fingerprint("Search")
        wait_for("the failure", lambda: self.search(kind="notification.failed")["events"])
        (failed,) = self.search(kind="notification.failed", matcher='job="Shop & Söhne"')["events"]
        self.assertEqual((failed["data"]["receiver"], failed["data"]["alerts"]), ("pager", [fingerprint]))
        self.assertIn("400", failed["data"]["answer"])
        self.assertEqual(self.search(kind="notification.failed", matcher="job=stock")["events"], [])
        self.assertEqual([e["kind"] for e in self.search(matcher="job=stock")["events"]], ["posted_alert.fired"])
        self.assertEqual(len(self.search(q="söhne")["events"]), 1)
        self.assertEqual(self.search(q="söhne", to=moment(-60))["events"], [])
        self.assertEqual({e["data"]["receiver"] for e in self.search(receiver="pager")["events"]}, {"pager"})
        group = urllib.parse.quote(failed["subject_id"], safe="")
        (told,) = self.tocsin.get(f"/api/v1/alert-groups/{group}/notifications")["notifications"]
        self.assertEqual((told["state"], told["reason"], told["tries"]), ("failed", "first notification", 1))

    def test_goes_back_page_by_page(self):
        for turn in range(6):
            self.post({**page("Again"), "startsAt": moment(-100 + turn), "endsAt": moment(300)})
            self.post({**page("Again"), "startsAt": moment(-100 + turn), "endsAt": moment(-90 + turn)})
        fingerprint = self.fingerprint("Again")
        whole = [e["seq"] for e in self.tocsin.get(f"/api/v1/posted-alerts/{fingerprint}/history")["events"] if e["seq"]]
        self.assertGreaterEqual(len(whole), 4)
        seen, after = [], ""
        while True:
            part = self.tocsin.get(f"/api/v1/posted-alerts/{fingerprint}/history?limit=3{after}")
            seen += [e["seq"] for e in part["events"] if e["seq"]]
            if part["next"] is None:
                break
            after = f"&after={part['next']}"
        self.assertEqual(seen, whole)


class ManyAlerts(InTheServer):
    def test_ten_thousand_are_listed_in_pages(self):
        count = 10_000
        for start in range(0, count, 1000):
            self.post(*[page("Many", instance=f"host{i:05}", job="shop" if i % 2 else "stock") for i in range(start, start + 1000)])
        query = "/api/v1/posted-alerts?sort=instance&limit=1000&filter=job%3Dshop"
        began = time.monotonic()
        answer = call("GET", self.tocsin.url + query + "&q=HOST", None, {"Authorization": "Bearer " + self.tocsin.token})
        self.assertLess(time.monotonic() - began, 5)
        first = answer.json
        self.assertEqual((first["total"], len(first["alerts"])), (count / 2, 1000))
        seen = [a["labels"]["instance"] for a in first["alerts"]]
        after = first["next"]
        while after:
            part = self.tocsin.get(f"{query}&after={after}")
            seen += [a["labels"]["instance"] for a in part["alerts"]]
            after = part["next"]
        self.assertEqual(seen, [f"host{i:05}" for i in range(1, count, 2)])

    def test_a_storm_that_a_silence_hides_is_written_and_holds_up_nothing(self):
        count = 5_000
        self.silence("alertname", "Storm")
        for start in range(0, count, 1000):
            self.post(*[page("Storm", instance=str(i)) for i in range(start, start + 1000)])
        self.post(page("Prompt"))
        wait_for("another page meanwhile", lambda: any(b"Prompt" in r["body"] for r in self.hooks.received("/pager")))
        last = wait_for("the last one's suppression",
                        lambda: self.search(kind="posted_alert.suppressed", matcher=f"instance={count - 1}", limit=1)["events"])
        self.assertEqual(last[0]["data"]["by"][0]["kind"], "silence")
        self.assertEqual(self.tocsin.get("/api/v1/posted-alerts?state=suppressed&limit=1")["total"], count)


class TheWalk(InTheServer):
    def walk(self, **body):
        answer = self.tocsin.api("POST", "/api/v1/routes/walk", body)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def test_says_who_would_be_told_and_what_suppresses(self):
        tree = self.tocsin.get("/api/v1/routes")
        self.assertEqual([r["matchers"][0]["text"] for r in tree["tree"]["routes"]], ['severity="page"'])
        self.assertEqual({r["name"]: r["is_delivered"] for r in tree["receivers"]}, {"default": False, "pager": True})

        walk = self.walk(labels={"alertname": "New", "severity": "page"})
        (taken,) = walk["taken"]
        self.assertEqual((walk["tree"]["at"], walk["tree"]["routes"][0]["at"], taken["receiver"]), ("passed", "taken", "pager"))
        self.assertEqual(taken["integrations"], [{"kind": "webhook", "count": 1, "is_delivered": True}])
        self.assertFalse(taken["group"]["exists"])
        self.assertEqual([(t["would_tell"], t["why"]) for t in taken["told_by"]], [(True, "first notification")])
        self.assertEqual(self.listed(), [], "asking changes nothing")

        other = self.walk(labels={"alertname": "New"})
        self.assertEqual((other["tree"]["at"], other["tree"]["routes"][0]["failed_matcher"]), ("taken", 'severity="page"'))
        self.assertEqual((other["taken"][0]["receiver"], other["taken"][0]["told_by"]), ("default", []))

        self.post(page("Source", role="source"), page("Target", role="target"))
        silence = self.silence("alertname", "Target")
        target = self.walk(fingerprint=self.fingerprint("Target"))
        (taken,) = target["taken"]
        self.assertEqual(taken["suppressed_by"], [{"kind": "inhibition", "by": self.fingerprint("Source")}, {"kind": "silence", "by": silence}])
        self.assertFalse(taken["told_by"][0]["would_tell"])
        self.assertTrue(taken["group"]["holds_alert"])
        for body, status in (({}, 400), ({"labels": {"a": "b"}, "fingerprint": "x"}, 400), ({"fingerprint": "0" * 16}, 404)):
            self.assertEqual(self.tocsin.api("POST", "/api/v1/routes/walk", body).status, status)
        for method, path in (("GET", "/api/v1/routes"), ("GET", "/api/v1/posted-alerts"), ("GET", "/api/v1/alert-history"),
                             ("POST", "/api/v1/routes/walk")):
            self.assertEqual(self.tocsin.api(method, path, b"{}" if method == "POST" else None, token="tocsin_wrong").status, 401, path)


class TheCommand(InTheServer):
    def history(self, *arguments, code=0):
        return self.tocsin.cli("history", *arguments, code=code)

    def test_tells_one_story_or_searches(self):
        self.silence("alertname", "Hidden")
        self.post(page("Loud", instance="1"), page("Loud", instance="2"), page("Hidden"))
        hidden = self.fingerprint("Hidden")
        wait_for("the suppression", lambda: "suppressed" in self.kinds(hidden))
        wait_for("the page", lambda: self.search(kind="notification.sent")["events"])
        by_name, by_fingerprint = self.history("alertname=Hidden"), self.history(hidden)
        self.assertEqual(by_name, by_fingerprint)
        self.assertRegex(by_name, rf"^{hidden} Hidden severity=page\n")
        self.assertRegex(by_name, r"suppressed +Hidden severity=page +system:dispatcher +by silence [0-9a-f-]{36}, not told to pager")
        both = self.history("alertname=Loud")
        self.assertEqual(both.count(" fired "), 2)
        self.assertRegex(both, r"notification sent .*to pager by webhook: first notification")
        answer = json.loads(self.history("alertname=Loud", "--kind", "posted_alert", "--since", "1h", "--json"))
        self.assertEqual([e["kind"] for e in answer["events"]], ["posted_alert.fired"] * 2)
        self.assertIn("Nothing was found", self.history("--text", "nobody wrote this"))
        self.assertIn("There is more", self.history("--limit", "1"))
        self.assertIn("not known", self.history("--kind", "incident", code=2))
        self.assertIn("0000000000000000", self.history("0" * 16, code=3))
        self.assertIn("duration", self.history("--since", "yesterday", code=2))

    def test_the_page_s_commands_work_when_pasted(self):
        self.hooks.answer = {"/pager": 400}
        self.post(page("Broken"))
        fingerprint = self.fingerprint("Broken")
        wait_for("the failure", lambda: self.search(kind="notification.failed")["events"])
        (_, block), = readme.fences(dict(readme.pages())["docs/history.md"], "sh")
        for line, told in zip(block.splitlines(), (" fired ", " fired ", "notification failed", '"events"'), strict=True):
            program, *words = shlex.split(line.replace("2f6d0a3b1c9e8d74", fingerprint))
            self.assertEqual(program, "tocsin")
            self.assertIn(told, self.tocsin.cli(*words), line)


class OfAProcess(InAlertmanagersPlace):
    def test_the_routes_are_there_below_the_prefix_and_the_older_api_is_gone(self):
        ours = self.stand_in("--web.route-prefix=/ops")
        ours.prefix = "/ops"
        ours.start()
        ours.post(page("Here"))
        (alert,) = ours.get("/api/v1/posted-alerts")["alerts"]
        self.assertEqual((alert["labels"]["alertname"], alert["receivers"], alert["service"]), ("Here", ["pager"], None))
        told = lambda: [e["kind"] for e in ours.get(f"/api/v1/posted-alerts/{alert['fingerprint']}/history")["events"]]
        wait_for("the page", lambda: told() == ["notification.sent", "posted_alert.fired"])
        self.assertEqual(call("GET", ours.url + "/api/v1/alerts").status, 410)
        self.assertEqual(call("GET", ours.urls[0] + "/api/v1/posted-alerts").status, 404)
