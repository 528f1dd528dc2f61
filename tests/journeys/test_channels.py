"""Messages by providers with an account: what they are asked, what they say later, and who takes over."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import urllib.parse

from tests.journeys.harness import Journey, http as call, wait_for

TOKEN = "twilio-auth-token"
CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{sms: "+4930123456"}]}
"""


class Twilio:
    """The part of Twilio's API that sends messages; `status` is how it answers. It signs what it tells as Twilio does."""

    def __init__(self):
        self.status = 201
        self.messages = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                signed_in = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"AC1:" + TOKEN.encode()).decode()
                known = self.path == "/2010-04-01/Accounts/AC1/Messages.json"
                status = outer.status if signed_in and known else 401
                if status == 201:
                    outer.messages.append(dict(urllib.parse.parse_qsl(body)))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps({"sid": f"SM{len(outer.messages)}", "status": "queued"}).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tell(self, url, token=TOKEN, **form):
        text = url + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
        return call("POST", url, urllib.parse.urlencode(form).encode(),
                    {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature})

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Channels(Journey):
    def setUp(self):
        super().setUp()
        self.first, self.second = Twilio(), Twilio()
        twilio = {"account": "AC1", "token": TOKEN, "from": "+15005550006"}
        self.tocsin = self.serve(hooks="", catalog=CATALOG, config={"notify": {
            "allow_private_webhooks": False,  # it is not asked of the providers' own URLs, though these are on loopback
            "twilio": {"one": {**twilio, "url": self.first.url}, "two": {**twilio, "url": self.second.url}},
            "sms": ["one", "two"]}})

    def tearDown(self):
        super().tearDown()
        self.first.stop()
        self.second.stop()

    def test_sent_is_not_delivered(self):
        self.assertIn("sent", self.tocsin.cli("notify", "test", "ada"))
        message = self.first.messages[0]
        self.assertEqual((message["To"], message["From"]), ("+4930123456", "+15005550006"))
        back = message["StatusCallback"]
        delivery = dict(urllib.parse.parse_qsl(back.split("?")[1]))["delivery"]
        self.assertEqual(self.first.tell(back, token="wrong", MessageStatus="delivered").status, 401)
        self.assertEqual(self.first.tell(back, MessageStatus="sent").status, 204)
        self.assertEqual(self.tocsin.get("/api/v1/notify/deliveries/" + delivery)["receipt"], "awaited")
        for _ in range(2):
            self.assertEqual(self.first.tell(back, MessageStatus="undelivered", ErrorCode="30005").status, 204)
        self.assertEqual(self.first.tell(back, MessageStatus="delivered").status, 204)
        self.assertEqual(self.tocsin.get("/api/v1/notify/deliveries/" + delivery)["receipt"], "undelivered")
        kinds = [e["kind"] for e in self.tocsin.get("/api/v1/logbook?limit=1000")["entries"]]
        self.assertEqual(kinds.count("delivery.undelivered"), 1)
        self.assertNotIn("delivery.delivered", kinds)

    def test_the_next_provider_takes_over_and_the_status_says_so(self):
        self.first.status = 503
        self.assertIn("sent", self.tocsin.cli("notify", "test", "ada"))
        self.assertEqual((len(self.first.messages), len(self.second.messages)), (0, 1))
        shown = self.tocsin.cli("status")
        self.assertRegex(shown, r"sms +one +failing")
        self.assertRegex(shown, r"sms +two +ok")
        self.assertNotIn(TOKEN, shown)
        wait_for("the receipt to be awaited", lambda: "awaited" in json.dumps(
            [self.tocsin.get("/api/v1/notify/deliveries/" + e["data"]["delivery"])
             for e in self.tocsin.get("/api/v1/logbook?limit=1000")["entries"] if e["kind"] == "delivery.sent"]))

    def test_a_browser_needs_a_person(self):
        self.assertEqual(self.tocsin.api("GET", "/api/v1/push/key").status, 409, "a token is nobody")
        self.assertEqual(self.tocsin.api("GET", "/api/v1/push/key", token="").status, 401)
