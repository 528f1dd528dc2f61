#include "door/heartbeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/readers.h"
#include "door/heartbeat_api.h"
#include "door/heartbeat_store.h"
#include "door/opsgenie_heartbeats.h"
#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::parsed;
using testing::to_map;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kBackup = R"(apiVersion: tocsin/v1
kind: Heartbeat
metadata: {name: backup}
spec:
  every: 24h
  grace: 30m
  severity: page
  summary: The backup did not run
  description: It runs on db1.
  runbook: https://runbooks.example/backup
  labels: {team: storage}
)";

std::vector<HeartbeatSpec> specs_of(std::string_view text,
                                    std::vector<std::string>* wrong = nullptr) {
  codec::Problems problems;
  const auto catalog = catalog::load_texts({{"beats.yaml", std::string(text)}}, problems);
  auto out = read_heartbeats(catalog, problems);
  for (const auto& problem : problems.all()) {
    if (wrong != nullptr) wrong->push_back(problem.to_text());
    EXPECT_NE(wrong, nullptr) << problem.to_text();
  }
  return out;
}

TEST(HeartbeatDocument, IsReadAndKeptAsItIs) {
  const auto specs = specs_of(kBackup);
  ASSERT_EQ(specs.size(), 1u);
  EXPECT_EQ(specs[0].every, hours(24));
  EXPECT_EQ(specs[0].grace, minutes(30));
  const auto again = heartbeat_from_json(codec::to_text(to_json(specs[0])), "backup",
                                         HeartbeatSpec::Origin::kCatalog);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, specs[0]);
  EXPECT_FALSE(heartbeat_from_json("{}", "x", HeartbeatSpec::Origin::kCatalog));
}

TEST(HeartbeatDocument, SaysFileLineAndField) {
  std::vector<std::string> wrong;
  specs_of(R"(apiVersion: tocsin/v1
kind: Heartbeat
metadata: {name: Backup}
spec: {every: 0s, grase: 1m, service: nobody, runbook: wiki, labels: {severity: page}}
---
apiVersion: tocsin/v1
kind: Heartbeat
metadata: {name: b}
spec: {}
---
apiVersion: tocsin/v1
kind: Heartbeat
metadata: {name: b}
spec: {every: 1m}
)",
           &wrong);
  EXPECT_THAT(
      wrong, UnorderedElementsAre(HasSubstr("beats.yaml:3:18: metadata.name: 'Backup'"),
                                  HasSubstr("beats.yaml:4:15: spec.every"), HasSubstr("spec.grase"),
                                  HasSubstr("spec.service: 'nobody' is not known"),
                                  HasSubstr("spec.runbook: must begin with https://"),
                                  HasSubstr("spec.labels: severity is set by the heartbeat"),
                                  HasSubstr("spec.every"),
                                  HasSubstr("heartbeat b is declared at beats.yaml:6 already")));
}

TEST(Heartbeat, AfterAStartItIsGivenItsGraceOrFiveMinutes) {
  HeartbeatSpec spec;
  spec.every = hours(24);
  spec.grace = minutes(30);
  EXPECT_EQ(patience_of(spec), minutes(30));
  spec.grace = seconds(0);
  EXPECT_EQ(patience_of(spec), minutes(5));
  spec.every = seconds(10);
  EXPECT_EQ(patience_of(spec), seconds(10));
}

class HeartbeatTest : public testing::DoorTest {
 protected:
  void open() override {
    readers_.emplace(t_->database());
    DoorTest::open();
    ASSERT_TRUE(beats_->use(declared_, by_));
  }
  void add_routes(DoorApiParts) override {
    auto beats = HeartbeatBook::open(t_->engine(), *book_);
    ASSERT_TRUE(beats) << beats.error().message;
    beats_ = *std::move(beats);
    const HeartbeatApiParts parts{gate_, *entrance_, *beats_, *readers_, t_->clock(), t_->rng()};
    add_heartbeat_routes(*router_, parts);
    add_opsgenie_heartbeat_routes(*router_, parts);
  }
  void close() override {
    DoorTest::close();
    beats_.reset();
    readers_.reset();
  }
  void declare(std::string_view text) {
    declared_ = specs_of(text);
    ASSERT_TRUE(beats_->use(declared_, by_));
  }
  int ping(std::string name) {
    return call("POST", "/api/v1/heartbeats/" + name, "", "Bearer tocsin_prometheus").status;
  }
  net::Response send(std::string method, std::string target, std::string body = "") {
    return call(std::move(method), "/v2/heartbeats" + target, std::move(body),
                "GenieKey tocsin_prometheus");
  }
  Heartbeat read(const std::string& name) {
    const auto heartbeat = read_heartbeat(t_->reader(), name);
    EXPECT_TRUE(heartbeat && *heartbeat);
    return heartbeat && *heartbeat ? **heartbeat : Heartbeat();
  }
  std::string state(const std::string& name) { return std::string(state_of(read(name))); }

  const store::Actor by_{"system", "test"};
  std::vector<HeartbeatSpec> declared_;
  std::optional<alert::Readers> readers_;
  std::unique_ptr<HeartbeatBook> beats_;
};
INSTANTIATE_TEST_SUITE_P(Backends, HeartbeatTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(HeartbeatTest, OverdueFiresAndTheNextPingResolves) {
  declare(kBackup);
  t_->advance(hours(1));
  EXPECT_EQ(ping("backup"), 200);
  const Time pinged = t_->now();
  t_->advance(hours(24) + minutes(29));
  EXPECT_TRUE(firing().empty());
  t_->advance(minutes(1));
  ASSERT_TRUE(only());
  EXPECT_THAT(to_map(only()->labels),
              UnorderedElementsAre(Pair("alertname", "HeartbeatMissed"),
                                   Pair("source", "heartbeat"), Pair("heartbeat", "backup"),
                                   Pair("severity", "page"), Pair("team", "storage")));
  EXPECT_THAT(to_map(only()->annotations),
              UnorderedElementsAre(
                  Pair("summary", "The backup did not run"),
                  Pair("runbook_url", "https://runbooks.example/backup"),
                  Pair("description", "It runs on db1.\nLast heard of at " + to_rfc3339(pinged) +
                                          "; expected every 1d, and 30m of grace.")));
  EXPECT_EQ(only()->starts, pinged + hours(24)) << "when it was due, without the grace";
  EXPECT_EQ(state("backup"), "missed");

  t_->advance(days(30));
  EXPECT_EQ(count("heartbeat.missed"), 1u) << "one trouble, one alert";
  EXPECT_EQ(ping("backup"), 200);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(state("backup"), "alive");
  EXPECT_EQ(t_->logbook().back().entry.actor.to_text(), "token:prometheus");
  t_->advance(hours(24) + minutes(30));
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(HeartbeatTest, OneThatNeverCallsIsMissedToo) {
  declare(kBackup);
  EXPECT_EQ(state("backup"), "waiting");
  t_->advance(hours(24) + minutes(30));
  ASSERT_TRUE(only());
  EXPECT_THAT(std::string(only()->annotations.get("description")), HasSubstr("Never heard of"));
}

TEST_P(HeartbeatTest, ARestartForgetsNothingAndGivesTheGraceAgain) {
  declare(kBackup);
  ping("backup");
  restart();
  EXPECT_EQ(read("backup").due, t_->now() + hours(24) + minutes(30)) << "it was not down for long";
  t_->clock().advance(hours(25));  // while nobody runs
  restart();
  t_->settle();
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(read("backup").due, t_->now() + minutes(30));
  t_->advance(minutes(29));
  EXPECT_TRUE(firing().empty());
  t_->advance(minutes(1));
  EXPECT_EQ(firing().size(), 1u);
  restart();
  t_->advance(days(1));
  EXPECT_EQ(firing().size(), 1u) << "it is still missed";
  EXPECT_EQ(count("posted_alert.fired"), 1u);
  ping("backup");
  EXPECT_TRUE(firing().empty());
}

TEST_P(HeartbeatTest, DueTimesMoveAlongWhenTheClockIsSet) {
  declare(kBackup);
  ping("backup");
  t_->clock().jump(hours(30));
  t_->settle();
  EXPECT_TRUE(firing().empty());
  t_->advance(hours(24) + minutes(30));
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(HeartbeatTest, TheCatalogMayChangeAndEndIt) {
  declare(kBackup);
  t_->advance(hours(24) + minutes(30));
  ASSERT_TRUE(only());
  std::string other(kBackup);
  other.replace(other.find("severity: page"), 14, "severity: info");
  declare(other);
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "info") << "the alert goes over to the new labels";
  const auto entries = t_->logbook().size();
  declare(other);
  EXPECT_EQ(t_->logbook().size(), entries) << "nothing has changed";
  declare("");
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(count("heartbeat.removed"), 1u);
  EXPECT_EQ(ping("backup"), 404);
  t_->advance(days(3));
  EXPECT_TRUE(firing().empty());
}

TEST_P(HeartbeatTest, AShorterIntervalMakesNothingOverdueAtOnce) {
  declare(kBackup);
  ping("backup");
  t_->advance(hours(12));
  std::string other(kBackup);
  other.replace(other.find("every: 24h"), 10, "every: 1h ");
  declare(other);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(read("backup").due, t_->now() + minutes(30));
}

TEST_P(HeartbeatTest, WhatTheDatabaseRefusesIsTriedAgain) {
  declare(kBackup);
  bool is_full = true;
  t_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (!sql.starts_with("INSERT INTO posted_alert") || !is_full) return std::nullopt;
    is_full = false;
    return Error{Code::kResourceExhausted, "disk is full"};
  };
  t_->advance(hours(24) + minutes(30));
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(state("backup"), "waiting") << "the row and the alert are one commit";
  t_->advance(seconds(5));
  EXPECT_EQ(firing().size(), 1u);
}

TEST_P(HeartbeatTest, TheListShowsThemAll) {
  declare(kBackup);
  const auto list = call("GET", "/api/v1/heartbeats", "", "Bearer tocsin_prometheus");
  EXPECT_EQ(list.status, 200);
  const auto body = parsed(list.body);
  const auto& one = body.find("heartbeats")->items.at(0);
  EXPECT_EQ(text_of(one.find("state")), "waiting");
  EXPECT_EQ(text_of(one.find("due_at")), to_rfc3339(t_->now() + hours(24) + minutes(30)));
  EXPECT_EQ(call("GET", "/api/v1/heartbeats").status, 401);
  EXPECT_EQ(call("POST", "/api/v1/heartbeats/backup").status, 401);
  EXPECT_EQ(call("GET", "/api/v1/heartbeats/backup", "", "Bearer tocsin_checkout").status, 200);
  EXPECT_EQ(state("backup"), "alive");
}

TEST_P(HeartbeatTest, OpsgeniesAreExpectedFromTheirFirstPingOn) {
  const auto made = send("POST", "", R"({"name":"Night job","interval":10,"intervalUnit":"minutes",
    "enabled":true,"description":"d","alertMessage":"Night job is quiet","alertTags":["db"],"alertPriority":"P1","ownerTeam":{"name":"x"}})");
  EXPECT_EQ(made.status, 201);
  const auto data = parsed(made.body);
  EXPECT_EQ(text_of(data.find("data")->find("interval")), "10");
  EXPECT_EQ(text_of(data.find("data")->find("expired")), "false");
  t_->advance(days(1));
  EXPECT_TRUE(firing().empty());
  for (const char* method : {"GET", "POST", "PUT", "PATCH"}) {
    const auto pong = send(method, "/Night job/ping");
    EXPECT_EQ(pong.status, 202);
    EXPECT_THAT(pong.body, HasSubstr(R"("result":"PONG - Heartbeat received")"));
  }
  t_->advance(minutes(10));
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(only()->annotations.get("summary"), "Night job is quiet");
  EXPECT_EQ(only()->annotations.get("tags"), "db");
  EXPECT_THAT(send("GET", "/Night job").body, HasSubstr(R"("expired":true)"));
  EXPECT_EQ(send("POST", "/Night job/disable").status, 200);
  EXPECT_TRUE(firing().empty());
  send("POST", "/Night job/ping");
  t_->advance(hours(1));
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(send("POST", "/Night job/enable").status, 200);
  t_->advance(minutes(9));
  EXPECT_TRUE(firing().empty());
  t_->advance(minutes(1));
  EXPECT_EQ(firing().size(), 1u);
  EXPECT_EQ(send("DELETE", "/Night job").status, 200);
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(send("GET", "/Night job").status, 404);
  EXPECT_EQ(send("POST", "/Night job/ping").status, 202) << "who calls in does not learn that";
}

TEST_P(HeartbeatTest, OpsgeniesMayBeChanged) {
  send("POST", "", R"({"name":"n","interval":2,"intervalUnit":"days","enabled":false})");
  EXPECT_EQ(state("n"), "disabled");
  const auto changed = send("PATCH", "/n", R"({"interval":36,"intervalUnit":"hours"})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_THAT(changed.body, HasSubstr(R"("interval":36,"intervalUnit":"hours","enabled":false)"));
  EXPECT_EQ(send("PATCH", "/n", R"({"enabled":true,"interval":24,"intervalUnit":"hours"})").status,
            200);
  EXPECT_THAT(send("GET", "").body,
              HasSubstr(R"("interval":1,"intervalUnit":"days","enabled":true)"));
}

TEST_P(HeartbeatTest, WhatTheCatalogDeclaresIsChangedThere) {
  declare(kBackup);
  EXPECT_EQ(send("POST", "", R"({"name":"backup","interval":1,"intervalUnit":"days"})").status,
            409);
  EXPECT_EQ(send("PATCH", "/backup", R"({"interval":1,"intervalUnit":"days"})").status, 409);
  EXPECT_EQ(send("POST", "/backup/disable").status, 409);
  EXPECT_EQ(send("DELETE", "/backup").status, 409);
  EXPECT_EQ(send("POST", "/backup/ping").status, 202);
  EXPECT_EQ(state("backup"), "alive");
}

TEST_P(HeartbeatTest, OpsgeniesThatAreWrongAreToldByField) {
  const auto errors = [](std::string_view body) {
    const auto heartbeat = read_opsgenie_heartbeat(parsed(body));
    return heartbeat ? OpsgenieErrors() : heartbeat.error();
  };
  EXPECT_THAT(errors("{}"),
              UnorderedElementsAre(Pair("name", HasSubstr("1 to 200")),
                                   Pair("interval", HasSubstr("from 1 on")),
                                   Pair("intervalUnit", HasSubstr("minutes, hours"))));
  EXPECT_THAT(errors(R"({"name":"a/b","interval":1.5,"intervalUnit":"days","alertPriority":"P0"})"),
              UnorderedElementsAre(Pair("name", HasSubstr("no '/'")),
                                   Pair("interval", HasSubstr("whole number")),
                                   Pair("alertPriority", HasSubstr("P1"))));
  EXPECT_THAT(errors(R"({"name":"a","interval":9223372036854775807,"intervalUnit":"days"})"),
              ElementsAre(Pair("interval", HasSubstr("at most 400 days"))));
  EXPECT_THAT(errors(R"({"name":"a","interval":1,"intervalUnit":"minutes"})"), IsEmpty());
  EXPECT_EQ(send("POST", "", "{}").status, 422);
  EXPECT_EQ(send("POST", "", R"({"name":"a","interval":1,"intervalUnit":"minutes"})").status, 201);
  EXPECT_EQ(send("POST", "", R"({"name":"a","interval":1,"intervalUnit":"minutes"})").status, 409);
}

}  // namespace
}  // namespace tocsin::door
