"""People and posted alerts: acknowledge, snooze, silences with a second look, silences that come again; through kill -9."""
import json
import os
import pty
import re
import subprocess
import time

from tests.journeys import harness, readme
from tests.journeys.alertmanager_peer import amtool, moment
from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks

CONFIG = """
route:
  receiver: pager
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: %(repeat)s
receivers:
  - name: pager
    webhook_configs: [{url: "%(hooks)s/pager"}]
"""
UNKNOWN = "0123456789abcdef"


def civil(seconds_from_now):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + seconds_from_now))


class People(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def begin(self, repeat="4h"):
        with open(os.path.join(self.folder, "alertmanager.yml"), "w") as f:
            f.write(CONFIG % {"hooks": self.hooks.url, "repeat": repeat})
        self.tocsin = self.serve(hooks=self.hooks.url, config={"alertmanager": {"file": "alertmanager.yml"}})
        with open(os.path.join(self.folder, "amtool-http.yml"), "w") as f:
            f.write("authorization: {type: Bearer, credentials_file: var/cli-token}\n")
        return self.tocsin

    def crash(self):
        self.tocsin.kill()
        self.tocsin.start()

    def v2(self, method, path, body=None):
        """Not described in api/openapi.yaml: Alertmanager's."""
        answer = harness.http(method, self.tocsin.url + "/api/v2" + path, json.dumps(body).encode() if body is not None else None,
                              {"Authorization": "Bearer " + self.tocsin.token, "Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json if answer.body else None

    def fire(self, name, **labels):
        self.v2("POST", "/alerts", [{"labels": {"alertname": name, **labels}, "endsAt": moment(3600)}])
        return self.fingerprint(name)

    def resolve(self, name, **labels):
        self.v2("POST", "/alerts", [{"labels": {"alertname": name, **labels}, "endsAt": moment()}])

    def fingerprint(self, name):
        return next(a["fingerprint"] for a in self.v2("GET", "/alerts") if a["labels"]["alertname"] == name)

    def told(self, name, status="firing"):
        bodies = [json.loads(r["body"]) for r in self.hooks.received("/pager", 200)]
        return [b for b in bodies if b["groupLabels"] == {"alertname": name} and b["status"] == status]

    def post(self, path, body=None, status=200):
        answer = self.tocsin.api("POST", "/api/v1" + path, body if body is not None else {})
        self.assertEqual(answer.status, status, answer.body)
        return answer.json

    def refused(self, path, body, status):
        return self.post(path, body, status)["error"]["message"]

    def amtool(self, *arguments):
        done = amtool(self.tocsin.url, *arguments, folder=self.folder, flags=["--http.config.file=amtool-http.yml"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout


class Marks(People):
    def test_an_acknowledged_alert_is_not_repeated_not_even_after_a_crash(self):
        self.begin(repeat="1s")
        fingerprint = self.fire("Known")
        self.fire("Other")
        wait_for("a repeat", lambda: len(self.told("Known")) >= 2)
        self.assertIn("acknowledged: 1 alert", self.tocsin.cli("posted", "ack", fingerprint, "--comment", "mine"))

        def no_repeat():
            # One that was under way when it was acknowledged may still come.
            others = len(self.told("Other"))
            wait_for("a repeat of the other", lambda: len(self.told("Other")) > others)
            before, others = len(self.told("Known")), len(self.told("Other"))
            wait_for("repeats of the other", lambda: len(self.told("Other")) >= others + 2)
            self.assertEqual(len(self.told("Known")), before)

        no_repeat()
        self.crash()
        shown = json.loads(self.tocsin.cli("posted", "Known", "--json"))["alerts"][0]
        self.assertEqual((shown["acknowledged"]["by"], shown["acknowledged"]["comment"]), ("token:cli", "mine"))
        no_repeat()
        self.assertRegex(self.tocsin.cli("posted"), rf"{fingerprint} +Known +firing .*acknowledged by token:cli")
        self.resolve("Known")
        wait_for("its end", lambda: self.told("Known", "resolved"))
        self.fire("Known")
        count = len(self.told("Known"))
        wait_for("repeats of the next firing", lambda: len(self.told("Known")) >= count + 2)
        kinds = [e["kind"] for e in self.tocsin.get("/api/v1/logbook?limit=500")["entries"] if e["subject_id"] == fingerprint]
        self.assertEqual(kinds, ["posted_alert.fired", "posted_alert.acknowledged", "posted_alert.resolved", "posted_alert.fired"])

    def test_a_snoozed_alert_is_told_again_when_its_time_has_come_also_after_a_crash(self):
        self.begin()
        fingerprint = self.fire("Later", severity="page")
        wait_for("the page", lambda: self.told("Later"))
        self.tocsin.cli("posted", "snooze", fingerprint, "--for", "4s")
        until = self.tocsin.get(f"/api/v1/posted-alerts/{fingerprint}")["snoozed"]["until"]
        (alert,) = self.v2("GET", "/alerts")
        self.assertEqual(alert["status"], {"inhibitedBy": [], "mutedBy": [f"snoozed by cli until {until}"], "silencedBy": [], "state": "suppressed"})
        self.assertEqual(self.v2("GET", "/alerts?silenced=false"), [])
        self.assertNotIn("Later", self.amtool("alert", "query"))
        self.assertRegex(self.amtool("alert", "query", "--silenced"), r"Later .*suppressed")
        self.assertEqual(self.v2("GET", "/alerts/groups")[0]["alerts"][0]["status"]["state"], "suppressed")
        self.crash()
        self.assertEqual(self.v2("GET", "/alerts")[0]["status"]["state"], "suppressed")
        again = wait_for("it to be told again", lambda: self.told("Later")[1:])
        self.assertEqual(again[0]["notification_reason"], "new alerts added")
        self.assertGreaterEqual(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()), until[:19])
        self.assertEqual(self.v2("GET", "/alerts")[0]["status"]["state"], "active")

        self.tocsin.cli("posted", "snooze", fingerprint, "--until", moment(3600))
        self.assertIn("firing", self.tocsin.cli("posted", "unsnooze", fingerprint))
        wait_for("it to be told at once", lambda: len(self.told("Later")) == 3)
        self.resolve("Later", severity="page")
        wait_for("its end", lambda: self.told("Later", "resolved"))

    def test_what_cannot_be_marked_is_refused_with_the_reason(self):
        self.begin()
        fingerprint, over = self.fire("Fires"), self.fire("Over")
        self.resolve("Over")
        at = "/posted-alerts/"
        self.assertIn(f"no posted alert '{UNKNOWN}'", self.refused(f"{at}{UNKNOWN}/acknowledge", {}, 404))
        self.assertIn("is resolved since", self.refused(f"{at}{over}/snooze", {"for": "1h"}, 409))
        self.assertIn("16 hexadecimal digits", self.refused(f"{at}nonsense/acknowledge", {}, 400))
        self.assertIn("name either for", self.refused(f"{at}{fingerprint}/snooze", {}, 400))
        self.assertIn("name either for", self.refused(f"{at}{fingerprint}/snooze", {"for": "1h", "until": moment(9)}, 400))
        self.assertIn("at most 31d", self.refused(f"{at}{fingerprint}/snooze", {"for": "60d"}, 400))
        self.assertIn("over at once", self.refused(f"{at}{fingerprint}/snooze", {"until": moment(-60)}, 400))
        self.assertIn("until", self.refused(f"{at}{fingerprint}/snooze", {"until": "noon"}, 400))
        self.assertIn("did you mean 'comment'?", self.refused(f"{at}{fingerprint}/acknowledge", {"coment": "x"}, 400))
        self.assertIn("longer than 1000 bytes", self.refused(f"{at}{fingerprint}/acknowledge", {"comment": "x" * 1001}, 400))
        self.assertIn("at most 1000", self.refused(f"{at}acknowledge", {"fingerprints": [fingerprint] * 1001}, 429))
        self.assertIn("fingerprints is missing", self.refused(f"{at}acknowledge", {}, 400))
        for method, path in (("GET", at), ("POST", at + "acknowledge"), ("POST", "/silences/preview"), ("POST", "/recurring-silences")):
            self.assertEqual(self.tocsin.api(method, "/api/v1" + path.rstrip("/"), token="").status, 401, path)

        answer = self.post(f"{at}acknowledge", {"fingerprints": [UNKNOWN, fingerprint, over]})
        self.assertEqual(answer["marked"], [fingerprint])
        self.assertEqual([(r["fingerprint"], r["code"]) for r in answer["refused"]], [(UNKNOWN, "not_found"), (over, "failed_precondition")])
        self.assertIn("no posted alert", self.tocsin.cli("posted", "ack", UNKNOWN, code=3))
        self.assertIsNone(self.tocsin.api("DELETE", f"/api/v1{at}{fingerprint}/acknowledge").json["acknowledged"])
        self.assertEqual([a["labels"]["alertname"] for a in self.tocsin.get("/api/v1/posted-alerts?state=resolved&filter=alertname%3DOver")["alerts"]], ["Over"])
        self.assertIn("write name=value", self.tocsin.api("GET", "/api/v1/posted-alerts?filter=a%20b").json["error"]["message"])


class Silences(People):
    def at_a_terminal(self, arguments, typed):
        terminal, other_end = pty.openpty()
        os.write(terminal, typed.encode())
        try:
            return subprocess.run([harness.BINARY, *arguments], stdin=other_end, cwd=self.folder, capture_output=True, text=True, timeout=30,
                                  env={**os.environ, "TOCSIN_URL": self.tocsin.url})
        finally:
            os.close(terminal)
            os.close(other_end)

    def test_a_silence_that_is_too_broad_wants_a_second_look(self):
        self.begin()
        for name, team in (("DiskFull", "db"), ("DiskSlow", "db"), ("CartDown", "shop")):
            self.fire(name, team=team, severity="page")
        seen = self.tocsin.cli("silence", "preview", "alertname=~.+", "--for", "8d")
        for word in ("hide 3 of the 3", "1 CartDown", "nothing more would be told to: pager", "(no_equal_matcher)", "(matches_anything)",
                     "of 2 teams (db, shop) (several_owners)", "3 pages that nobody has acknowledged", "(lasts_long)", "fired 3 times"):
            self.assertIn(word, seen)
        self.assertNotIn("most_alerts", seen, "three are few")
        add = ["silence", "add", "team=db", "--for", "1h", "--comment", "disks", "--author", "ada"]
        said = self.tocsin.cli(*add, code=2)
        self.assertIn("warning: it hides 2 pages that nobody has acknowledged: DiskFull, DiskSlow (hides_pages)", said)
        self.assertIn("not added: there are warnings and no terminal to ask at; look at the warnings, then add it with --yes", said)
        self.assertEqual(self.tocsin.get("/api/v1/silences?state=all")["silences"], [])
        self.assertEqual(self.at_a_terminal(add, "n\n").returncode, 2)
        self.assertEqual(self.tocsin.get("/api/v1/silences?state=all")["silences"], [])
        agreed = self.at_a_terminal(add, "y\n")
        self.assertIn("Add it all the same? [y/N]", agreed.stderr)
        self.tocsin.cli("silence", "expire", agreed.stdout.strip())
        id = re.search(r"[0-9a-f-]{36}", self.tocsin.cli(*add, "--yes")).group(0)
        self.assertRegex(self.amtool("silence", "query"), rf"{id} .*ada +disks")
        self.crash()
        self.assertRegex(self.tocsin.cli("silence", "list"), rf"{id} +active .* ada +disks")
        self.assertEqual([a["labels"]["alertname"] for a in self.v2("GET", "/alerts?silenced=false")], ["CartDown"])
        self.tocsin.cli("silence", "expire", id)
        self.assertIn("there is no silence", self.tocsin.cli("silence", "expire", "nothing", code=3))
        self.assertIn("No silences", self.tocsin.cli("silence", "list"))
        self.post("/posted-alerts/acknowledge", {"fingerprints": [self.fingerprint("DiskFull"), self.fingerprint("DiskSlow")]})
        self.tocsin.cli(*add)  # nobody is surprised any more

    def test_our_own_routes_want_a_comment_and_an_author(self):
        self.begin()
        silence = {"matchers": ["team=db"], "for": "1h", "comment": "disks", "author": "ada"}
        for change, told in (({"comment": " "}, "comment is missing"), ({"author": ""}, "author is missing; a token is nobody"),
                             ({"matchers": []}, "matchers is missing"), ({"matchers": ["team"]}, "'team' is no matcher"),
                             ({"matchers": ["team=~("]}, "no matcher"), ({"matchers": ["team=~.*"]}, "must not match the empty string"),
                             ({"for": "1 hour"}, "for"), ({"for": None}, "name either for"), ({"ends_at": moment(60)}, "name either for"),
                             ({"for": None, "ends_at": moment(-60)}, "end time"), ({"author": "x" * 201}, "author is longer")):
            self.assertIn(told, self.refused("/silences", {**silence, **change}, 400), change)
        recurrence = {"rule": "FREQ=DAILY", "at": "02:00", "zone": "Europe/Berlin", "lasts": "4h"}
        for change, told in (({"rule": "FREQ=HOURLY"}, "recurrence: rule: FREQ=HOURLY is wrong; use DAILY"), ({"zone": "Europe/Berlni"}, "did you mean 'Europe/Berlin'?"),
                             ({"at": "2"}, "no time of a day"), ({"at": None}, "name either at"), ({"lasts": "5d"}, "longer than from one occurrence to the next"),
                             ({"lasts": None}, "lasts"), ({"except": ["tomorrow"]}, "recurrence.except"), ({"at": None, "start": "2026-02-30"}, "not a date")):
            body = {"matchers": ["team=db"], "comment": "disks", "author": "ada", "recurrence": {**recurrence, **change}}
            self.assertIn(told, self.refused("/recurring-silences", body, 400), change)
        self.assertIn("recurrence is missing", self.refused("/recurring-silences", {"matchers": ["a=b"], "comment": "c", "author": "ada"}, 400))
        self.assertIn("--lasts, the length of each", self.tocsin.cli("silence", "preview", "a=b", "--recur", "FREQ=DAILY", "--for", "1h", code=2))
        self.assertEqual(self.tocsin.get("/api/v1/silences")["silences"], [])

    def test_a_silence_comes_again_and_survives_a_crash(self):
        self.begin()
        self.fire("Backup", team="db")
        running = ["silence", "add", "team=db", "--comment", "backup", "--author", "ada", "--recur", "FREQ=DAILY", "--start", civil(-60), "--lasts", "1h"]
        id = re.search(r"rec_\S+", self.tocsin.cli(*running)).group(0)
        (silence,) = self.tocsin.get("/api/v1/silences")["silences"]
        self.assertEqual((silence["state"], silence["author"], silence["comment"], silence["recurring"]), ("active", "ada", "backup", id))
        self.assertIn("backup", self.amtool("silence", "query"))
        self.assertEqual(self.v2("GET", "/alerts")[0]["status"]["silencedBy"], [silence["id"]])
        self.crash()
        self.assertEqual([s["id"] for s in self.tocsin.get("/api/v1/silences")["silences"]], [silence["id"]], "made once")
        self.assertRegex(self.tocsin.cli("silence", "list"), rf"{id} +FREQ=DAILY .* UTC +1h .* ada +backup +team=\"db\"")

        # Five minutes before an occurrence, which is in two seconds, its silence is there to be seen.
        coming = [w.replace("team=db", "team=shop") for w in running[:-3]] + [civil(302), "--lasts", "1h"]
        other = re.search(r"rec_\S+", self.tocsin.cli(*coming)).group(0)
        self.tocsin.kill()
        self.tocsin.start()
        pending = wait_for("the one to come", lambda: [s for s in self.tocsin.get("/api/v1/silences?state=pending")["silences"] if s["recurring"] == other])
        self.assertEqual(pending[0]["matchers"], ['team="shop"'])

        self.tocsin.cli("silence", "expire", id, other)
        self.assertEqual(self.tocsin.get("/api/v1/silences")["silences"], [])
        self.assertEqual(self.tocsin.get("/api/v1/recurring-silences")["recurring_silences"], [])
        self.assertIn("no recurring silence 'rec_x'", self.tocsin.cli("silence", "expire", "rec_x", code=3))
        wait_for("the alert to be told", lambda: self.told("Backup"))


class Page(People):
    def test_the_commands_of_the_page_work(self):
        self.begin()
        fingerprint = self.fire("DiskFull", team="db", severity="warn")
        os.makedirs(os.path.join(self.folder, "bin"))
        os.symlink(harness.BINARY, os.path.join(self.folder, "bin", "tocsin"))
        shown = [c for c in readme.commands(dict(readme.pages())["docs/alertmanager.md"]) if re.match(r"tocsin (posted|silence)\b", c)]
        self.assertGreater(len(shown), 8)
        ids = {}
        for command in shown:
            command = command.replace("8f3ad2c1b0e49d57", fingerprint).replace("rec_...", ids.get("rec", ""))
            command = re.sub(r"[0-9a-f]{8}-\S+", ids.get("once", ""), command)
            done = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True, text=True, timeout=30,
                                  env={**os.environ, "USER": "ada", "TOCSIN_URL": self.tocsin.url,
                                       "PATH": os.path.join(self.folder, "bin") + ":" + os.environ["PATH"]})
            self.assertEqual(done.returncode, 0, command + done.stdout + done.stderr)
            if " add " in command:
                ids["rec" if "--recur" in command else "once"] = done.stdout.strip()
