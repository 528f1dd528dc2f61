"""What the journeys of Alertmanager's place need: our process and Debian's, amtool, a Prometheus, and the judge that compares answers."""
import gzip
import http.client
import http.server
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error

from tests.journeys import harness
from tests.journeys.harness import Answer, Process, free_port, http as call, wait_for

CONFIG = """
route:
  receiver: default
  group_by: [alertname]
  group_wait: %(wait)s
  group_interval: 1s
  repeat_interval: 4h
  routes:
    - matchers: [severity="page"]
      receiver: pager
receivers:
  - name: default
  - name: pager
    webhook_configs: [{url: "%(hooks)s/pager"}]
"""


def moment(seconds_from_now=0.0):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + seconds_from_now)) + "Z"


class Standin:
    """`tocsin alertmanager` with its folder. `start` may be called again after `kill` or `process.stop`."""

    def __init__(self, folder, config, *flags, listen=("127.0.0.1:0",), cluster=("--cluster.listen-address=",)):
        self.cluster = cluster
        self.folder, self.flags, self.listen, self.expected_errors = folder, flags, listen, []
        self.prefix, self.process, self.seen = "", None, 0
        self.configure(config)

    def configure(self, text):
        with open(os.path.join(self.folder, "alertmanager.yml"), "w") as f:
            f.write(text)

    def start(self):
        log = os.path.join(self.folder, "standin.log")
        self.seen = os.path.getsize(log) if os.path.exists(log) else 0
        self.process = Process([harness.BINARY, "alertmanager", "--config.file=alertmanager.yml", "--storage.path=data",
                                *[f"--web.listen-address={a}" for a in self.listen], *self.cluster, *self.flags],
                               log, cwd=self.folder)
        wait_for("a process in Alertmanager's place to listen", self.is_listening)
        return self

    def log(self):
        """What it said since its last start."""
        with open(self.process.log_path, "rb") as f:
            f.seek(self.seen)
            return f.read().decode()

    def is_listening(self):
        if self.process.process.poll() is not None:
            raise AssertionError("the process ended by itself:\n" + self.log())
        self.urls = ["http://" + a for a in re.findall(r'msg="Listening on" address=(\S+)', self.log())]
        return len(self.urls) == len(self.listen) and is_ready(self.urls[-1] + self.prefix)

    @property
    def url(self):
        return self.urls[0] + self.prefix

    def kill(self):
        self.process.kill()

    def error_lines(self):
        lines = [l for l in self.process.text().splitlines() if " level=error " in l or " level=fatal " in l]
        return [l for l in lines if not any(re.search(p, l) for p in self.expected_errors)]

    def hang_up(self):
        self.process.process.send_signal(signal.SIGHUP)

    def post(self, *alerts):
        answer = call("POST", self.url + "/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})
        assert answer.status == 200, f"{answer.status} {answer.body}"

    def get(self, path):
        answer = call("GET", self.url + path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body}"
        return answer.json

    def silence(self, name, value):
        body = {"matchers": [{"name": name, "value": value, "isRegex": False}], "startsAt": moment(), "endsAt": moment(3600),
                "createdBy": "ada", "comment": "on it"}
        answer = call("POST", self.url + "/api/v2/silences", json.dumps(body).encode(), {"Content-Type": "application/json"})
        assert answer.status == 200, f"{answer.status} {answer.body}"
        return answer.json["silenceID"]


def is_ready(url):
    try:
        return call("GET", url + "/-/ready").status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def start_reference(folder, config):
    """Debian's Alertmanager, as (process, URL); the caller stops it."""
    os.makedirs(folder)
    with open(os.path.join(folder, "alertmanager.yml"), "w") as f:
        f.write(config)
    address = f"127.0.0.1:{free_port()}"
    process = Process(["prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=data", f"--web.listen-address={address}",
                       f"--web.external-url=http://{address}", "--cluster.listen-address="], os.path.join(folder, "log"), cwd=folder)
    try:
        wait_for("Debian's Alertmanager", lambda: is_ready("http://" + address))
    except AssertionError:
        process.kill()
        raise
    return process, "http://" + address


def amtool(url, *arguments, stdin=None, folder=None, flags=()):
    """Runs the real one and returns what subprocess says."""
    return subprocess.run(["amtool", f"--alertmanager.url={url}", "--no-version-check", *flags, *arguments], capture_output=True, text=True,
                          input=stdin, timeout=30, cwd=folder, env={**os.environ, "TZ": "UTC", "HOME": folder or "/nowhere"})


def exchange(url, method, path, body=None, headers=None):
    """One request with the headers named here and no others but Host and Content-Length; redirects are not followed."""
    connection = http.client.HTTPConnection(url.split("//")[1], timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def plain(answer):
    """The text of an answer, whether or not it came compressed."""
    body = answer.body
    return (gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body).decode(errors="backslashreplace")


class Exporter:
    """The target of a scrape: one gauge that a test sets. At `address`, or at a free port of loopback."""

    def __init__(self, address="127.0.0.1:0"):
        self.broken = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(f"shop_broken {outer.broken}\n".encode())

            def log_message(self, *_):
                pass

        host, port = address.split(":")
        self.server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


RULES = """
groups:
  - name: shop
    interval: 1s
    rules:
      - alert: ShopBroken
        expr: shop_broken == 1
        labels: {severity: page}
        annotations: {summary: 'the shop at {{ $labels.job }} is broken'}
"""


def start_prometheus(folder, exporter, alertmanagers):
    """A Prometheus that watches the exporter and tells `alertmanagers` (the value of alerting.alertmanagers in YAML's flow style)."""
    os.makedirs(folder)
    with open(os.path.join(folder, "rules.yml"), "w") as f:
        f.write(RULES)
    with open(os.path.join(folder, "prometheus.yml"), "w") as f:
        f.write(f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\nalerting: {{alertmanagers: {alertmanagers}}}\n"
                f"scrape_configs: [{{job_name: shop, static_configs: [{{targets: ['{exporter.address}']}}]}}]\n")
    address = f"127.0.0.1:{free_port()}"
    process = Process(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={address}",
                       "--rules.alert.resend-delay=2s"], os.path.join(folder, "log"), cwd=folder)
    try:
        wait_for("Prometheus", lambda: is_ready("http://" + address))
    except AssertionError:
        process.kill()
        raise
    return process
