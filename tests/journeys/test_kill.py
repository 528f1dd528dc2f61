"""kill -9 in the worst moments."""
import time

from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks, Shop


class Kill(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def test_the_page_arrives_after_a_kill_in_the_middle_of_an_outage(self):
        self.hooks.answer["/"] = 503  # nothing gets through before the kill
        tocsin = self.serve(hooks=self.hooks.url)
        shop = Shop(tocsin)
        shop.healthy_past()
        shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada"), patience=60)
        tocsin.kill()
        self.hooks.answer.clear()
        tocsin.start()
        wait_for("the page after the restart", lambda: self.hooks.received("/", 200))
        self.assertEqual(tocsin.incident()["number"], 1, "the incident goes on, no second one is opened")

        page = self.hooks.received("/", 200)[0]
        told = len(self.hooks.received(page["path"], 200))
        # The outage goes on; the same page does not come again unless it says that it may be a duplicate.
        begun = time.monotonic()
        shop.keep_sending(0, 20, 5, lambda: time.monotonic() - begun > 12, patience=30)
        for again in self.hooks.received(page["path"], 200)[told:]:
            self.assertIn(b"duplicate", again["body"].lower())

    def test_windows_hold_and_nothing_that_was_counted_is_counted_twice(self):
        tocsin = self.serve(hooks=self.hooks.url)
        shop = Shop(tocsin)
        shop.healthy_past()
        shop.bad += 7
        shop.good += 93
        shop.send()

        def budget():
            return tocsin.get("/api/v1/objectives/checkout-availability")["budget"]

        before = budget()
        self.assertEqual(before["bad"], 7)
        tocsin.process.stop()  # flushes; the kill below is then the interesting one
        tocsin.start()
        after_stop = budget()
        self.assertEqual((after_stop["bad"], after_stop["total"]), (before["bad"], before["total"]))

        shop.good += 1000
        shop.bad += 10
        shop.send()
        tocsin.kill()
        tocsin.start()
        # Whatever was lost with the process is counted when the counters come again, once.
        shop.good += 50
        shop.send(time.time() + 1)
        after_kill = budget()
        self.assertEqual(after_kill["bad"], before["bad"] + 10)
        self.assertEqual(after_kill["total"], before["total"] + 1060)

    def test_a_second_server_on_the_same_database_is_refused(self):
        tocsin = self.serve(hooks=self.hooks.url)
        text = tocsin.cli("serve", "--config", "tocsin.yaml", code=6)
        self.assertIn("in use by", text)
        self.assertEqual(tocsin.api("GET", "/-/ready").status, 200)
