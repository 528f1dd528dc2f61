"""The canary: a page to ourselves by the real pager, outbox and network, and a ping to the outside."""
from tests.journeys.harness import NO_PAGES, Journey, wait_for
from tests.journeys.peers import Hooks


TEAM = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@shop.example}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: storefront}
spec: {escalation: [{person: ada}]}
"""

# Neither the canary's page to ourselves nor canary.ping asks for it.
PRIVATE_REFUSED = {"notify": {"allow_private_webhooks": False}}


class Canary(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def pings(self):
        return len(self.hooks.received("/ping"))

    def test_it_is_rung_and_the_outside_hears_of_it_before_and_after_a_crash(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=NO_PAGES,
                            config={**PRIVATE_REFUSED, "canary": {"every": "5s", "ping": self.hooks.url + "/ping"}})
        wait_for("two pings", lambda: self.pings() >= 2, patience=30)
        metrics = tocsin.api("GET", "/metrics").body.decode()
        self.assertRegex(metrics, r'tocsin_canary_runs_total\{result="ok"\} [1-9]')
        self.assertRegex(metrics, r'tocsin_canary_runs_total\{result="failed"\} 0')
        self.assertEqual(tocsin.get("/api/v1/status")["trouble"], [])
        tocsin.kill()
        before = self.pings()
        tocsin.start()
        wait_for("a ping after the crash", lambda: self.pings() > before, patience=30)
        self.assertEqual(tocsin.get("/api/v1/incidents?state=all")["incidents"], [])
        self.assertNotIn(self.hooks.url + "/ping", tocsin.process.text())

    def test_its_objective_stands_among_the_others_and_counts_the_runs(self):
        tocsin = self.serve(hooks=self.hooks.url, catalog=TEAM + NO_PAGES, config={**PRIVATE_REFUSED, "canary": {"every": "5s", "team": "storefront"}})
        wait_for("an answered run to be counted", lambda: (
            tocsin.get("/api/v1/objectives/tocsin-pages-go-out")["budget"]["total"] > 0), patience=60)
        budget = tocsin.get("/api/v1/objectives/tocsin-pages-go-out")["budget"]
        self.assertEqual(budget["bad"], 0)

    def test_an_outside_that_does_not_take_the_ping_is_trouble_and_its_url_stays_secret(self):
        self.hooks.answer["/ping"] = 500
        tocsin = self.serve(hooks=self.hooks.url, catalog=NO_PAGES,
                            config={**PRIVATE_REFUSED, "canary": {"every": "5s", "ping": self.hooks.url + "/ping/s3cret"}})
        wait_for("a ping", lambda: self.pings() >= 1, patience=30)
        wait_for("the trouble to be shown", lambda: tocsin.get("/api/v1/status")["trouble"])
        self.assertIn("canary.ping", tocsin.get("/api/v1/status")["trouble"][0])
        self.assertNotIn("s3cret", tocsin.process.text())
        del self.hooks.answer["/ping"]
        wait_for("the trouble to be over", lambda: not tocsin.get("/api/v1/status")["trouble"], patience=30)
