"""The part of Slack's Web API that Tocsin uses. It refuses what Slack would refuse, and keeps what nobody has asked it for."""
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.parse

from tests.journeys.harness import http as call, wait_for

TOKEN = "xoxb-journey"
SIGNING_SECRET = "slack-signs-with-this"
BOT = "U0TOCSIN1"


class Slack:
    def __init__(self):
        self.lock = threading.Lock()
        self.messages = []     # that no test has taken yet, in order
        self.heads = {}        # ts of messages that may have replies, by conversation
        self.channels = []
        self.groups = {}
        self.calls = []
        self.complaints = []
        self.refuse = {}       # method -> error
        self.hang = set()      # methods that are done and never answered
        self.next_ts = 1
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                is_json = self.headers.get("Content-Type", "").startswith("application/json")
                form = json.loads(body) if is_json else dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
                method = self.path.removeprefix("/api/")
                signed_in = self.headers.get("Authorization") == "Bearer " + TOKEN
                reply = outer.answer(method, form) if signed_in else {"ok": False, "error": "invalid_auth"}
                if method in outer.hang:
                    while method in outer.hang:
                        time.sleep(0.05)
                    return
                text = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.hang.clear()
        self.server.shutdown()
        self.server.server_close()

    def config(self, **more):
        return {"token": TOKEN, "signing_secret": SIGNING_SECRET, "url": self.url, **more}

    def answer(self, method, form):
        with self.lock:
            self.calls.append((method, form))
            if method in self.refuse:
                return {"ok": False, "error": self.refuse[method], "needed": "some:scope"}
            handler = getattr(self, "on_" + method.replace(".", "_"), None)
            if handler is None:
                self.complaints.append(f"nobody expected {method}")
                return {"ok": False, "error": "unknown_method"}
            result = handler(form)
            return {"ok": False, "error": result} if isinstance(result, str) else {"ok": True, **result}

    def on_auth_test(self, _):
        return {"user_id": BOT, "url": "https://acme.slack.test/"}

    def on_chat_postMessage(self, form):
        channel = form["channel"]
        if channel.startswith("U"):
            channel = "D" + channel[1:]
        thread = form.get("thread_ts")
        if thread and thread not in self.heads.get(channel, ()):
            self.complaints.append(f"a reply in {channel} to {thread}, which is no head")
            return "thread_not_found"
        ts = f"1700000000.{self.next_ts:06}"
        self.next_ts += 1
        if not thread:
            self.heads.setdefault(channel, set()).add(ts)
        self.messages.append({"to": channel, "ts": ts, "thread": thread, "broadcast": bool(form.get("reply_broadcast")),
                              "text": form["text"], "blocks": form["blocks"]})
        return {"channel": channel, "ts": ts}

    def on_chat_update(self, form):
        self.messages.append({"to": form["channel"], "ts": form["ts"], "update": form["text"]})
        return {}

    def on_chat_postEphemeral(self, form):
        self.messages.append({"to": form["channel"], "whisper": form["text"], "user": form["user"]})
        return {}

    def on_usergroups_users_list(self, form):
        return {"users": self.groups[form["usergroup"]]} if form["usergroup"] in self.groups else "no_such_subteam"

    def on_usergroups_users_update(self, form):
        if not form.get("users"):
            return "no_users_provided"
        self.groups[form["usergroup"]] = form["users"].split(",")
        return {"usergroup": {"id": form["usergroup"]}}

    def on_conversations_create(self, form):
        if any(c["name"] == form["name"] for c in self.channels):
            return "name_taken"
        self.channels.append({"id": f"C0NEW{len(self.channels)}X", "name": form["name"], "creator": BOT, "created": int(time.time()),
                              "topic": "", "members": [], "is_archived": False})
        return {"channel": self.channels[-1]}

    def on_conversations_list(self, _):
        return {"channels": self.channels, "response_metadata": {"next_cursor": ""}}

    def channel_of(self, form):
        return next(c for c in self.channels if c["id"] == form["channel"])

    def on_conversations_setTopic(self, form):
        assert len(form["topic"]) <= 250
        self.channel_of(form)["topic"] = form["topic"]
        return {}

    def on_conversations_invite(self, form):
        self.channel_of(form)["members"] += form["users"].split(",")
        return {}

    def on_conversations_archive(self, form):
        self.channel_of(form)["is_archived"] = True
        return {}

    def count(self, method):
        with self.lock:
            return sum(1 for m, _ in self.calls if m == method)

    def take(self, what, to, **wanted):
        """The first message to a conversation that no test has taken; it must be as wanted."""
        def first():
            with self.lock:
                found = next((m for m in self.messages if m["to"] == to), None)
                if found:
                    self.messages.remove(found)
                return found
        message = wait_for(what, first)
        for key, value in wanted.items():
            assert message.get(key) == value, f"{what}: {key} is {message.get(key)!r} and not {value!r}: {message}"
        return message

    def press(self, tocsin, message, action, user):
        """A button of a message, as Slack tells of it."""
        block = next(b for b in message["blocks"] if b["type"] == "actions")
        button = next(e for e in block["elements"] if e["action_id"] == action)
        payload = {"type": "block_actions", "user": {"id": user}, "channel": {"id": message["to"]},
                   "message": {"ts": message["ts"], "blocks": message["blocks"]},
                   "actions": [{"action_id": action, "block_id": block["block_id"], "value": button["value"]}]}
        body = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
        at = str(int(time.time()))
        signature = "v0=" + hmac.new(SIGNING_SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return call("POST", tocsin.url + "/hooks/slack", body,
                    {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature})
