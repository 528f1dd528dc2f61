"""Configuration and catalog: checked, reloaded, refused."""
import os
import signal

from tests.journeys.harness import CATALOG, Journey, Tocsin, http, wait_for
from tests.journeys.peers import Hooks


class Files(Journey):
    def setUp(self):
        super().setUp()
        self.hooks = Hooks()
        self.addCleanup(self.hooks.stop)

    def unstarted(self, **options):
        return Tocsin(self.folder, hooks=self.hooks.url, **options)

    def test_check_names_file_line_field_and_fix(self):
        tocsin = self.unstarted()
        self.assertIn("All is well", tocsin.cli("check", "--config", "tocsin.yaml"))
        tocsin.write("catalog/all.yaml", (CATALOG % {"hooks": self.hooks.url, "next_after": "2m"}).replace(
            "team: storefront", "team: storefrnt"))
        text = tocsin.cli("check", "--config", "tocsin.yaml", code=2)
        self.assertIn("all.yaml:", text)
        self.assertIn("spec.team", text)
        self.assertIn("storefront", text)

    def test_unknown_keys_are_errors(self):
        tocsin = self.unstarted(config={"listne": "127.0.0.1:0"})
        text = tocsin.cli("check", "--config", "tocsin.yaml", code=2)
        self.assertIn("listne", text)
        self.assertIn("listen", text)

    def test_a_secret_of_the_environment_must_be_set(self):
        tocsin = self.unstarted(config={"database": "postgresql://u:${NO_SUCH_SECRET}@127.0.0.1/x"})
        self.assertIn("NO_SUCH_SECRET", tocsin.cli("check", "--config", "tocsin.yaml", code=2))

    def test_a_bad_file_leaves_the_running_catalog_untouched(self):
        tocsin = self.serve(hooks=self.hooks.url)
        tocsin.write("catalog/bad.yaml", "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: x}\nspec: {nmae: X}\n")
        self.assertIn("nmae", tocsin.cli("reload", code=2))
        tocsin.process.process.send_signal(signal.SIGHUP)
        wait_for("the refusal in the log", lambda: "not reloaded" in tocsin.process.text())
        self.assertEqual([s["id"] for s in tocsin.get("/api/v1/catalog")["services"]], ["checkout"])

        tocsin.write("catalog/bad.yaml", "apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: cart}\nspec: {name: Cart, team: storefront}\n")
        self.assertIn("2 services", tocsin.cli("reload"))
        self.assertEqual({s["id"] for s in tocsin.get("/api/v1/catalog")["services"]}, {"checkout", "cart"})

    def test_the_port_is_taken(self):
        tocsin = self.serve(hooks=self.hooks.url)
        other = os.path.join(self.folder, "other")
        second = Tocsin(other, hooks=self.hooks.url, config={"listen": tocsin.url.split("//")[1]})
        text = second.cli("serve", "--config", "tocsin.yaml", code=5)
        self.assertIn("in use", text)

    def test_commands_print_tables_and_json(self):
        tocsin = self.serve(hooks=self.hooks.url)
        self.assertIn("objectives", tocsin.cli("status"))
        self.assertIn("checkout-availability", tocsin.cli("slo"))
        self.assertIn("page-1h", tocsin.cli("slo", "checkout-availability"))
        self.assertIn('"objectives"', tocsin.cli("slo", "--json"))
        self.assertIn("No alerts", tocsin.cli("alerts", "--state", "all"))
        self.assertIn("No open incidents", tocsin.cli("incidents"))
        self.assertIn("7", tocsin.cli("ack", "7", code=3))
        self.assertIn("tocsin ", tocsin.cli("version"))
        for command in ("serve", "check", "status", "alerts", "incidents", "ack", "slo", "reload", "token", "user", "demo"):
            self.assertIn("--help", tocsin.cli(command, "--help"))

    def test_our_own_metrics_are_there(self):
        tocsin = self.serve(hooks=self.hooks.url)
        text = http("GET", tocsin.url + "/metrics").body.decode()
        for name in ("tocsin_http_requests_total", "tocsin_ingest_samples_total", "tocsin_engine_commits_total"):
            self.assertIn(name, text)
