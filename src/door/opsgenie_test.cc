#include "door/opsgenie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "door/opsgenie_requests.h"
#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Pair;
using testing::parsed;
using testing::to_map;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-01-05T00:00:00Z");

constexpr std::string_view kCreate = R"({
  "message": "Disk of db1 is 97 % full", "alias": "db1/disk", "description": "It grows by 1 GB an hour",
  "responders": [{"name": "storage", "type": "team"}, {"username": "ada@example.org", "type": "user"}],
  "visibleTo": [{"name": "all", "type": "team"}], "actions": ["Restart", "Grow"], "tags": ["db", "disk"],
  "details": {"alertname": "DiskFull", "service": "checkout", "job": "node", "runbook_url": "https://runbooks.example/disk", "tags": "theirs"},
  "entity": "db1", "source": "http://am.example", "priority": "P1", "user": "alertmanager", "note": "first seen at noon"})";

OpsgenieErrors errors_of(std::string_view text) {
  const auto alert = read_opsgenie_alert(parsed(text));
  return alert ? OpsgenieErrors{{"", "it was taken"}} : alert.error();
}

TEST(Opsgenie, ACreateBecomesAnAlertWithAllItsFields) {
  const auto alert = alert_of(*read_opsgenie_alert(parsed(kCreate)), {"prometheus", ""}, kNow);
  EXPECT_THAT(to_map(alert.labels),
              UnorderedElementsAre(Pair("alertname", "DiskFull"), Pair("source", "opsgenie"),
                                   Pair("integration", "prometheus"), Pair("dedup_key", "db1/disk"),
                                   Pair("severity", "critical"), Pair("service", "checkout"),
                                   Pair("entity", "db1")));
  EXPECT_THAT(
      to_map(alert.annotations),
      UnorderedElementsAre(
          Pair("summary", "Disk of db1 is 97 % full"),
          Pair("description", "It grows by 1 GB an hour"), Pair("priority", "P1"),
          Pair("note", "first seen at noon"), Pair("user", "alertmanager"),
          Pair("sender", "http://am.example"), Pair("tags", "db, disk"),
          Pair("actions", "Restart, Grow"),
          Pair("responders", "team:storage, user:ada@example.org"), Pair("job", "node"),
          Pair("runbook_url", "https://runbooks.example/disk"), Pair("details.tags", "theirs")));
  EXPECT_EQ(alert.starts, kNow);
}

TEST(Opsgenie, PrioritiesAreSeverities) {
  const auto severity = [](std::string_view body) {
    return std::string(
        alert_of(*read_opsgenie_alert(parsed(body)), {"t", ""}, kNow).labels.get("severity"));
  };
  EXPECT_EQ(severity(R"({"message":"m"})"), "warning") << "P3 is what Opsgenie assumes";
  EXPECT_EQ(severity(R"({"message":"m","priority":"P2"})"), "error");
  EXPECT_EQ(severity(R"({"message":"m","priority":"P5"})"), "info");
  EXPECT_EQ(severity(R"({"message":"m","priority":"P5","details":{"severity":"page"}})"), "page");
}

TEST(Opsgenie, WrongBodiesAreToldByField) {
  EXPECT_THAT(errors_of("{}"), UnorderedElementsAre(Pair("message", "Message can not be empty.")));
  EXPECT_THAT(
      errors_of(R"({"message":")" + std::string(131, 'm') + R"(","alias":")" +
                std::string(513, 'a') + R"(","priority":"P6","details":[],"tags":"x"})"),
      UnorderedElementsAre(Pair("message", "Message can not be longer than 130 characters."),
                           Pair("alias", "Alias can not be longer than 512 characters."),
                           Pair("priority", HasSubstr("P1, P2, P3")),
                           Pair("details", "Must be an object."), Pair("tags", "Must be a list.")));
}

TEST(Opsgenie, LongTextsAreCut) {
  std::string tags = R"("t")";
  for (int i = 0; i < 30; ++i) tags += R"(,"t")";
  const auto alert = alert_of(
      *read_opsgenie_alert(parsed(R"({"message":"m","description":")" + std::string(20'000, 'd') +
                                  R"(","tags":[)" + tags + "]}")),
      {"t", ""}, kNow);
  EXPECT_EQ(alert.annotations.get("description").size(), 14'999u + 3);
  EXPECT_EQ(alert.annotations.get("tags").size(), 20 + 19 * 2u);
}

TEST(Opsgenie, AnIdIsMadeOfTheAliasAndItsOwner) {
  EXPECT_THAT(opsgenie_id("a", "b"),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(opsgenie_id("a", "b"), opsgenie_id("a", "b"));
  EXPECT_NE(opsgenie_id("a", "b"), opsgenie_id("b", "b"));
}

TEST(OpsgenieRequests, KeepsTheLastOnes) {
  OpsgenieRequests requests(2);
  for (const char* id : {"1", "2", "3"}) requests.put(id, {.action = id});
  EXPECT_FALSE(requests.find("1"));
  EXPECT_EQ(requests.find("3")->action, "3");
}

class OpsgenieDoor : public testing::DoorTest {
 protected:
  void add_routes(DoorApiParts parts) override { add_opsgenie_routes(*router_, parts); }
  net::Response send(std::string method, std::string target, std::string body = "",
                     std::string token = "tocsin_prometheus") {
    return call(std::move(method), std::move(target), std::move(body), "GenieKey " + token);
  }
  // A request that is taken; what became of it.
  std::string outcome(std::string method, std::string target, std::string body = "") {
    const auto answer = send(std::move(method), std::move(target), std::move(body));
    EXPECT_EQ(answer.status, 202) << answer.body;
    const auto json = parsed(answer.body);
    EXPECT_EQ(text_of(json.find("result")), "Request will be processed");
    const std::string request = text_of(json.find("requestId"));
    last_ = parsed(send("GET", "/v2/alerts/requests/" + request).body);
    return text_of(last_.find("data")->find("status"));
  }
  codec::Node view(const std::string& target) {
    const auto answer = send("GET", target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return *parsed(answer.body).find("data");
  }
  std::string last(std::string_view field) { return text_of(last_.find("data")->find(field)); }
  codec::Node last_, list_;
};
INSTANTIATE_TEST_SUITE_P(Backends, OpsgenieDoor, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(OpsgenieDoor, CreatesShowsAndCloses) {
  EXPECT_EQ(outcome("POST", "/v2/alerts", std::string(kCreate)), "Created alert");
  const std::string id = last("alertId");
  EXPECT_EQ(last("alias"), "db1/disk");
  ASSERT_TRUE(only());
  const auto alert = view("/v2/alerts/" + id);
  EXPECT_EQ(text_of(alert.find("status")), "open");
  EXPECT_EQ(text_of(alert.find("message")), "Disk of db1 is 97 % full");
  EXPECT_EQ(text_of(alert.find("priority")), "P1");
  EXPECT_EQ(text_of(alert.find("tags")), R"(["db","disk"])");
  EXPECT_EQ(text_of(alert.find("details")->find("job")), "node");
  EXPECT_EQ(text_of(view("/v2/alerts/db1/disk?identifierType=alias").find("id")), id);

  t_->clock().advance(minutes(1));
  EXPECT_EQ(outcome("POST", "/v2/alerts/db1/disk/close?identifierType=alias",
                    R"({"user":"ada","note":"grown"})"),
            "Closed alert");
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(count("posted_alert.noted"), 1u);
  EXPECT_EQ(text_of(view("/v2/alerts/" + id).find("status")), "closed");
  EXPECT_EQ(outcome("POST", "/v2/alerts/" + id + "/close"), "Alert does not exist");
  EXPECT_EQ(last("isSuccess"), "false");
}

TEST_P(OpsgenieDoor, TheLongestAliasIsFoundAgain) {
  std::string alias;
  for (int i = 0; i < 512; ++i) alias += "\xf0\x9f\x94\x94";  // four bytes each
  EXPECT_EQ(outcome("POST", "/v2/alerts", R"({"message":"m","alias":")" + alias + "\"}"),
            "Created alert");
  const std::string id = last("alertId");
  EXPECT_EQ(text_of(view("/v2/alerts/" + id).find("alias")), alias);
  EXPECT_EQ(outcome("POST", "/v2/alerts/" + id + "/close"), "Closed alert");
  EXPECT_TRUE(firing().empty());
}

TEST_P(OpsgenieDoor, AnAliasIsMadeAndIdsHoldOverARestart) {
  outcome("POST", "/v2/alerts", R"({"message":"m"})");
  const std::string id = last("alertId");
  outcome("POST", "/v2/alerts", R"({"message":"m"})");
  EXPECT_NE(last("alertId"), id);
  EXPECT_EQ(firing().size(), 2u);
  restart();
  EXPECT_EQ(text_of(view("/v2/alerts/" + id).find("message")), "m");
  EXPECT_EQ(outcome("DELETE", "/v2/alerts/" + id), "Closed alert");
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(OpsgenieDoor, ARepeatChangesTheWordsAndAPriorityTheAlert) {
  outcome("POST", "/v2/alerts", R"({"message":"slow","alias":"a"})");
  outcome("POST", "/v2/alerts", R"({"message":"slower","alias":"a"})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->annotations.get("summary"), "slower");
  EXPECT_EQ(count("posted_alert.fired"), 1u);
  outcome("POST", "/v2/alerts", R"({"message":"down","alias":"a","priority":"P1"})");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(outcome("PUT", "/v2/alerts/a/message?identifierType=alias", R"({"message":"dead"})"),
            "Updated message");
  EXPECT_EQ(outcome("PUT", "/v2/alerts/a/description?identifierType=alias",
                    R"({"description":"all of it"})"),
            "Updated description");
  EXPECT_THAT(to_map(only()->annotations),
              UnorderedElementsAre(Pair("summary", "dead"), Pair("description", "all of it"),
                                   Pair("priority", "P1")));
}

TEST_P(OpsgenieDoor, MarksAreWrittenDownAndHold) {
  outcome("POST", "/v2/alerts", R"({"message":"m","alias":"a"})");
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/acknowledge?identifierType=alias",
                    R"({"user":"ada","note":"mine"})"),
            "Acknowledged alert");
  const auto entry = t_->logbook().back().entry;
  EXPECT_EQ(entry.kind, "posted_alert.acknowledged");
  EXPECT_EQ(entry.data.at("user"), "ada");
  EXPECT_EQ(entry.data.at("note"), "mine");
  ASSERT_TRUE(mark().acknowledged);
  EXPECT_EQ(mark().acknowledged->by, "token:prometheus (ada)");
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/snooze?identifierType=alias",
                    R"({"endTime":"2026-01-05T02:00:00Z"})"),
            "Snoozed alert");
  EXPECT_EQ(t_->logbook().back().entry.data.at("until"), "2026-01-05T02:00:00.000Z");
  ASSERT_TRUE(mark().snoozed);
  EXPECT_EQ(mark().snoozed->until, kNow + hours(2));
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/unacknowledge?identifierType=alias"),
            "UnAcknowledged alert");
  EXPECT_FALSE(mark().acknowledged);
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/notes?identifierType=alias", R"({"note":"n"})"),
            "Added note");
  const size_t entries = t_->logbook().size();
  EXPECT_EQ(outcome("POST", "/v2/alerts/b/acknowledge?identifierType=alias"),
            "Alert does not exist");
  EXPECT_EQ(send("POST", "/v2/alerts/a/snooze?identifierType=alias", "{}").status, 422);
  EXPECT_EQ(send("POST", "/v2/alerts/a/notes?identifierType=alias", "{}").status, 422);
  EXPECT_EQ(t_->logbook().size(), entries);
}

TEST_P(OpsgenieDoor, ListsAndCountsWhatIsAskedFor) {
  for (const char* body :
       {R"({"message":"one","alias":"1","tags":["db"],"priority":"P1"})",
        R"({"message":"two","alias":"2","tags":["db"]})", R"({"message":"three","alias":"3"})"}) {
    outcome("POST", "/v2/alerts", body);
    t_->clock().advance(minutes(1));
  }
  outcome("POST", "/v2/alerts/2/close?identifierType=alias");
  outcome("POST", "/v2/alerts/1/acknowledge?identifierType=alias", R"({"user":"ada"})");
  ASSERT_EQ(send("POST", "/v2/alerts", R"({"message":"theirs"})", "tocsin_checkout").status, 202);
  const auto aliases = [&](const std::string& parameters) {
    const auto answer = send("GET", "/v2/alerts" + parameters);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> out;
    list_ = parsed(answer.body);
    for (const auto& row : list_.find("data")->items) out.push_back(text_of(row.find("alias")));
    return out;
  };
  EXPECT_THAT(aliases(""), ElementsAre("3", "2", "1")) << "the newest first, no other sender's";
  EXPECT_THAT(aliases("?query=status: open&order=asc"), ElementsAre("1", "3"));
  EXPECT_THAT(aliases("?query=tag: db&sort=message&order=asc"), ElementsAre("1", "2"));
  const auto& first = list_.find("data")->items[0];
  EXPECT_EQ(text_of(first.find("acknowledged")), "true");
  EXPECT_EQ(text_of(first.find("owner")), "ada");
  EXPECT_EQ(text_of(first.find("priority")), "P1");
  EXPECT_EQ(first.find("details"), nullptr);
  EXPECT_THAT(aliases("?limit=2"), ElementsAre("3", "2"));
  EXPECT_EQ(text_of(list_.find("paging")->find("next")),
            "/v2/alerts?query=&offset=2&limit=2&sort=createdAt&order=desc");
  EXPECT_THAT(aliases("?limit=2&offset=2"), ElementsAre("1"));
  EXPECT_EQ(list_.find("paging")->find("next"), nullptr);
  EXPECT_EQ(text_of(list_.find("paging")->find("last")),
            "/v2/alerts?query=&offset=2&limit=2&sort=createdAt&order=desc");
  EXPECT_TRUE(aliases("?offset=9").empty());
  EXPECT_EQ(text_of(view("/v2/alerts/count").find("count")), "3");
  EXPECT_EQ(text_of(view("/v2/alerts/count?query=status: closed").find("count")), "1");
  EXPECT_EQ(send("GET", "/v2/alerts?query=color: red").status, 422);
  EXPECT_EQ(send("GET", "/v2/alerts/count?query=(").status, 422);
  EXPECT_EQ(send("GET", "/v2/alerts?limit=0").status, 422);
  EXPECT_EQ(send("GET", "/v2/alerts", "", "tocsin_stolen").status, 401);
}

TEST_P(OpsgenieDoor, APriorityIsChangedAndTheSeverityGoesAlong) {
  outcome("POST", "/v2/alerts", R"({"message":"m","alias":"a","details":{"runbook_url":"r"}})");
  const std::string id = last("alertId");
  const Time since = only()->starts;
  t_->clock().advance(minutes(1));
  EXPECT_EQ(outcome("PUT", "/v2/alerts/" + id + "/priority", R"({"priority":"P1"})"),
            "Updated priority");
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(only()->annotations.get("priority"), "P1");
  EXPECT_EQ(only()->annotations.get("runbook_url"), "r");
  EXPECT_EQ(only()->starts, since);
  EXPECT_EQ(text_of(view("/v2/alerts/" + id).find("priority")), "P1");
  EXPECT_EQ(text_of(view("/v2/alerts/count").find("count")), "1") << "it is the same alert";

  outcome("POST", "/v2/alerts/a/close?identifierType=alias");
  outcome("POST", "/v2/alerts", R"({"message":"m","alias":"b","details":{"severity":"page"}})");
  outcome("PUT", "/v2/alerts/b/priority?identifierType=alias", R"({"priority":"P5"})");
  EXPECT_EQ(only()->labels.get("severity"), "page") << "its sender said so";
  EXPECT_EQ(only()->annotations.get("priority"), "P5");
  EXPECT_EQ(send("PUT", "/v2/alerts/" + id + "/priority", R"({"priority":"high"})").status, 422);
  EXPECT_EQ(send("PUT", "/v2/alerts/" + id + "/priority", "{}").status, 422);
  EXPECT_EQ(outcome("PUT", "/v2/alerts/c/priority?identifierType=alias", R"({"priority":"P1"})"),
            "Alert does not exist");
}

TEST_P(OpsgenieDoor, RespondersAndTagsAreAdded) {
  outcome("POST", "/v2/alerts", R"({"message":"m","alias":"a","tags":["db"]})");
  const std::string a = "?identifierType=alias";
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/responders" + a,
                    R"({"responder":{"type":"user","username":"ada@example.org"}})"),
            "Added responder");
  outcome("POST", "/v2/alerts/a/responders" + a, R"({"responder":{"name":"ops","type":"team"}})");
  outcome("POST", "/v2/alerts/a/responders" + a, R"({"responder":{"name":"ops","type":"team"}})");
  EXPECT_EQ(only()->annotations.get("responders"), "user:ada@example.org, team:ops");
  EXPECT_EQ(text_of(view("/v2/alerts/a" + a).find("responders")),
            R"([{"type":"user","username":"ada@example.org"},{"type":"team","name":"ops"}])");
  EXPECT_EQ(outcome("POST", "/v2/alerts/a/tags" + a, R"({"tags":["slow","db"]})"), "Added tags");
  EXPECT_EQ(only()->annotations.get("tags"), "db, slow");
  EXPECT_EQ(outcome("DELETE", "/v2/alerts/a/tags" + a + "&tags=db,no"), "Removed tags");
  EXPECT_EQ(only()->annotations.get("tags"), "slow");
  EXPECT_EQ(count("posted_alert.fired"), 1u);
  EXPECT_EQ(send("POST", "/v2/alerts/a/responders" + a, R"({"responder":{}})").status, 422);
  EXPECT_EQ(send("POST", "/v2/alerts/a/responders" + a, "{}").status, 422);
  EXPECT_EQ(send("POST", "/v2/alerts/a/tags" + a, R"({"tags":"x"})").status, 422);
  EXPECT_EQ(send("DELETE", "/v2/alerts/a/tags" + a).status, 422);
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(OpsgenieDoor, RefusesInItsShape) {
  const auto wrong = send("POST", "/v2/alerts", "{}");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(
      wrong.body,
      MatchesRegex(
          R"(.*"took":[0-9.E+-]+,"requestId":"[0-9a-f-]{36}","message":"Request body is not processable. Please check the errors.","errors":.*"message":"Message can not be empty.".*)"));
  EXPECT_EQ(send("POST", "/v2/alerts", "{").status, 400);
  EXPECT_EQ(send("POST", "/v2/alerts", "[]").status, 400);
  EXPECT_EQ(send("POST", "/v2/alerts", std::string(kCreate), "tocsin_stolen").status, 401);
  EXPECT_EQ(send("GET", "/v2/alerts/unknown").status, 404);
  EXPECT_EQ(send("GET", "/v2/alerts/7?identifierType=tiny").status, 422);
  EXPECT_EQ(send("POST", "/v2/alerts/a/escalate").status, 404);
  EXPECT_EQ(send("PUT", "/v2/alerts/a/close").status, 404);
  EXPECT_EQ(send("GET", "/v2/alerts/requests/unknown").status, 404);
  EXPECT_EQ(book_->size(), 0u);
}

TEST_P(OpsgenieDoor, OneSenderSeesNothingOfAnother) {
  outcome("POST", "/v2/alerts", R"({"message":"m","alias":"a"})");
  const std::string id = last("alertId");
  EXPECT_EQ(send("GET", "/v2/alerts/" + id, "", "tocsin_checkout").status, 404);
  EXPECT_EQ(send("POST", "/v2/alerts/" + id + "/close", "", "tocsin_checkout").status, 202);
  EXPECT_EQ(send("POST", "/v2/alerts/a/close?identifierType=alias", "", "tocsin_checkout").status,
            202);
  EXPECT_EQ(firing().size(), 1u);
  EXPECT_EQ(call("POST", "/v2/alerts", R"({"message":"m"})", "Bearer tocsin_checkout").status, 202);
  EXPECT_EQ(firing().size(), 2u) << "the schemes of every other route are taken, too";
}

}  // namespace
}  // namespace tocsin::door
