#include "door/pagerduty.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using testing::parsed;
using testing::to_map;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-01-05T00:00:00Z");

constexpr std::string_view kTrigger = R"({
  "routing_key": "tocsin_prometheus",
  "event_action": "trigger",
  "dedup_key": "db1/disk",
  "client": "Nagios", "client_url": "https://nagios.example/db1",
  "links": [{"href": "https://runbooks.example/disk", "text": "Runbook of the disk"}, {"href": "https://graphs.example"}],
  "images": [{"src": "https://graphs.example/1.png", "alt": "Disk"}],
  "payload": {
    "summary": "Disk of db1 is 97 % full",
    "source": "db1.example", "severity": "critical",
    "timestamp": "2026-01-04T23:59:30.250+0000",
    "component": "postgres", "group": "storage", "class": "DiskFull",
    "custom_details": {"service": "checkout", "free bytes": 1073741824, "load": 0.75, "mounts": ["/", "/var"], "summary": "theirs", "nothing": null}
  }
})";

PagerDutyEvent read(std::string_view text) {
  auto event = read_pagerduty_event(parsed(text));
  EXPECT_TRUE(event);
  return event ? *std::move(event) : PagerDutyEvent();
}
PagerDutyErrors errors_of(std::string_view text) {
  const auto event = read_pagerduty_event(parsed(text));
  return event ? PagerDutyErrors{"it was taken"} : event.error();
}

TEST(PagerDuty, ATriggerBecomesAnAlertWithAllItsFields) {
  const auto alert = alert_of(read(kTrigger), {"prometheus", ""}, kNow);
  EXPECT_THAT(to_map(alert.labels),
              UnorderedElementsAre(Pair("alertname", "DiskFull"), Pair("source", "pagerduty"),
                                   Pair("integration", "prometheus"), Pair("dedup_key", "db1/disk"),
                                   Pair("severity", "critical"), Pair("instance", "db1.example"),
                                   Pair("component", "postgres"), Pair("group", "storage"),
                                   Pair("service", "checkout")));
  EXPECT_THAT(
      to_map(alert.annotations),
      UnorderedElementsAre(
          Pair("summary", "Disk of db1 is 97 % full"), Pair("details.summary", "theirs"),
          Pair("runbook_url", "https://runbooks.example/disk"),
          Pair("links",
               "Runbook of the disk: https://runbooks.example/disk\nhttps://graphs.example"),
          Pair("images", "Disk: https://graphs.example/1.png"), Pair("client", "Nagios"),
          Pair("free bytes", "1073741824"), Pair("load", "0.75"),
          Pair("mounts", R"(["/","/var"])")));
  EXPECT_EQ(alert.generator_url, "https://nagios.example/db1");
  EXPECT_EQ(to_rfc3339(alert.starts), "2026-01-04T23:59:30.250Z");
  EXPECT_EQ(alert.ends, kNow + kUntilResolved);
}

TEST(PagerDuty, TheTokensServiceHoldsWhereTheEventNamesNone) {
  const auto alert = alert_of(
      read(
          R"({"routing_key":"k","event_action":"trigger","dedup_key":"d","payload":{"summary":"s","source":"h","severity":"info"}})"),
      {"checkout", "checkout"}, kNow);
  EXPECT_EQ(alert.labels.get("service"), "checkout");
  EXPECT_EQ(alert.labels.get("alertname"), "PagerDutyEvent");
  EXPECT_EQ(alert.starts, kNow);
}

TEST(PagerDuty, AResolveHasTheLabelsByWhichItsTriggerIsFound) {
  const auto alert =
      alert_of(read(R"({"routing_key":"k","event_action":"resolve","dedup_key":"db1/disk"})"),
               {"prometheus", ""}, kNow);
  EXPECT_THAT(to_map(alert.labels),
              UnorderedElementsAre(Pair("source", "pagerduty"), Pair("integration", "prometheus"),
                                   Pair("dedup_key", "db1/disk")));
  EXPECT_TRUE(alert.is_resolved(kNow));
}

TEST(PagerDuty, WrongEventsAreToldInItsWords) {
  EXPECT_THAT(
      errors_of("{}"),
      ElementsAre("'routing_key' is missing or blank", "'event_action' is missing or blank",
                  "'payload.summary' is missing or blank", "'payload.source' is missing or blank",
                  "'payload.severity' is missing or blank"));
  EXPECT_THAT(
      errors_of(
          R"({"routing_key":"k","event_action":"open","payload":{"summary":" ","source":"h","severity":"page"}})"),
      ElementsAre("'event_action' is invalid (must be one of the following: 'trigger', "
                  "'acknowledge' or 'resolve')",
                  "'payload.summary' is missing or blank",
                  "'payload.severity' is invalid (must be one of the following: 'critical', "
                  "'warning', 'error' or 'info')"));
  EXPECT_THAT(errors_of(R"({"routing_key":"k","event_action":"resolve"})"),
              ElementsAre("'dedup_key' is missing or blank"));
  EXPECT_THAT(errors_of(R"({"routing_key":"k","event_action":"acknowledge","dedup_key":")" +
                        std::string(256, 'x') + R"("})"),
              ElementsAre("Length of 'dedup_key' is incorrect (should be at most 255)"));
  EXPECT_THAT(errors_of(R"({"routing_key":["k"],"event_action":{},"payload":"x"})"),
              Contains("'payload.summary' is missing or blank"));
}

TEST(PagerDuty, LongTextsAreCutAndManyDetailsLeftOut) {
  std::string details;
  for (int i = 0; i < 100; ++i) {
    details += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"" + std::string(2000, 'd') + "\"";
  }
  const auto alert = alert_of(
      read(R"({"routing_key":"k","event_action":"trigger","payload":{"summary":")" +
           std::string(5000, 's') + R"(","source":")" + std::string(5000, 'h') +
           R"(","severity":"info","timestamp":"yesterday","custom_details":{)" + details + "}}}"),
      {"k", ""}, kNow);
  EXPECT_EQ(alert.annotations.get("summary").size(), 1023u + 3);
  EXPECT_LE(alert.labels.get("instance").size(), kLongestLabel);
  EXPECT_THAT(std::string(alert.annotations.get("left_out")), HasSubstr("details"));
  EXPECT_LT(alert.annotations.bytes().size(), kMostAnnotations + 1000);
  EXPECT_EQ(alert.annotations.get("timestamp"), "yesterday");
}

TEST(Draft, TimesAreReadAsSendersWriteThem) {
  const auto at = [](std::string text, bool quoted = true) {
    const codec::Node node{.kind = codec::Node::Kind::kScalar, .quoted = quoted, .scalar = text};
    const auto time = time_of(&node);
    return time ? to_rfc3339(*time) : "none";
  };
  EXPECT_EQ(at("2026-01-04T23:59:30Z"), "2026-01-04T23:59:30.000Z");
  EXPECT_EQ(at("2026-01-04T23:59:30+0130"), "2026-01-04T22:29:30.000Z");
  EXPECT_EQ(at("2026-01-04T23:59:30.5"), "2026-01-04T23:59:30.500Z");
  EXPECT_EQ(at("2026-01-04 23:59:30"), "2026-01-04T23:59:30.000Z");
  EXPECT_EQ(at("1767571200", false), "2026-01-05T00:00:00.000Z");
  EXPECT_EQ(at("1767571200.25"), "2026-01-05T00:00:00.250Z");
  EXPECT_EQ(at("1767571200123"), "2026-01-05T00:00:00.123Z");
  EXPECT_EQ(at("1767571200123456789"), "2026-01-05T00:00:00.123Z");
  for (const char* none :
       {"", "yesterday", "0001-01-01T00:00:00Z", "12", "nan", "inf", "1e300", "-1767571200"}) {
    EXPECT_EQ(at(none), "none") << none;
  }
}

class PagerDutyDoor : public testing::DoorTest {
 protected:
  void add_routes(DoorApiParts parts) override { add_pagerduty_routes(*router_, parts); }
  net::Response send(std::string body) { return call("POST", "/v2/enqueue", std::move(body)); }
  static std::string event(std::string action, std::string key, std::string severity = "critical",
                           std::string token = "tocsin_prometheus") {
    return R"({"routing_key":")" + token + R"(","event_action":")" + action + R"(","dedup_key":")" +
           key + R"(","payload":{"summary":"it hurts","source":"db1","severity":")" + severity +
           R"("}})";
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, PagerDutyDoor, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(PagerDutyDoor, TriggersAndResolves) {
  const auto answer = send(event("trigger", "k"));
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, R"({"status":"success","message":"Event processed","dedup_key":"k"})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(t_->logbook().back().entry.actor.to_text(), "token:prometheus");
  t_->clock().advance(minutes(1));
  EXPECT_EQ(send(event("resolve", "k")).status, 202);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(count("posted_alert.resolved"), 1u);
  EXPECT_EQ(send(event("resolve", "k")).status, 202) << "dropped, as at PagerDuty";
  EXPECT_EQ(send(event("resolve", "unheard of")).status, 202);
  EXPECT_EQ(count("posted_alert.resolved"), 1u);
}

TEST_P(PagerDutyDoor, FiresUntilItIsResolvedOverARestart) {
  send(event("trigger", "k"));
  for (int i = 0; i < 3; ++i) {
    t_->advance(days(300));
    book_->expire(t_->clock().now(), [](uint64_t) { return false; });
    t_->settle();
    restart();
    ASSERT_TRUE(only()) << "after " << i + 1 << " restarts";
  }
  EXPECT_EQ(only()->ends, t_->clock().now() + kUntilResolved);
  send(event("resolve", "k"));
  EXPECT_TRUE(firing().empty()) << "the key is found again by the labels";
  EXPECT_EQ(count("posted_alert.fired"), 1u);
}

TEST_P(PagerDutyDoor, OneKeyHasOneAlertWhoseSeverityMayRise) {
  send(event("trigger", "k", "warning"));
  const Time began = only()->starts;
  t_->clock().advance(minutes(5));
  send(event("trigger", "k", "critical"));
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(only()->starts, began) << "the trouble is as old as it was";
  EXPECT_EQ(count("posted_alert.resolved"), 1u);
  send(event("resolve", "k"));
  EXPECT_TRUE(firing().empty());
}

TEST_P(PagerDutyDoor, ARepeatedTriggerCostsNoWrite) {
  send(event("trigger", "k"));
  const auto entries = t_->logbook().size();
  const auto commits = t_->metrics().counter("tocsin_engine_commits_total", "").value();
  t_->clock().advance(minutes(5));
  EXPECT_EQ(send(event("trigger", "k")).status, 202);
  EXPECT_EQ(t_->logbook().size(), entries);
  EXPECT_EQ(t_->metrics().counter("tocsin_engine_commits_total", "").value(), commits);
}

TEST_P(PagerDutyDoor, KeysOfTwoTokensAreApart) {
  send(event("trigger", "k"));
  send(event("trigger", "k", "critical", "tocsin_checkout"));
  EXPECT_EQ(firing().size(), 2u);
  send(event("resolve", "k", "critical", "tocsin_checkout"));
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("integration"), "prometheus");
}

TEST_P(PagerDutyDoor, MakesAKeyAndAnswersIt) {
  const std::string body =
      R"({"routing_key":"tocsin_prometheus","event_action":"trigger","payload":{"summary":"s","source":"h","severity":"info"}})";
  const auto first = parsed(send(body).body), second = parsed(send(body).body);
  const std::string key = text_of(first.find("dedup_key"));
  EXPECT_EQ(key.size(), 32u);
  EXPECT_NE(key, text_of(second.find("dedup_key")));
  EXPECT_EQ(firing().size(), 2u);
  send(event("resolve", key));
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(PagerDutyDoor, AcknowledgeIsWrittenDownAndHolds) {
  send(event("trigger", "k"));
  EXPECT_EQ(send(event("acknowledge", "k")).status, 202);
  const auto entry = t_->logbook().back().entry;
  EXPECT_EQ(entry.kind, "posted_alert.acknowledged");
  EXPECT_EQ(entry.actor.to_text(), "token:prometheus");
  EXPECT_EQ(entry.subject_id, routing::fingerprint_text(only()->fingerprint()));
  ASSERT_TRUE(mark().acknowledged);
  EXPECT_EQ(mark().acknowledged->by, "token:prometheus");
  EXPECT_EQ(send(event("acknowledge", "unheard of")).status, 202);
  EXPECT_EQ(count("posted_alert.acknowledged"), 1u) << "nothing is open under that key";
  ASSERT_TRUE(marks_->unacknowledge(std::vector{only()->fingerprint()}, {"user", "ada"}));
  t_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql.find("posted_mark") == std::string_view::npos) return std::nullopt;
    return Error{Code::kUnavailable, "later"};
  };
  EXPECT_EQ(send(event("acknowledge", "k")).status, 503);
  EXPECT_EQ(count("posted_alert.acknowledged"), 1u) << "the entry goes with the mark";
}

TEST_P(PagerDutyDoor, ChangesAreWrittenDownAndAreNoAlerts) {
  const auto answer =
      call("POST", "/v2/change/enqueue",
           R"({"routing_key":"tocsin_checkout","payload":{"summary":"Deploy 42","source":"ci",
    "timestamp":"2026-01-04T23:00:00Z","custom_details":{"build":2}},"links":[{"href":"https://ci.example/42","text":"Build"}]})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, R"({"status":"success","message":"Change event processed"})");
  const auto entry = t_->logbook().back().entry;
  EXPECT_EQ(entry.kind, "change.recorded");
  EXPECT_EQ(to_rfc3339(entry.happened), "2026-01-04T23:00:00.000Z");
  EXPECT_EQ(
      codec::to_text(entry.data),
      R"({"summary":"Deploy 42","source":"ci","integration":"checkout","service":"checkout",)"
      R"("links":[{"href":"https://ci.example/42","text":"Build"}],"custom_details":{"build":2}})");
  call(
      "POST", "/v2/change/enqueue",
      R"({"routing_key":"tocsin_checkout","payload":{"summary":"s","custom_details":{"service":"stock"}}})");
  EXPECT_EQ(t_->logbook().back().entry.data.at("service"), "stock");
  EXPECT_EQ(book_->size(), 0u);
  EXPECT_EQ(
      call("POST", "/v2/change/enqueue", R"({"routing_key":"tocsin_checkout","payload":{}})").body,
      R"({"status":"invalid event","message":"Event object is invalid","errors":["'payload.summary' is missing or blank"]})");
}

TEST_P(PagerDutyDoor, RefusesStrangersAndWhatIsNoEvent) {
  const auto stranger = send(event("trigger", "k", "critical", "tocsin_stolen"));
  EXPECT_EQ(stranger.status, 400);
  EXPECT_THAT(stranger.body, HasSubstr("Invalid routing key"));
  EXPECT_THAT(stranger.body, Not(HasSubstr("tocsin_stolen")));
  EXPECT_EQ(send(R"({"routing_key":"tocsin_stolen","event_action":"open"})").status, 400);
  EXPECT_THAT(send("[]").body, HasSubstr("Body is not a JSON object"));
  EXPECT_THAT(send("{").body, HasSubstr("Body is not JSON: line 1"));
  EXPECT_THAT(send("{}").body, HasSubstr("'routing_key' is missing or blank"));
  EXPECT_EQ(book_->size(), 0u);
}

TEST_P(PagerDutyDoor, TooManyRequestsWait) {
  requests_ = 2;
  restart();
  EXPECT_EQ(send(event("trigger", "a")).status, 202);
  EXPECT_EQ(send(event("trigger", "b")).status, 202);
  const auto answer = send(event("trigger", "c"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.get("Retry-After"), "30");
  EXPECT_THAT(answer.body, HasSubstr(R"("status":"throttle exceeded")"));
  EXPECT_EQ(send(event("trigger", "c", "critical", "tocsin_checkout")).status, 202);
  t_->clock().advance(seconds(30));
  EXPECT_EQ(send(event("trigger", "c")).status, 202);
}

}  // namespace
}  // namespace tocsin::door
