"""README.md's walk-through, taken literally: script/server, then its numbered commands in their order."""
import html
import json
import os
import re
import shlex
import shutil
import subprocess
import time

from tests.journeys import harness, readme
from tests.journeys.harness import Journey, Process, free_port, http, wait_for

SHIPPED_PORTS = {"front": 9181, "checkout": 9182, "payment": 9183, "inventory": 9184, "catcher": 9190, "smtp": 9125}
# Short windows of the objectives clear up to 5.5 minutes after an outage (docs/detection.md); the rest is the machine's.
UNTIL_CLEAN = 480.0


class HouseOfTheReadme:
    """A copy of what script/server needs, on ports of its own. Only ports and the recovery's times differ from what ships."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {name: free_port() for name in SHIPPED_PORTS}
        for part in ("script", "demo"):
            shutil.copytree(os.path.join(harness.ROOT, part), os.path.join(folder, part))
        self.move_ports()
        with open(os.path.join(folder, "demo/tocsin.yaml"), "a") as f:
            f.write("\nincident: {monitoring_after: 2s, resolved_after: 3s}\n")
        self.environment = {f"TOCSIN_DEMO_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        self.script = Process(["script/server", "--binary", harness.BINARY], os.path.join(folder, "script.log"),
                              env=self.environment, cwd=folder)

    def move_ports(self):
        for name in ["tocsin.yaml"] + ["catalog/" + n for n in os.listdir(os.path.join(self.folder, "demo/catalog"))]:
            path = os.path.join(self.folder, "demo", name)
            text = open(path).read()
            for port, shipped in SHIPPED_PORTS.items():
                text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{self.ports[port]}")
            text = text.replace("listen: 127.0.0.1:9110", "listen: 127.0.0.1:0")
            assert not re.search(r"127\.0\.0\.1:9\d\d\d\b", re.sub(r":(%s)\b" % "|".join(map(str, self.ports.values())), "", text)), name
            with open(path, "w") as f:
                f.write(text)

    def said(self):
        return self.script.text()

    def is_up(self):
        if self.script.process.poll() is not None:
            raise AssertionError("script/server ended by itself:\n" + self.said())
        return "Stop              Ctrl-C" in self.said()

    def told(self, what):
        """The rest of the line that script/server printed after `what`."""
        return re.search(rf"^{re.escape(what)}\s+(.*)$", self.said(), re.M).group(1)

    def run(self, command):
        """A command as the README shows it, in the folder that script/server was started in."""
        words = shlex.split(command)
        assert words[0] == "tocsin", command
        done = subprocess.run([harness.BINARY, *words[1:]], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**os.environ, **self.environment, "TOCSIN_URL": self.url})
        assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    @property
    def url(self):
        return self.told("Tocsin runs at").rstrip("/")

    def all_messages(self):
        return http("GET", f"http://127.0.0.1:{self.ports['catcher']}/messages").json["messages"]

    def messages(self):
        """Those about the outage: whose turn it is was told at the start."""
        return [m for m in self.all_messages() if "You are on call" not in json.dumps(m)]

    def page(self):
        return http("GET", f"http://127.0.0.1:{self.ports['catcher']}/").body.decode()


class Readme(Journey):
    def setUp(self):
        super().setUp()
        self.house = HouseOfTheReadme(self.folder)
        self.addCleanup(self.house.script.stop)

    def tearDown(self):
        # Before the folder goes: the server's own word on whether all went well.
        self.house.script.stop()
        path = os.path.join(self.folder, "var", "tocsin.log")
        text = open(path, errors="replace").read() if os.path.exists(path) else ""
        super().tearDown()
        bad = [l for l in text.splitlines() if " level=error " in l or " level=fatal " in l]
        self.assertEqual(bad, [], "error lines in the server's log")

    def test_an_outage_in_five_minutes(self):
        text = dict(readme.pages())["README.md"]
        steps = readme.steps(text)
        self.assertEqual([name for name, _ in steps], ["Calm", "Break", "Page", "Acknowledge", "Watch", "Heal"])
        wait_for("script/server to say that it runs", self.house.is_up, patience=60)
        self.bound = int(re.search(r"Within (\d+) seconds Ada's webhook rings", dict(steps)["Page"]).group(1))
        for name, step in steps:
            commands = re.findall(r"`(tocsin [^`]+)`", step)
            getattr(self, "step_" + name.lower())(commands, step)
        self.other_faults(text)

    def incident(self):
        return json.loads(self.house.run("tocsin incidents 1 --json"))["incident"]

    def kinds(self):
        return [e["kind"] for e in json.loads(self.house.run("tocsin incidents 1 --json"))["timeline"]]

    def step_calm(self, commands, step):
        self.assertEqual(commands, ["tocsin slo"])
        user, password = re.match(r"(\S+), password (\S+)", self.house.told("Sign in as")).groups()
        signed_in = http("POST", self.house.url + "/api/v1/session", json.dumps({"user": user, "password": password}).encode(),
                         {"Content-Type": "application/json"})
        self.assertEqual(signed_in.status, 200, "script/server prints a password that works")
        self.assertEqual(http("GET", self.house.url + "/").status, 200)

        # Every objective has been measured: people order, and every service was scraped.
        def all_measured():
            objectives = json.loads(self.house.run("tocsin slo --json"))["objectives"]
            return bool(objectives) and all(o["budget"]["total"] > 0 for o in objectives) and objectives
        objectives = wait_for("the objectives to be measured", all_measured, patience=90)
        shown = self.house.run(commands[0])
        for objective in objectives:
            self.assertIn(objective["name"], shown)
            self.assertEqual(objective["state"], "ok", objective)
        self.assertEqual(self.house.run("tocsin incidents"), "No open incidents.\n")
        told = wait_for("the backup to be told of the turn", self.house.all_messages)
        self.assertIn(told[0]["to"], ("grace@shop.example", "alan@shop.example"))
        self.assertEqual(self.house.messages(), [], "nothing else has been sent")

    def step_break(self, commands, step):
        self.assertEqual(commands, ["tocsin demo break total-outage"])
        self.house.run(commands[0])
        self.broken = time.monotonic()

    def step_page(self, commands, step):
        self.assertEqual(commands, ["tocsin incidents", "tocsin oncall"])
        message = wait_for("Ada's webhook to ring", self.house.messages, patience=self.bound + 30)[0]
        took = time.monotonic() - self.broken
        self.assertLessEqual(took, self.bound, "as README.md promises")
        self.assertEqual((message["channel"], message["to"]), ("webhook", "ada"))
        self.link = message["link"]

        # The catcher's page shows the parts in the order that the README tells.
        page = re.sub(r"<details>.*?</details>", "", self.house.page(), flags=re.S)
        body = json.loads(message["body"])
        parts = [body[f] for f in ("title", "impact", "since", "first_step", "runbook", "answer_url")]
        self.assertTrue(all(parts), body)
        self.assertIn("Customers cannot pay", body["title"] + body["impact"])
        shown = html.unescape(page[page.index("<article>"):])
        places = [shown.find(part) for part in parts]
        self.assertNotIn(-1, places, shown)
        self.assertEqual(places, sorted(places), shown)
        self.assertEqual(http("GET", body["runbook"]).status, 200, "the runbook can be read")

        listed = self.house.run(commands[0])
        self.assertRegex(listed, r"#1\s.*ringing ada")
        self.assertRegex(self.house.run(commands[1]), r"backup.*\b(grace|alan)\b", "the schedule of the walk-through has somebody")

    def step_acknowledge(self, commands, step):
        self.assertEqual(commands, ["tocsin ack 1"])
        shown = http("GET", self.link)
        self.assertEqual(shown.status, 200)
        self.assertIsNone(self.incident()["who_has_it"], "looking answers nothing")
        name, value = re.search(r'<button[^>]*name="(\w+)"[^>]*value="(\w+)"', shown.body.decode()).groups()
        pressed = http("POST", self.link, f"{name}={value}".encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(pressed.status, 200)
        self.assertIn("ada", self.incident()["who_has_it"])
        # The other way that the README names changes nothing any more.
        self.assertIn("ada", self.house.run(commands[0]))

    def step_watch(self, commands, step):
        self.assertEqual(commands, ["tocsin incidents 1"])
        shown = self.house.run(commands[0])
        for kind in ("alert.fired", "incident.opened", "page.rung", "delivery.sent", "incident.acknowledged"):
            self.assertIn(kind, shown)

    def step_heal(self, commands, step):
        self.assertEqual(commands, ["tocsin demo heal"])
        self.house.run(commands[0])
        wait_for("the incident to be resolved", lambda: self.incident()["state"] == "resolved", patience=UNTIL_CLEAN)
        kinds = self.kinds()
        moved = [e["data"] for e in json.loads(self.house.run("tocsin incidents 1 --json"))["timeline"] if e["kind"] == "incident.moved"]
        self.assertIn("monitoring", json.dumps(moved), "monitoring came before resolved")
        self.assertEqual(kinds.count("incident.resolved"), 1)
        told = wait_for("the recovery to be told", lambda: self.house.messages()[1:])
        self.assertEqual({(m["channel"], m["to"]) for m in told}, {("webhook", "ada")}, "only who was paged is told")
        self.assertEqual(len(told), 1, "one page, one word of its end; nobody else was rung")
        self.assertEqual(json.loads(told[0]["body"])["type"], "notification")
        self.assertEqual(self.house.run("tocsin incidents"), "No open incidents.\n")
        page = self.house.page()
        self.assertIn(html.escape(told[0]["title"], quote=False), page)

    def other_faults(self, text):
        faults = re.findall(r"`([\w-]+)`", re.search(r"^Other faults: (.*)$", text, re.M).group(1))
        self.assertEqual(len(faults), 3)
        for fault in faults:
            self.house.run(f"tocsin demo break {fault}")
            self.house.run("tocsin demo heal")
