"""`tocsin import alertmanager`: what Debian's Alertmanager kept goes on here."""
import json
import os
import shutil
import subprocess

from tests.journeys import harness, readme
from tests.journeys.alertmanager_peer import amtool, moment, start_reference
from tests.journeys.harness import http as call, wait_for
from tests.journeys.test_alertmanager import InAlertmanagersPlace, page


class Import(InAlertmanagersPlace):
    def setUp(self):
        super().setUp()
        self.fill_reference()

    def fill_reference(self):
        """An Alertmanager that has silences, has told of two alerts and has ended."""
        process, url = start_reference(os.path.join(self.folder, "reference"), self.config())
        self.source = os.path.join(self.folder, "reference", "data")
        self.began = moment(-60)
        try:
            self.silences = {}
            for name, arguments in (("active", ["alertname=Quiet", "job=~a|b"]), ("negative", ["team=x", "alertname!~T.*"]), ("ended", ["alertname=Ended"])):
                done = amtool(url, "silence", "add", *arguments, "--comment=on it", "--author=ada", "--duration=2h", folder=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.silences[name] = done.stdout.strip()
            self.assertEqual(amtool(url, "silence", "expire", self.silences["ended"], folder=self.folder).returncode, 0)
            alerts = [page("Told", startsAt=self.began), page("Closed", startsAt=self.began)]
            answer = call("POST", url + "/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})
            self.assertEqual(answer.status, 200)
            wait_for("both pages", lambda: self.told("Told") and self.told("Closed"))
            wait_for("its log", lambda: 'alertmanager_notifications_total{integration="webhook"} 2' in call("GET", url + "/metrics").body.decode())
            self.before = {s["id"]: s for s in call("GET", url + "/api/v2/silences").json}
        finally:
            process.stop()

    def run_import(self, *arguments, source=None, code=0):
        done = subprocess.run([harness.BINARY, "import", "alertmanager", source or self.source, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_the_silences_hold_and_nothing_is_told_again(self):
        plan = self.run_import("--storage.path=data", "--plan")
        self.assertIn("Silences: 3 would be imported, 0 known already, 0 over for too long.", plan)
        self.assertIn("Notifications: 2 would be imported", plan)
        self.assertRegex(plan, r'new +active +' + self.silences["active"] + r' +\{alertname="Quiet",job=~"a\|b"\} .* ada +on it')
        self.assertRegex(plan, "new +expired +" + self.silences["ended"])
        self.assertFalse(os.path.exists(os.path.join(self.folder, "data")), "a plan makes nothing")
        done = self.run_import("--storage.path=data")
        self.assertIn("Silences: 3 imported, 0 known already", done)
        again = self.run_import("--into=data")
        self.assertIn("Silences: 0 imported, 3 known already", again)
        self.assertIn("Notifications: 0 imported, 2 known already", again)

        ours = self.stand_in().start()
        for silence in ours.get("/api/v2/silences"):
            before = self.before.pop(silence["id"])
            self.assertEqual({k: v for k, v in silence.items() if k != "annotations"}, {k: v for k, v in before.items() if k != "annotations"})
        self.assertEqual(self.before, {})
        self.assertIn("Quiet", amtool(ours.url, "silence", "query", folder=self.folder).stdout)
        self.assertRegex(self.run_import("--storage.path=data", code=6), r"in use by tocsin alertmanager \(pid \d+.*stop that process first")

        quiet = {"labels": {"alertname": "Quiet", "severity": "page", "job": "a"}}
        ours.post(page("Told", startsAt=self.began), quiet)
        ours.post(page("Later"))
        wait_for("a new one", lambda: self.told("Later"))
        ours.post(page("Closed", startsAt=self.began, endsAt=moment()))  # it ended while nobody listened
        wait_for("the end of an old one", lambda: self.told("Closed", "resolved"))
        self.assertEqual([b["status"] for b, _ in self.told("Closed")], ["firing", "resolved"])
        self.assertEqual(len(self.told("Told")), 1, "the Alertmanager had told it")
        self.assertEqual(self.told("Quiet"), [])
        # The next one of a group that was told is news of it.
        ours.post({"labels": {"alertname": "Told", "severity": "page", "instance": "2"}})
        wait_for("more of the same group", lambda: len(self.told("Told")) == 2)
        self.assertEqual(len(self.told("Told")[1][0]["alerts"]), 2)

    def test_the_page_s_lines_work_when_pasted(self):
        text = dict(readme.pages())["docs/alertmanager.md"]
        plan, real = next(body for _, body in readme.fences(text, "sh") if "tocsin import" in body).splitlines()
        for line, says in ((plan, "3 would be imported"), (real, "3 imported")):
            arguments = line.replace("/var/lib/prometheus/alertmanager", self.source).split()[1:]
            done = subprocess.run([harness.BINARY, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("Silences: " + says, done.stdout)

    def test_damaged_files_are_refused_with_the_place(self):
        broken = os.path.join(self.folder, "broken")
        shutil.copytree(self.source, broken)
        for name in ("silences", "nflog"):
            path = os.path.join(broken, name)
            whole = open(path, "rb").read()
            with open(path, "wb") as f:
                f.write(whole[:-3])
            told = self.run_import("--storage.path=data", source=broken, code=1)
            self.assertRegex(told, rf"broken/{name}: byte \d+: the file ends within a")
            with open(path, "wb") as f:
                f.write(whole)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "data")))
        self.assertIn("holds neither silences nor nflog", self.run_import("--storage.path=data", source=self.folder, code=3))
        self.assertIn("say where it goes", self.run_import(code=2))
        self.assertIn("say where it goes", self.run_import("--storage.path=data", "--config=tocsin.yaml", code=2))

    def test_the_server_takes_them_too(self):
        with open(os.path.join(self.folder, "alertmanager.yml"), "w") as f:
            f.write(self.config())
        tocsin = self.serve(hooks=self.hooks.url, config={"alertmanager": {"file": "alertmanager.yml"}})
        self.assertRegex(self.run_import("--config=tocsin.yaml", code=6), r"in use by tocsin \(pid \d+.*stop that process first")
        tocsin.process.stop()
        self.assertIn("Silences: 3 imported", self.run_import("--config=tocsin.yaml"))
        self.assertRegex(self.run_import("--config=tocsin.yaml", "--plan"), "Silences: 0 would be imported, 3 known already(?s:.*)nothing was changed")
        tocsin.start()
        self.assertEqual({s["id"] for s in call("GET", tocsin.url + "/api/v2/silences", headers={"Authorization": "Bearer " + tocsin.token}).json}, set(self.before))
