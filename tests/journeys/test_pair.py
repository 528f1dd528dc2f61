"""Two processes in Alertmanager's place that tell each alert once: alerts come to both, silences and what was told go between them."""
import os
import random
import re
import socket
import struct
import subprocess
import threading
import time

from tests.journeys import harness, readme
from tests.journeys.alertmanager_peer import Standin, amtool, is_ready
from tests.journeys.harness import Process, free_port, http as call, wait_for
from tests.journeys.test_alertmanager import InAlertmanagersPlace, page

PEER_TIMEOUT = 2.0
GREETING = b"tocsin-cluster/1\n"
QUICK = ("--cluster.gossip-interval=20ms", "--cluster.probe-interval=200ms", "--cluster.reconnect-interval=300ms",
         f"--cluster.peer-timeout={PEER_TIMEOUT:g}s")


class Cable:
    """A link to a port that can be cut."""

    def __init__(self, port):
        self.port, self.is_cut, self.ends = port, False, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.socket.accept()
            except OSError:
                return
            try:
                if self.is_cut:
                    raise ConnectionError
                far = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            self.ends += [near, far]
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    @staticmethod
    def carry(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        for end in (a, b):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        self.is_cut = True
        for end in self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.ends = []

    def mend(self):
        self.is_cut = False

    def stop(self):
        self.cut()
        self.socket.close()


class Pair(InAlertmanagersPlace):
    def setUp(self):
        super().setUp()
        ports = [free_port(), free_port()]
        self.cables = [Cable(port) for port in ports]
        for cable in self.cables:
            self.addCleanup(cable.stop)
        self.one, self.two = (self.member(i, ports[i]) for i in range(2))

    def member(self, i, port, config=None):
        folder = os.path.join(self.folder, f"am-{i + 1}")
        os.makedirs(folder)
        cluster = (f"--cluster.listen-address=127.0.0.1:{port}", f"--cluster.advertise-address={self.cables[i].address}",
                   f"--cluster.peer={self.cables[1 - i].address}", f"--cluster.peer-name=am-{i + 1}")
        process = Standin(folder, config or self.config(), *QUICK, cluster=cluster)
        process.port = port
        self.started.append(process)
        return process

    def metric(self, ours, name):
        lines = call("GET", ours.url + "/metrics").body.decode().splitlines()
        return next((float(l.split()[1]) for l in lines if l.startswith(name + " ")), None)

    def status(self, ours):
        return ours.get("/api/v2/status")["cluster"]

    def together(self, *processes, members=2):
        for ours in processes or (self.one, self.two):
            wait_for(f"{members} members, settled", lambda: self.status(ours)["status"] == "ready" and
                     self.metric(ours, "alertmanager_cluster_members") == members)

    def start(self):
        self.one.start()
        self.two.start()
        self.together()
        return self.one, self.two

    def both_post(self, *alerts):
        self.one.post(*alerts)
        self.two.post(*alerts)

    def turns_are_over(self, ours, name):
        """Whatever was due before has had its turn at this process when an alert that only it knows is told."""
        ours.post(page(name))
        wait_for("an alert of its own", lambda: self.told(name))

    def test_an_alert_that_both_get_is_told_once_and_so_is_its_end(self):
        one, two = self.start()
        self.assertEqual([self.metric(ours, "alertmanager_peer_position") for ours in (one, two)], [0, 1])
        self.both_post(page("Once"))
        wait_for("the page", lambda: self.told("Once"))
        self.turns_are_over(two, "Second")
        self.assertEqual(self.metric(two, "alertmanager_cluster_failed_peers"), 0)
        ends = {"endsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        self.both_post(page("Once", **ends))
        wait_for("its end", lambda: self.told("Once", "resolved"))
        self.turns_are_over(two, "Third")
        self.assertEqual([b["status"] for b, _ in self.told("Once")], ["firing", "resolved"])
        wait_for("two messages of each", lambda: (self.sent(one), self.sent(two)) == (2, 2))

    def test_the_status_names_both(self):
        one, two = self.start()
        peers = [{"name": f"am-{i + 1}", "address": cable.address} for i, cable in enumerate(self.cables)]
        for ours, name in ((one, "am-1"), (two, "am-2")):
            self.assertEqual(self.status(ours), {"name": name, "status": "ready", "peers": peers})
        shown = amtool(one.url, "cluster", "show", "-o", "extended", folder=self.folder)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for text in ("am-1", "am-2", "ready", self.cables[1].address):
            self.assertIn(text, shown.stdout)
        self.assertEqual(two.process.stop(), 0)
        wait_for("the one that left to be gone at once", lambda: self.metric(one, "alertmanager_cluster_members") == 1, patience=1)
        self.assertEqual(self.metric(one, "alertmanager_cluster_failed_peers"), 0)
        self.assertIn("a process left the cluster", one.log())

    def test_the_second_tells_when_the_first_is_dead_and_the_first_does_not_tell_again(self):
        one, two = self.start()
        self.both_post(page("Before"))
        wait_for("the page", lambda: self.told("Before"))
        wait_for("the second to know", lambda: self.metric(two, "alertmanager_nflog_gossip_messages_propagated_total") == 1)
        one.kill()
        begun = time.monotonic()
        two.post(page("Alone"))
        wait_for("the second", lambda: self.told("Alone"))
        self.assertGreater(time.monotonic() - begun, PEER_TIMEOUT - 0.1, "it waits, in case the first is only slow")
        wait_for("the first to be given up", lambda: self.metric(two, "alertmanager_peer_position") == 0)
        self.assertEqual(self.metric(two, "alertmanager_cluster_failed_peers"), 1)
        self.assertIn("does not answer any more", two.log())
        begun = time.monotonic()
        two.post(page("AtOnce"))
        wait_for("the second, that is the first now", lambda: self.told("AtOnce"), patience=PEER_TIMEOUT - 0.5)

        one.start()
        one.post(page("Before"), page("Alone"), page("AtOnce"))  # as Prometheus does
        self.together()
        self.turns_are_over(one, "Back")
        self.assertEqual([len(self.told(name)) for name in ("Before", "Alone", "AtOnce")], [1, 1, 1])

    def test_a_silence_made_on_one_mutes_on_both(self):
        one, two = self.start()
        silence = two.silence("alertname", "Quiet")
        wait_for("the silence on the other one", lambda: [s["id"] for s in one.get("/api/v2/silences")] == [silence])
        self.both_post(page("Quiet"))
        self.turns_are_over(one, "First")
        self.turns_are_over(two, "Second")
        self.assertEqual(self.told("Quiet"), [])
        for ours in (one, two):
            self.assertEqual([a["status"]["silencedBy"] for a in ours.get("/api/v2/alerts") if a["labels"]["alertname"] == "Quiet"], [[silence]])
        done = amtool(one.url, "silence", "expire", silence, folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_for("its end on the other one", lambda: two.get("/api/v2/silences")[0]["status"]["state"] == "expired")
        wait_for("the page", lambda: self.told("Quiet"))
        self.turns_are_over(two, "Third")
        self.assertEqual(len(self.told("Quiet")), 1)
        # It is in both databases.
        for ours in (one, two):
            ours.kill()
        two.start()
        self.assertEqual(two.get("/api/v2/silences")[0]["id"], silence)

    def test_a_partition_heals(self):
        one, two = self.start()
        for cable in self.cables:
            cable.cut()
        self.together(members=1)
        self.both_post(page("Cut"))
        wait_for("each to tell", lambda: len(self.told("Cut")) == 2)
        first, second = one.silence("alertname", "A"), two.silence("alertname", "B")
        for cable in self.cables:
            cable.mend()
        self.together()
        for ours in (one, two):
            wait_for("both silences", lambda: {s["id"] for s in ours.get("/api/v2/silences")} == {first, second})
        self.assertEqual(*({(s["id"], s["updatedAt"], s["endsAt"]) for s in ours.get("/api/v2/silences")} for ours in (one, two)))
        self.both_post(page("Healed"), page("Cut"))
        wait_for("the page", lambda: self.told("Healed"))
        self.turns_are_over(two, "Last")
        self.assertEqual((len(self.told("Healed")), len(self.told("Cut"))), (1, 2))

    @staticmethod
    def throw(ours, piece):
        """What the cluster's port answers, up to the end of the connection."""
        heard = b""
        with socket.create_connection(("127.0.0.1", ours.port), timeout=10) as s:
            s.sendall(piece)
            try:
                while data := s.recv(65536):
                    heard += data
            except ConnectionError:
                pass
        return heard

    def test_garbage_does_no_harm(self):
        one, two = self.start()
        noise = random.Random(7)
        hello = b'{"t":"hello","name":"am-9","instance":"x","label":"","address":"127.0.0.1:1","now":1}'
        frame = lambda data: struct.pack(">I", len(data)) + data
        pieces = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"tocsin-cluster/2\n", noise.randbytes(5000), GREETING + b"\xff\xff\xff\xff",
                  GREETING + frame(noise.randbytes(300)), GREETING + frame(b'{"t":"state","silences":[{}]}'), GREETING + frame(b"[" * 100000),
                  GREETING + frame(hello) + frame(hello), GREETING + frame(hello) + frame(b'{"t":"state","silences":[{"id":"x"}]}'),
                  GREETING + frame(hello.replace(b"am-9", b"am-1")), GREETING + frame(hello.replace(b'"label":""', b'"label":"prod"'))]
        answers = [self.throw(one, piece) for piece in pieces * 3][:len(pieces)]
        self.assertEqual({a[:len(GREETING)] for a in answers}, {GREETING})
        for answer, says in zip(answers[4:], ("cannot be read", "silences[0].id: is missing", "cannot be read", "did not begin with one hello", "cannot be read: silences[0]",
                                              "both processes are called 'am-1'", "the cluster's label is 'prod' there and '' here")):
            self.assertIn(says, answer.decode(errors="replace"))
        idle = [socket.create_connection(("127.0.0.1", one.port)) for _ in range(80)]  # more than it takes
        self.assertIn("a stranger at the cluster's address was sent away", one.log())
        self.assertIn("does not speak 'tocsin-cluster/1'", one.log())
        self.both_post(page("Unharmed"))
        wait_for("the page", lambda: self.told("Unharmed"))
        self.turns_are_over(two, "Second")
        self.assertEqual(len(self.told("Unharmed")), 1)
        for s in idle:
            s.close()
        wait_for("the guest to be given up", lambda: self.metric(one, "alertmanager_cluster_members") == 2)
        self.assertEqual(one.get("/api/v2/silences"), [])
        self.assertLess(len(one.log().splitlines()), 60)

    def test_three_find_each_other_by_one(self):
        one, two = self.start()
        folder = os.path.join(self.folder, "am-3")
        os.makedirs(folder)
        port = free_port()  # as in a list that is the same for all: it names itself, too
        three = Standin(folder, self.config(), *QUICK, cluster=(f"--cluster.listen-address=127.0.0.1:{port}", "--cluster.peer-name=am-3",
                                                                f"--cluster.peer=localhost:{port}", f"--cluster.peer={self.cables[0].address}"))
        self.started.append(three)
        three.start()
        self.together(one, two, three, members=3)
        self.assertEqual([self.metric(ours, "alertmanager_peer_position") for ours in (one, two, three)], [0, 1, 2])
        wait_for("nobody to be missed", lambda: self.metric(three, "alertmanager_cluster_failed_peers") == 0)
        silence = three.silence("alertname", "Quiet")
        wait_for("the silence", lambda: [s["id"] for s in two.get("/api/v2/silences")] == [silence])

    def test_the_page_s_pair_works_when_pasted(self):
        text = dict(readme.pages())["docs/alertmanager.md"]
        one, two, show = next(body for _, body in readme.fences(text, "sh") if "--cluster.peer" in body).splitlines()
        ports = {port: str(free_port()) for port in ("9093", "9094", "9193", "9194")}
        new = lambda line: re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda m: ports[m.group(0)], line)
        with open(os.path.join(self.folder, "alertmanager.yml"), "w") as f:
            f.write(self.config())
        processes = [Process([harness.BINARY, *new(line).split()[1:], "--cluster.gossip-interval=20ms"], os.path.join(self.folder, f"pasted-{i}.log"), cwd=self.folder)
                     for i, line in enumerate((one, two))]
        try:
            for port in ("9093", "9193"):
                wait_for("a process", lambda: is_ready("http://127.0.0.1:" + ports[port]))

            def shown():
                done = subprocess.run(new(show).split(), capture_output=True, text=True, timeout=30, env={**os.environ, "HOME": self.folder})
                self.assertEqual(done.returncode, 0, done.stderr)
                return done.stdout
            wait_for("both in the list", lambda: ports["9094"] in shown() and ports["9194"] in shown() and "ready" in shown())
        finally:
            codes = [process.stop() for process in processes]
        self.assertEqual(codes, [0, 0])
        self.started = []

    def test_flags_that_cannot_hold_are_refused(self):
        for flags, sentence in ((["--cluster.peer=127.0.0.1:9094"], "--cluster.peer needs --cluster.listen-address"),
                                (["--cluster.listen-address=127.0.0.1:0", "--cluster.tls-config=tls.yml"], "--cluster.tls-config cannot be honoured"),
                                (["--cluster.listen-address=127.0.0.1:0", "--cluster.peer=nowhere"], "--cluster.peer: 'nowhere' is not an address"),
                                (["--cluster.peer-timeout=soon"], "--cluster.peer-timeout"), (["--cluster.probe-interval=0s"], "more than 0")):
            done = subprocess.run([harness.BINARY, "alertmanager", "--config.file=am-1/alertmanager.yml", "--storage.path=x", "--web.listen-address=127.0.0.1:0", *flags],
                                  cwd=self.folder, capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(sentence, done.stderr)
        self.started = []
