"""The server when the machine gives it no more."""
import os
import resource
import socket

from tests.journeys.harness import Journey, http, wait_for
from tests.journeys.peers import Hooks


class Limits(Journey):
    def test_without_file_descriptors_connections_wait_and_the_server_comes_back(self):
        hooks = Hooks()
        self.addCleanup(hooks.stop)
        tocsin = self.serve(hooks=hooks.url)
        pid = tocsin.process.pid
        in_use = len(os.listdir(f"/proc/{pid}/fd"))
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE, (in_use + 20, hard))
        held = [socket.create_connection(tocsin.address, timeout=10) for _ in range(100)]
        try:
            wait_for("the server to say what is wrong", lambda: "raise the limit of open files" in tocsin.process.text())
            # One that was taken before is served all the while.
            held[0].sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"200", held[0].recv(100))
            self.assertLess(tocsin.process.text().count("cannot accept"), 5, "said once, not for each try")
        finally:
            for connection in held:
                connection.close()
        # Still with few descriptors: as connections end, others are taken.
        self.assertEqual(wait_for("the server to answer", lambda: http("GET", tocsin.url + "/-/ready")).status, 200)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        self.assertEqual(tocsin.api("POST", "/api/v1/tokens", {"name": "after", "role": "responder"}).status, 201)
        self.assertEqual(tocsin.get("/api/v1/status")["trouble"], [])
