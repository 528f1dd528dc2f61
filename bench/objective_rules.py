"""What a user of Prometheus or VictoriaMetrics runs for an objective: 17 rules in the way of Sloth, and the past that they read.

Eight windows of the error ratio are recorded from the counters (30 days from the recorded five minutes, as Sloth does), seven series say what the
objective is and how its budget stands, two alerts read them.
"""
import json
import random
import threading
import time

from tests.journeys import harness
from tests.journeys.peers import series, snappy

STEP = 15  # seconds between samples
WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
TARGET = 0.999
PAGE = [("5m", "1h", 14.4), ("30m", "6h", 6)]
# Of OpenMetrics: a counter's samples end in _total, its family does not.
FAMILIES = [("http_requests", "counter", "http_requests_total"), ("slo:error_ratio:rate5m", "gauge", "slo:error_ratio:rate5m")]
TICKET = [("2h", "1d", 3), ("6h", "3d", 1)]


def name_of(n):
    return f"svc-{n:04}"


def rules_of(n):
    """The 17 rules of one objective."""
    name = name_of(n)
    labels = {"slo": name, "service": name}
    own = f'{{slo="{name}"}}'

    def record(metric, expression, **more):
        return {"record": metric, "expr": expression, "labels": {**labels, **more}}

    def alert(severity, pairs):
        terms = [f"(max(slo:error_ratio:rate{short}{own}) > {burn} * {1 - TARGET:.6f} and max(slo:error_ratio:rate{long}{own}) > "
                 f"{burn} * {1 - TARGET:.6f})" for short, long, burn in pairs]
        return {"alert": "BudgetBurns", "expr": " or ".join(terms), "labels": {**labels, "severity": severity}}

    rules = [record(f"slo:error_ratio:rate{w}", f'sum(rate(http_requests_total{{job="{name}",code=~"5.."}}[{w}])) / '
                                                f'sum(rate(http_requests_total{{job="{name}"}}[{w}]))', window=w) for w in WINDOWS]
    past = f"slo:error_ratio:rate5m{own}[30d]"
    rules.append(record("slo:error_ratio:rate30d", f"sum_over_time({past}) / count_over_time({past})", window="30d"))
    rules += [
        record("slo:target", f"vector({TARGET})"),
        record("slo:budget", f"vector({1 - TARGET:.6f})"),
        record("slo:period_days", "vector(30)"),
        record("slo:burn_rate:now", f"slo:error_ratio:rate5m{own} / on(slo) group_left slo:budget{own}"),
        record("slo:burn_rate:period", f"slo:error_ratio:rate30d{own} / on(slo) group_left slo:budget{own}"),
        record("slo:budget:left", f"1 - slo:burn_rate:period{own}"),
        record("slo:info", "vector(1)", budgeting="occurrences"),
        alert("page", PAGE), alert("ticket", TICKET)]
    assert len(rules) == 17
    return rules


def rule_file(objectives):
    """JSON is YAML, too."""
    return json.dumps({"groups": [{"name": name_of(n), "interval": f"{STEP}s", "rules": rules_of(n)} for n in range(objectives)]})


class Past:
    """Samples every 15 s of two counters and the recorded five-minute ratio of each objective, day by day."""

    def __init__(self, objectives, now, history):
        self.objectives, self.end = objectives, now // STEP * STEP
        self.begin = self.end - history

    def series(self):
        """(name, labels, rise per sample or None for the ratio) of each series."""
        dice = random.Random(1)
        for n in range(self.objectives):
            yield "http_requests_total", {"job": name_of(n), "code": "200", "instance": "a"}, dice.randrange(500, 1500)
            yield "http_requests_total", {"job": name_of(n), "code": "500", "instance": "a"}, 1
            yield "slo:error_ratio:rate5m", {"slo": name_of(n), "service": name_of(n), "window": "5m"}, None

    def value(self, rise, at):
        if rise is None:  # the ratio moves a little
            return 0.0001 + (at // STEP * 7919 % 1000) * 1e-7
        return rise * (at - self.begin) // STEP

    def days(self):
        for begin in range(self.begin // 86400 * 86400, self.end, 86400):
            yield max(begin, self.begin), min(begin + 86400, self.end)

    def openmetrics(self, begin, end):
        """One day as OpenMetrics text, for promtool."""
        parts = []
        for family, kind, metric in FAMILIES:
            parts.append(f"# TYPE {family} {kind}\n")
            for name, labels, rise in self.series():
                if name == metric:
                    head = name + "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "} "
                    parts += [f"{head}{self.value(rise, at)} {at}\n" for at in range(begin, end, STEP)]
        return "".join(parts) + "# EOF\n"

    def json_lines(self, begin, end):
        """The same day for VictoriaMetrics' import."""
        for name, labels, rise in self.series():
            times = range(begin, end, STEP)
            yield json.dumps({"metric": {"__name__": name, **labels}, "values": [self.value(rise, at) for at in times],
                              "timestamps": [at * 1000 for at in times]}) + "\n"


class Present:
    """Keeps sending the counters by remote write: what came since the past ended, then a sample every 15 s."""

    def __init__(self, past, base):
        self.past, self.base, self.next = past, base, past.end
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopping.wait(max(0, self.next - time.time())):
            body = b"".join(series({"__name__": name, **labels}, [(self.past.value(rise, self.next), self.next * 1000)])
                            for name, labels, rise in self.past.series() if rise is not None)
            answer = harness.http("POST", self.base + "/api/v1/write", snappy(body),
                                  {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
            assert answer.status == 204, answer.body
            self.next += STEP

    def stop(self):
        self.stopping.set()
        self.thread.join()
