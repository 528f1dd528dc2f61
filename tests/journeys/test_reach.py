"""docs/notify.md, "Addresses inside": URLs of the catalog do not lead to them, what tocsin.yaml itself names does."""
import json

import yaml

from tests.journeys import harness
from tests.journeys.harness import Journey, http, wait_for
from tests.journeys.peers import Hooks

CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{webhook: "%(hooks)s/webhook/ada-key"}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: storefront}
spec: {members: [ada], escalation_policy: storefront}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: storefront}
spec:
  steps: [{notify: [{person: ada}, {channel: ops}]}]
  repeat: 0
  repeat_after: 1s
  bring_in: false
  channels: [{name: ops, slack: "%(hooks)s/slack/ops-key"}]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec: {name: Checkout, team: storefront, tier: 1, customer_facing: true, runbook: "https://runbooks.example/checkout"}
"""
FIX = "set notify.allow_private_webhooks: true in tocsin.yaml"
SECRETS = ("ada-key", "ops-key", "wake-ops")


class Inside(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.host = self.hooks.url.split("//")[1]

    def begin(self, allow):
        notify = {"operators": [{"webhook": self.hooks.url + "/wake-ops"}]}
        self.tocsin = harness.Tocsin(self.folder, hooks=self.hooks.url, catalog=CATALOG % {"hooks": self.hooks.url}, config={"notify": notify})
        if allow is None:  # as a file that says nothing of it
            del self.tocsin.config["notify"]["allow_private_webhooks"]
        self.tocsin.write("tocsin.yaml", yaml.safe_dump(self.tocsin.config))
        self.started.append(self.tocsin)
        self.tocsin.start()

    def alert(self):
        body = [{"labels": {"alertname": "OrdersFail", "service": "checkout", "severity": "page"}, "annotations": {"impact": "Customers cannot pay"}}]
        self.assertEqual(http("POST", self.tocsin.url + "/api/v2/alerts", json.dumps(body).encode(),
                              {"Content-Type": "application/json", "Authorization": "Bearer " + self.tocsin.token}).status, 200)

    def test_the_catalogs_are_refused_with_the_fix_and_the_operators_hear_of_it(self):
        self.begin(allow=None)
        self.tocsin.expect_error_line("finished with nobody told")
        shown = self.tocsin.cli("notify", "test", "ada", code=5)
        self.assertIn(f"http://{self.host} leads to a loopback or private address", shown)
        self.assertIn(FIX, shown)
        checked = self.tocsin.cli("check", "--config", "tocsin.yaml")
        self.assertRegex(checked, rf"warning: \S*all\.yaml:\d+: person ada: contact webhook leads to {self.host}, .*{FIX}")
        self.assertRegex(checked, rf"warning: policy storefront: channel ops leads to {self.host}, .*{FIX}")
        self.assertEqual(self.tocsin.process.text().count("so nothing is sent there"), 2, "the start says the same")
        trouble = self.tocsin.get("/api/v1/status")["trouble"]
        self.assertEqual(len(trouble), 1)
        for part in ("2 contacts", f"ada by webhook ({self.host})", f"channel ops of policy storefront ({self.host})", FIX):
            self.assertIn(part, trouble[0])
        self.assertIn("trouble: " + trouble[0], self.tocsin.cli("status"))
        self.alert()
        told = wait_for("the operators to be told", lambda: self.hooks.received("/wake-ops", 200))
        self.assertIn("could tell nobody", json.loads(told[0]["body"])["title"])
        self.assertEqual({r["path"] for r in self.hooks.received()}, {"/wake-ops"})
        failed = [e for e in self.tocsin.get("/api/v1/logbook?limit=1000")["entries"] if e["kind"] == "delivery.failed"]
        self.assertTrue(failed and all(FIX in json.dumps(e) for e in failed), failed)
        self.assertIn(FIX, self.tocsin.cli("notify", "dead"))
        seen = shown + checked + json.dumps(failed) + self.tocsin.cli("status") + self.tocsin.process.text()
        for secret in SECRETS:
            self.assertNotIn(secret, seen)

    def test_they_are_reached_where_the_operator_allows_it(self):
        self.begin(allow=True)
        self.assertIn("sent", self.tocsin.cli("notify", "test", "ada"))
        self.assertNotIn("warning", self.tocsin.cli("check", "--config", "tocsin.yaml"))
        self.alert()
        wait_for("the page", lambda: self.hooks.received("/webhook/ada-key", 200)[1:] and self.hooks.received("/slack/ops-key", 200))
        self.assertNotIn(FIX, self.tocsin.process.text())
        self.assertEqual(self.tocsin.get("/api/v1/status")["trouble"], [])

    def test_a_reload_looks_at_them_again(self):
        self.begin(allow=None)
        outside = CATALOG.replace("%(hooks)s/webhook", "https://hooks.example/webhook") % {"hooks": self.hooks.url}
        self.tocsin.write("catalog/all.yaml", outside)
        self.tocsin.cli("reload")
        [trouble] = self.tocsin.get("/api/v1/status")["trouble"]
        self.assertNotIn("ada", trouble)
        self.assertIn("a contact of the catalog", trouble)
        self.tocsin.write("catalog/all.yaml", outside.replace(self.hooks.url, "https://hooks.example"))
        self.tocsin.cli("reload")
        self.assertEqual(self.tocsin.get("/api/v1/status")["trouble"], [])
