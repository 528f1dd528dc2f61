"""Who may sign in, and what ends when they may no more."""
import json
import threading
import urllib.request

from tests.journeys import harness
from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks


class Stream:
    """A browser's live stream: reads until the server ends it."""

    def __init__(self, tocsin, headers):
        self.text, self.ended = "", threading.Event()
        self.answer = urllib.request.urlopen(urllib.request.Request(tocsin.url + "/api/v1/stream", headers=headers), timeout=60)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.answer:
            self.text += line.decode()
        self.ended.set()


class People(Journey):
    def setUp(self):
        super().setUp()
        hooks = Hooks()
        self.addCleanup(hooks.stop)
        self.tocsin = self.serve(hooks=hooks.url)

    def add(self, name, role="responder"):
        made = self.tocsin.api("POST", "/api/v1/users", {"name": name, "role": role})
        self.assertEqual(made.status, 201)
        return made.json["password"]

    def sign_in(self, name, password):
        """The headers of a browser that signed in."""
        answer = self.tocsin.api("POST", "/api/v1/session", {"user": name, "password": password}, token="")
        self.assertEqual(answer.status, 200)
        return {"Cookie": answer.headers["Set-Cookie"].split(";")[0], "X-Tocsin": "1"}

    def as_user(self, headers, method, path, body=None):
        return self.tocsin.api(method, path, body, token="", headers=headers)

    def stream(self, headers):
        stream = Stream(self.tocsin, headers)
        wait_for("the stream to greet", lambda: "event: hello" in stream.text)
        return stream

    def test_a_new_password_ends_the_other_browsers_and_their_streams(self):
        password = self.add("grace")
        here, elsewhere = self.sign_in("grace", password), self.sign_in("grace", password)
        stays, ends = self.stream(here), self.stream(elsewhere)
        wrong = self.as_user(here, "POST", "/api/v1/me/password", {"old_password": "a guess", "new_password": "ten characters"})
        self.assertEqual(wrong.status, 403)
        changed = self.as_user(here, "POST", "/api/v1/me/password", {"old_password": password, "new_password": "ten characters"})
        self.assertEqual(changed.status, 204)
        self.assertTrue(ends.ended.wait(harness.PATIENCE), "the other browser's stream ends")
        self.assertEqual(self.as_user(elsewhere, "GET", "/api/v1/session").status, 401)
        self.assertEqual(self.as_user(here, "GET", "/api/v1/session").status, 200)
        self.assertFalse(stays.ended.is_set())
        self.assertEqual(self.as_user(here, "DELETE", "/api/v1/session").status, 204)
        self.assertTrue(stays.ended.wait(harness.PATIENCE), "signing out ends the stream")
        self.sign_in("grace", "ten characters")

    def test_who_is_removed_is_out_with_streams_and_tokens(self):
        boss = self.sign_in("boss", self.add("boss", "admin"))
        made = self.as_user(boss, "POST", "/api/v1/tokens", {"name": "metrics", "role": "responder"})
        secret = made.json["secret"]
        by_cookie, by_token = self.stream(boss), self.stream({"Authorization": "Bearer " + secret})
        self.assertEqual(self.as_user(boss, "DELETE", "/api/v1/users/boss").status, 409, "not oneself")
        out = self.tocsin.cli("user", "remove", "boss")
        self.assertIn("metrics", out, "whose token ends is said")
        self.assertTrue(by_cookie.ended.wait(harness.PATIENCE))
        self.assertTrue(by_token.ended.wait(harness.PATIENCE))
        self.assertEqual(self.as_user(boss, "GET", "/api/v1/session").status, 401)
        self.assertEqual(self.tocsin.api("GET", "/api/v1/session", token=secret).status, 401)
        self.assertEqual(self.tocsin.api("DELETE", "/api/v1/users/admin").status, 409, "the last admin")
        entries = self.tocsin.get("/api/v1/logbook?limit=1000")["entries"]
        removed = [e for e in entries if e["kind"] == "user.removed"]
        self.assertEqual([(e["subject_id"], e["actor"]) for e in removed], [("boss", "token:cli")])
        self.assertNotIn(secret, json.dumps(entries))

    def test_an_admin_gives_a_new_password(self):
        browser = self.sign_in("alan", self.add("alan"))
        out = self.tocsin.cli("user", "password", "alan", "--json")
        self.assertEqual(self.as_user(browser, "GET", "/api/v1/session").status, 401)
        self.sign_in("alan", json.loads(out)["password"])
        self.tocsin.cli("user", "password", "nobody", code=3)

    def test_a_test_message_says_what_became_of_each_way(self):
        # Ada has a webhook, and mail without a relay.
        done = self.tocsin.api("POST", "/api/v1/notify/test", {"person": "ada"})
        self.assertEqual(done.status, 202)

        def ended():
            now = [self.tocsin.get("/api/v1/notify/deliveries/" + d["id"]) for d in done.json["deliveries"]]
            return all(d["state"] in ("sent", "failed") for d in now) and now
        ends = wait_for("both deliveries to end", ended)
        self.assertEqual([(d["channel"], d["state"]) for d in ends], [("webhook", "sent"), ("mail", "failed")])
        self.assertIn("smtp", ends[1]["detail"])
        self.assertIn("sent", self.tocsin.cli("notify", "test", "ada", "--contact", "webhook"))
        shown = self.tocsin.cli("notify", "test", "ada", code=5)
        self.assertIn("1 of 2 contacts", shown)
        self.tocsin.cli("notify", "test", "nobody", code=3)
        # Whoever asked for a test has seen its end: it is no dead letter.
        self.assertIn("Nothing was given up", self.tocsin.cli("notify", "dead"))
        self.assertIn("Nothing was given up", self.tocsin.cli("notify", "retry", "--all"))
        self.tocsin.cli("notify", "retry", "dlv_none", code=3)

    def test_a_preview_shows_what_each_contact_would_get_and_sends_nothing(self):
        shown = self.tocsin.cli("notify", "preview", "ada")
        self.assertIn("== webhook (webhook)", shown)
        self.assertIn("customers cannot pay", shown)
        self.assertIn("no mail relay is configured", shown)
        self.assertNotIn("ada-signs-with-this", shown)
        one = json.loads(self.tocsin.cli("notify", "preview", "ada", "--contact", "webhook", "--json"))["previews"]
        self.assertEqual([p["format"] for p in one], ["json"])
        self.assertEqual(json.loads(one[0]["text"])["type"], "page")
        self.tocsin.cli("notify", "preview", "nobody", code=3)
        self.tocsin.cli("notify", "preview", "ada", "--incident", "99", code=3)
