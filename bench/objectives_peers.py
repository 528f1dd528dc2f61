#!/usr/bin/env python3
"""What it costs to keep objectives evaluated over eight windows: Tocsin, Prometheus' rules, VictoriaMetrics with vmalert, in one run.

Usage: python3 bench/objectives_peers.py --build build/bench [--quick] [--objectives 50] [--days 30] [--servers prometheus,...]

Peers keep OBJECTIVES objectives of 17 Sloth-style rules each (bench/objective_rules.py), evaluated every 15 s on DAYS days of samples, one every 15 s, that
were there before the start and go on by remote write. Their own CPU is read from /proc over four cycles and divided by the evaluations that they count
themselves. Tocsin's figures come from bench/objectives_bench: one pass over 50,000 objectives, and the memory of one.

Fails when a floor is not met: 50,000 objectives in 5 ms of CPU, 16 KB an objective. --quick: 5 objectives, one day, two cycles.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from bench import server_cost  # noqa: E402
from bench.objective_rules import STEP, Past, Present, rule_file  # noqa: E402
from tests.journeys import harness  # noqa: E402
from tests.journeys.peers import Hooks  # noqa: E402

OBJECTIVES = 50_000
PASS_MS, BYTES = 5.0, 16 * 1024


def metric_sum(base, pattern):
    text = harness.http("GET", base + "/metrics").body.decode()
    return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(pattern, line))


def is_up(server):
    if server.process.process.poll() is not None:
        raise SystemExit("error: a peer ended by itself:\n" + server.process.text()[-2000:])
    base = server.base
    try:
        return harness.http("GET", base + "/-/ready").status == 200 or harness.http("GET", base + "/health").status == 200
    except OSError:
        return False


class Server:
    def __init__(self, name, folder, *arguments):
        address = f"127.0.0.1:{harness.free_port()}"
        self.base = "http://" + address
        self.process = harness.Process([name, *(a.replace("ADDRESS", address) for a in arguments)],
                                       os.path.join(folder, name + ".log"), cwd=folder)
        harness.wait_for(f"{name} to be ready", lambda: is_up(self), patience=120)

    @property
    def pid(self):
        return self.process.pid


def start_prometheus(folder, past):
    with open(os.path.join(folder, "prometheus.yml"), "w") as f:
        json.dump({"global": {"evaluation_interval": f"{STEP}s"}, "rule_files": ["rules.json"]}, f)
    for begin, end in past.days():
        text = os.path.join(folder, "day.txt")
        with open(text, "w") as f:
            f.write(past.openmetrics(begin, end))
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=24h", text,
                        os.path.join(folder, "data")], check=True, stdout=subprocess.DEVNULL)
    server = Server("prometheus", folder, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                    "--storage.tsdb.retention.time=60d", "--storage.tsdb.max-block-duration=24h", "--web.enable-remote-write-receiver",
                    "--web.listen-address=ADDRESS")
    return [server], r"prometheus_rule_group_iterations_total\{", r"prometheus_rule_group_iterations_missed_total\{"


def start_victoria(folder, past, hooks):
    metrics = Server("victoria-metrics", folder, f"-storageDataPath={folder}/data", "-retentionPeriod=60d", "-httpListenAddr=ADDRESS")
    for begin, end in past.days():
        answer = harness.http("POST", metrics.base + "/api/v1/import", "".join(past.json_lines(begin, end)).encode(), timeout=120)
        assert answer.status == 204, answer.body
    server_cost.settle(metrics.pid, at_most=60)
    alerts = Server("vmalert", folder, f"-rule={folder}/rules.json", f"-datasource.url={metrics.base}", f"-remoteWrite.url={metrics.base}",
                    f"-notifier.url={hooks.url}", f"-evaluationInterval={STEP}s", "-httpListenAddr=ADDRESS")
    return [alerts, metrics], r"vmalert_iteration_total\{", r"vmalert_iteration_missed_total\{"


class Run:
    """Figures of one peer: CPU seconds of one objective's evaluation, peak memory, share of cycles missed."""

    def __init__(self, name, objectives, history, cycles):
        folder = tempfile.mkdtemp(prefix=f"tocsin-objectives-{name}-")
        hooks = Hooks()
        servers, present = [], None
        try:
            past = Past(objectives, int(time.time()), history)
            with open(os.path.join(folder, "rules.json"), "w") as f:
                f.write(rule_file(objectives))
            servers, iterations, missed = start_prometheus(folder, past) if name == "prometheus" else start_victoria(folder, past, hooks)
            present = Present(past, servers[-1].base)
            counter = servers[0].base
            harness.wait_for("every rule group to have run", lambda: metric_sum(counter, iterations) >= objectives, patience=STEP * 8)
            self.check(name, servers[-1].base, objectives)
            cpu = sum(server_cost.cpu_seconds(s.pid) for s in servers)
            begun, lost = metric_sum(counter, iterations), metric_sum(counter, missed)
            time.sleep(cycles * STEP)
            done = metric_sum(counter, iterations) - begun
            self.missed = metric_sum(counter, missed) - lost
            self.cpu = (sum(server_cost.cpu_seconds(s.pid) for s in servers) - cpu) / done
            self.peak_mb = [server_cost.peak_mb(s.pid) for s in servers]
        finally:
            if present:
                present.stop()
            for server in servers:
                server.process.stop()
            hooks.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @staticmethod
    def check(name, base, objectives):
        """The rules really find the past: the longest window has a value for each objective."""
        def known():
            answer = harness.http("GET", base + "/api/v1/query?query=count(slo:error_ratio:rate3d)").json["data"]["result"]
            return answer and float(answer[0]["value"][1]) == objectives
        harness.wait_for(f"{name} to have a 3-day ratio of each objective", known, patience=90)


class Ours:
    """Figures of bench/objectives_bench: milliseconds of a pass and of all that happens at a slot's edge, bytes of an objective."""

    def __init__(self, program):
        done = subprocess.run([program, "--benchmark_format=json", "--benchmark_filter=Pass|Edge", "--benchmark_repetitions=3"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("error: objectives_bench failed: " + done.stderr[-2000:])
        results = json.loads(done.stdout)["benchmarks"]
        median = {b["run_name"].split("/")[0]: b for b in results if b.get("aggregate_name") == "median"}
        self.pass_ms, self.edge_ms = median["Pass"]["cpu_time"], median["Edge"]["cpu_time"]
        # The first book of the process; later ones are made from memory that the earlier ones gave back.
        self.bytes = next(b["bytes_an_objective"] for b in results if b["name"].startswith("Edge") and b.get("repetition_index") == 0)
        assert all(b.get("time_unit") == "ms" for b in median.values())

    def floors(self):
        return [("one pass over 50,000 objectives with 8 windows", f"{self.pass_ms:.2f} ms of CPU", f"{PASS_MS:.0f} ms", self.pass_ms <= PASS_MS),
                ("memory of one objective", f"{self.bytes / 1024:.1f} KB", f"{BYTES // 1024} KB", self.bytes <= BYTES)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="folder that holds bench/objectives_bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--objectives", type=int, default=50)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--servers", default="prometheus,victoria-metrics,tocsin")
    args = parser.parse_args()
    objectives, history, cycles = (5, 86400, 2) if args.quick else (args.objectives, int(args.days * 86400), 4)
    names = args.servers.split(",")

    runs = {}
    for name in names:
        if name != "tocsin":
            runs[name] = Run(name, objectives, history, cycles)
            print(f"{name}: done", file=sys.stderr)
    ours = Ours(os.path.join(args.build, "bench", "objectives_bench")) if "tocsin" in names else None
    print(f"Objectives kept evaluated over 8 windows. Peers: {objectives} objectives of 17 rules, {history / 86400:g} days of samples every {STEP} s, "
          f"{cycles} cycles.\n")
    rows = [[name if name == "prometheus" else name + " + vmalert", f"every {STEP} s", f"{r.cpu * 1e3:.1f} ms", f"{r.cpu / STEP * 100:.3f} %",
             " + ".join(f"{mb:.0f}" for mb in reversed(r.peak_mb)) + " MB", f"{r.missed:.0f}"] for name, r in runs.items()]
    if ours:
        each = ours.edge_ms / OBJECTIVES
        rows.append(["tocsin", "every 5 s", f"{each:.6f} ms", f"{each / 1e3 / 5 * 100:.7f} %", f"{ours.bytes / 1024:.1f} KB each", "0"])
    print(server_cost.table(["server", "evaluated", "CPU of one evaluation", "one objective takes of a core", "peak memory", "missed"], rows))
    if not ours:
        return 0
    if runs:
        best = min(r.cpu for r in runs.values())
        print(f"\nOne evaluation of an objective costs the best peer {best * 1e3 / (ours.edge_ms / OBJECTIVES):,.0f} times what it costs Tocsin.")
    print("\n" + server_cost.table(["floor", "measured", "at most", ""], [[w, m, f, "met" if ok else "NOT MET"] for w, m, f, ok in ours.floors()]))
    return 0 if all(ok for *_, ok in ours.floors()) else 1


if __name__ == "__main__":
    sys.exit(main())
