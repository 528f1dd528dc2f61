"""`tocsin alertmanager` as its users have it: amtool, Prometheus, crashes, reloads, addresses."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import time

import yaml

from tests.journeys.alertmanager_peer import CONFIG, Exporter, Standin, amtool, exchange, is_ready, moment, start_prometheus
from tests.journeys import harness, readme
from tests.journeys.harness import Journey, Process, free_port, http as call, wait_for
from tests.journeys.peers import Hooks


def page(name, **more):
    return {"labels": {"alertname": name, "severity": "page"}, **more}


class InAlertmanagersPlace(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)
        self.addCleanup(self.hooks.may_answer.set)

    def config(self, wait="0s"):
        return CONFIG % {"hooks": self.hooks.url, "wait": wait}

    def stand_in(self, *flags, config=None, **options):
        process = Standin(self.folder, config or self.config(), *flags, **options)
        self.started.append(process)
        return process

    def told(self, name, status=None, path="/pager"):
        """What was told of the alerts of one name, in order, as (body, headers)."""
        found = []
        for request in self.hooks.received(path):
            body = json.loads(request["body"])
            if body["groupLabels"] == {"alertname": name} and status in (None, body["status"]):
                found.append((body, request["headers"]))
        return found

    @staticmethod
    def sent(ours):
        """How many notifications were sent and have that written down: a crash from now on sends none of them again."""
        with contextlib.closing(sqlite3.connect(f"file:{ours.folder}/data/tocsin.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT COUNT(*) FROM notification WHERE state = 'sent'").fetchone()[0]


class Amtool(InAlertmanagersPlace):
    def setUp(self):
        super().setUp()
        self.url = self.stand_in().start().url

    def run_it(self, *arguments, code=0, **options):
        done = amtool(self.url, *arguments, folder=self.folder, **options)
        self.assertEqual(done.returncode, code, f"amtool {arguments}\n{done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stdout + done.stderr

    def names(self, *arguments):
        return [a["labels"]["alertname"] for a in json.loads(self.run_it("-o", "json", "alert", "query", *arguments))]

    def test_alerts_are_added_and_found(self):
        self.run_it("alert", "add", "Broken", "severity=page", "job=shop", "--annotation=summary=the shop is down", "--generator-url=http://x/y")
        self.run_it("alert", "add", "alertname=Slow", "severity=warn", "job=shop", "--end=" + moment(600).replace("Z", "-00:00"))
        self.assertRegex(self.run_it("alert", "query"), r"Broken +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +the shop is down +active")
        self.assertEqual(sorted(self.names()), ["Broken", "Slow"])
        self.assertEqual(self.names("severity=page"), ["Broken"])
        self.assertEqual(self.names("severity!=page", "job=~sh.*"), ["Slow"])
        self.assertEqual(self.names("Slow"), ["Slow"])
        self.assertEqual(self.names("severity!~page|warn"), [])
        self.assertEqual(self.names("--receiver=pager"), ["Broken"])
        self.assertEqual(self.names("--silenced"), [])
        self.assertIn("http://x/y", self.run_it("-o", "extended", "alert", "query", "severity=page"))
        self.assertIn("failed to parse receiver param", self.run_it("alert", "query", "--receiver=(", code=1))
        wait_for("the page", lambda: self.told("Broken"))

    def test_silences_live_and_end(self):
        self.run_it("alert", "add", "Quiet", "job=shop")
        uuid = self.run_it("silence", "add", "alertname=Quiet", "job=~shop|bar", "--author=ada", "--comment=on it", "--duration=2h").strip()
        self.assertRegex(uuid, r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertRegex(self.run_it("silence", "query"), uuid + r' +alertname="Quiet" job=~"shop\|bar" +\S+ \S+ UTC +ada +on it')
        self.assertEqual((self.names(), self.names("--silenced")), ([], ["Quiet"]))
        for question, found in ((["Quiet"], uuid), (["alertname=Other"], ""), (["--created-by=ada"], uuid), (["--within=3h"], uuid), (["--within=1h"], "")):
            self.assertEqual(self.run_it("silence", "query", "-q", *question).strip(), found, question)

        self.assertIn(uuid, self.run_it("silence", "update", "--duration=5h", "--comment=still on it", uuid), "the matchers are the same")
        (known,) = json.loads(self.run_it("-o", "json", "silence", "query"))
        self.assertEqual(known["comment"], "still on it")
        exported = self.run_it("-o", "json", "silence", "query")

        self.run_it("silence", "expire", uuid)
        self.assertEqual((self.run_it("silence", "query", "-q"), self.names()), ("", ["Quiet"]))
        self.assertIn(uuid, self.run_it("silence", "query", "--expired", "-q"))

        self.run_it("silence", "import", stdin=exported)  # over by now: a new one takes its place
        again = self.run_it("silence", "query", "-q").split()
        self.assertEqual(len(again), 1)
        self.assertNotEqual(again, [uuid])
        self.assertEqual(self.names("--silenced"), ["Quiet"])
        self.run_it("silence", "import", "--force", stdin=exported)
        self.assertEqual(len(self.run_it("silence", "query", "-q").split()), 2)

        self.assertIn("comment required", self.run_it("silence", "add", "alertname=x", code=1))
        self.assertIn("at least one matcher must not match the empty string", self.run_it("silence", "add", "a=~.*", "--comment=c", code=1))
        self.assertIn("404", self.run_it("silence", "expire", "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001", code=1))

    def test_the_configuration_is_shown_and_tried(self):
        shown = self.run_it("config", "show")
        self.assertIn("receiver: pager", shown)
        self.assertNotIn(self.hooks.url, shown, "a webhook's URL is a secret")
        path = os.path.join(self.folder, "shown.yml")
        with open(path, "w") as f:
            f.write(shown)
        self.assertIn("2 receivers", self.run_it("check-config", path))
        self.assertEqual(self.run_it("config", "routes", "test", "severity=page").split(), ["pager"])
        self.assertEqual(self.run_it("config", "routes", "test", "severity=warn").split(), ["default"])
        self.run_it("config", "routes", "test", "--verify.receivers=pager", "severity=page")
        self.run_it("config", "routes", "test", "--verify.receivers=pager", "severity=warn", code=1)
        self.assertIn('{severity="page"}', self.run_it("config", "routes", "show"))
        self.assertIn("disabled", self.run_it("cluster", "show"))


class WithPrometheus(InAlertmanagersPlace):
    def test_what_fires_and_heals_is_told(self):
        ours = self.stand_in("--web.external-url=http://alerts.example/ops", "--web.route-prefix=/", listen=("127.0.0.1:0",)).start()
        exporter = Exporter()
        self.addCleanup(exporter.stop)
        host = ours.url.split("//")[1]
        prometheus = start_prometheus(os.path.join(self.folder, "prometheus"), exporter, f"[{{static_configs: [{{targets: ['{host}']}}]}}]")
        self.addCleanup(prometheus.kill)
        exporter.broken = 1
        wait_for("the page", lambda: self.told("ShopBroken", "firing"))
        body, headers = self.told("ShopBroken", "firing")[0]
        (alert,) = body["alerts"]
        labels = {"alertname": "ShopBroken", "severity": "page", "job": "shop", "instance": exporter.address}
        self.assertEqual((body["version"], body["receiver"], body["truncatedAlerts"]), ("4", "pager", 0))
        self.assertEqual(body["groupKey"], '{}/{severity="page"}:{alertname="ShopBroken"}')
        self.assertEqual(body["externalURL"], "http://alerts.example/ops")
        self.assertEqual((alert["labels"], body["commonLabels"]), (labels, labels))
        self.assertEqual((alert["status"], alert["endsAt"]), ("firing", "0001-01-01T00:00:00Z"))
        self.assertEqual(alert["annotations"], {"summary": "the shop at shop is broken"})
        self.assertIn("/graph?g0.expr=shop_broken", alert["generatorURL"])
        self.assertRegex(alert["fingerprint"], "^[0-9a-f]{16}$")
        self.assertTrue(headers["User-Agent"].startswith("Alertmanager/"))
        self.assertEqual(headers["Content-Type"], "application/json")

        exporter.broken = 0
        wait_for("the end", lambda: self.told("ShopBroken", "resolved"))
        (end, _), = self.told("ShopBroken", "resolved")
        self.assertEqual(end["alerts"][0]["startsAt"], alert["startsAt"])
        self.assertGreater(end["alerts"][0]["endsAt"], alert["startsAt"])
        self.assertEqual(len(self.told("ShopBroken")), 2, "each told once, however often Prometheus repeats it")


class Crash(InAlertmanagersPlace):
    def later_group_is_told(self, ours, name):
        """Whatever was due before it has had its turn then: groups of this name's kind wait for three group intervals."""
        ours.post(page(name))
        wait_for("a later group", lambda: self.told(name))

    def test_what_was_accepted_survives_and_nothing_is_told_twice(self):
        ours = self.stand_in(config=self.config(wait="3s")).start()
        ours.post(page("Kept", startsAt=moment(-60)), page("Silenced", startsAt=moment(-60)))
        wait_for("both", lambda: self.told("Kept") and self.told("Silenced"))
        silence = ours.silence("alertname", "Silenced")
        wait_for("the outcomes to be written", lambda: self.sent(ours) == 2)
        before = ours.get("/api/v2/alerts")
        ours.kill()
        ours.start()
        after = ours.get("/api/v2/alerts")
        self.assertEqual([(a["labels"], a["startsAt"], a["annotations"], a["status"]) for a in after],
                         [(a["labels"], a["startsAt"], a["annotations"], a["status"]) for a in before])
        self.assertEqual([s["id"] for s in ours.get("/api/v2/silences")], [silence])
        self.later_group_is_told(ours, "Later")
        self.assertEqual((len(self.told("Kept")), len(self.told("Silenced"))), (1, 1))

    def test_an_alert_that_ended_meanwhile_is_told_resolved(self):
        ours = self.stand_in().start()
        ends = time.time() + 4
        ours.post(page("Short", endsAt=moment(4)), page("Closed"))
        wait_for("both", lambda: self.told("Short") and self.told("Closed") and self.sent(ours) == 2)
        ours.kill()
        wait_for("its end", lambda: time.time() > ends)
        ours.start()
        ours.post(page("Closed", endsAt=moment()))  # its sender says so as soon as we are back
        for name in ("Short", "Closed"):
            wait_for(f"the end of {name}", lambda: self.told(name, "resolved"))
            self.assertEqual([b["status"] for b, _ in self.told(name)], ["firing", "resolved"])

    def test_a_send_that_was_cut_off_comes_again_and_says_so(self):
        ours = self.stand_in().start()
        self.hooks.may_answer.clear()
        ours.post(page("CutOff"))
        wait_for("the request", lambda: self.told("CutOff"))
        ours.kill()
        self.hooks.may_answer.set()
        ours.start()
        wait_for("it again", lambda: len(self.told("CutOff")) == 2)
        (first, headers), (second, again) = self.told("CutOff")
        self.assertNotIn("X-Tocsin-Maybe-Duplicate", headers)
        self.assertEqual(again["X-Tocsin-Maybe-Duplicate"], "1")
        self.assertEqual(first["alerts"], second["alerts"])
        wait_for("its outcome", lambda: self.sent(ours) == 1)
        ours.kill()  # and with its answer it is no longer in doubt
        ours.configure(self.config(wait="3s"))
        ours.start()
        self.later_group_is_told(ours, "Later")
        self.assertEqual(len(self.told("CutOff")), 2)


class Reload(InAlertmanagersPlace):
    def test_a_bad_file_changes_nothing_and_a_good_one_the_routes(self):
        ours = self.stand_in().start()
        good = self.config()
        ours.configure(good.replace("webhook_configs", "webhook_confgs"))
        answer = call("POST", ours.url + "/-/reload")
        self.assertEqual(answer.status, 500)
        self.assertRegex(answer.body.decode(), r"^failed to reload config: .*alertmanager\.yml:14:\d+: receivers\[1\]\.webhook_confgs: .*webhook_configs")
        ours.hang_up()
        wait_for("the refusal", lambda: "the configuration was not reloaded; the one in use stays" in ours.log())
        self.assertIn("alertmanager_config_last_reload_successful 0", call("GET", ours.url + "/metrics").body.decode())
        ours.post(page("Before"))
        wait_for("the old route", lambda: self.told("Before"))

        other = good.replace("/pager", "/other")
        ours.configure(other)
        self.assertEqual(call("POST", ours.url + "/-/reload").status, 200)
        ours.post(page("After"))
        wait_for("the new URL", lambda: self.told("After", path="/other"))
        self.assertIn("alertmanager_config_last_reload_successful 1", call("GET", ours.url + "/metrics").body.decode())

        ours.configure(other.replace("/other", "/third").replace('severity="page"', 'team="x"'))
        ours.hang_up()
        wait_for("SIGHUP", lambda: "team=" in ours.get("/api/v2/status")["config"]["original"])
        ours.post({"labels": {"alertname": "Third", "team": "x"}})
        wait_for("the new route", lambda: self.told("Third", path="/third"))
        self.assertEqual(len(self.told("Before")), 1)

    def test_the_first_file_must_be_good(self):
        ours = self.stand_in(config="route: {receiver: nobody}\nreceivers: [{name: somebody}]\n")
        with self.assertRaisesRegex(AssertionError, r"ended by itself:(?s:.*)alertmanager\.yml:1:19: route\.receiver: 'nobody'"):
            ours.start()
        self.assertNotEqual(ours.process.process.returncode, 0)
        ours.process.log.close()
        self.started.remove(ours)


class Flapping(InAlertmanagersPlace):
    def kinds_after_one_more_change(self, ours, name):
        """The history of an alert that has changed often, and resolves once more."""
        ours.start()
        ours.post(page(name))
        fingerprint = ours.get(f"/api/v2/alerts?filter=alertname={name}")[0]["fingerprint"]
        ours.process.stop()
        slot = int(time.time() / 120)
        with contextlib.closing(sqlite3.connect(f"{ours.folder}/data/tocsin.db")) as database:
            (number,) = database.execute("SELECT MAX(number) FROM posted_alert").fetchone()
            database.execute("UPDATE posted_alert SET changes = 255, newest_slot = ? WHERE number = ?", (slot, number))
            database.commit()
        ours.start()
        ours.post(page(name, endsAt=moment()))
        events = ours.get(f"/api/v1/posted-alerts/{fingerprint}/history")["events"]
        ours.process.stop()
        return {e["kind"] for e in events}

    def test_is_held_back_unless_it_is_switched_off(self):
        ours = self.stand_in()
        self.assertIn("posted_alert.flapping", self.kinds_after_one_more_change(ours, "Shaky"))
        ours.flags = ("--tocsin.flapping=false",)
        kinds = self.kinds_after_one_more_change(ours, "Shakier")
        self.assertIn("posted_alert.resolved", kinds)
        self.assertNotIn("posted_alert.flapping", kinds)


class Flags(InAlertmanagersPlace):
    def test_a_full_store_of_silences_refuses_the_next_and_edits_what_it_has(self):
        url = self.stand_in("--silences.max-silences=1").start().url

        def post(**fields):
            body = {"matchers": [{"name": "job", "value": "shop", "isRegex": False}], "startsAt": moment(300), "endsAt": moment(600),
                    "createdBy": "ada", "comment": "a new disk", **fields}
            answer = call("POST", url + "/api/v2/silences", json.dumps(body).encode(), {"Content-Type": "application/json"})
            return answer.status, answer.json

        status, first = post()
        self.assertEqual(status, 200)
        status, full = post(comment="another")
        self.assertEqual(status, 400)
        self.assertIn("exceeded maximum number of silences: 1 (limit: 1)", full)
        self.assertEqual(post(id=first["silenceID"], endsAt=moment(1200)), (200, first))

    def test_features_that_do_nothing_here_are_named(self):
        ours = self.stand_in("--enable-feature=classic-mode,receiver-name-in-metrics, auto-gomaxprocs").start()
        named = [l for l in ours.log().splitlines() if "a feature does nothing here" in l]
        self.assertEqual([re.search(r"feature=(\S+)", l)[1] for l in named], ["receiver-name-in-metrics", "auto-gomaxprocs"])
        self.assertTrue(all(" level=warn " in l for l in named))


class Addresses(InAlertmanagersPlace):
    def test_each_address_answers(self):
        ours = self.stand_in(listen=("127.0.0.1:0", "127.0.0.1:0")).start()
        self.assertEqual(len(set(ours.urls)), 2)
        ours.post(page("Anywhere"))
        for url in ours.urls:
            self.assertNotRegex(url, ":0$")
            self.assertEqual([a["labels"]["alertname"] for a in call("GET", url + "/api/v2/alerts").json], ["Anywhere"])
        wait_for("the page", lambda: self.told("Anywhere"))
        self.assertEqual(self.told("Anywhere")[0][0]["externalURL"], ours.urls[0])

    def test_the_path_of_the_external_url_is_the_prefix(self):
        ours = self.stand_in("--web.external-url=https://alerts.example/ops/")
        ours.prefix = "/ops"
        ours.start()
        self.check_prefix(ours, "https://alerts.example/ops")

    def test_a_prefix_of_its_own_wins(self):
        ours = self.stand_in("--web.external-url=https://alerts.example/seen/from/outside", "--web.route-prefix=ops/")
        ours.prefix = "/ops"
        ours.start()
        self.check_prefix(ours, "https://alerts.example/seen/from/outside")

    def check_prefix(self, ours, external_url):
        bare = ours.urls[0]
        for path in ("/api/v2/status", "/-/ready", "/-/healthy", "/metrics", "/"):
            self.assertEqual(exchange(bare, "GET", "/ops" + path).status, 200, path)
        for path in ("/api/v2/status", "/-/ready", "/metrics"):
            self.assertEqual(exchange(bare, "GET", path).status, 404, path)
        root = exchange(bare, "GET", "/")
        self.assertEqual((root.status, root.headers["Location"]), (302, "/ops/"))
        done = amtool(ours.url, "alert", "add", "Prefixed", "severity=page", folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for("the page", lambda: self.told("Prefixed"))
        self.assertEqual(self.told("Prefixed")[0][0]["externalURL"], external_url)

    def test_a_receiver_that_hangs_holds_up_no_other(self):
        slow = Hooks()
        self.addCleanup(slow.stop)
        self.addCleanup(slow.may_answer.set)
        slow.may_answer.clear()
        ours = self.stand_in(config=self.config().replace("- name: default", f'- name: default\n    webhook_configs: [{{url: "{slow.url}/slow"}}]')).start()
        ours.post(*[{"labels": {"alertname": f"Slow{i}"}} for i in range(20)])
        wait_for("the hanging ones", lambda: len(slow.received("/slow")) >= 10)
        begun = time.monotonic()
        ours.post(page("Prompt"))
        wait_for("the other receiver", lambda: self.told("Prompt"), patience=5)
        self.assertLess(time.monotonic() - begun, 5)
        ours.post(page("Prompt", endsAt=moment()))
        wait_for("its end", lambda: self.told("Prompt", "resolved"), patience=8)
        wait_for("both outcomes", lambda: self.sent(ours) == 2)  # and none of the hanging ones


class InTheServer(InAlertmanagersPlace):
    """docs/alertmanager.md: its blocks as they stand, for the process and for the server."""

    def setUp(self):
        super().setUp()
        text = dict(readme.pages())["docs/alertmanager.md"]
        self.yaml = [body for _, body in readme.fences(text, "yaml")]
        self.shell_blocks = [body for _, body in readme.fences(text, "sh")]

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def paste(self, script, code=0):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", 'curl() { command curl -fsS "$@"; echo; }\n' + script], cwd=self.folder,
                              capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC", "HOME": self.folder})
        self.assertEqual(done.returncode, code, script + done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_the_page_s_process_works_when_pasted(self):
        self.write("alertmanager.yml", self.yaml[0].replace("http://127.0.0.1:8080/alerts", self.hooks.url + "/team"))
        check, start = self.shell_blocks[0].splitlines()
        done = subprocess.run([harness.BINARY, *check.split()[1:]], cwd=self.folder, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        address = f"127.0.0.1:{free_port()}"
        process = Process([harness.BINARY, *start.replace("127.0.0.1:9093", address).split()[1:]], os.path.join(self.folder, "pasted.log"), cwd=self.folder)
        try:
            wait_for("the process", lambda: is_ready("http://" + address))
            told = self.paste(self.shell_blocks[1].replace("127.0.0.1:9093", address))
            self.assertRegex(told, r"Broken .* active(?s:.*)\nteam\n")
            self.assertEqual(call("GET", f"http://{address}/api/v2/alerts?active=false").json[0]["labels"]["alertname"], "Broken")
        finally:
            self.assertEqual(process.stop(), 0)
        self.assertNotRegex(process.text(), " level=(error|fatal) ")

    def test_the_server_does_it_for_those_with_a_token(self):
        self.write("alertmanager.yml", self.config())
        tocsin = self.serve(hooks=self.hooks.url, config={**yaml.safe_load(self.yaml[2]), "external_url": "https://tocsin.example"})
        for method, path, body in (("GET", "/alerts", None), ("POST", "/alerts", b"[]"), ("GET", "/alerts/groups", None), ("GET", "/status", None),
                                   ("GET", "/receivers", None), ("GET", "/silences", None), ("POST", "/silences", b"{}"),
                                   ("DELETE", "/silence/5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001", None)):
            for headers in ({}, {"Authorization": "Bearer tocsin_wrong"}):
                answer = exchange(tocsin.url, method, "/api/v2" + path, body, {"Content-Type": "application/json", **headers})
                self.assertEqual(answer.status, 401, path)
        self.assertEqual(amtool(tocsin.url, "alert", "query", folder=self.folder).returncode, 1)

        self.assertRegex(self.paste(self.shell_blocks[2].replace("http://127.0.0.1:9110", tocsin.url)), r"^\[\]\n(?s:.*)Broken .* active")
        wait_for("the page", lambda: self.told("Broken"))
        self.assertEqual(self.told("Broken")[0][0]["externalURL"], "https://tocsin.example")
        tocsin.kill()
        tocsin.start()
        self.assertIn("Broken", amtool(tocsin.url, "alert", "query", folder=self.folder, flags=["--http.config.file=amtool-http.yml"]).stdout)

    def test_prometheus_comes_with_a_token_and_reload_takes_the_routes(self):
        self.write("alertmanager.yml", self.config())
        tocsin = self.serve(hooks=self.hooks.url, config=yaml.safe_load(self.yaml[2]))
        self.write("tocsin-token", re.search(r"tocsin_\S+", tocsin.cli("token", "create", "prometheus")).group(0))
        exporter = Exporter()
        self.addCleanup(exporter.stop)
        (peer,) = yaml.safe_load(self.yaml[3])["alerting"]["alertmanagers"]
        peer["authorization"]["credentials_file"] = os.path.join(self.folder, "tocsin-token")
        peer["static_configs"][0]["targets"] = ["%s:%d" % tocsin.address]
        prometheus = start_prometheus(os.path.join(self.folder, "prometheus"), exporter, json.dumps([peer]))
        self.addCleanup(prometheus.kill)
        exporter.broken = 1
        wait_for("the page", lambda: self.told("ShopBroken", "firing"))

        self.write("alertmanager.yml", self.config().replace("receiver: pager", "receiver: nobody"))
        self.assertIn("alertmanager.yml:10:17: route.routes[0].receiver", tocsin.cli("reload", code=2))
        self.write("alertmanager.yml", self.config().replace("/pager", "/other"))
        tocsin.cli("reload")
        exporter.broken = 0
        wait_for("its end, by the new route", lambda: self.told("ShopBroken", "resolved", path="/other"))

    def test_without_a_file_alerts_are_kept_and_told_to_nobody(self):
        tocsin = self.serve(hooks=self.hooks.url)
        self.write("amtool-http.yml", "authorization: {type: Bearer, credentials_file: var/cli-token}\n")

        def run_it(*arguments):
            done = amtool(tocsin.url, *arguments, folder=self.folder, flags=["--http.config.file=amtool-http.yml"])
            self.assertEqual(done.returncode, 0, f"amtool {arguments}\n{done.stdout}{done.stderr}")
            return done.stdout

        run_it("alert", "add", "Broken", "severity=page", "job=shop")
        self.assertIn("Broken", run_it("alert", "query"))
        shown = yaml.safe_load(run_it("config", "show"))
        self.assertEqual((shown["route"]["receiver"], shown["receivers"]), ("nobody", [{"name": "nobody"}]))
        (group,) = exchange(tocsin.url, "GET", "/api/v2/alerts/groups", None, {"Authorization": "Bearer " + tocsin.token}).json
        self.assertEqual((group["labels"], group["receiver"]), ({"alertname": "Broken"}, {"name": "nobody"}))
        tocsin.cli("reload")
        self.assertIn('file=built-in', tocsin.process.text())
        run_it("silence", "add", "job=shop", "--comment=on it", "--author=ada")
        tocsin.kill()
        tocsin.start()
        self.assertIn("Broken", run_it("alert", "query", "--silenced"))
        self.assertEqual(self.hooks.received("/pager"), [])
