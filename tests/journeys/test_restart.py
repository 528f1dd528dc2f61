"""SIGTERM and a new start, as an upgrade does."""
import re

from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks, Shop


class Restart(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.addCleanup(self.hooks.may_answer.set)

    def test_a_stop_in_the_middle_of_a_page_waits_for_the_answer_and_the_page_comes_once(self):
        tocsin = self.serve(hooks=self.hooks.url)
        shop = Shop(tocsin)
        shop.healthy_past()
        self.hooks.may_answer.clear()
        shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada"), patience=60)

        tocsin.process.process.terminate()
        # What is stopped before the deliveries has stopped; now they are waited for.
        wait_for("the stop to reach the deliveries",
                 lambda: re.search(r"part=alerts", tocsin.process.text()))
        self.hooks.may_answer.set()
        self.assertEqual(tocsin.process.stop(), 0)
        self.assertRegex(tocsin.process.text(), r"part=deliveries")
        self.assertNotIn("left behind", tocsin.process.text())

        tocsin.start()
        timeline = tocsin.get(f"/api/v1/incidents/{tocsin.incident()['number']}")["timeline"]
        kinds = [e["kind"] for e in timeline]
        self.assertIn("delivery.sent", kinds)
        self.assertNotIn("delivery.repeated", kinds)
        self.assertEqual(len(self.hooks.received("/webhook/ada")), 1)
