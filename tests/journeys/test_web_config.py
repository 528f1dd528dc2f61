"""--web.config.file: TLS, client certificates, users and headers, as curl and Prometheus see them."""
import json
import os
import re
import subprocess

from tests.journeys import readme
from tests.journeys.alertmanager_peer import Exporter, Standin, start_prometheus
from tests.journeys.harness import Process, free_port, wait_for
from tests.journeys.test_alertmanager import InAlertmanagersPlace

# Of htpasswd -nbB: swordfish.
HASH = "$2y$04$abcdefghijklmnopqrstuugIEnm3ZbWF6xb2GcoE3L1CoGJFMKtu."


class Guarded(Standin):
    """Its readiness is asked by curl, for it may want TLS and a password."""
    ask = ()

    def is_listening(self):
        if self.process.process.poll() is not None:
            raise AssertionError("the process ended by itself:\n" + self.log())
        self.urls = [self.scheme + "://" + a for a in re.findall(r'msg="Listening on" address=(\S+)', self.log())]
        return bool(self.urls) and self.curl("/-/ready").startswith("200")

    def curl(self, path, *arguments, asked=None):
        """Status, or curl's own error, then head and body."""
        done = subprocess.run(["curl", "-sS", "-i", "-w", "\n%{http_code}", *(self.ask if asked is None else asked), *arguments, self.urls[0] + path],
                              capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            return f"curl {done.returncode}: {done.stderr}"
        text, _, status = done.stdout.rpartition("\n")
        return status + " " + text


class WebConfig(InAlertmanagersPlace):
    def guarded(self, text, ask=(), scheme="https"):
        with open(os.path.join(self.folder, "web.yml"), "w") as f:
            f.write(text)
        ours = Guarded(self.folder, self.config(), "--web.config.file=web.yml")
        ours.ask, ours.scheme = ask, scheme
        self.started.append(ours)
        return ours

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def certificate(self, name, issuer=None):
        """NAME.pem and NAME.key; self-signed without an issuer."""
        signed = ("-CA", issuer + ".pem", "-CAkey", issuer + ".key") if issuer else ()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key", "-out", name + ".pem",
                     "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", *signed)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_users_come_in_with_their_password_and_a_reload_takes_new_ones(self):
        ours = self.guarded(f"basic_auth_users: {{ada: {HASH}}}\nhttp_server_config: {{headers: {{X-Frame-Options: deny}}}}\n", ["-u", "ada:swordfish"], "http").start()
        for path in ("/api/v2/alerts", "/metrics", "/-/healthy", "/nothing/here"):
            for asked in ([], ["-u", "ada:guess"], ["-u", "grace:swordfish"]):
                answer = ours.curl(path, asked=asked)
                self.assertTrue(answer.startswith("401"), path + answer)
                self.assertRegex(answer, "(?i)www-authenticate: basic(?s:.*)\nUnauthorized\n")
        answer = ours.curl("/api/v2/status")
        self.assertTrue(answer.startswith("200"), answer)
        self.assertRegex(answer, "(?i)x-frame-options: deny")
        with open(self.path("web.yml"), "w") as f:
            f.write(f"basic_auth_users: {{grace: {HASH}}}\n")
        ours.hang_up()
        wait_for("the other user", lambda: ours.curl("/-/ready", asked=["-u", "grace:swordfish"]).startswith("200"))
        self.assertTrue(ours.curl("/-/ready").startswith("401"))
        with open(self.path("web.yml"), "w") as f:
            f.write("basic_auth_users: {grace: my-plain-word}\n")
        answer = ours.curl("/-/reload", "-XPOST", asked=["-u", "grace:swordfish"])
        self.assertRegex(answer, "^500(?s:.*)web.yml:1:1?[0-9]*: basic_auth_users: 'grace' has no bcrypt hash")
        self.assertNotIn("my-plain-word", answer)
        self.assertTrue(ours.curl("/-/ready", asked=["-u", "grace:swordfish"]).startswith("200"))

    def test_tls_and_a_renewed_certificate(self):
        self.certificate("server")
        ours = self.guarded("tls_server_config: {cert_file: server.pem, key_file: server.key, min_version: TLS13}\n", ["--cacert", self.path("server.pem")]).start()
        self.assertRegex(ours.curl("/api/v2/status", "--tls-max", "1.2"), "^curl 35")
        self.assertRegex(ours.curl("/api/v2/status", asked=[]), "^curl 60")
        self.assertRegex(ours.curl("/api/v2/status"), "^200")
        ours.curl("/api/v2/alerts", "-H", "Content-Type: application/json", "-d", '[{"labels":{"alertname":"Tls","severity":"page"}}]')
        wait_for("the page", lambda: self.told("Tls"))
        self.assertEqual(self.told("Tls")[0][0]["externalURL"], ours.urls[0])
        self.certificate("server")  # anew, under the same name
        self.assertRegex(ours.curl("/api/v2/status"), "^200")
        self.assertIn("the TLS certificate was read again", ours.log())
        with open(self.path("server.key"), "w") as f:
            f.write("broken")
        self.assertRegex(ours.curl("/api/v2/status"), "^200", "what was there stays")
        self.assertIn("a TLS file was changed and cannot be used", ours.log())

    def test_client_certificates(self):
        for name, issuer in (("server", None), ("clients", None), ("ada", "clients"), ("stranger", None)):
            self.certificate(name, issuer)
        as_ada = ["--cacert", self.path("server.pem"), "--cert", self.path("ada.pem"), "--key", self.path("ada.key")]
        text = dict(readme.pages())["docs/alertmanager.md"]
        block = next(body for _, body in readme.fences(text, "yaml") if "tls_server_config" in body)
        ours = self.guarded(re.sub(r"\$2y\S+", lambda _: HASH, block), as_ada + ["-u", "prometheus:swordfish"]).start()
        self.assertRegex(ours.curl("/api/v2/status", asked=as_ada), "^401(?i:(?s:.*)x-frame-options: deny)")
        self.assertRegex(ours.curl("/api/v2/status"), "^200")
        self.assertRegex(ours.curl("/api/v2/status", asked=["--cacert", self.path("server.pem")]), "^curl ")
        stranger = ["--cacert", self.path("server.pem"), "--cert", self.path("stranger.pem"), "--key", self.path("stranger.key")]
        self.assertRegex(ours.curl("/api/v2/status", asked=stranger), "^curl ")

    def test_prometheus_comes_with_tls_and_a_password(self):
        self.certificate("server")
        ours = self.guarded(f"tls_server_config: {{cert_file: server.pem, key_file: server.key}}\nbasic_auth_users: {{prometheus: {HASH}}}\n",
                            ["--cacert", self.path("server.pem"), "-u", "prometheus:swordfish"]).start()
        exporter = Exporter()
        self.addCleanup(exporter.stop)
        peer = {"scheme": "https", "basic_auth": {"username": "prometheus", "password": "swordfish"}, "tls_config": {"ca_file": self.path("server.pem")},
                "static_configs": [{"targets": [ours.urls[0].split("//")[1]]}]}
        prometheus = start_prometheus(self.path("prometheus"), exporter, json.dumps([peer]))
        self.addCleanup(prometheus.kill)
        exporter.broken = 1
        wait_for("the page", lambda: self.told("ShopBroken", "firing"))

    def test_what_is_not_done_is_refused_at_start(self):
        ours = self.guarded("tls_server_config:\n  cert_file: a.pem\n  key_file: a.key\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n")
        with self.assertRaisesRegex(AssertionError, r"ended by itself:(?s:.*)web\.yml:4:\d+: tls_server_config\.cipher_suites: is not done here"):
            ours.start()
        ours.process.log.close()
        self.started.remove(ours)
