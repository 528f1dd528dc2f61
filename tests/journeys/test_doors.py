"""docs/doors.md: PagerDuty's and Opsgenie's APIs, webhooks, mapped JSON and heartbeats, through the real binary, with real senders."""
import json
import os
import re
import subprocess
import time

from tests.journeys import harness
from tests.journeys.alertmanager_peer import exchange, moment, start_reference
from tests.journeys.harness import Journey, wait_for

CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@shop.example}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {escalation: [{person: ada}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec: {team: shop}
---
apiVersion: tocsin/v1
kind: Door
metadata: {name: uptime}
spec:
  alerts: checks[*]
  labels: {alertname: name, severity: {path: level, map: {"1": critical}, default: warning}}
  annotations: {summary: message}
  state: {path: status, resolved: [up]}
  dedup: id
"""
BEAT = """
---
apiVersion: tocsin/v1
kind: Heartbeat
metadata: {name: backup}
spec: {every: %s, grace: %s, service: checkout, summary: The backup did not run}
"""

# Debian's Alertmanager tells our doors of what it is told: as PagerDuty, as Opsgenie, and by its webhook.
SENDER = """
global: {opsgenie_api_url: "%(url)s/", opsgenie_api_key: "%(token)s"}
route:
  receiver: webhook
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  routes:
    - {matchers: [door="pagerduty"], receiver: pagerduty}
    - {matchers: [door="opsgenie"], receiver: opsgenie}
receivers:
  - name: pagerduty
    pagerduty_configs: [{routing_key: "%(token)s", url: "%(url)s/v2/enqueue", severity: critical, send_resolved: true}]
  - name: opsgenie
    opsgenie_configs: [{priority: P1, send_resolved: true}]
  - name: webhook
    webhook_configs: [{url: "%(url)s/api/v1/doors/alertmanager", http_config: {authorization: {credentials: "%(token)s"}}}]
"""


class Doors(Journey):
    def serve_doors(self, catalog=CATALOG):
        self.tocsin = self.serve(hooks="http://127.0.0.1:9", catalog=catalog + harness.NO_PAGES)
        self.key = re.search(r"tocsin_\S+", self.tocsin.cli("token", "create", "monitor")).group(0)
        return self.tocsin

    def send(self, method, path, body=None, headers=None):
        text = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        return exchange(self.tocsin.url, method, path, text, headers)

    def genie(self, method, path, body=None):
        return self.send(method, path, body, {"Authorization": "GenieKey " + self.key})

    def bearer(self, path, body):
        return self.tocsin.api("POST", path, body, token=self.key)

    def firing(self, **labels):
        answer = self.send("GET", "/api/v2/alerts", headers={"Authorization": "Bearer " + self.key})
        self.assertEqual(answer.status, 200)
        now = moment()
        return [a for a in answer.json if labels.items() <= a["labels"].items() and a["endsAt"] > now]

    def the_one(self, **labels):
        found = self.firing(**labels)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def kinds(self, prefix):
        return [e["kind"] for e in self.tocsin.get("/api/v1/logbook?limit=1000")["entries"] if e["kind"].startswith(prefix)]

    def restart(self):
        self.tocsin.kill()
        self.tocsin.start()


class FromMonitors(Doors):
    def event(self, action, key="db1/disk", **more):
        return self.send("POST", "/v2/enqueue", {
            "routing_key": self.key, "event_action": action, "dedup_key": key,
            "payload": {"summary": "Disk of db1 is full", "source": "db1", "severity": "warning", "custom_details": {"service": "checkout"}}, **more})

    def test_pagerduty_fires_rises_and_resolves_over_a_restart(self):
        self.serve_doors()
        answer = self.event("trigger")
        self.assertEqual((answer.status, answer.json), (202, {"status": "success", "message": "Event processed", "dedup_key": "db1/disk"}))
        alert = self.the_one(source="pagerduty")
        self.assertEqual({k: alert["labels"][k] for k in ("service", "severity", "integration", "instance")},
                         {"service": "checkout", "severity": "warning", "integration": "monitor", "instance": "db1"})
        self.assertEqual(alert["annotations"]["summary"], "Disk of db1 is full")
        self.restart()
        self.event("trigger", payload={"summary": "It is worse", "source": "db1", "severity": "critical"})
        again = self.the_one(source="pagerduty")
        self.assertEqual((again["labels"]["severity"], again["startsAt"]), ("critical", alert["startsAt"]))
        self.assertEqual(self.event("acknowledge").status, 202)
        self.restart()
        self.assertEqual(self.event("resolve").status, 202)
        self.assertEqual(self.firing(), [])
        self.assertEqual(self.kinds("posted_alert"), ["posted_alert.fired", "posted_alert.resolved", "posted_alert.fired",
                                                      "posted_alert.acknowledged", "posted_alert.resolved"])
        change = {"routing_key": self.key, "payload": {"summary": "Deploy 42", "source": "ci"}}
        self.assertEqual(self.send("POST", "/v2/change/enqueue", change).status, 202)
        self.assertEqual(self.kinds("change"), ["change.recorded"])

    def test_opsgenie_creates_and_closes_over_a_restart(self):
        self.serve_doors()
        made = self.genie("POST", "/v2/alerts", {"message": "Disk of db1", "alias": "db1/disk", "priority": "P1", "details": {"service": "checkout"}})
        self.assertEqual((made.status, made.json["result"]), (202, "Request will be processed"))
        outcome = self.genie("GET", "/v2/alerts/requests/" + made.json["requestId"]).json["data"]
        self.assertEqual((outcome["isSuccess"], outcome["status"], outcome["alias"]), (True, "Created alert", "db1/disk"))
        self.assertEqual(self.the_one(source="opsgenie")["labels"]["severity"], "critical")
        self.restart()
        shown = self.genie("GET", "/v2/alerts/" + outcome["alertId"]).json["data"]
        self.assertEqual((shown["status"], shown["message"]), ("open", "Disk of db1"))
        self.assertEqual(self.genie("POST", "/v2/alerts/db1%2Fdisk/acknowledge?identifierType=alias", {"user": "ada"}).status, 202)
        self.assertEqual(self.genie("POST", "/v2/alerts/db1%2Fdisk/close?identifierType=alias").status, 202)
        self.assertEqual(self.firing(), [])
        self.assertEqual(self.kinds("posted_alert"), ["posted_alert.fired", "posted_alert.acknowledged", "posted_alert.resolved"])

    def test_mapped_json_fires_and_resolves_and_can_be_tried(self):
        tocsin = self.serve_doors()
        down = {"checks": [{"id": 7, "name": "Front page", "level": 1, "status": "down", "message": "No answer"}]}
        tocsin.write("down.json", json.dumps(down))
        told = tocsin.cli("door", "try", "uptime", "down.json", "--config", "tocsin.yaml")
        self.assertRegex(told, r'firing since \S+\n  labels:\n    alertname: Front page\n    dedup_key: 7\n    severity: critical\n    source: uptime\n')
        self.assertIn("1 alerts, 0 ignored; nothing was posted.", told)
        self.assertEqual(self.firing(), [])
        self.assertIn("there is no door 'uptim'; did you mean 'uptime'?",
                      tocsin.cli("door", "try", "uptim", "down.json", "--config", "tocsin.yaml", code=3))
        tocsin.write("bad.json", '{"checks": [{"name": "x"}]}')
        self.assertIn("nothing is at id, which spec.dedup names", tocsin.cli("door", "try", "uptime", "bad.json", "--config", "tocsin.yaml", code=2))

        self.assertEqual(self.bearer("/api/v1/doors/uptime", down).json, {"alerts": 1, "ignored": 0})
        self.assertEqual(self.the_one(source="uptime")["annotations"]["summary"], "No answer")
        self.restart()
        down["checks"][0]["status"] = "UP"
        self.bearer("/api/v1/doors/uptime", down)
        self.assertEqual(self.firing(), [])

        tocsin.write("catalog/all.yaml", CATALOG.replace("name: uptime", "name: pulse"))
        tocsin.cli("reload")
        self.assertEqual(self.bearer("/api/v1/doors/uptime", down).status, 404)
        self.assertEqual(self.bearer("/api/v1/doors/pulse", down).status, 200)
        tocsin.write("catalog/all.yaml", CATALOG.replace("dedup: id", "dedup: [id"))
        self.assertIn("all.yaml:", tocsin.cli("reload", code=2))
        tocsin.write("catalog/all.yaml", CATALOG.replace("dedup: id", "dedup: a..b"))
        self.assertIn("catalog/all.yaml:25:10: spec.dedup: 'a..b' is no path: column 3", tocsin.cli("check", "--config", "tocsin.yaml", code=2))

    def test_grafana_fires_and_resolves(self):
        self.serve_doors()
        alert = {"status": "firing", "labels": {"alertname": "Slow", "grafana_folder": "Shop"}, "annotations": {"summary": "Checkout is slow"},
                 "startsAt": moment(-60), "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://grafana.example/alerting/1",
                 "fingerprint": "c6eadffa33fcdf37", "dashboardURL": "http://grafana.example/d/1", "values": {"B": 44.2}}
        self.assertEqual(self.bearer("/api/v1/doors/grafana", {"status": "firing", "alerts": [alert]}).status, 200)
        found = self.the_one(source="grafana")
        self.assertEqual((found["annotations"]["dashboard_url"], found["startsAt"][:19]), ("http://grafana.example/d/1", alert["startsAt"][:19]))
        self.bearer("/api/v1/doors/grafana", {"status": "resolved", "alerts": [{**alert, "status": "resolved", "endsAt": moment()}]})
        self.assertEqual(self.firing(), [])

    def test_bad_input_is_answered_in_each_door_s_way(self):
        self.serve_doors()
        for body, wanted in ((b"{", "Body is not JSON"), ({}, "'routing_key' is missing or blank"),
                             ({"routing_key": "tocsin_stolen", "event_action": "resolve", "dedup_key": "x"}, "Invalid routing key"),
                             ({"routing_key": self.key, "event_action": "trigger", "payload": {"summary": "s", "source": "h", "severity": "page"}},
                              "'payload.severity' is invalid")):
            answer = self.send("POST", "/v2/enqueue", body)
            self.assertEqual((answer.status, answer.json["status"]), (400, "invalid event"))
            self.assertIn(wanted, answer.json["errors"][0])
        self.assertEqual(self.send("POST", "/v2/enqueue", b'{"a":"' + b"x" * (512 << 10) + b'"}').status, 413)
        self.assertEqual(self.send("POST", "/v2/alerts", {"message": "m"}).status, 401)
        wrong = self.genie("POST", "/v2/alerts", {"message": "m" * 131})
        self.assertEqual((wrong.status, wrong.json["errors"]), (422, {"message": "Message can not be longer than 130 characters."}))
        for path in ("grafana", "alertmanager", "uptime"):
            self.assertEqual(self.bearer("/api/v1/doors/" + path, b"[").status, 400)
        self.assertEqual(self.tocsin.api("POST", "/api/v1/doors/grafana", {}, token="").status, 401)
        self.assertEqual(self.bearer("/api/v1/doors/nowhere", {}).status, 404)
        mixed = self.bearer("/api/v1/doors/alertmanager", {"status": "firing", "alerts": [{"labels": {"alertname": "Good"}}, {"labels": {}}]})
        self.assertEqual(mixed.status, 400)
        self.assertIn("1 of 2 alerts were left out: alerts[1]: labels are missing", mixed.json["error"]["message"])
        self.the_one(alertname="Good")
        self.assertNotIn(self.key, self.tocsin.process.text())

    def test_who_sends_too_often_waits(self):
        self.serve_doors()
        answer = None
        for _ in range(10_000):  # 1,000 at once, and what a slow machine's minute gives back meanwhile
            answer = self.send("POST", "/v2/enqueue", {"routing_key": self.key, "event_action": "resolve", "dedup_key": "x"})
            if answer.status != 202:
                break
        self.assertEqual(answer.status, 429)
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(self.genie("POST", "/v2/alerts", {"message": "m"}).status, 202, "another door has a share of its own")


class FromARealAlertmanager(Doors):
    def test_its_pagerduty_opsgenie_and_webhook_receivers_reach_us(self):
        self.serve_doors()
        process, url = start_reference(os.path.join(self.folder, "reference"), SENDER % {"url": self.tocsin.url, "token": self.key})
        self.addCleanup(process.kill)

        def post(**more):
            alerts = [{"labels": {"alertname": "Broken", "door": door}, "annotations": {"summary": "it hurts"}, **more}
                      for door in ("pagerduty", "opsgenie", "alertmanager")]
            answer = harness.http("POST", url + "/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 200)

        post()
        wait_for("three alerts", lambda: sorted(a["labels"]["source"] for a in self.firing()) == ["alertmanager", "opsgenie", "pagerduty"])
        self.assertEqual(self.the_one(source="alertmanager")["annotations"], {"summary": "it hurts"})
        opsgenie = self.the_one(source="opsgenie")
        self.assertEqual((opsgenie["labels"]["alertname"], opsgenie["labels"]["severity"]), ("Broken", "critical"))
        self.assertRegex(self.the_one(source="pagerduty")["annotations"]["summary"], r"^\[FIRING:1\]")
        post(endsAt=moment())
        wait_for("their ends", lambda: self.firing() == [])


class Heartbeats(Doors):
    def ping(self, name="backup", method="POST"):
        return self.tocsin.api(method, "/api/v1/heartbeats/" + name, token=self.key)

    def state(self, name="backup"):
        return {h["name"]: h for h in self.tocsin.get("/api/v1/heartbeats")["heartbeats"]}[name]["state"]

    def test_a_job_that_is_silent_is_told_and_resolved_by_its_next_ping(self):
        tocsin = self.serve_doors(CATALOG + BEAT % ("1s", "1s"))
        self.assertEqual(self.ping().status, 200)
        alert = wait_for("the alert", lambda: self.firing(alertname="HeartbeatMissed"))[0]
        self.assertEqual(alert["labels"], {"alertname": "HeartbeatMissed", "heartbeat": "backup", "service": "checkout",
                                           "severity": "critical", "source": "heartbeat"})
        self.assertEqual(alert["annotations"]["summary"], "The backup did not run")
        self.assertRegex(tocsin.cli("heartbeats"), r"NAME +STATE +SERVICE +EVERY +LAST PING +DUE +DECLARED IN\nbackup +missed +checkout +1s +\S+ +- +catalog\n")
        self.restart()
        self.assertEqual(self.state(), "missed")
        self.assertEqual(len(self.firing(alertname="HeartbeatMissed")), 1)

        tocsin.write("catalog/all.yaml", CATALOG + BEAT % ("1h", "1m"))
        tocsin.cli("reload")
        line = subprocess.run(["curl", "-fsS", "-u", ":" + self.key, tocsin.url + "/api/v1/heartbeats/backup"], capture_output=True, text=True, timeout=20)
        self.assertEqual(line.returncode, 0, line.stderr)
        self.assertEqual(json.loads(line.stdout)["state"], "alive")
        self.assertEqual(self.firing(), [])
        self.assertEqual(self.kinds("heartbeat"), ["heartbeat.added", "heartbeat.missed", "heartbeat.changed", "heartbeat.returned"])
        self.assertEqual(self.ping("unknown").status, 404)
        self.assertEqual(tocsin.api("POST", "/api/v1/heartbeats/backup", token="").status, 401)

    def test_a_due_time_outlives_a_kill(self):
        self.serve_doors(CATALOG + BEAT % ("4s", "1s"))
        self.ping()
        began = time.monotonic()
        self.restart()
        self.assertEqual((self.state(), self.firing()), ("alive", []))
        wait_for("the alert", lambda: self.firing(alertname="HeartbeatMissed"))
        self.assertGreater(time.monotonic() - began, 4, "not before its whole patience has passed")
        self.assertEqual(self.ping().json["state"], "alive")
        self.assertEqual(self.firing(), [])

    def test_opsgenie_s_heartbeats(self):
        self.serve_doors()
        made = self.genie("POST", "/v2/heartbeats", {"name": "nightly", "interval": 10, "intervalUnit": "minutes", "enabled": True})
        self.assertEqual((made.status, made.json["data"]["name"]), (201, "nightly"))
        self.assertEqual(self.state("nightly"), "waiting")
        pong = self.genie("GET", "/v2/heartbeats/nightly/ping")
        self.assertEqual((pong.status, pong.json["result"]), (202, "PONG - Heartbeat received"))
        self.restart()
        self.assertEqual(self.state("nightly"), "alive")
        self.assertEqual(self.genie("POST", "/v2/heartbeats/nightly/disable").json["data"]["enabled"], False)
        self.assertEqual(self.genie("DELETE", "/v2/heartbeats/nightly").status, 200)
        self.assertEqual(self.genie("GET", "/v2/heartbeats").json["data"], {"heartbeats": []})
