"""docs/schedules.md: who is on call, and what changes it, through the real binary: reloads, overrides, swaps, calendars and kill -9."""
import json
import os
import time

from tests.journeys import harness
from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks

PEOPLE = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: %(name)s}
spec: {contacts: [{webhook: "%(hooks)s/webhook/%(name)s", secret: signs-with-this}]}
---
"""
CATALOG = """
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec:
  members: [ada, grace, alan]
  escalation: [{person: ada}]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec: {team: payments}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: payments}
spec:
  team: payments
  zone: Europe/Berlin
  layers:
    - name: primary
      every: 1w
      hand_off: 2026-01-05 09:00
      people: [%(people)s]
"""
HOLIDAY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//shop//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART:%s
DTEND:%s
SUMMARY:Away
END:VEVENT
END:VCALENDAR
"""


def moment(seconds_from_now=0, form="%Y-%m-%dT%H:%M:%SZ"):
    return time.strftime(form, time.gmtime(time.time() + seconds_from_now))


class Schedules(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.tocsin = self.serve(hooks=self.hooks.url, catalog=self.catalog("ada, grace, alan"))

    def catalog(self, people):
        persons = "".join(PEOPLE % {"name": name, "hooks": self.hooks.url} for name in ("ada", "grace", "alan", "edsger"))
        return persons + CATALOG % {"people": people}

    def test_a_policy_is_listed_and_played_before_anything_breaks(self):
        listed = self.cli("policy", "list")
        self.assertRegex(listed, r"team:payments +payments +0s +person ada +always")
        self.assertNotIn("canary", listed)
        played = self.cli("policy", "preview", "team:payments", "--at", "2026-12-24T20:00:00Z")
        self.assertRegex(played, r"2026-12-24T20:00:00.000Z +ada +- +webhook")
        [on_call] = self.on_call()
        self.assertRegex(self.cli("policy", "load"), on_call + r" +\S+ +0 +0 +0 +0 +0")
        refused = self.cli("policy", "preview", "paymnts", code=3)
        self.assertIn("there is no escalation policy 'paymnts'", refused)

    def on_call(self):
        now = self.tocsin.get("/api/v1/on-call")["on_call"]
        self.assertEqual([one["schedule"] for one in now], ["payments"])
        return now[0]["people"]


    def cli(self, *arguments, code=0):
        return self.tocsin.cli(*arguments, code=code)

    def titles(self, person):
        bodies = [json.loads(r["body"]) for r in self.hooks.received("/webhook/" + person, 200)]
        return [body["title"] for body in bodies]

    def test_an_edited_list_and_a_crash_keep_who_is_on_call(self):
        [first] = self.on_call()
        order = ["ada", "grace", "alan"]
        wait_for("the first to be told", lambda: "You are on call: payments" in self.titles(first))
        others = [name for name in order if name != first]
        self.tocsin.write("catalog/all.yaml", self.catalog(", ".join(["edsger", *others, first])))
        self.cli("reload")
        self.assertEqual(self.on_call(), [first])
        self.tocsin.kill()
        self.tocsin.start()
        self.assertEqual(self.on_call(), [first])
        turns = self.tocsin.get(f"/api/v1/schedules/payments/turns?from={moment()}&until={moment(21 * 86400)}")["turns"]
        people = [turn["people"][0] for turn in turns]
        self.assertEqual(people[people.index(first):][:2], [first, "edsger"])
        served = self.tocsin.get(f"/api/v1/schedules/payments/history?until={moment(60)}")["served"]
        self.assertEqual([(s["person"], s["end"]) for s in served], [(first, None)])

        # Who is removed hands off at once.
        self.tocsin.write("catalog/all.yaml", self.catalog(", ".join(["edsger", *others])))
        self.cli("reload")
        self.assertNotEqual(self.on_call(), [first])
        # A document that is wrong changes nothing.
        before = self.on_call()
        self.tocsin.write("catalog/all.yaml", self.catalog("edsger, adda"))
        self.assertIn("did you mean 'ada'?", self.cli("reload", code=2))
        self.assertEqual(self.on_call(), before)

    def test_a_note_is_left_for_who_comes(self):
        [first] = self.on_call()
        other = next(name for name in ("ada", "grace", "alan") if name != first)
        self.assertIn("there is no note", self.cli("schedule", "note", "payments"))
        draft = self.cli("schedule", "note", "payments", "--draft")
        self.assertIn("Incidents:\n- none", draft)
        self.assertIn("whoever comes next in payments gets it", self.cli("schedule", "note", "payments", "--text", "the relay is flaky"))
        self.assertIn("For who comes next", self.cli("schedule", "note", "payments"))
        self.tocsin.kill()
        self.tocsin.start()
        self.cli("schedule", "take", "payments", "--person", other, "--for", "2h")
        wait_for("the note to arrive", lambda: any(b"left you a note" in r["body"] and b"the relay is flaky" in r["body"]
                                                   for r in self.hooks.received("/webhook/" + other, 200)))
        notes = self.tocsin.get("/api/v1/schedules/payments/hand-off-notes")
        self.assertIsNone(notes["open"])
        self.assertEqual((notes["received"]["text"], notes["received"]["receivers"]), ("the relay is flaky", [other]))
        self.assertIn("Left for whoever is on call now", self.cli("schedule", "note", "payments"))
        self.assertIn("has no note", self.cli("schedule", "note", "payments", "--text", ""))
        self.cli("schedule", "note", "payments", "--text", "x", "--draft", code=2)
        self.cli("schedule", "note", "paymnts", code=3)

    def test_people_change_who_is_on_call(self):
        [first] = self.on_call()
        other, third = [name for name in ("ada", "grace", "alan") if name != first][:2]
        self.assertIn(f"{other} is on call until", self.cli("schedule", "take", "payments", "--person", other, "--for", "2h"))
        self.assertEqual(self.on_call(), [other])
        wait_for("the message to who took it", lambda: self.titles(other))
        override = self.cli("schedule", "override", "add", "payments", "--kind", "add", "--person", "edsger", "--for", "1h").strip()
        self.assertEqual(self.on_call(), [other, "edsger"])
        self.tocsin.kill()
        self.tocsin.start()
        self.assertEqual(self.on_call(), [other, "edsger"])
        self.cli("schedule", "override", "remove", "payments", override)
        self.assertEqual(self.on_call(), [other])
        self.assertIn("payments", self.cli("oncall"))
        self.assertIn(other, self.cli("schedule", "list"))
        self.assertIn("Overrides", self.cli("schedule", "show", "payments"))
        self.assertIn("covered", self.cli("schedule", "gaps"))
        self.assertEqual(json.loads(self.cli("schedule", "gaps", "--json")), {"faults": []})
        self.assertIn("did you mean 'payments'?", self.cli("schedule", "show", "paymnts", code=3))
        self.assertIn(first, self.cli("schedule", "preview", "payments", "--until", moment(30 * 86400)))

        # Asked, and taken by whom it was put to.
        begin, end = moment(3 * 3600), moment(4 * 3600)
        swap = self.cli("schedule", "swap", "ask", "payments", "--person", first, "--to", third, "--from", begin, "--until", end).strip()
        wait_for("the question to arrive", lambda: any(first in title for title in self.titles(third)))
        self.cli("schedule", "swap", "take", swap, "--person", other, code=4)
        self.assertIn("taken", self.cli("schedule", "swap", "take", swap, "--person", third))
        turns = self.tocsin.get(f"/api/v1/schedules/payments/turns?from={begin}&until={end}")["turns"]
        self.assertEqual([turn["people"] for turn in turns], [[third]])

    def test_plans_and_absences_by_command(self):
        [first] = self.on_call()
        shifts = [f"edsger+{first}={moment(-60)}/{moment(3600)}", f"edsger={moment(7200)}/{moment(10800)}"]
        plan = self.cli("schedule", "plan", "add", "payments", "--shift", shifts[0], "--shift", shifts[1], "--note", "the move").strip()
        self.assertEqual(sorted(self.on_call()), sorted(["edsger", first]))
        listed = self.cli("schedule", "plan", "list", "payments")
        self.assertIn(plan, listed)
        self.assertIn("edsger+" + first, listed)
        self.assertIn("the move", listed)
        self.assertIn("Nobody is on call", self.cli("schedule", "gaps", "payments"), "between its shifts")
        self.cli("schedule", "plan", "remove", "payments", plan)
        self.assertEqual(self.on_call(), [first])
        self.cli("schedule", "plan", "remove", "payments", "fix_none", code=3)
        self.assertIn("PEOPLE=FROM/UNTIL", self.cli("schedule", "plan", "add", "payments", "--shift", "ada", code=2))
        self.cli("schedule", "plan", "add", "payments", code=2)

        away = self.cli("schedule", "away", "add", "--person", first, "--for", "2h", "--note", "the dentist").strip()
        self.assertNotIn(first, self.on_call())
        self.assertIn("the dentist", self.cli("schedule", "away", "list", "--person", first))
        self.assertIn("Nobody is away", self.cli("schedule", "away", "list", "--person", "edsger"))
        self.assertEqual([one["id"] for one in json.loads(self.cli("schedule", "away", "list", "--json"))["absences"]], [away])
        self.cli("schedule", "away", "remove", away)
        self.assertEqual(self.on_call(), [first])
        self.assertIn("--until", self.cli("schedule", "away", "add", "--person", first, code=2))

    def test_calendars_go_in_and_out(self):
        [first] = self.on_call()
        with open(os.path.join(self.folder, "away.ics"), "w") as f:
            f.write((HOLIDAY % (moment(-3600, "%Y%m%dT%H%M%SZ"), moment(3600, "%Y%m%dT%H%M%SZ"))).replace("\n", "\r\n"))
        self.assertIn("1 absences", self.cli("schedule", "import-calendar", "away.ics", "--person", first))
        self.assertNotEqual(self.on_call(), [first])
        url = self.cli("schedule", "ical", "add", "schedule", "payments").strip()
        feed = harness.http("GET", url)
        self.assertEqual(feed.status, 200)
        self.assertEqual(feed.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertIn(b"BEGIN:VEVENT", feed.body)
        self.assertEqual(harness.http("GET", url.replace(".ics", "x.ics")).status, 404)
        [link] = self.tocsin.get("/api/v1/ical-links")["links"]
        self.assertNotIn("url", link)
        self.cli("schedule", "ical", "remove", link["id"])
        self.assertEqual(harness.http("GET", url).status, 404)
        with open(os.path.join(self.folder, "away.ics"), "w") as f:
            f.write("BEGIN:VCALENDAR\r\n")
        self.cli("schedule", "import-calendar", "away.ics", "--person", first, code=2)

    def test_check_warns_of_what_would_hurt(self):
        self.assertIn("1 schedules", self.cli("check", "--config", "tocsin.yaml"))
        text = self.catalog("ada, grace").replace("people: [ada, grace]",
                                                  'people: [ada, grace]\n      hours: [{days: mon-fri, from: "09:00", until: "17:00"}]')
        self.tocsin.write("catalog/all.yaml", text)
        said = self.cli("check", "--config", "tocsin.yaml")
        self.assertRegex(said, r"warning: \S*all\.yaml:\d+: schedule payments: Nobody is on call")
        self.assertIn("All is well", said)
