"""What README.md and docs/ tell a user to type, collected from their text."""
import glob
import os
import re

from tests.journeys import harness

# Words that begin a line of shell; anything else in an indented block is output or configuration.
PROGRAMS = r"(?:tocsin|curl|script/[\w-]+|npm|npx|node|cd|cmake|ninja|python3|printf)\b"


def pages():
    """The pages for users, as (path below the root, text)."""
    found = ["README.md"] + sorted(os.path.relpath(p, harness.ROOT)
                                   for p in glob.glob(os.path.join(harness.ROOT, "docs", "**", "*.md"), recursive=True))
    return [(name, open(os.path.join(harness.ROOT, name), encoding="utf-8").read()) for name in found]


def fences(text, language=None):
    """The fenced blocks, as (language, body)."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
    return [(l, b) for l, b in blocks if language in (None, l)]


def without_comment(line):
    """A line of shell without what follows a # that stands alone."""
    return re.sub(r"(?:^|\s+)#(?:\s|$).*", "", line).strip()


def commands(text):
    """Every line of shell that the page shows: in `sh` blocks, indented, and between backticks."""
    out = []
    for _, body in fences(text, "sh"):
        body = re.sub(r"\\\n\s*", " ", body)
        out += [without_comment(line) for line in body.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    out += [without_comment(line) for line in re.findall(r"^    (\S.*)$", prose, re.M) if re.match(PROGRAMS, line)]
    out += [c for c in re.findall(r"`([^`\n]+)`", prose) if re.match(PROGRAMS, c) and (" " in c or c.startswith("script/"))]
    return [c for c in dict.fromkeys(out) if c]


def steps(text):
    """README.md's walk-through: the numbered steps as (name, text)."""
    part = text.split("\n## An outage in five minutes\n")[1].split("\n## ")[0]
    return [(name, " ".join(body.split()))
            for name, body in re.findall(r"^\d+\. \*\*(\w+)\.\*\*(.*?)(?=^\d+\. |^\S|\Z)", part, re.M | re.S)]
