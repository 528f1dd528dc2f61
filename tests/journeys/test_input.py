"""Bad input gets a clear answer and harms nobody."""
import gzip
import socket
import time

from tests.journeys.alertmanager_peer import Exporter
from tests.journeys.harness import Journey, http, wait_for
from tests.journeys.peers import Hooks, Shop, series, snappy, write


class Input(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.tocsin = self.serve(hooks=self.hooks.url)

    def raw(self, data, wait=5, half_close=False):
        with socket.create_connection(self.tocsin.address, timeout=wait) as s:
            s.sendall(data)
            if half_close:
                s.shutdown(socket.SHUT_WR)
            out = b""
            try:
                while part := s.recv(65536):
                    out += part
            except TimeoutError:
                pass
            return out

    def test_remote_write_refuses_what_it_cannot_read(self):
        api = self.tocsin.api
        good = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
        self.assertEqual(api("POST", "/api/v1/write", b"garbage", headers=good).status, 400)
        self.assertEqual(api("POST", "/api/v1/write", snappy(b"\xff\xff\xff"), headers=good).status, 400)
        self.assertEqual(api("POST", "/api/v1/write", b"{}", headers={"Content-Type": "application/json"}).status, 415)
        self.assertEqual(api("POST", "/api/v1/write", gzip.compress(b"x"), headers={**good, "Content-Encoding": "br"}).status, 415)
        # A block that claims to be 4 GB large is refused before anything is allocated.
        self.assertIn(api("POST", "/api/v1/write", b"\xff\xff\xff\xff\x0f" + b"x" * 10, headers=good).status, (400, 413))
        self.assertEqual(api("POST", "/api/v1/write", snappy(b""), token="", headers=good).status, 401)
        self.assertEqual(api("POST", "/api/v1/write", snappy(b""), token="wrong", headers=good).status, 401)
        # Refused by its length alone, before the bytes are read.
        huge = self.raw(b"POST /api/v1/write HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n")
        self.assertIn(b" 413 ", huge)
        metrics = http("GET", self.tocsin.url + "/metrics").body.decode()
        self.assertIn("tocsin_ingest_refused_total", metrics)

    def test_a_series_with_absurd_labels_is_refused_and_others_are_kept(self):
        shop = Shop(self.tocsin)
        shop.good = 5
        now = int(time.time() * 1000)
        bad = series({"__name__": "x", "l": "v" * 100_000}, [(1, now)])
        answer = write(self.tocsin, bad + shop.body(time.time()))
        self.assertIn(answer.status, (204, 400))
        self.assertGreaterEqual(self.tocsin.get("/api/v1/status")["ingest"]["series"], 2)

    def test_garbage_on_the_socket(self):
        self.assertIn(b" 400 ", self.raw(b"\x16\x03\x01garbage\r\n\r\n"))
        self.assertIn(b" 431 ", self.raw(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"))
        self.assertIn(b" 400 ", self.raw(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"))
        half = self.raw(b"GET /-/healthy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", half_close=True)
        self.assertIn(b" 200 ", half, "a half-closed connection still gets its answer")
        self.assertEqual(http("GET", self.tocsin.url + "/-/healthy").status, 200)

    def test_slow_clients_do_not_hold_others(self):
        slow = [socket.create_connection(self.tocsin.address) for _ in range(200)]
        for s in slow:
            s.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
        begun = time.monotonic()
        self.assertEqual(http("GET", self.tocsin.url + "/-/ready").status, 200)
        self.assertLess(time.monotonic() - begun, 5)
        for s in slow:
            s.close()

    def test_the_api_says_what_is_wrong(self):
        api = self.tocsin.api
        self.assertEqual(api("GET", "/api/v1/incidents/inc_nothing").status, 404)
        self.assertEqual(api("GET", "/api/v1/nothing").status, 404)
        self.assertEqual(api("DELETE", "/api/v1/alerts").status, 405)
        self.assertEqual(api("POST", "/api/v1/session", {"user": "admin"}, token="").status, 400)
        self.assertEqual(api("POST", "/api/v1/session", {"user": "admin", "password": "wrong"}, token="").status, 401)
        answer = api("GET", "/api/v1/objectives/checkout-availability/chart?window=yesterday")
        self.assertEqual(answer.status, 400)
        self.assertIn("yesterday", answer.json["error"]["message"])
        self.assertEqual(api("GET", "/api/v1/alerts?limit=0").status, 400)
        self.assertEqual(api("POST", "/api/v1/tokens", {"name": "x", "role": "king"}).status, 400)

    def test_a_responder_may_not_do_what_is_an_admins(self):
        secret = self.tocsin.api("POST", "/api/v1/tokens", {"name": "ci", "role": "responder"}).json["secret"]
        self.assertEqual(self.tocsin.api("POST", "/api/v1/reload", {}, token=secret).status, 403)
        self.assertEqual(self.tocsin.api("GET", "/api/v1/tokens", token=secret).status, 403)
        self.assertEqual(self.tocsin.api("GET", "/api/v1/alerts", token=secret).status, 200)
        token = [t for t in self.tocsin.get("/api/v1/tokens")["tokens"] if t["name"] == "ci"][0]
        self.assertEqual(self.tocsin.api("DELETE", f"/api/v1/tokens/{token['id']}").status, 204)
        self.assertEqual(self.tocsin.api("GET", "/api/v1/alerts", token=secret).status, 401)
        self.assertNotIn(secret, self.tocsin.process.text())

    def test_a_write_with_a_cookie_must_come_from_our_page(self):
        self.assertIn("password", self.tocsin.read("var/first-sign-in.txt"))
        lines = dict(l.split(": ", 1) for l in self.tocsin.read("var/first-sign-in.txt").splitlines() if ": " in l)
        signed_in = self.tocsin.api("POST", "/api/v1/session", {"user": lines["user"], "password": lines["password"]}, token="")
        self.assertEqual(signed_in.status, 200)
        set_cookie = signed_in.headers["Set-Cookie"]
        self.assertIn("HttpOnly", set_cookie)
        cookie = {"Cookie": set_cookie.split(";")[0]}
        self.assertEqual(self.tocsin.api("GET", "/api/v1/session", token="", headers=cookie).status, 200)
        self.assertEqual(self.tocsin.api("POST", "/api/v1/reload", {}, token="", headers=cookie).status, 403)
        self.assertEqual(self.tocsin.api("POST", "/api/v1/reload", {}, token="", headers={**cookie, "X-Tocsin": "1"}).status, 200)
        self.assertNotIn(lines["password"], self.tocsin.process.text())


class Sources(Journey):
    def test_a_target_that_is_away_is_trouble_until_it_is_back(self):
        exporter = Exporter()
        exporter.stop()
        scrape = [{"job": "shop", "interval": "1s", "targets": [exporter.address]}]
        tocsin = self.serve(hooks="http://127.0.0.1:9/", config={"telemetry": {"scrape": scrape}})
        trouble = wait_for("the target to be missed", lambda: tocsin.get("/api/v1/status")["trouble"])
        self.assertEqual(len(trouble), 1)
        self.assertRegex(trouble[0], f"^scrape \\S*{exporter.address}\\S* gives no samples: .*connect to")
        self.assertIn("trouble: " + trouble[0], tocsin.cli("status"))
        back = Exporter(exporter.address)
        self.addCleanup(back.stop)
        wait_for("the target to be back", lambda: tocsin.get("/api/v1/status")["trouble"] == [])
