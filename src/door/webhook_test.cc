#include "door/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::to_map;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-01-05T00:00:00Z");

// What Alertmanager sends when one alert of a group has healed.
constexpr std::string_view kAlertmanager = R"({
  "version": "4", "groupKey": "{}:{alertname=\"DiskFull\"}", "truncatedAlerts": 0, "status": "firing", "receiver": "tocsin",
  "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull"}, "commonAnnotations": {},
  "externalURL": "http://am.example:9093",
  "alerts": [
    {"status": "firing", "labels": {"alertname": "DiskFull", "instance": "db1", "severity": "critical"},
     "annotations": {"summary": "Disk of db1", "runbook_url": "https://runbooks.example/disk"},
     "startsAt": "2026-01-04T23:00:00.123Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "http://prom.example/graph?g0.expr=disk", "fingerprint": "9fc3b1d6ab4e6a5f"},
    {"status": "resolved", "labels": {"alertname": "DiskFull", "instance": "db2", "source": "nagios"}, "annotations": {},
     "startsAt": "2026-01-04T22:00:00Z", "endsAt": "2026-01-04T23:30:00Z", "generatorURL": "", "fingerprint": "1111111111111111"}
  ]})";

// What Grafana's unified alerting sends.
constexpr std::string_view kGrafana = R"({
  "receiver": "tocsin", "status": "firing", "orgId": 1, "state": "alerting", "title": "[FIRING:1] Slow", "message": "...",
  "groupKey": "{}:{alertname=\"Slow\"}", "truncatedAlerts": 0, "version": "1",
  "groupLabels": {"alertname": "Slow"}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://grafana.example/",
  "alerts": [
    {"status": "firing", "labels": {"alertname": "Slow", "grafana_folder": "Shop", "service": "checkout"},
     "annotations": {"summary": "Checkout is slow"}, "startsAt": "2026-01-05T00:59:00+01:00", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "http://grafana.example/alerting/grafana/d1/view?orgId=1", "fingerprint": "c6eadffa33fcdf37",
     "silenceURL": "http://grafana.example/alerting/silence/new", "dashboardURL": "http://grafana.example/d/1", "panelURL": "",
     "values": {"B": 44.25, "C": 1}, "valueString": "[ var='B' labels={} value=44.25 ]"}]})";

TEST(AlertmanagerWebhook, IsTakenApartAlertByAlert) {
  const auto batch = read_webhook(Webhook::kAlertmanager, kAlertmanager, kNow);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->alerts.size(), 2u);
  const auto& fires = batch->alerts[0];
  EXPECT_THAT(to_map(fires.labels),
              UnorderedElementsAre(Pair("alertname", "DiskFull"), Pair("instance", "db1"),
                                   Pair("severity", "critical"), Pair("source", "alertmanager")));
  EXPECT_THAT(to_map(fires.annotations),
              UnorderedElementsAre(Pair("summary", "Disk of db1"),
                                   Pair("runbook_url", "https://runbooks.example/disk")));
  EXPECT_EQ(to_rfc3339(fires.starts), "2026-01-04T23:00:00.123Z");
  EXPECT_EQ(fires.ends, kNow + kUntilResolved);
  EXPECT_EQ(fires.generator_url, "http://prom.example/graph?g0.expr=disk");
  const auto& over = batch->alerts[1];
  EXPECT_EQ(over.labels.get("source"), "nagios") << "a source that is given stays";
  EXPECT_EQ(to_rfc3339(over.ends), "2026-01-04T23:30:00.000Z");
}

TEST(GrafanaWebhook, KeepsWhatItAdds) {
  const auto batch = read_webhook(Webhook::kGrafana, kGrafana, kNow);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->alerts.size(), 1u);
  EXPECT_EQ(batch->alerts[0].labels.get("source"), "grafana");
  EXPECT_EQ(batch->alerts[0].labels.get("service"), "checkout");
  EXPECT_THAT(
      to_map(batch->alerts[0].annotations),
      UnorderedElementsAre(Pair("summary", "Checkout is slow"),
                           Pair("dashboard_url", "http://grafana.example/d/1"),
                           Pair("silence_url", "http://grafana.example/alerting/silence/new"),
                           Pair("values", R"({"B":44.25,"C":1})")));
  EXPECT_EQ(to_rfc3339(batch->alerts[0].starts), "2026-01-04T23:59:00.000Z");
}

TEST(Webhooks, TimesThatCannotBeAreMended) {
  const auto batch = read_webhook(Webhook::kAlertmanager, R"({"alerts":[
    {"status":"resolved","labels":{"a":"1"},"startsAt":"2026-01-05T00:00:09Z","endsAt":"2026-01-05T00:00:05Z"},
    {"status":"firing","labels":{"a":"2"},"startsAt":"2026-01-05T00:00:09Z"},
    {"status":"resolved","labels":{"a":"3"},"startsAt":"2026-01-04T00:00:00Z","endsAt":"0001-01-01T00:00:00Z"}]})",
                                  kNow);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->alerts[0].ends, kNow) << "a clock of theirs that runs ahead";
  EXPECT_EQ(batch->alerts[0].starts, kNow);
  EXPECT_EQ(batch->alerts[1].starts, kNow);
  EXPECT_EQ(batch->alerts[2].ends, kNow);
}

TEST(Webhooks, WrongAlertsAreLeftOutAndNamed) {
  const auto batch = read_webhook(Webhook::kAlertmanager, R"({"status":"firing","alerts":[
    {"labels":{"a":"1"}},{"labels":{}},{"labels":{"a":"1"},"status":"broken"},7,{"labels":["a"]}]})",
                                  kNow);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->alerts.size(), 1u) << "the group's state holds where the alert has none";
  EXPECT_THAT(batch->invalid, ElementsAre(HasSubstr("alerts[1]: labels are missing"),
                                          HasSubstr("alerts[2]: status 'broken' is not known"),
                                          HasSubstr("alerts[3]: is not an object"),
                                          HasSubstr("alerts[4]: labels are missing")));
  for (const char* bad : {"", "[]", "{}", R"({"alerts":{}})", "{"}) {
    EXPECT_FALSE(read_webhook(Webhook::kGrafana, bad, kNow)) << bad;
  }
  std::string many = R"({"alerts":[7)";
  for (size_t i = 0; i < kMostAlertsOfBody; ++i) many += ",7";
  EXPECT_THAT(read_webhook(Webhook::kGrafana, many + "]}", kNow).error().message,
              HasSubstr("send at most 10000 at once"));
}

class WebhookDoor : public testing::DoorTest {
 protected:
  void add_routes(DoorApiParts parts) override {
    add_door_routes(*router_, parts, [this] { return doors_; });
  }
  net::Response send(std::string door, std::string_view body) {
    return call("POST", "/api/v1/doors/" + door, std::string(body), "Bearer tocsin_prometheus");
  }
  std::shared_ptr<const std::vector<DoorSpec>> doors_ =
      std::make_shared<const std::vector<DoorSpec>>();
};
INSTANTIATE_TEST_SUITE_P(Backends, WebhookDoor, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(WebhookDoor, FiresAndResolves) {
  EXPECT_EQ(send("alertmanager", kAlertmanager).body, R"({"alerts":2,"ignored":0})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("instance"), "db1");
  EXPECT_EQ(t_->logbook().back().entry.actor.to_text(), "token:prometheus");
  std::string healed(kAlertmanager);
  const std::string_view fires = R"("status": "firing", "labels")";
  healed.replace(healed.find(fires), fires.size(), R"("status": "resolved", "labels")");
  EXPECT_EQ(send("alertmanager", healed).status, 200);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(send("grafana", kGrafana).status, 200);
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(WebhookDoor, ALabelDedupKeyOfTheirsIsALabelLikeAnyOther) {
  EXPECT_EQ(send("alertmanager", R"({"status":"firing","alerts":[
    {"labels":{"dedup_key":"x","a":"1"}},{"labels":{"dedup_key":"x","a":"2"}}]})")
                .status,
            200);
  EXPECT_EQ(firing().size(), 2u);
}

TEST_P(WebhookDoor, KeepsTheGoodAndNamesTheBad) {
  const auto answer =
      send("alertmanager", R"({"status":"firing","alerts":[{"labels":{"a":"1"}},{}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("1 of 2 alerts were left out: alerts[1]: labels are missing"));
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(WebhookDoor, StrangersDoNotLearnWhichDoorsThereAre) {
  EXPECT_EQ(call("POST", "/api/v1/doors/grafana", "{}").status, 401);
  EXPECT_EQ(call("POST", "/api/v1/doors/nowhere", "{}").status, 401);
  const auto answer = send("nowhere", "{}");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("there is no door 'nowhere'"));
}

}  // namespace
}  // namespace tocsin::door
