"""Runs the journeys and prints one closing line with the counts.

Usage: python3 -m tests.journeys --binary PATH [--verbose] [NAME...]
  NAME   only tests whose id contains it, such as `outage` or `kill`
"""
import argparse
import os
import sys
import unittest

from tests.journeys import harness

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--binary", required=True)
parser.add_argument("--verbose", action="store_true")
parser.add_argument("names", nargs="*")
args = parser.parse_args()
harness.BINARY = os.path.abspath(args.binary)
if not os.access(harness.BINARY, os.X_OK):
    sys.exit(f"error: {args.binary} is not a program; build it with script/build")


def each(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


found = unittest.defaultTestLoader.discover(os.path.dirname(__file__), "test_*.py", top_level_dir=os.getcwd())
chosen = unittest.TestSuite(t for t in each(found) if not args.names or any(n in t.id() for n in args.names))
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, failfast=False).run(chosen)
bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
