"""What docs/ and README.md tell a user to type and to write: run, checked, or listed here with the reason why not."""
import json
import os
import re
import shutil
import subprocess

import yaml

from tests.journeys import harness, readme
from tests.journeys.harness import Journey, wait_for
from tests.journeys.peers import Hooks, Mailbox, Shop

# Pages whose `sh` blocks are run as they stand (below), against a server with one outage.
RUN_WHOLE = ["docs/doors.md", "docs/http.md", "docs/incidents.md", "docs/notify.md"]
RUN_BY_TEST_ALERTMANAGER = ["docs/alertmanager.md"]
RUN_BY_TEST_HISTORY = ["docs/history.md"]

# Commands between backticks or in an indented block that are not run here, and why.
ELSEWHERE = {
    r"tocsin alertmanager --config.file=alertmanager.yml": "test_alertmanager.py pastes the same line of docs/alertmanager.md",
    r"script/server( --no-demo)?$": "test_readme runs script/server; without the demo it only leaves parts out",
    r"tocsin (slo|incidents|incidents 1|ack 1|demo break total-outage|demo heal)$": "test_readme, the walk-through",
    r"script/(setup|build|test|bench|format|check-includes|check-tidy|check-openapi)( \[\w+\.\.\.\]| [a-z]+)?$": "the project's own scripts: this test is run by them",
    r"script/with-postgres ": "this test is run by it",
    r"(cmake|ninja) ": "building: script/test does it by these presets",
    r"python3 -m tests\.journeys ": "this program",
    r"cd web$|npm |node tests/web/(run|pace)\.mjs|node scripts/check-lock\.mjs|cd tools/apigen ": "stage web of script/test",
    r"node scripts/icons\.mjs$": "draws pictures that are committed; a person runs it when the bell changes",
    r"curl -X POST http://127\.0\.0\.1:9119/standin/break$": "the stand-in of stage web, which breaks by the same route",
    r"tocsin (posted|silence)( |$)": "test_silences.py runs them as docs/alertmanager.md shows them",
    r"tocsin (oncall|policy|schedule|reload)( |$)": "test_schedules.py",
    r"tocsin contact (verify|confirm) ": "test_contacts.py, for a code is different each time",
    r"curl -X POST .*/schedules/payments/take": "test_schedules.py, by tocsin schedule take",
    r"tocsin token create prometheus$": "test_alertmanager, which has a Prometheus for it",
    r"tocsin alerts (show|split)$": "test_problems",
    r"tocsin channel 12$": "test_slack, which has a Slack",
    r"tocsin import (pagerduty|opsgenie|grafana-oncall|goalert)|tocsin check && tocsin reload$": "test_import_oncall",
    r'api |api\(\)|mkdir -p export|for (id|kind) in |page=|while api |done$|curl -fsS "\$\(jq |export PAGERDUTY_TOKEN|jq -n --rawfile query '
    r'|curl -fsS -H "Authorization: Bearer \$GOALERT_TOKEN"': "docs/import.md: an account of the other tool; its API is played in test_import_oncall",
    r"tocsin\.dev/": "an annotation of OpenSLO, no command",
}


def in_catalog(text):
    return {"catalog/page.yaml": text}


def in_config(text):
    return {"tocsin.yaml": text}


SHOP_SERVICE = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@example.org}]}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: grace}
spec: {contacts: [{mail: grace@example.org}]}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: alan}
spec: {contacts: [{mail: alan@example.org}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {escalation: [{person: ada}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: shop}
spec: {team: shop}
"""
CHECKOUT_SERVICE = SHOP_SERVICE.replace("metadata: {name: shop}\nspec: {team", "metadata: {name: checkout}\nspec: {team")
PAYMENTS_SCHEDULE = """
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: payments}
spec: {team: payments, layers: [{name: weeks, every: 1w, hand_off: "2026-01-05 09:00", people: [ada, grace]}]}
"""
NOBODY = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
PROM_SOURCE = "telemetry: {query: [{name: prom, url: 'http://127.0.0.1:9'}]}\n"


def prometheus(text):
    return {"prometheus.yml": text}


def alertmanager(text):
    return {"alertmanager.yml": text}


def by_test_web_config(text):
    raise AssertionError("test_web_config starts a process with it")


# The `yaml` blocks of a page, in order: how each becomes files that are checked, and what has to be there beside it.
YAML = {
    "docs/alertmanager.md": [(alertmanager, {}), (prometheus, {}), (in_config, {"alertmanager.yml": NOBODY}), (prometheus, {}),
                             (by_test_web_config, {})],
    "docs/catalog.md": [(None, {}), (None, {})],  # together: the second is an objective of the first's service
    "docs/configuration.md": [(in_config, {}), (in_config, {})],
    "docs/doors.md": [(alertmanager, {}), (in_catalog, {}), (in_catalog, {"catalog/shop.yaml": CHECKOUT_SERVICE})],
    "docs/http.md": [(prometheus, {})],
    "docs/notify.md": [(in_config, {}), (in_config, {})],
    "docs/paging.md": [(in_catalog, {"catalog/shop.yaml": SHOP_SERVICE, "catalog/schedule.yaml": PAYMENTS_SCHEDULE}), (in_config, {}), (in_config, {})],
    "docs/problems.md": [(in_catalog, {}), (in_catalog, {"catalog/people.yaml": SHOP_SERVICE.split("---")[0]})],
    "docs/signals.md": [(prometheus, {}), (in_config, {}), (in_config, {}),
                        (in_catalog, {"catalog/shop.yaml": SHOP_SERVICE, "tocsin.yaml": PROM_SOURCE})],
    "docs/schedules.md": None,  # src/oncall/schedule_spec_test.cc reads each of them
    "docs/objectives.md": None,  # src/slo/openslo_test.cc takes the page into one catalog
}
SECRETS = {"PAGER_KEY": "key", "SLACK_GRACE": "https://hooks.example.org/grace", "SMTP_PASSWORD": "p", "SCRAPE_PASSWORD": "p",
           "TOKEN": "t", "PROMETHEUS_TOKEN": "t", "TWILIO_TOKEN": "t", "SMS_TOKEN": "t", "TELEGRAM_TOKEN": "t", "TELEGRAM_SECRET": "t",
           "PUSHOVER_TOKEN": "t", "SLACK_TOKEN": "t", "SLACK_SIGNING_SECRET": "t", "SLACK_OPS": "https://hooks.example.org/ops", "OPS_KEY": "key",
           "DEADMAN_URL": "https://ping.example.org/x"}


class Words(Journey):
    """Without a server."""

    def check(self, files, *what):
        folder = os.path.join(self.folder, "check")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "catalog"))
        for name, text in {"tocsin.yaml": "", "targets.json": "[]", "ca.pem": "", **files}.items():
            with open(os.path.join(folder, name), "w") as f:
                f.write(text)
        return subprocess.run([harness.BINARY, "check", *(what or ("--config", "tocsin.yaml"))], cwd=folder, capture_output=True, text=True,
                              timeout=30, env={**os.environ, **SECRETS})

    def check_prometheus(self, text):
        path = os.path.join(self.folder, "prometheus.yml")
        with open(path, "w") as f:
            f.write(text)
        done = subprocess.run(["promtool", "check", "config", "--syntax-only", path], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, text + done.stdout + done.stderr)

    def test_every_command_is_run_or_listed(self):
        unknown, used = [], set()
        for name, text in readme.pages():
            whole = [c for _, body in readme.fences(text, "sh") for c in readme.commands("```sh\n" + body + "```")]
            for command in readme.commands(text):
                if name in RUN_WHOLE + RUN_BY_TEST_ALERTMANAGER + RUN_BY_TEST_HISTORY and command in whole or re.match("tocsin ", command) and self.is_run_below(command):
                    continue
                found = [p for p in ELSEWHERE if re.match(p, command)]
                used.update(found)
                if not found:
                    unknown.append(f"{name}: {command}")
        self.assertEqual(unknown, [], "run them in this test, or list them with the reason why not")
        self.assertEqual(set(ELSEWHERE) - used, set(), "listed, but no page shows them any more")

    @staticmethod
    def is_run_below(command):
        return command in Typed.COMMANDS

    def test_every_block_of_configuration_is_accepted(self):
        for name, text in readme.pages():
            blocks = [body for _, body in readme.fences(text, "yaml")]
            self.assertTrue(not blocks or name in YAML, f"{name} has yaml that nothing checks")
            if name == "docs/catalog.md":
                done = self.check({"catalog/page.yaml": "\n---\n".join(blocks)})
                self.assertEqual(done.returncode, 0, name + done.stdout + done.stderr)
                continue
            plan = YAML.get(name)
            if plan is None:
                continue
            self.assertEqual(len(blocks), len(plan), f"{name} has another number of yaml blocks than this test knows")
            for body, (how, beside) in zip(blocks, plan):
                if how is by_test_web_config:
                    continue
                if how is prometheus:
                    self.check_prometheus(body)
                    continue
                done = self.check({**beside, **how(body)}, *(("--alertmanager", "alertmanager.yml") if how is alertmanager else ()))
                self.assertEqual(done.returncode, 0, f"{name}\n{body}{done.stdout}{done.stderr}")

    def test_the_readmes_remote_write_is_one_of_prometheus(self):
        text = dict(readme.pages())["README.md"]
        block = re.search(r"^    remote_write:\n(?:    .*\n)+", text, re.M).group(0)
        self.check_prometheus(re.sub("^    ", "", block, flags=re.M))

    def test_every_json_block_is_json(self):
        for name, text in readme.pages():
            for _, body in readme.fences(text, "json"):
                json.loads(body)


class Typed(Journey):
    """What is typed, against a server with one outage."""

    # Shown between backticks or indented, beyond the blocks of RUN_WHOLE.
    COMMANDS = {
        "tocsin check", "tocsin check --config tocsin.yaml", "tocsin check --config FILE", "tocsin reload", "tocsin status",
        "tocsin ack 12", "tocsin escalate 12", "tocsin snooze 12 --for 30m", "tocsin user password NAME", "tocsin user remove NAME", "tocsin serve --config tocsin.yaml", "tocsin serve --config FILE",
        "tocsin check --alertmanager alertmanager.yml", "tocsin routes show --alertmanager alertmanager.yml",
        "tocsin routes test --alertmanager alertmanager.yml severity=page team=db",
        "tocsin token create NAME", "tocsin heartbeats", "tocsin door try uptime body.json --config tocsin.yaml",
    }

    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        mailbox = Mailbox()
        self.addCleanup(mailbox.stop)
        self.tocsin = self.serve(hooks=self.hooks.url, config={"notify": {"smtp": {  # tocsin serve --config FILE
            "server": f"smtp://127.0.0.1:{mailbox.port}", "from": "tocsin@shop.example", "starttls": False}}})
        shop = Shop(self.tocsin)
        shop.healthy_past()
        page, _ = shop.keep_sending(0, 20, 5, lambda: self.hooks.received("/webhook/ada", 200), patience=60)
        self.page = page[0]
        self.number = wait_for("the incident", self.tocsin.incident)["number"]
        os.makedirs(os.path.join(self.folder, "bin"))
        os.symlink(harness.BINARY, os.path.join(self.folder, "bin", "tocsin"))

    def real(self, text):
        """The page's examples with what this server has."""
        password = yaml.safe_load(self.tocsin.read("var/first-sign-in.txt"))["password"]
        text = text.replace("http://127.0.0.1:9110", self.tocsin.url).replace('"password":"..."', f'"password":"{password}"')
        return re.sub(r"\b(incidents[ /]|ack |escalate |snooze )12\b", rf"\g<1>{self.number}", text)

    def shell(self, script):
        path = os.path.join(self.folder, "bin") + ":" + os.environ["PATH"]
        return subprocess.run(["bash", "-euo", "pipefail", "-c", 'curl() { command curl -fsS "$@"; echo; }\n' + script],
                              cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PATH": path, "TOCSIN_URL": self.tocsin.url, "TOKEN": self.tocsin.token})

    def test_the_blocks_of_shell_work_when_pasted(self):
        for name, text in readme.pages():
            if name not in RUN_WHOLE:
                continue
            for _, body in readme.fences(text, "sh"):
                done = self.shell(self.real(body))
                self.assertEqual(done.returncode, 0, f"{name}\n{self.real(body)}\n{done.stdout}{done.stderr}")
                # A comment of hexadecimal digits below a command is what it prints.
                for told in re.findall(r"^# ([0-9a-f]{64})$", body, re.M):
                    self.assertIn(told, done.stdout)
        incident = self.tocsin.incident()
        self.assertEqual((incident["state"], incident["severity"]), ("mitigating", 1), "the commands did what they say")

    def test_the_commands_in_the_text_work(self):
        self.assertEqual(self.tocsin.api("POST", "/api/v1/users", {"name": "alan", "role": "responder"}).status, 201)
        self.tocsin.write("alertmanager.yml", readme.fences(dict(readme.pages())["docs/alertmanager.md"], "yaml")[0][1])
        self.tocsin.write("catalog/doors.yaml", readme.fences(dict(readme.pages())["docs/doors.md"], "yaml")[1][1])
        self.tocsin.write("body.json", json.dumps({"data": {"checks": [{"status": "down", "check": {"id": 7}}]}}))
        files = {"FILE": "tocsin.yaml", "NAME": "alan", "12": str(self.number)}
        for command in sorted(self.COMMANDS):
            if command.startswith("tocsin serve"):
                continue  # setUp did
            words = [files.get(w, w) for w in command.split()[1:]]
            self.tocsin.cli(*words)

    def test_the_check_of_the_signature_knows_our_messages(self):
        text = dict(readme.pages())["docs/notify.md"]
        (_, source), = readme.fences(text, "python")
        scope = {}
        exec(compile(source, "docs/notify.md", "exec"), scope)
        headers, body = self.page["headers"], self.page["body"]
        self.assertTrue(scope["is_from_tocsin"](b"ada-signs-with-this", headers, body))
        self.assertFalse(scope["is_from_tocsin"](b"another key", headers, body))
        self.assertFalse(scope["is_from_tocsin"](b"ada-signs-with-this", headers, body + b" "))
