"""The Slack app: threads, a user group that has whoever is on call, and channels of incidents. Any message or call that no test
expects fails it."""
import datetime
import json

from tests.journeys.harness import Journey, http, wait_for
from tests.journeys.slack import Slack

ADA, GRACE, ROOM, GROUP = "U0ADAADA", "U0GRACE1", "C0ROOM01", "S0ONCALL"
CATALOG = """
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{slack_user: U0ADAADA}], language: de}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: grace}
spec: {contacts: [{slack_user: U0GRACE1}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: storefront}
spec: {members: [ada, grace], escalation_policy: storefront}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: storefront}
spec:
  steps: [{notify: [{person: ada}%(room)s]}]
  bring_in: false
  channels: [{name: ops, slack_user: C0ROOM01}]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec: {name: Checkout, team: storefront, tier: 1, customer_facing: true, runbook: "https://runbooks.example/checkout"}
---
apiVersion: tocsin/v1
kind: PostedAlerts
metadata: {name: rules}
spec: {correlate: [{name: same service, equal: [service]}], otherwise: ticket}
"""
SCHEDULE = """
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: storefront}
spec:
  team: storefront
  slack_user_group: S0ONCALL
  layers: [{name: all, every: 1d, hand_off: 2026-01-05 09:00, people: [%s]}]
"""


class SlackApp(Journey):
    def setUp(self):
        super().setUp()
        self.slack = Slack()
        self.addCleanup(self.slack.stop)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.slack.complaints, [])
        self.assertEqual(self.slack.messages, [], "messages that nobody expected")

    def begin(self, room="", more="", **slack):
        self.tocsin = self.serve(hooks="", catalog=CATALOG % {"room": room} + more, config={"notify": {
            "allow_private_webhooks": False,  # it is not asked of slack.url, though this one is on loopback
            "slack": self.slack.config(**slack)}})

    def alert(self, ended=False):
        body = {"labels": {"alertname": "OrdersFail", "service": "checkout", "severity": "page"},
                "annotations": {"impact": "Customers cannot pay", "summary": "Orders fail"}}
        if ended:
            body["endsAt"] = datetime.datetime.now(datetime.timezone.utc).isoformat()
        answer = http("POST", self.tocsin.url + "/api/v2/alerts", json.dumps([body]).encode(),
                      {"Authorization": "Bearer " + self.tocsin.token, "Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer.body)

    def kinds(self):
        return [e["kind"] for e in self.tocsin.get("/api/v1/logbook?limit=1000")["entries"]]

    def test_an_incident_is_one_thread_in_each_conversation(self):
        self.begin(room=", {channel: ops}")
        self.alert()
        page = self.slack.take("the page", "D0ADAADA", thread=None)
        self.assertIn("Seit", json.dumps(page["blocks"]), "in her language")
        room = self.slack.take("the room", ROOM, thread=None)
        self.assertIn("Since", json.dumps(room["blocks"]))
        # The head is known after kill -9.
        wait_for("both to be written", lambda: self.kinds().count("delivery.sent") == 2)
        self.tocsin.kill()
        self.tocsin.start()
        self.assertEqual(self.slack.press(self.tocsin, page, "acknowledge", ADA).status, 200)
        self.slack.take("the message itself to say so", "D0ADAADA", ts=page["ts"], update="ada kümmert sich darum")
        self.slack.take("the room to learn it", ROOM, thread=room["ts"], broadcast=False, text="ada has it")
        self.alert(ended=True)
        self.slack.take("the end", "D0ADAADA", thread=page["ts"], broadcast=False)
        self.slack.take("the end in the room", ROOM, thread=room["ts"], broadcast=False)

    def test_a_user_group_has_whoever_is_on_call(self):
        self.slack.groups[GROUP] = ["U0NOBODY"]
        self.begin(more=SCHEDULE % "ada")
        wait_for("ada to be in it", lambda: self.slack.groups[GROUP] == [ADA])
        told = [self.slack.take("the notices", to)["text"].split(" - ")[0] for to in ("D0ADAADA", "D0ADAADA", "D0GRACE1")]
        self.assertEqual(sorted(told), ["Schedule storefront needs a look", "Schedule storefront needs a look", "You are on call: storefront"])
        self.assertIn(f"Slack group {GROUP}: {ADA}", self.tocsin.cli("schedule", "show", "storefront"))
        # A restart and a reload ask for nothing that is known.
        wait_for("the entry", lambda: "user_group.set" in self.kinds())
        before = len(self.slack.calls)
        self.tocsin.kill()
        self.tocsin.start()
        self.tocsin.cli("reload")
        self.assertEqual(len(self.slack.calls), before)
        # What fails is said, and tried until it works.
        self.slack.refuse["usergroups.users.update"] = "missing_scope"
        self.tocsin.cli("schedule", "take", "storefront", "--person", "grace", "--for", "2h")
        wait_for("the failure to be shown", lambda: "missing_scope" in self.tocsin.cli("schedule", "show", "storefront"))
        self.assertRegex(self.tocsin.cli("status"), rf"slack_group +{GROUP} +failing")
        self.slack.refuse.clear()
        wait_for("grace to be in it", lambda: self.slack.groups[GROUP] == [GRACE])
        wait_for("the trouble to be over", lambda: "missing_scope" not in self.tocsin.cli("schedule", "show", "storefront"))
        self.slack.take("grace to be told", "D0GRACE1")

    def test_an_incident_gets_a_channel_and_never_two(self):
        self.slack.hang.add("conversations.create")
        self.begin(incident_channels={"severity": ["SEV-1", "SEV-2", "SEV-3"], "prefix": "war"})
        self.alert()
        page = self.slack.take("the page", "D0ADAADA")
        # Slack makes it, and the answer never comes.
        wait_for("the channel", lambda: self.slack.channels)
        wait_for("the page to be sent", lambda: "delivery.sent" in self.kinds())
        self.tocsin.kill()
        self.slack.hang.clear()
        self.tocsin.start()
        first = self.slack.take("its first message", "C0NEW0X", thread=None)
        self.assertIn("Customers cannot pay", json.dumps(first["blocks"]))
        channel = self.slack.channels[0]
        wait_for("ada to be invited", lambda: channel["members"] == [ADA])
        self.assertEqual((len(self.slack.channels), self.slack.count("conversations.create")), (1, 1))
        self.assertEqual(channel["name"], "war-1-checkout")
        self.assertIn("/incidents/1", channel["topic"])
        shown = self.tocsin.incident()["channel"]
        self.assertEqual((shown["state"], shown["url"]), ("open", "https://acme.slack.test/archives/C0NEW0X"))
        self.assertIn(shown["url"], self.tocsin.cli("channel", "1"))

        # Whoever presses a button in it answers as themselves; who is not known is told so.
        self.assertEqual(self.slack.press(self.tocsin, first, "acknowledge", "U0STRANGE").status, 200)
        self.assertIn("does not know who you are", self.slack.take("a whisper", "C0NEW0X", user="U0STRANGE")["whisper"])
        self.assertEqual(self.slack.press(self.tocsin, first, "acknowledge", GRACE).status, 200)
        answers = [self.slack.take("who has it", "C0NEW0X") for _ in range(2)]
        self.assertEqual({(a.get("update") or a["text"]).split(" - ")[0] for a in answers}, {"grace has it"})
        self.slack.take("ada to learn it", "D0ADAADA", thread=page["ts"])
        self.alert(ended=True)
        self.slack.take("the recovery", "C0NEW0X")
        self.slack.take("the end", "C0NEW0X")
        self.slack.take("the end for ada", "D0ADAADA", thread=page["ts"])
        self.assertFalse(channel["is_archived"])

    def test_a_channel_by_hand(self):
        self.begin()
        self.alert()
        self.slack.take("the page", "D0ADAADA")
        self.assertIsNone(self.tocsin.incident()["channel"])
        self.assertIn("inc-1-checkout", self.tocsin.cli("channel", "1"))
        self.slack.take("its first message", "C0NEW0X")
        wait_for("it to be open", lambda: self.tocsin.incident()["channel"]["state"] == "open")
        entry = next(e for e in self.tocsin.get("/api/v1/incidents/1")["timeline"] if e["kind"] == "incident.channel_wanted")
        self.assertIn("cli", entry["actor"])
        self.assertEqual(self.tocsin.api("POST", "/api/v1/incidents/99/channel").status, 404)
        self.assertEqual(self.tocsin.api("POST", "/api/v1/incidents/1/channel", token="").status, 401)
