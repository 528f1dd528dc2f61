"""Starts the real binary in a folder of its own, talks to it as users and peers do, and stops it by its pid.

Every answer of the API is held against api/openapi.yaml. A line of level error in the log fails the test unless it announced it with
`expect_error_line`.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import jsonschema
import yaml

BINARY = None  # set by __main__
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PATIENCE = 30.0  # seconds until something that should happen counts as not happening


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, ask, patience=None):
    """Asks until the answer is truthy and returns it; fails naming `what`."""
    deadline = time.monotonic() + (patience or PATIENCE)
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


def http(method, url, body=None, headers=None, timeout=10):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as r:
            return Answer(r.status, r.headers, r.read())
    except urllib.error.HTTPError as e:
        return Answer(e.code, e.headers, e.read())


class Api:
    """api/openapi.yaml, as a judge of answers."""

    def __init__(self):
        self.document = yaml.safe_load(open(os.path.join(ROOT, "api", "openapi.yaml")))
        self.paths = [(re.compile("^" + re.sub(r"{\w+}", "[^/]+", p) + "$"), p) for p in self.document["paths"]]

    def schema(self, node):
        """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
        if isinstance(node, list):
            return [self.schema(n) for n in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target = self.document
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            return self.schema(target)
        out = {k: self.schema(v) for k, v in node.items() if k not in ("nullable", "description", "format")}
        return {"anyOf": [out, {"type": "null"}]} if node.get("nullable") else out

    def judge(self, method, path, answer):
        path = path.split("?")[0]
        matches = [p for pattern, p in self.paths if pattern.match(path)]
        if not matches:
            assert answer.status == 404, f"{method} {path} is not described and answers {answer.status}"
            return
        operation = self.document["paths"][min(matches, key=lambda p: p.count("{"))].get(method.lower())
        if operation is None:
            assert answer.status == 405, f"{method} {path} is not described and answers {answer.status}"
            return
        responses = operation["responses"]
        described = responses.get(str(answer.status), responses.get("default"))
        assert described is not None, f"{method} {path}: status {answer.status} is not described"
        if "$ref" in described:
            described = self.document["components"]["responses"][described["$ref"].split("/")[-1]]
        content = described.get("content", {})
        if "application/json" in content:
            jsonschema.validate(answer.json, self.schema(content["application/json"]["schema"]))


API = Api()


class Process:
    def __init__(self, arguments, log_path, env=None, cwd=None):
        self.log_path = log_path
        self.log = open(log_path, "ab")
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log, cwd=cwd,
                                        env={**os.environ, **(env or {})})

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, patience=20):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"{self.process.args[0]} did not stop within {patience} s")
        self.log.close()
        return self.process.returncode

    def text(self):
        return open(self.log_path, encoding="utf-8", errors="replace").read()


# For journeys that are not about paging: whatever its labels say, no posted alert asks for a page.
NO_PAGES = """
---
apiVersion: tocsin/v1
kind: PostedAlerts
metadata: {name: rules}
spec: {pages: []}
"""
CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec:
  name: Ada
  contacts:
    - webhook: %(hooks)s/webhook/ada
      secret: ada-signs-with-this
    - mail: ada@shop.example
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: grace}
spec:
  name: Grace
  contacts:
    - slack: %(hooks)s/slack/grace
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: storefront}
spec:
  name: Storefront
  escalation:
    - {person: ada, after: 0s}
    - {person: grace, after: %(next_after)s}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec:
  name: Checkout
  team: storefront
  tier: 1
  customer_facing: true
  runbook: https://runbooks.example/checkout
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout-availability
  displayName: Orders succeed
  annotations: {tocsin.dev/users-lose: Customers cannot pay}
spec:
  service: checkout
  budgetingMethod: Occurrences
  timeWindow: [{duration: 30d, isRolling: true}]
  indicator:
    metadata: {name: checkout-orders}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[5m]))'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(http_requests_total{job="checkout"}[5m]))'}}}
  objectives: [{target: 0.999}]
"""


class Tocsin:
    """One server with its folder. `start` may be called again after `kill` or `stop`."""

    def __init__(self, folder, hooks, config=None, catalog=None, next_after="2m", database=None):
        self.folder = folder
        self.expected_errors = []
        os.makedirs(os.path.join(folder, "catalog"), exist_ok=True)
        self.config = {"listen": "127.0.0.1:0", "data": "var", "catalog": "catalog",
                       "incident": {"monitoring_after": "2s", "resolved_after": "2s"},
                       "notify": {"allow_private_webhooks": True}}  # the catalogs' contacts are stand-ins on loopback
        if database:
            self.config["database"] = database
        for key, value in (config or {}).items():
            self.config[key] = {**self.config.get(key, {}), **value} if isinstance(value, dict) else value
        self.write("tocsin.yaml", yaml.safe_dump(self.config))
        self.write("catalog/all.yaml", catalog or CATALOG % {"hooks": hooks, "next_after": next_after})
        self.process = None
        self.token = None

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name)) as f:
            return f.read()

    def start(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(self.folder, "var", "address"))
        self.process = Process([BINARY, "serve", "--config", os.path.join(self.folder, "tocsin.yaml")],
                               os.path.join(self.folder, "log"), cwd=self.folder)
        wait_for("the server to be ready", self.is_ready)
        self.token = self.read("var/cli-token").strip()
        return self

    def is_ready(self):
        if self.process.process.poll() is not None:
            raise AssertionError("the server ended by itself:\n" + self.process.text()[-3000:])
        try:
            self.url = self.read("var/address").strip()
            return bool(self.url) and http("GET", self.url + "/-/ready").status == 200
        except (FileNotFoundError, urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @property
    def address(self):
        host, port = self.url.split("//")[1].split(":")
        return host, int(port)

    def api(self, method, path, body=None, token=None, headers=None):
        all_headers = {"Authorization": "Bearer " + (token or self.token)} if token != "" else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        answer = http(method, self.url + path, body, all_headers)
        API.judge(method, path, answer)
        return answer

    def get(self, path):
        answer = self.api("GET", path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body[:300]}"
        return answer.json

    def cli(self, *arguments, code=0):
        done = subprocess.run([BINARY, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=30,
                              env={**os.environ, "TOCSIN_URL": getattr(self, "url", "")})
        assert done.returncode == code, f"tocsin {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def kill(self):
        self.process.kill()

    def expect_error_line(self, pattern):
        self.expected_errors.append(pattern)

    def error_lines(self):
        lines = [l for l in self.process.text().splitlines() if " level=error " in l or " level=fatal " in l]
        return [l for l in lines if not any(re.search(p, l) for p in self.expected_errors)]

    def incident(self, state=None):
        """The newest incident, if it is in one of the states asked for."""
        incidents = self.get("/api/v1/incidents?state=all")["incidents"]
        if not incidents or (state and incidents[0]["state"] not in state.split("|")):
            return None
        return incidents[0]


class Journey(unittest.TestCase):
    """A test with a folder of its own; what it started is stopped, and our log is read, at its end."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tocsin-journey-")
        self.started = []

    def serve(self, **options):
        tocsin = Tocsin(self.folder, **options)
        self.started.append(tocsin)
        return tocsin.start()

    def tearDown(self):
        complaints = []
        for tocsin in self.started:
            if tocsin.process is None:
                continue
            if tocsin.process.process.poll() is None:
                code = tocsin.process.stop()
                if code != 0:
                    complaints.append(f"the server ended with code {code}")
            complaints += tocsin.error_lines()
        failed = complaints or any(error for _, error in self._outcome.errors) if hasattr(self._outcome, "errors") else complaints
        if failed and self.started and self.started[0].process:
            print("---- end of the server's log\n" + self.started[0].process.text()[-4000:])
        shutil.rmtree(self.folder, ignore_errors=True)
        self.assertEqual(complaints, [], "error lines in our log, or a bad end")
