#!/usr/bin/env python3
"""Remote write: samples per CPU second of Tocsin, Debian's Prometheus and VictoriaMetrics, in one run.

Usage: python3 bench/ingest_peers.py --build build/bench [--quick] [--series 10000,100000,1000000] [--servers tocsin,...] [--runs 3]

Each server starts alone in an empty folder and takes the same kind of load (bench/remote_write_load.cc): requests of 10,000 samples over
4 connections, one sample a series and round. Its own user and system time is read from /proc before and after, until it is idle again, so that
work put off is counted. The first round, in which the server meets every series, stands by itself. Tocsin has objectives that match 5% of
the series, and after each run what they counted is held against what was sent, to the event; of the peers, the number of samples taken
is checked. Peers get fewer rounds because they are slower.

Fails when a floor is not met (median of the runs): 4 million samples per CPU second at 10,000 and 100,000 series, 2 million at 1,000,000;
or when an event is lost or counted twice. --quick: 10,000 series and a few rounds, to see that all works; its figures are rough.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from bench import server_cost  # noqa: E402
from tests.journeys import harness  # noqa: E402
from tests.journeys.peers import Hooks  # noqa: E402

FLOOR = {10_000: 4e6, 100_000: 4e6, 1_000_000: 2e6}
ROUNDS = {  # after the first
    "tocsin": {10_000: 800, 100_000: 80, 1_000_000: 10},
    "victoria-metrics": {10_000: 300, 100_000: 30, 1_000_000: 5},
    "prometheus": {10_000: 100, 100_000: 10, 1_000_000: 3},
}
QUICK = {"tocsin": 200, "victoria-metrics": 50, "prometheus": 20}


class Peer:
    """A server of somebody else, started by `arguments`, with a counter of its own that says what it took."""

    def __init__(self, name, folder, arguments, counter):
        self.name, self.counter = name, counter
        self.port = harness.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.write_url, self.token_file = self.base + "/api/v1/write", None
        self.process = harness.Process([a.format(address=f"127.0.0.1:{self.port}", folder=folder) for a in arguments],
                                       os.path.join(folder, "log"), cwd=folder)
        harness.wait_for(f"{name} to be ready", self.is_ready)

    @property
    def pid(self):
        return self.process.pid

    def is_ready(self):
        if self.process.process.poll() is not None:
            raise SystemExit(f"error: {self.name} ended by itself:\n" + self.process.text()[-2000:])
        try:
            return harness.http("GET", self.base + "/-/ready").status == 200 or \
                harness.http("GET", self.base + "/health").status == 200
        except OSError:
            return False

    def problem(self, counts_file, samples):
        text = harness.http("GET", self.base + "/metrics").body.decode()
        taken = sum(float(line.split()[-1]) for line in text.splitlines() if re.match(self.counter, line))
        return None if taken == samples else f"{taken:.0f} of {samples} samples were taken"

    def stop(self):
        self.process.stop()


class Tocsin:
    name = "tocsin"

    def __init__(self, folder, services):
        self.hooks = Hooks()
        self.server = harness.Tocsin(folder, self.hooks.url, catalog=catalog(services, self.hooks.url))
        self.server.start()
        self.write_url = self.server.url + "/api/v1/write"
        self.token_file = os.path.join(folder, "var", "cli-token")

    @property
    def pid(self):
        return self.server.process.pid

    def problem(self, counts_file, samples):
        """None when every event that was sent was counted, once."""
        with open(counts_file) as f:
            sent = json.load(f)
        deadline = time.monotonic() + 10
        while True:
            budgets = {o["name"]: o["budget"] for o in self.server.get("/api/v1/objectives")["objectives"]}
            wrong = [f"{n}: {budgets[n]['bad']:.10g} of {budgets[n]['total']:.10g} instead of {c['bad']} of {c['total']}"
                     for n, c in sent.items() if (budgets[n]["bad"], budgets[n]["total"]) != (c["bad"], c["total"])]
            if not wrong or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        wrong += self.server.error_lines()[:3]
        if self.hooks.received():
            wrong.append(f"{len(self.hooks.received())} messages were sent about a healthy service")
        return f"{len(wrong)} problems, the first: " + "; ".join(wrong[:2]) if wrong else None

    def stop(self):
        self.server.process.stop()
        self.hooks.stop()


def services_of(series):
    """As bench/load_series.cc names them."""
    return [f"svc-{n:02}" for n in range(max(1, min(100, series // 100 // 5)))]


def catalog(names, hooks):
    documents = [
        {"apiVersion": "tocsin/v1", "kind": "Team", "metadata": {"name": "all"},
         "spec": {"name": "All", "escalation": [{"person": "ada", "after": "0s"}]}},
        {"apiVersion": "tocsin/v1", "kind": "Person", "metadata": {"name": "ada"},
         "spec": {"name": "Ada", "contacts": [{"webhook": hooks + "/webhook/ada", "secret": "x" * 20}]}}]
    for name in names:
        query = f'http_requests_total{{job="{name}"'
        documents.append({"apiVersion": "tocsin/v1", "kind": "Service", "metadata": {"name": name},
                          "spec": {"name": name, "team": "all", "tier": 1, "runbook": "https://runbooks.example/" + name}})
        documents.append({"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": name}, "spec": {
            "service": name, "budgetingMethod": "Occurrences", "timeWindow": [{"duration": "30d", "isRolling": True}],
            "indicator": {"metadata": {"name": name}, "spec": {"ratioMetric": {"counter": True,
                "bad": {"metricSource": {"type": "Prometheus", "spec": {"query": f'sum(rate({query},code=~"5.."}}[5m]))'}}},
                "total": {"metricSource": {"type": "Prometheus", "spec": {"query": f"sum(rate({query}}}[5m]))"}}}}}},
            "objectives": [{"target": 0.99}]}})
    return "---\n".join(json.dumps(d) + "\n" for d in documents)


def start(name, folder, series):
    if name == "tocsin":
        return Tocsin(folder, services_of(series))
    if name == "prometheus":
        with open(os.path.join(folder, "prometheus.yml"), "w") as f:
            f.write("{}")
        return Peer(name, folder, ["prometheus", "--config.file={folder}/prometheus.yml", "--web.enable-remote-write-receiver",
                                   "--storage.tsdb.path={folder}/data", "--web.listen-address={address}"],
                    r"prometheus_tsdb_head_samples_appended_total[{ ]")
    return Peer(name, folder, ["victoria-metrics", "-storageDataPath={folder}/data", "-httpListenAddr={address}"],
                r'vm_rows_inserted_total\{type="promremotewrite"')


class Run:
    """One server under one load. Figures: steady (samples per CPU s), first (CPU us a new series), peak (MB), problem."""

    def __init__(self, load_program, name, series, rounds):
        folder = tempfile.mkdtemp(prefix=f"tocsin-ingest-{name}-")
        server = None
        try:
            server = start(name, folder, series)
            self.measure(load_program, server, series, rounds, os.path.join(folder, "counts.json"))
        finally:
            if server:
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def measure(self, load_program, server, series, rounds, counts_file):
        arguments = [load_program, "--url", server.write_url, "--series", str(series), "--rounds", str(rounds + 1),
                     "--counts", counts_file, "--step"]
        if server.token_file:
            arguments += ["--token-file", server.token_file]
        with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
            self.prepared = self.next_line(load)
            cpu = []
            phases = []
            for _ in ("first", "steady"):
                before = server_cost.cpu_seconds(server.pid)
                load.stdin.write("go\n")
                load.stdin.flush()
                phases.append(self.next_line(load))
                cpu.append(server_cost.settle(server.pid) - before)
        first, steady = phases
        self.new_series_us = cpu[0] / first["samples"] * 1e6
        self.per_cpu_second = steady["samples"] / max(cpu[1], 0.01)
        self.per_second = steady["samples"] / steady["seconds"]
        self.retries = first["retries"] + steady["retries"]
        self.peak_mb = server_cost.peak_mb(server.pid)
        self.problem = server.problem(counts_file, self.prepared["samples"])

    @staticmethod
    def next_line(load):
        line = load.stdout.readline()
        if not line:
            raise SystemExit("error: remote_write_load ended early; its message is above")
        return json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="folder that holds tocsin and bench/remote_write_load")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--series", default="10000,100000,1000000")
    parser.add_argument("--servers", default="prometheus,victoria-metrics,tocsin")
    parser.add_argument("--runs", type=int, default=3, help="of Tocsin; a peer runs once")
    args = parser.parse_args()
    harness.BINARY = os.path.abspath(os.path.join(args.build, "tocsin"))
    load_program = os.path.abspath(os.path.join(args.build, "bench", "remote_write_load"))

    failed = False
    rows = []
    for series in [10_000] if args.quick else [int(n) for n in args.series.split(",")]:
        best = 0.0
        for name in args.servers.split(","):
            rounds = QUICK[name] if args.quick else ROUNDS[name].get(series, 20)
            count = args.runs if name == "tocsin" and not args.quick else 1
            runs = [Run(load_program, name, series, rounds) for _ in range(count)]
            problems = [r.problem for r in runs if r.problem]
            for problem in problems:
                print(f"{name}, {series} series: {problem}", file=sys.stderr)
            rows.append(row(name, series, runs, best, problems))
            failed |= bool(problems) or rows[-1][-1] == "NOT MET"
            if name != "tocsin":
                best = max(best, statistics.median(r.per_cpu_second for r in runs))
            print(f"{name}, {series} series: done", file=sys.stderr)
    print("\nRemote write, samples per second of the server's own CPU; 5% of the series feed objectives in Tocsin\n")
    print(server_cost.table(["series", "server", "M samples/CPU s", "new series", "peak memory", "M samples/s", "retried", "to best peer",
                             "counts", "floor"], rows))
    return 1 if failed else 0


def row(name, series, runs, best, problems):
    figure = statistics.median(r.per_cpu_second for r in runs)
    spread = f" ({min(r.per_cpu_second for r in runs) / 1e6:.2f}-{max(r.per_cpu_second for r in runs) / 1e6:.2f})" if len(runs) > 1 else ""
    floor = FLOOR.get(series) if name == "tocsin" else None
    counts = "WRONG" if problems else "exact" if name == "tocsin" else "all taken"
    return [f"{series:,}", name, f"{figure / 1e6:.2f}{spread}", f"{statistics.median(r.new_series_us for r in runs):.1f} us",
            f"{max(r.peak_mb for r in runs):.0f} MB", f"{statistics.median(r.per_second for r in runs) / 1e6:.2f}",
            str(sum(r.retries for r in runs)), f"{figure / best:.1f} x" if name == "tocsin" and best else "", counts,
            "" if floor is None else "met" if figure >= floor else "NOT MET"]


if __name__ == "__main__":
    sys.exit(main())
