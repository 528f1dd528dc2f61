"""What a server costs: its own CPU seconds and its memory, from /proc; and a line about the machine."""
import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of the process with all its threads."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid):
    """The most resident memory that the process ever had."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) / 1024


def settle(pid, at_least=6.0, at_most=20.0):
    """Waits until the work that was put off is done, too: the process is idle for a second. Returns its CPU seconds.

    At least six seconds, so that a flush that happens every five is within the measurement."""
    begun = time.monotonic()
    before = cpu_seconds(pid)
    while True:
        time.sleep(1)
        after = cpu_seconds(pid)
        waited = time.monotonic() - begun
        if (waited >= at_least and after - before < 0.05) or waited >= at_most:
            return after
        before = after


def loop_ms():
    """CPU milliseconds of a fixed loop: what the machine gives just now. Neighbours on a shared one take of its caches and clock what no load average shows."""
    begun = time.process_time()
    number = 1
    for _ in range(500_000):
        number = number * 31 & 0xffffffff
    return (time.process_time() - begun) * 1000


def machine():
    model = memory = "unknown"
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), model)
    with open("/proc/meminfo") as f:
        memory = f"{int(f.readline().split()[1]) / 1024 / 1024:.0f} GiB"
    return f"{os.cpu_count()} cores, {model}, {memory}"


def load():
    return "load average %.1f %.1f %.1f" % os.getloadavg()


def table(heads, rows):
    """Lines of a table; the first column to the left, the others to the right."""
    widths = [max(len(str(r[i])) for r in [heads, *rows]) for i in range(len(heads))]
    lines = []
    for row in [heads, *rows]:
        lines.append("  ".join(f"{c:<{w}}" if i < 2 else f"{c:>{w}}" for i, (c, w) in enumerate(zip(map(str, row), widths))).rstrip())
    return "\n".join(lines)
