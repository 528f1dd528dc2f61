"""docs/notify.md, "Make sure that it reaches": a code that went to a contact comes back, and what is not verified is said where it is asked for."""
import json
import re

from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks

CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{webhook: "%(hooks)s/webhook/ada", secret: signs-with-this}, {mail: ada@example.org}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec: {escalation: [{person: ada}]}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: payments}
spec: {team: payments, layers: [{name: weeks, every: 1w, hand_off: "2026-01-05 09:00", people: [ada]}]}
"""


class Contacts(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.catalog = CATALOG % {"hooks": self.hooks.url}
        self.tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog, config={"notify": {"verified_contacts": "warn"}})

    def code(self):
        bodies = [json.loads(r["body"]) for r in self.hooks.received("/webhook/ada", 200)]
        found = [re.search(r"\b\d{6}\b", body["impact"]) for body in bodies]
        codes = [one.group(0) for one in found if one]
        return codes[-1] if codes else None

    def check(self):
        return self.tocsin.cli("check", "--config", "tocsin.yaml")

    def test_a_code_that_comes_back_verifies(self):
        said = self.tocsin.cli("contact", "list", "ada")
        self.assertEqual(said.count(" no"), 2, said)
        self.assertIn("none of their contacts is verified", self.tocsin.cli("status"))
        self.assertIn("none of their contacts is verified", self.tocsin.cli("schedule", "gaps", "payments"))
        self.assertRegex(self.check(), r"warning: \S*all\.yaml:\d+: schedule payments: ada is on call .* none of their contacts is verified")
        self.assertIn("good until", self.tocsin.cli("contact", "verify", "ada", "webhook"))
        code = wait_for("the code", self.code)
        self.tocsin.cli("contact", "confirm", "ada", "webhook", "000000" if code != "000000" else "000001", code=2)
        self.assertIn("is verified", self.tocsin.cli("contact", "confirm", "ada", "webhook", code))
        self.tocsin.cli("contact", "confirm", "ada", "webhook", code, code=6)
        self.assertNotIn(code, self.tocsin.read("log"))
        self.assertEqual([c["verified_at"] is None for c in self.tocsin.get("/api/v1/on-call/me?person=ada")["contacts"]], [False, True])
        self.assertNotIn("none of their contacts", self.tocsin.cli("status"))
        self.assertIn("1 of 2 contacts are verified", self.tocsin.cli("status"))
        self.assertNotIn("none of their contacts", self.tocsin.cli("schedule", "gaps", "payments"))
        self.assertNotIn("none of their contacts", self.check())

        # It stays so over a crash, until the address is edited.
        self.tocsin.kill()
        self.assertIn("not known here", self.check(), "nobody to ask")
        self.tocsin.start()
        self.assertEqual(self.tocsin.get("/api/v1/people/ada/contacts")["verified"], True)
        self.tocsin.write("catalog/all.yaml", self.catalog.replace("/webhook/ada", "/webhook/ada2"))
        self.tocsin.cli("reload")
        self.assertEqual(self.tocsin.get("/api/v1/people/ada/contacts")["verified"], False)

    def test_what_cannot_be_sent_is_said(self):
        self.assertIn("no provider took the code", self.tocsin.cli("contact", "verify", "ada", "mail", code=5))
        self.assertIn("they are: webhook, mail", self.tocsin.cli("contact", "verify", "ada", "sms", code=3))
