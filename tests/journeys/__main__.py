"""Runs the journeys and prints one closing line with the counts.

Usage: python3 -m tests.journeys --binary PATH [--jobs N] [NAME...]
  NAME   only tests whose id contains it, such as `outage` or `kill`

Journeys mostly wait for what they started: with `--jobs N` as many test classes run at once, each in a process of its
own, and what a class printed is printed when it is done.
"""
import argparse
import concurrent.futures
import itertools
import os
import re
import subprocess
import sys
import unittest

from tests.journeys import harness

CLOSING = re.compile(r"(\d+) passed, (\d+) failed\n?$")


def each(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def run(tests):
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, failfast=False).run(unittest.TestSuite(tests))
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return result.testsRun - bad - len(result.skipped), bad


def run_class(tests):
    """Its output and counts. One that died before it counted has failed."""
    command = [sys.executable, "-m", "tests.journeys", "--binary", harness.BINARY, *(test.id() for test in tests)]
    done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    closing = CLOSING.search(done.stdout)
    passed, failed = map(int, closing.groups()) if closing else (0, 0)
    return done.stdout, passed, failed if failed or (closing and done.returncode == 0) else 1


def run_beside(classes, jobs):
    passed = failed = 0
    largest_first = sorted(classes, key=len, reverse=True)  # so that none is left for the end
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_class, tests) for tests in largest_first]):
            output, good, bad = done.result()
            print(output, end="", flush=True)
            passed, failed = passed + good, failed + bad
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    harness.BINARY = os.path.abspath(args.binary)
    if not os.access(harness.BINARY, os.X_OK):
        sys.exit(f"error: {args.binary} is not a program; build it with script/build")
    found = unittest.defaultTestLoader.discover(os.path.dirname(__file__), "test_*.py", top_level_dir=os.getcwd())
    chosen = [t for t in each(found) if not args.names or any(n in t.id() for n in args.names)]
    if args.jobs == 1:
        passed, failed = run(chosen)
    else:
        by_class = itertools.groupby(chosen, key=lambda test: test.id().rpartition(".")[0])
        passed, failed = run_beside([list(tests) for _, tests in by_class], args.jobs)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


sys.exit(main())
