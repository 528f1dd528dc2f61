#!/usr/bin/env python3
"""Writes recurrence_table.txt: random rules of RFC 5545 and their occurrences as python-dateutil expands them.

Usage: python3 src/calendar/recurrence_table.py > src/calendar/recurrence_table.txt   (python3-dateutil 2.8 or newer)

Each line is a start, a rule, and the first occurrences (eight at most, before 2040), divided by |. recurrence_table_test
holds calendar/recurrence to them. Only what both understand alike: dateutil takes a start that does not fit the rule as none of its
occurrences, as we do, but has its own mind about BYWEEKNO without BYDAY and about BYSETPOS across a start, so that BYSETPOS
stands only where the start begins its period. Seeded: the same table comes out each time.
"""
import datetime
import itertools
import random

from dateutil.rrule import rrulestr

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
END = datetime.datetime(2040, 1, 1)
rng = random.Random(5545)


def pick(values, most=3):
    return sorted(rng.sample(values, rng.randint(1, most)))


def days_part(may_count, most):
    days = pick(range(7), most)
    texts = []
    for day in days:
        count = rng.choice(["", "", str(rng.randint(1, 4)), "-1", "-2"]) if may_count else ""
        texts.append(count + DAYS[day])
    return "BYDAY=" + ",".join(texts)


def listed(name, values, most=3):
    return f"{name}=" + ",".join(map(str, pick(values, most)))


def random_rule():
    freq = rng.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={freq}"]
    if rng.random() < 0.6:
        parts.append(f"INTERVAL={rng.randint(1, 5)}")
    start = datetime.datetime(2026, 1, 1) + datetime.timedelta(days=rng.randint(0, 800), hours=rng.randint(0, 23),
                                                               minutes=15 * rng.randint(0, 3))
    has_months = rng.random() < 0.3
    if has_months:
        parts.append(listed("BYMONTH", range(1, 13)))
    shape = rng.random()
    month_days = list(range(1, 32)) + list(range(-31, 0))
    if freq in ("DAILY", "WEEKLY"):
        if shape < 0.5:
            parts.append(days_part(False, 4))
        elif shape < 0.7 and freq == "DAILY":
            parts.append(listed("BYMONTHDAY", month_days, 5))
    elif shape < 0.35:
        parts.append(days_part(True, 3))
    elif shape < 0.55:
        parts.append(listed("BYMONTHDAY", month_days))
        if rng.random() < 0.4:
            parts.append(days_part(False, 3))
    elif freq == "YEARLY" and shape < 0.7 and not has_months:
        parts.append(listed("BYYEARDAY", list(range(1, 367)) + list(range(-366, 0)), 4))
    elif freq == "YEARLY" and shape < 0.85 and not has_months:
        parts += [listed("BYWEEKNO", list(range(1, 54)) + list(range(-53, 0))), days_part(False, 2)]
    elif shape < 0.95:
        parts += [days_part(False, 5), "BYSETPOS=" + rng.choice(["1", "2", "-1", "1,-1", "-2"])]
        start = start.replace(day=1, hour=0, minute=0)
        if freq == "YEARLY":
            start = start.replace(month=1)
    if rng.random() < 0.2:
        parts.append(listed("BYHOUR", range(24)))
    if rng.random() < 0.2:
        parts.append(listed("BYMINUTE", range(0, 60, 5)))
    if rng.random() < 0.4:
        parts.append("WKST=" + rng.choice(DAYS))
    if rng.random() < 0.2:
        parts.append(f"COUNT={rng.randint(1, 15)}")
    elif rng.random() < 0.2:
        parts.append(f"UNTIL={(start + datetime.timedelta(days=rng.randint(1, 2000))):%Y%m%dT%H%M%S}")
    head, rest = parts[0], parts[1:]
    rng.shuffle(rest)
    return start, ";".join([head] + rest)


print("# written by recurrence_table.py; do not edit")
seen = 0
while seen < 600:
    start, rule = random_rule()
    all_of_them = itertools.takewhile(lambda at: at < END, rrulestr(rule, dtstart=start))
    found = list(itertools.islice(all_of_them, 8))
    if not found:
        continue
    seen += 1
    print(f"{start:%Y-%m-%d %H:%M}|{rule}|" + "|".join(f"{at:%Y-%m-%d %H:%M}" for at in found))
