"""The web page in Debian's Chromium against the real binary, with the real demo behind it.

Usage: python3 -m tests.journeys.web --binary PATH [--only NAME] [--screenshots DIR]
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

from tests.journeys import harness


class Demo:
    """`tocsin demo run` on free ports, and the catalog that ships with it pointed at them."""

    def __init__(self, folder):
        self.ports = {name: harness.free_port() for name in ("front", "checkout", "payment", "inventory", "catcher", "smtp")}
        arguments = [f"--{name}-port={port}" for name, port in self.ports.items()]
        self.process = harness.Process([harness.BINARY, "demo", "run", *arguments], os.path.join(folder, "demo.log"))
        self.url = f"http://127.0.0.1:{self.ports['catcher']}"
        harness.wait_for("the demo to be open", self.is_open)

    def is_open(self):
        if self.process.process.poll() is not None:
            raise AssertionError("the demo ended by itself:\n" + self.process.text())
        try:
            return harness.http("GET", f"http://127.0.0.1:{self.ports['front']}/").status == 200
        except OSError:
            return False

    def command(self, *words):
        return " ".join([harness.BINARY, "demo", *words, f"--catcher-port={self.ports['catcher']}"])

    def config(self, interval="5s"):
        return {"telemetry": {"scrape": [{"job": job, "interval": interval, "targets": [f"127.0.0.1:{self.ports[job]}"]}
                                         for job in ("front", "checkout", "payment", "inventory")]},
                "notify": {"smtp": {"server": f"smtp://127.0.0.1:{self.ports['smtp']}", "from": "tocsin@shop.example", "starttls": False}}}

    def catalog(self):
        folder = os.path.join(harness.ROOT, "demo", "catalog")
        texts = [open(os.path.join(folder, name)).read() for name in sorted(os.listdir(folder))]
        return "\n---\n".join(texts).replace("127.0.0.1:9190", f"127.0.0.1:{self.ports['catcher']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--screenshots", default="build/web/screenshots")
    args = parser.parse_args()
    harness.BINARY = os.path.abspath(args.binary)
    folder = tempfile.mkdtemp(prefix="tocsin-web-")
    demo = tocsin = None
    try:
        demo = Demo(folder)
        tocsin = harness.Tocsin(folder, demo.url, config=demo.config(), catalog=demo.catalog()).start()
        who = yaml.safe_load(tocsin.read("var/first-sign-in.txt"))
        done = subprocess.run(["node", "tests/web/run.mjs", "--base-url", tocsin.url, "--user", str(who["user"]),
                               "--password", str(who["password"]), "--break", demo.command("break", "total-outage"),
                               "--heal", demo.command("heal"), "--screenshots", args.screenshots, "--only", args.only],
                              cwd=harness.ROOT)
        lines = tocsin.error_lines()
        for line in lines:
            print(line)
        return done.returncode or (1 if lines else 0)
    finally:
        if tocsin and tocsin.process:
            tocsin.process.stop()
        if demo:
            demo.process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
