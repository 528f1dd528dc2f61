"""A service fails, a person is rung and answers, the recovery is seen and told."""
import os
import re
import time

from tests.journeys import harness
from tests.journeys.harness import Journey, http, wait_for
from tests.journeys.peers import Hooks, Mailbox, Shop, signature_is_right


class MainWay(Journey):
    database = None

    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def outage_until_paged(self, tocsin):
        """A quiet past, then every order fails; returns the shop and the first page's request."""
        shop = Shop(tocsin)
        shop.healthy_past()
        page, _ = shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada", 200), patience=60)
        return shop, page[0]

    def answer_link(self, page):
        return re.search(r'https?://[^"]+/p/[\w.~-]+', page["body"].decode()).group(0)

    def test_outage_page_acknowledge_recovery(self):
        tocsin = self.serve(hooks=self.hooks.url, database=self.database)
        shop, page = self.outage_until_paged(tocsin)
        self.assertTrue(signature_is_right(page, "ada-signs-with-this"))
        self.assertIn(b"Customers cannot pay", page["body"])
        self.assertIn(b"https://runbooks.example/checkout", page["body"])

        incident = tocsin.incident()
        self.assertEqual((incident["service"], incident["team"], incident["who_has_it"]), ("checkout", "storefront", None))
        self.assertIsNotNone(incident["times"]["impact_started"])
        self.assertLessEqual(incident["times"]["impact_started"], incident["times"]["detected"])
        alerts = tocsin.get("/api/v1/alerts")["alerts"]
        self.assertEqual([a["severity"] for a in alerts if a["severity"] == "page"], ["page"], "one alert for one problem")
        self.assertEqual(alerts[0]["runbook"], "https://runbooks.example/checkout")

        # Looking does not answer: mail scanners follow links.
        link = self.answer_link(page)
        shown = http("GET", link)
        self.assertEqual(shown.status, 200)
        self.assertNotIn(b"<script", shown.body)
        self.assertIsNone(tocsin.incident()["who_has_it"])
        answered = http("POST", link, b"answer=acknowledge", {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answered.status, 200)
        self.assertIn("ada", tocsin.incident()["who_has_it"])

        shop.keep_sending(20, 0, 1, lambda: tocsin.incident("monitoring|resolved"), patience=600)
        shop.keep_sending(20, 0, 1, lambda: tocsin.incident("resolved"), patience=60)
        recovery = wait_for("the recovery to be told", lambda: self.hooks.received("/webhook/ada", 200)[1:])
        self.assertEqual(len(recovery), 1, "one page and one recovery")
        self.assertEqual(self.hooks.received("/slack/grace"), [], "nobody else was rung")

        detail = tocsin.get(f"/api/v1/incidents/{incident['number']}")
        kinds = [e["kind"] for e in detail["timeline"]]
        for kind in ("alert.fired", "incident.opened", "incident.acknowledged", "incident.resolved"):
            self.assertIn(kind, kinds)
        times = detail["incident"]["times"]
        order = [times[t] for t in ("impact_started", "detected", "paged", "acknowledged", "resolved")]
        self.assertEqual(order, sorted(order))
        entries = tocsin.get("/api/v1/logbook?limit=1000")["entries"]
        self.assertEqual([e["seq"] for e in entries], list(range(1, len(entries) + 1)), "the logbook has no gap")

    def test_nobody_answers_so_the_next_is_rung(self):
        tocsin = self.serve(hooks=self.hooks.url, next_after="3s", database=self.database)
        shop, _ = self.outage_until_paged(tocsin)
        shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/slack/grace", 200), patience=30)
        tocsin.cli("ack", str(tocsin.incident()["number"]))
        self.assertIn("cli", tocsin.incident()["who_has_it"])

    def test_a_dead_way_moves_the_page_to_the_next_way_at_once(self):
        mailbox = Mailbox()
        self.addCleanup(mailbox.stop)
        self.hooks.answer["/webhook/ada"] = 500
        tocsin = self.serve(hooks=self.hooks.url, database=self.database, config={"notify": {"smtp": {
            "server": f"smtp://127.0.0.1:{mailbox.port}", "from": "tocsin@shop.example", "starttls": False}}})
        shop = Shop(tocsin)
        shop.healthy_past()
        shop.keep_sending(0, 20, 5, lambda: mailbox.mails, patience=60)
        tried = self.hooks.received("/webhook/ada")
        self.assertGreaterEqual(len(tried), 1)
        mail = mailbox.mails[0]
        self.assertEqual(mail["to"], ["ada@shop.example"])
        wait_for("the webhook to be tried again", lambda: len(self.hooks.received("/webhook/ada")) > 1)
        keys = {r["headers"]["X-Tocsin-Delivery"] for r in self.hooks.received("/webhook/ada")}
        self.assertEqual(len(keys), 1, "every try has the same idempotency key")

    def test_a_short_blip_does_not_page(self):
        tocsin = self.serve(hooks=self.hooks.url, database=self.database)
        shop = Shop(tocsin)
        shop.healthy_past()
        begun = time.monotonic()
        shop.keep_sending(0, 20, 5, lambda: time.monotonic() - begun > 9, patience=30)
        shop.keep_sending(20, 0, 5, lambda: time.monotonic() - begun > 30, patience=40)
        self.assertEqual(self.hooks.received("/webhook/ada"), [])
        self.assertIsNone(tocsin.incident())


class MainWayOnPostgres(MainWay):
    """The same journeys on PostgreSQL; script/with-postgres gives the server."""

    def setUp(self):
        self.database = os.environ.get("TOCSIN_TEST_POSTGRES")
        if not self.database:
            self.fail("TOCSIN_TEST_POSTGRES is not set; run this under script/with-postgres")
        super().setUp()
        name = f"journey_{os.getpid()}_{int(time.time() * 1e6)}"
        harness.subprocess.run(["psql", "-q", self.database, "-c", f"CREATE DATABASE {name}"], check=True)
        base, _, query = self.database.partition("?")
        self.database = base.rsplit("/", 1)[0] + "/" + name + ("?" + query if query else "")

    # One way through is enough here; the rooms' own tests run on both.
    test_nobody_answers_so_the_next_is_rung = None
    test_a_dead_way_moves_the_page_to_the_next_way_at_once = None
    test_a_short_blip_does_not_page = None
