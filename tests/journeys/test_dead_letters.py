"""What a receiver refused for good is listed, and arrives when somebody sends it again."""
import json

from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks, Shop


class DeadLetters(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.tocsin = self.serve(hooks=self.hooks.url)

    def letters(self, *more):
        return json.loads(self.tocsin.cli("notify", "dead", "--json", *more))["dead_letters"]

    def test_a_page_that_was_refused_is_sent_again(self):
        self.hooks.answer["/webhook/ada"] = 404
        shop = Shop(self.tocsin)
        shop.healthy_past()
        shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada", 404), patience=60)
        letter, = wait_for("the dead letter", lambda: self.letters("--channel", "webhook"))
        self.assertEqual((letter["person"], letter["type"], letter["tries"]), ("ada", "page", 1))
        self.assertIn("answered 404", letter["why"])
        self.assertNotIn("/webhook/ada", json.dumps(letter))

        del self.hooks.answer["/webhook/ada"]
        self.assertIn("is sent again as", self.tocsin.cli("notify", "retry", letter["id"]))
        page, = wait_for("the page", lambda: self.hooks.received("/webhook/ada", 200))
        told = json.loads(page["body"])
        self.assertTrue(told["maybe_duplicate"])
        self.assertEqual(told["type"], "page")
        self.assertIn("/p/", told["answer_url"], "a link of its own")
        self.assertEqual(self.letters("--channel", "webhook"), [])
        self.assertEqual([one["retried_as"] for one in self.letters("--channel", "webhook", "--all")], [told["delivery"]])
        self.assertIn("was sent again already", self.tocsin.cli("notify", "retry", letter["id"], code=6))
        entries = self.tocsin.get("/api/v1/logbook?limit=1000")["entries"]
        resent, = [e for e in entries if e["kind"] == "delivery.resent"]
        self.assertEqual((resent["actor"], resent["data"]["retry_of"]), ("token:cli", letter["id"]))
