"""Alerts that others post: one alert for one problem, fit to wake somebody or not, and no ringing at every flap."""
import datetime
import json

from tests.journeys.harness import CATALOG, Journey, http, wait_for
from tests.journeys.peers import Hooks, Shop

RULES = """
---
apiVersion: tocsin/v1
kind: PostedAlerts
metadata: {name: rules}
spec:
  causes: ['alertname=~"Node.*"']
  correlate: [{name: same service, equal: [service]}]
  otherwise: ticket
"""


class Problems(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def catalog(self, gate="observe"):
        base = CATALOG % {"hooks": self.hooks.url, "next_after": "2m"}
        return base.replace("  name: Storefront\n", f"  name: Storefront\n  page_gate: {gate}\n") + RULES

    def alert(self, name, ended=False, service="checkout", **annotations):
        body = {"labels": {"alertname": name, "service": service, "severity": "page"}, "annotations": annotations}
        if ended:
            body["endsAt"] = datetime.datetime.now(datetime.timezone.utc).isoformat()
        return body

    def post(self, tocsin, *alerts):
        answer = http("POST", tocsin.url + "/api/v2/alerts", json.dumps(list(alerts)).encode(),
                      {"Authorization": "Bearer " + tocsin.token, "Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)

    def firing(self, tocsin):
        return tocsin.get("/api/v1/alerts")["alerts"]

    def pages(self, path="/webhook/ada"):
        return self.hooks.received(path, 200)

    def test_posted_alerts_of_one_service_ring_once_and_recovery_is_told(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog())
        self.post(tocsin, self.alert("OrdersFail", impact="Customers cannot pay", summary="Orders fail"))
        page = wait_for("the page", self.pages)[0]
        self.assertIn(b"Customers cannot pay", page["body"])
        self.post(tocsin, self.alert("OrdersSlow", impact="Paying is slow", summary="Orders are slow"))
        two = wait_for("both in one alert", lambda: [a for a in self.firing(tocsin) if "2 alerts since" in a["impact"]])[0]
        detail = tocsin.get("/api/v1/alerts/" + two["id"])
        self.assertEqual([s["role"] for s in detail["sources"]], ["source", "source"])
        self.assertIn('same service{service="checkout"}', detail["sources"][1]["why"])
        self.assertIn("Orders are slow", tocsin.cli("alerts", "show", two["id"]))

        # kill -9, and it goes on: nothing is rung again, nothing forgotten.
        tocsin.kill()
        tocsin.start()
        self.assertEqual([a["id"] for a in self.firing(tocsin)], [two["id"]])
        self.post(tocsin, self.alert("OrdersFail", ended=True), self.alert("OrdersSlow", ended=True))
        wait_for("the recovery", lambda: tocsin.incident("resolved"))
        wait_for("the recovery to be told", lambda: len(self.pages()) == 2)
        self.assertEqual(tocsin.get("/api/v1/incidents?state=all")["incidents"][1:], [], "one incident")

    def test_a_person_splits_off_what_is_another_problem(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog())
        self.post(tocsin, self.alert("OrdersFail", impact="Customers cannot pay"), self.alert("CertificateEnds", impact="Browsers will refuse"))
        alert = wait_for("the alert", lambda: [a for a in self.firing(tocsin) if "2 alerts since" in a["impact"]])[0]
        sources = tocsin.get("/api/v1/alerts/" + alert["id"])["sources"]
        other = next(s for s in sources if "CertificateEnds" in s["labels"])
        self.assertIn("by itself", tocsin.cli("alerts", "split", alert["id"], other["fingerprint"]))
        self.assertEqual(len(self.firing(tocsin)), 2)
        refused = tocsin.cli("alerts", "split", alert["id"], "1234", code=2)
        self.assertIn("16 hexadecimal digits", refused)
        self.assertIn("is no source", tocsin.cli("alerts", "split", alert["id"], "0" * 16, code=3))

    def test_enforced_gate_wakes_nobody_and_says_why(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog("enforce"))
        self.post(tocsin, self.alert("OrdersFail"), self.alert("NodeFull", impact="The disk is full"))
        wait_for("a ticket", lambda: [a for a in self.firing(tocsin) if a["severity"] == "ticket" and "2 alerts since" in a["impact"]])
        found = tocsin.get('/api/v1/alert-history?matcher=alertname%3D%22OrdersFail%22')["events"]
        gated = [e for e in found if e["kind"] == "posted_alert.gated"]
        self.assertEqual(len(gated), 1, json.dumps(found))
        self.assertIn("add the annotation 'impact'", json.dumps(gated))
        self.assertEqual(self.pages(), [])
        # The rule is mended: it is fit now, and the cause has its symptom.
        self.post(tocsin, self.alert("OrdersFail", impact="Customers cannot pay"))
        wait_for("the page", self.pages)
        wait_for("both page", lambda: [a["severity"] for a in self.firing(tocsin)] == ["page"])

    def test_cause_stands_beside_the_objective_that_burns(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog("enforce"))
        shop = Shop(tocsin)
        shop.healthy_past()
        shop.keep_sending(0, 20, 5, self.pages, patience=60)
        self.post(tocsin, self.alert("NodeFull", impact="The disk is full"))
        alert = next(a for a in self.firing(tocsin) if a["severity"] == "page")
        sources = wait_for("the evidence", lambda: tocsin.get("/api/v1/alerts/" + alert["id"])["sources"])
        self.assertEqual([(s["role"], s["is_cause"]) for s in sources], [("evidence", True)])
        self.assertIn("objective checkout-availability", sources[0]["why"])
        self.assertEqual(len(self.pages()), 1, "the cause rang nobody")

    def test_rules_that_are_wrong_name_file_line_and_fix(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog())
        tocsin.write("catalog/rules.yaml", "apiVersion: tocsin/v1\nkind: PostedAlerts\nmetadata: {name: more}\nspec: {pages: ['severity']}\n")
        said = tocsin.cli("check", "--config", "tocsin.yaml", code=2)
        self.assertIn("rules.yaml:", said)
        self.assertIn("keep one document", said)
