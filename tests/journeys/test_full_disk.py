"""The disk of the database is full in the middle of an escalation."""
import contextlib
import os
import subprocess

from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks, Shop


class FullDisk(Journey):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", self.disk], capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("only root may mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=False)
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def fill(self):
        with open(os.path.join(self.disk, "filler"), "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass

    def test_what_is_answered_is_durable_and_ringing_goes_on_when_there_is_room(self):
        tocsin = self.serve(hooks=self.hooks.url, database=f"sqlite:{self.disk}/tocsin.db", next_after="15s")
        tocsin.expect_error_line("full")
        shop = Shop(tocsin)
        shop.healthy_past()
        shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada"))
        incident = tocsin.incident()["id"]
        self.fill()

        # What is left of the log's last pages is used up by notes; then nothing more is taken.
        def refused():
            return tocsin.api("POST", f"/api/v1/incidents/{incident}/notes", {"text": "x" * 4000}).status >= 300
        wait_for("the database to be full", refused)
        answer = tocsin.api("POST", f"/api/v1/incidents/{incident}/acknowledge")
        self.assertGreaterEqual(answer.status, 400, "an answer that cannot be kept is refused")
        self.assertIn(b"full", answer.body)
        self.assertEqual(self.hooks.received("/slack/grace"), [], "nobody is rung whose page is not kept")

        os.remove(os.path.join(self.disk, "filler"))
        wait_for("the next person to be rung", lambda: self.hooks.received("/slack/grace"), patience=60)
        self.assertEqual(tocsin.api("POST", f"/api/v1/incidents/{incident}/acknowledge").status, 200)
        tocsin.kill()
        tocsin.start()
        self.assertTrue(tocsin.incident()["times"]["acknowledged"])
        told = len(self.hooks.requests)
        shop.keep_sending(0, 20, 5, lambda: shop.bad > 200, patience=30)
        self.assertEqual(len(self.hooks.requests), told, "nobody is rung for what somebody has")
