"""`tocsin import`: a plan, a catalog that a server runs with, the proof against the source's calendar, and the source's API itself."""
import datetime
import http.server
import json
import os
import subprocess
import threading
import urllib.parse
import zoneinfo

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


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def page(*results):
    """One page of Grafana OnCall, the last one."""
    return {"count": len(results), "next": None, "previous": None, "results": list(results)}


GRAFANA = {
    "users": page({"id": "UADA", "username": "ada", "email": "ada@example.org", "timezone": "Europe/Berlin", "teams": ["TSRE"]},
                  {"id": "UGRA", "username": "grace", "email": "grace@example.org", "timezone": None, "teams": ["TSRE"]}),
    "teams": page({"id": "TSRE", "name": "SRE"}),
    "personal_notification_rules": page({"id": "N1", "user_id": "UADA", "position": 0, "important": False, "type": "notify_by_email"}),
    "on_call_shifts": page({"id": "O1", "name": "days", "type": "rolling_users", "level": 0, "time_zone": None, "start": "2026-01-05T09:00:00",
                            "rotation_start": "2026-01-05T09:00:00", "duration": 86400, "frequency": "daily", "interval": 1, "by_day": None,
                            "rolling_users": [["UADA"], ["UGRA"]], "start_rotation_from_user_index": 0}),
    "schedules": page({"id": "S1", "name": "SRE", "type": "calendar", "team_id": "TSRE", "time_zone": "Europe/Berlin", "shifts": ["O1"],
                       "ical_url_overrides": None}),
    "escalation_chains": page({"id": "F1", "name": "SRE", "team_id": "TSRE"}),
    "escalation_policies": page({"id": "E1", "escalation_chain_id": "F1", "position": 0, "type": "notify_on_call_from_schedule",
                                 "notify_on_call_from_schedule": "S1", "important": False}),
    "integrations": page({"id": "C1", "name": "Checkout", "team_id": "TSRE", "default_route": {"id": "R1", "escalation_chain_id": "F1"}}),
    "routes": page(),
}


def nodes(*objects):
    """One list of GoAlert, whole."""
    return {"nodes": list(objects), "pageInfo": {"endCursor": "x" if objects else None, "hasNextPage": False}}


GOALERT = {"data": {
    "users": nodes({"id": "u1", "name": "Ada", "email": "ada@example.org", "contactMethods": [], "notificationRules": []},
                   {"id": "u2", "name": "Grace", "email": "grace@example.org", "contactMethods": [], "notificationRules": []}),
    "rotations": nodes({"id": "r1", "name": "Days", "type": "daily", "shiftLength": 1, "start": "2026-01-05T08:00:00Z",
                        "timeZone": "Europe/Berlin", "activeUserIndex": 0, "userIDs": ["u1", "u2"], "nextHandoffTimes": []}),
    "schedules": nodes({"id": "s1", "name": "SRE", "description": "", "timeZone": "Europe/Berlin", "temporarySchedules": [], "targets": [
        {"target": {"id": "r1", "type": "rotation"}, "rules": [{"start": "00:00", "end": "00:00", "weekdayFilter": [True] * 7}]},
        {"target": {"id": "u1", "type": "user"}, "rules": [{"start": "10:00", "end": "12:00", "weekdayFilter": [True] * 7}]}]}),
    "escalationPolicies": nodes({"id": "p1", "name": "SRE", "repeat": 3, "steps": [
        {"id": "t1", "stepNumber": 0, "delayMinutes": 10, "targets": [{"id": "s1", "type": "schedule"}]}]}),
    "services": nodes({"id": "v1", "name": "Checkout", "description": "", "escalationPolicyID": "p1"}),
    "userOverrides": nodes(),
}}


def days_in_berlin():
    """The turns of a day from 09:00 to 09:00 that Ada began on 2026-01-05, from yesterday on for 100 days: (begin, end, is Ada)."""
    first = datetime.date(2026, 1, 5)
    today = datetime.datetime.now(BERLIN).date()
    for n in range((today - first).days - 2, (today - first).days + 100):
        day = first + datetime.timedelta(days=n)
        begin, end = (datetime.datetime.combine(d, datetime.time(9), BERLIN).astimezone(datetime.timezone.utc)
                      for d in (day, day + datetime.timedelta(days=1)))
        yield begin, end, n % 2 == 0


class Api:
    """Another tool's API: answers by path, a token that it wants, and how often it asks to come again first."""

    def __init__(self, token, answers):
        self.token, self.answers, self.busy, self.asked = token, answers, 1, []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body=""):
                path = urllib.parse.urlsplit(self.path)
                api.asked.append((self.command, path.path, urllib.parse.parse_qs(path.query), body))
                if self.headers.get("Authorization") != api.token:
                    return self.send(401, {"detail": "Invalid token."})
                if api.busy > 0:
                    api.busy -= 1
                    return self.send(429, {"detail": "Request was throttled."}, {"Retry-After": "1"})
                known = api.answers(path.path, urllib.parse.parse_qs(path.query), body)
                return self.send(404, {}) if known is None else self.send(200, known)

            def send(self, status, body, headers=None):
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                self.answer()

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def grafana_answer(path, query, _):
    parts = path.strip("/").split("/")
    if parts[:2] != ["api", "v1"]:
        return None
    if parts[2:3] == ["schedules"] and parts[4:] == ["final_shifts"]:
        return page(*({"user_pk": "x", "user_username": "ada" if is_ada else "grace", "user_email": "x@example.org",
                       "shift_start": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "shift_end": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
                      for begin, end, is_ada in days_in_berlin()))
    return GRAFANA.get(parts[2]) if query.get("page") == ["1"] else None


def goalert_answer(path, _, body):
    return GOALERT if path == "/api/graphql" and "userOverrides" in json.loads(body)["query"] else None


class ImportOnCall(Journey):
    def setUp(self):
        super().setUp()
        self.export = os.path.join(self.folder, "export")
        os.makedirs(self.export)
        for name, value in (("users", USERS), ("schedules-PS1", SCHEDULE), ("escalation_policies", POLICIES), ("services", SERVICES)):
            self.put(f"{name}.json", json.dumps(value))

    def api(self, *arguments):
        api = Api(*arguments)
        self.addCleanup(api.stop)
        return api

    def import_from(self, tool, *arguments, code=0, **environment):
        done = subprocess.run([harness.BINARY, "import", tool, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**os.environ, **environment})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

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

    def test_grafana_oncall_is_asked_itself_and_proved(self):
        api = self.api("t0ken", grafana_answer)
        ask = ("--from-api", "--url", api.url + "/")
        told = self.import_from("grafana-oncall", *ask, "--prove", "--save", "kept", GRAFANA_ONCALL_TOKEN="t0ken")
        self.assertIn("sre: 2160 of 2160 hours have the same people on call", told)
        self.assertIn("asks to wait 1s", told)
        self.assertEqual({method for method, *_ in api.asked}, {"GET"})
        self.assertEqual(os.stat(os.path.join(self.folder, "kept")).st_mode & 0o777, 0o700)
        # What was kept is as good as the API, and asking again gives the same.
        self.assertRegex(self.import_from("grafana-oncall", "kept", "--plan"), r"policy +SRE +sre +ok")
        self.assertIn("2160 of 2160", self.import_from("grafana-oncall", "kept", "--prove"))
        self.import_from("grafana-oncall", "kept", "--into", "a.yaml")
        self.import_from("grafana-oncall", *ask, "--into", "b.yaml", "--save", "kept", GRAFANA_ONCALL_TOKEN="t0ken")
        a, b = (open(os.path.join(self.folder, name)).read() for name in ("a.yaml", "b.yaml"))
        self.assertEqual(a, b)
        refused = self.import_from("grafana-oncall", *ask, code=4, GRAFANA_ONCALL_TOKEN="0ther")
        self.assertIn("does not know the token in GRAFANA_ONCALL_TOKEN", refused)
        self.assertNotIn("0ther", refused)
        self.assertIn("set GRAFANA_ONCALL_TOKEN", self.import_from("grafana-oncall", *ask, code=4, GRAFANA_ONCALL_TOKEN=""))

    def test_goalert_is_asked_itself_and_a_server_runs_with_it(self):
        api = self.api("Bearer t0ken", goalert_answer)
        ask = ("--from-api", "--url", api.url)
        hooks = Hooks()
        self.addCleanup(hooks.stop)
        tocsin = self.serve(hooks=hooks.url, catalog=NO_PAGES)
        self.import_from("goalert", *ask, "--save", "kept", GOALERT_TOKEN="t0ken")
        self.assertEqual({(method, path) for method, path, *_ in api.asked}, {("POST", "/api/graphql")})
        query = self.import_from("goalert", "--print-query")
        self.assertEqual({json.loads(body)["query"] for *_, body in api.asked}, {query})
        tocsin.cli("check", "--config", "tocsin.yaml")
        tocsin.cli("reload")
        self.assertRegex(tocsin.cli("schedule", "show", "sre"), r"as well")
        # GoAlert's calendar of a whole schedule.
        lines = ["BEGIN:VCALENDAR", "PRODID:-//GoAlert//dev//EN", "VERSION:2.0"]
        now = datetime.datetime.now(BERLIN)
        is_ada_now = next(is_ada for begin, end, is_ada in days_in_berlin() if begin <= now < end)
        shifts = [(begin, end, "Ada" if is_ada == is_ada_now else "Grace") for begin, end, is_ada in days_in_berlin()]
        for begin, _, _ in list(shifts):
            day = begin.astimezone(BERLIN).date()
            shifts.append(tuple(datetime.datetime.combine(day, datetime.time(hour), BERLIN).astimezone(datetime.timezone.utc)
                                for hour in (10, 12)) + ("Ada",))
        for n, (begin, end, name) in enumerate(shifts):
            lines += ["BEGIN:VEVENT", f"UID:{n}", f"SUMMARY:{name} On-Call (GoAlert: SRE)", f"DTSTAMP:{begin:%Y%m%dT%H%M%SZ}",
                      f"DTSTART:{begin:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", "END:VEVENT"]
        with open(os.path.join(self.folder, "kept", "schedules-s1.ics"), "w") as f:
            f.write("\r\n".join(lines + ["END:VCALENDAR", ""]))
        self.assertIn("sre: 2160 of 2160 hours", self.import_from("goalert", "kept", "--prove"))

    def test_what_belongs_to_the_api_is_said(self):
        self.assertIn("or --from-api", self.import_from("goalert", code=2))
        self.assertIn("without a user or a query", self.import_from("goalert", "--from-api", "--url", "http://ada:x@127.0.0.1", code=2))
        self.assertIn("name the address of your GoAlert with --url", self.import_from("goalert", "--from-api", code=2))
        self.assertIn("--url and --save belong to --from-api", self.import_from("pagerduty", "export", "--save", "kept", code=2))
