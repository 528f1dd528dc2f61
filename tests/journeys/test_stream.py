"""The live stream: hello, entries, resume."""
import json
import urllib.request

from tests.journeys.harness import Journey
from tests.journeys.peers import Hooks


class Stream(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.tocsin = self.serve(hooks=self.hooks.url)

    def events(self, want, last_id=None):
        """Reads events until one is named `want` and returns it with its id."""
        headers = {"Authorization": "Bearer " + self.tocsin.token}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        with urllib.request.urlopen(urllib.request.Request(self.tocsin.url + "/api/v1/stream", headers=headers), timeout=20) as r:
            self.assertTrue(r.headers["Content-Type"].startswith("text/event-stream"))
            event = {}
            for line in r:
                line = line.decode().rstrip("\n")
                if line == "":
                    if event.get("event") == want:
                        return event
                    event = {}
                elif not line.startswith(":"):
                    key, _, value = line.partition(": ")
                    event[key] = event.get(key, "") + value

    def make_entry(self, name):
        self.assertEqual(self.tocsin.api("POST", "/api/v1/tokens", {"name": name, "role": "responder"}).status, 201)

    def test_hello_then_missed_entries_then_live_ones(self):
        hello = json.loads(self.events("hello")["data"])
        self.make_entry("one")
        self.make_entry("two")
        missed = self.events("entries", last_id=hello["seq"])
        entries = json.loads(missed["data"])
        self.assertEqual([e["seq"] for e in entries], list(range(hello["seq"] + 1, hello["seq"] + 1 + len(entries))))
        self.assertEqual(int(missed["id"]), entries[-1]["seq"])
        self.assertNotIn("secret", json.dumps(entries))
