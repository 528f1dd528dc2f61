"""Stand-ins for providers, and a sender of metrics. Each speaks the true wire format."""
import contextlib
import hashlib
import hmac
import http.server
import json
import re
import socketserver
import struct
import threading
import time

from tests.journeys.harness import http as call


class Hooks:
    """Webhook and Slack receivers: keeps every request; `answer` says how to answer by path prefix.

    While `may_answer` is clear, requests are kept and wait for their answer.
    """

    def __init__(self):
        self.requests = []
        self.answer = {}  # path prefix -> status, or "hang-up"
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = next((s for p, s in outer.answer.items() if self.path.startswith(p)), 200)
                with outer.lock:
                    outer.requests.append({"path": self.path, "headers": dict(self.headers), "body": body,
                                           "at": time.time(), "status": status})
                outer.may_answer.wait(30)
                if status == "hang-up":
                    self.connection.close()
                    return
                with contextlib.suppress(ConnectionError):  # of a sender that was killed meanwhile
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(b"ok")

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def received(self, path="/", status=None):
        with self.lock:
            return [r for r in self.requests if r["path"].startswith(path) and status in (None, r["status"])]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def signature_is_right(request, secret):
    """As docs/notify.md tells a receiver to check it."""
    stamp = request["headers"]["X-Tocsin-Timestamp"]
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + request["body"], hashlib.sha256).hexdigest()
    return hmac.compare_digest(request["headers"]["X-Tocsin-Signature"], "v1=" + expected)


class Mailbox:
    """An SMTP server (RFC 5321) that keeps what it is given."""

    def __init__(self, refuse=None):
        self.mails = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                self.say("220 mailbox")
                to = []
                while line := self.rfile.readline():
                    verb = line.decode(errors="replace").strip()
                    if re.match("(?i)EHLO|HELO", verb):
                        self.say("250 mailbox")
                    elif re.match("(?i)RCPT", verb):
                        if refuse:
                            self.say(refuse)
                            continue
                        to.append(re.search("<(.*)>", verb).group(1))
                        self.say("250 ok")
                    elif re.match("(?i)DATA", verb):
                        self.say("354 go on")
                        data = b""
                        while (part := self.rfile.readline()) not in (b".\r\n", b""):
                            data += part
                        outer.mails.append({"to": to, "message": data.decode(errors="replace")})
                        self.say("250 kept")
                    elif re.match("(?i)QUIT", verb):
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


# --- remote write 1.0, encoded by hand so that no code is shared with the server -------------------------------

def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def chunk(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def series(labels, samples):
    body = b"".join(chunk(1, chunk(1, k.encode()) + chunk(2, v.encode())) for k, v in sorted(labels.items()))
    for value, ms in samples:
        body += chunk(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(ms))
    return chunk(1, body)


def snappy(data):
    """A valid snappy block of literals only."""
    out = varint(len(data))
    for i in range(0, len(data), 60):
        part = data[i:i + 60]
        out += bytes([(len(part) - 1) << 2]) + part
    return out


def write(tocsin, body, token=None, content_type="application/x-protobuf"):
    return tocsin.api("POST", "/api/v1/write", snappy(body), token=token,
                      headers={"Content-Type": content_type, "Content-Encoding": "snappy",
                               "X-Prometheus-Remote-Write-Version": "0.1.0"})


class Shop:
    """The counters of one service, sent by remote write."""

    def __init__(self, tocsin, job="checkout", instance="a"):
        self.tocsin, self.labels = tocsin, {"__name__": "http_requests_total", "job": job, "instance": instance}
        self.good = self.bad = 0

    def body(self, at):
        ms = int(at * 1000)
        return (series({**self.labels, "code": "200"}, [(self.good, ms)]) +
                series({**self.labels, "code": "503"}, [(self.bad, ms)]) +
                series({"__name__": "up", "job": self.labels["job"], "instance": self.labels["instance"]}, [(1, ms)]))

    def send(self, at=None):
        answer = write(self.tocsin, self.body(at or time.time()))
        assert answer.status in (200, 204), f"{answer.status} {answer.body}"

    def healthy_past(self, seconds=3000, step=15, per_step=300):
        """A quiet past up to now, sample by sample."""
        now = time.time()
        for i in range(seconds // step, -1, -1):
            self.good += per_step
            self.send(now - i * step)

    def keep_sending(self, good_per_second, bad_per_second, every, until, patience=60):
        """Sends real samples in real time until `until()` is truthy; returns its answer and the seconds it took."""
        begun = time.monotonic()
        sent_at = begun - every
        while time.monotonic() - begun < patience:
            now = time.monotonic()
            if now - sent_at >= every:
                self.good += int(good_per_second * every)
                self.bad += int(bad_per_second * every)
                self.send()
                sent_at = now
            if answer := until():
                return answer, time.monotonic() - begun
            time.sleep(0.05)
        raise AssertionError(f"waited {patience} s in vain while sending samples")
