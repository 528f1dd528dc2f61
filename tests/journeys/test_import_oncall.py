"""`tocsin import pagerduty`: a plan, a catalog that a server runs with, and the proof against the source's calendar."""
import json
import os
import subprocess
import datetime

from tests.journeys import harness
from tests.journeys.harness import NO_PAGES, Journey
from tests.journeys.peers import Hooks

USERS = {"users": [
    {"id": "PADA", "name": "Ada", "email": "ada@example.org", "time_zone": "Europe/Berlin", "contact_methods": [], "notification_rules": []},
    {"id": "PGRA", "name": "Grace", "email": "grace@example.org", "time_zone": "UTC", "contact_methods": [], "notification_rules": []}]}
SCHEDULE = {"schedule": {"id": "PS1", "name": "Payments", "time_zone": "UTC", "schedule_layers": [
    {"id": "L1", "name": "Days", "start": "2026-01-05T09:00:00Z", "end": None, "rotation_virtual_start": "2026-01-05T09:00:00Z",
     "rotation_turn_length_seconds": 86400, "users": [{"user": {"id": "PADA"}}, {"user": {"id": "PGRA"}}], "restrictions": []}]}}
POLICIES = {"escalation_policies": [{"id": "PE1", "name": "Payments", "num_loops": 1, "escalation_rules": [
    {"escalation_delay_in_minutes": 10, "targets": [{"id": "PS1", "type": "schedule_reference"}]}]}]}
SERVICES = {"services": [{"id": "PV1", "name": "Checkout", "escalation_policy": {"id": "PE1"}}]}


class ImportOnCall(Journey):
    def setUp(self):
        super().setUp()
        self.export = os.path.join(self.folder, "export")
        os.makedirs(self.export)
        for name, value in (("users", USERS), ("schedules-PS1", SCHEDULE), ("escalation_policies", POLICIES), ("services", SERVICES)):
            self.put(f"{name}.json", json.dumps(value))

    def put(self, name, text):
        with open(os.path.join(self.export, name), "w") as f:
            f.write(text)

    def run_import(self, *arguments, code=0, tool="pagerduty"):
        done = subprocess.run([harness.BINARY, "import", tool, self.export, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode != 0, code != 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def calendar(self, swap=False):
        """PagerDuty's own calendar of the next 100 days."""
        first = datetime.datetime(2026, 1, 5, 9)
        today = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PagerDuty//EN"]
        for n in range((today - first).days - 2, (today - first).days + 100):
            begin = first + datetime.timedelta(days=n)
            name = ["Ada", "Grace"][(n + swap) % 2]
            lines += ["BEGIN:VEVENT", f"UID:{n}", f"DTSTAMP:{begin:%Y%m%dT%H%M%SZ}", f"DTSTART:{begin:%Y%m%dT%H%M%SZ}",
                      f"DTEND:{begin + datetime.timedelta(days=1):%Y%m%dT%H%M%SZ}", f"SUMMARY:On Call - {name} - Payments",
                      f"ATTENDEE:mailto:{name.lower()}@example.org", "END:VEVENT"]
        return "\r\n".join(lines + ["END:VCALENDAR", ""])

    def test_a_plan_writes_nothing_and_the_import_is_a_catalog_that_runs(self):
        plan = self.run_import("--plan")
        self.assertRegex(plan, r"person +Ada +ada +ok")
        self.assertIn("nothing was written", plan)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "catalog", "imported.yaml")))
        hooks = Hooks()
        self.addCleanup(hooks.stop)
        tocsin = self.serve(hooks=hooks.url, catalog=NO_PAGES)
        self.run_import()
        tocsin.cli("check", "--config", "tocsin.yaml")
        tocsin.cli("reload")
        self.assertRegex(tocsin.cli("oncall"), r"payments.*(ada|grace)")
        before = tocsin.read("catalog/imported.yaml")
        self.run_import()
        self.assertEqual(tocsin.read("catalog/imported.yaml"), before, "doing it again gives the same")
        tocsin.write("catalog/imported.yaml", before + "# mine\n")
        self.assertIn("was changed since", self.run_import(code=1))
        self.assertEqual(tocsin.read("catalog/imported.yaml"), before + "# mine\n")

    def test_the_proof_agrees_hour_by_hour_or_names_the_hours(self):
        self.assertIn("no schedules-ID.ics", self.run_import("--prove", code=1))
        self.put("schedules-PS1.ics", self.calendar())
        self.assertIn("payments: 2160 of 2160 hours", self.run_import("--prove"))
        self.put("schedules-PS1.ics", self.calendar(swap=True))
        told = self.run_import("--prove", code=1)
        self.assertRegex(told, r"there (ada, here grace|grace, here ada)")

    def test_what_is_no_export_is_said(self):
        self.put("users.json", '{"error": {"message": "Unauthorized"}}')
        self.assertIn("users.json has no list under 'users'", self.run_import("--plan", code=1))
        self.put("users.json", "{")
        self.assertIn("users.json", self.run_import("--plan", code=1))
