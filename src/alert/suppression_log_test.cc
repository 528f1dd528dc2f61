#include "alert/suppression_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"
#include "alert/history_store.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::World;

const std::string kPlain =
    "route:\n  receiver: team\n  group_by: [group]\n  group_wait: 10s\n  group_interval: 1m\n"
    "  repeat_interval: 1h\n"
    "receivers:\n- name: team\n  webhook_configs: [{url: 'http://team.test/'}]\n";
const std::string kInhibiting =
    "inhibit_rules:\n- source_matchers: [role=source]\n  target_matchers: [role=target]\n" + kPlain;
// Two routes take every alert; one is muted from 00:05 to 00:10. A world begins at 00:00.
const std::string kMutedForOne =
    "time_intervals:\n- name: break\n  time_intervals:\n"
    "  - times: [{start_time: '00:05', end_time: '00:10'}]\n"
    "route:\n  receiver: root\n  group_wait: 10s\n  group_interval: 1m\n  routes:\n"
    "  - {receiver: slow, continue: true, mute_time_intervals: [break]}\n  - {receiver: fast}\n"
    "receivers:\n- name: root\n- name: slow\n  webhook_configs: [{url: 'http://slow.test/'}]\n"
    "- name: fast\n  webhook_configs: [{url: 'http://fast.test/'}]\n";

class SuppressionLogTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  World& world(const std::string& config = kPlain) {
    world_.reset();
    world_.emplace(World::Options{GetParam(), 1, {}}, config);
    return *world_;
  }
  // "suppressed silence" a line, of one alert: what its history says, without firing and resolving.
  std::vector<std::string> story(const std::string& name) {
    World& w = *world_;
    const uint64_t fingerprint = w.alert(name).fingerprint();
    const auto history =
        *history_of_alert(w.t.reader(), fingerprint, w.book->last_entry(fingerprint), 100);
    std::vector<std::string> lines;
    for (const auto& record : history.entries) {
      const std::string what = record.entry.kind.substr(record.entry.kind.find('.') + 1);
      std::string line = what;
      for (const char* list : {"by", "was"}) {
        const auto* by = record.entry.data.if_contains(list);
        if (!by) continue;
        for (const Suppressor& one : suppressors_of(by->get_array())) line += " " + one.kind;
        line += " " + std::string(record.entry.data.at("receiver").as_string());
      }
      lines.push_back(line);
    }
    return lines;
  }
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, SuppressionLogTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(SuppressionLogTest, SilenceIsWrittenWhenItBeginsToHoldAndWhenItEnds) {
  World& w = world();
  const std::string id = w.silence("A", minutes(5));
  w.fire({"A", "B"});
  w.advance(minutes(3));
  ASSERT_THAT(story("A"), ElementsAre("fired", "suppressed silence team"));
  EXPECT_THAT(story("B"), ElementsAre("fired"));
  const auto records = w.dispatcher->suppressions_of(w.alert("A").fingerprint());
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(*records[0].by, ElementsAre(Suppressor{"silence", id}));
  EXPECT_EQ(records[0].since, w.start + seconds(10));
  w.advance(minutes(10));
  EXPECT_THAT(story("A"),
              ElementsAre("fired", "suppressed silence team", "unsuppressed silence team"));
  EXPECT_THAT(w.dispatcher->suppressions_of(w.alert("A").fingerprint()), IsEmpty());
}

TEST_P(SuppressionLogTest, OtherReasonsAreAnotherEntry) {
  World& w = world(kInhibiting);
  w.labels = {{"S", {{"role", "source"}}}, {"T", {{"role", "target"}}}};
  w.fire({"S", "T"});
  w.advance(seconds(30));
  w.silence("T", hours(1));
  w.advance(minutes(2));
  w.resolve({"S"});
  w.advance(minutes(2));
  EXPECT_THAT(story("T"),
              ElementsAre("fired", "suppressed inhibition team",
                          "suppressed inhibition silence team", "suppressed silence team"));
}

TEST_P(SuppressionLogTest, MuteOfOneReceiverSaysNothingOfTheOther) {
  World& w = world(kMutedForOne);
  w.fire({"A"});
  w.advance(minutes(20));
  EXPECT_THAT(story("A"), ElementsAre("fired", "suppressed mute_time_interval slow",
                                      "unsuppressed mute_time_interval slow"));
}

TEST_P(SuppressionLogTest, RestartAndReloadWriteNothingTwice) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A"});
  w.advance(minutes(2));
  w.crash();
  w.advance(minutes(3));
  w.use(kPlain + "# again\n");
  w.advance(minutes(3));
  EXPECT_THAT(story("A"), ElementsAre("fired", "suppressed silence team"));
  // And what ended while nobody ran is said.
  w.crash();
  w.t.clock().advance(hours(6));
  w.fire({"A"});
  w.advance(minutes(3));
  EXPECT_EQ(story("A").back(), "unsuppressed silence team");
}

TEST_P(SuppressionLogTest, CrashBeforeTheCommitLosesNothing) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A"});
  w.crash_at_commit(1, false);
  EXPECT_THROW(w.advance(minutes(1)), World::Crash);
  w.crash();
  w.advance(minutes(2));
  EXPECT_THAT(story("A"), ElementsAre("fired", "suppressed silence team"));
}

TEST_P(SuppressionLogTest, ResolveEndsItAndANewFiringIsSuppressedAnew) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A"});
  w.advance(minutes(2));
  w.resolve({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(w.dispatcher->suppressions_of(w.alert("A").fingerprint()), IsEmpty());
  w.fire({"A"});
  w.advance(minutes(2));
  // Over and back between two flushes.
  w.resolve({"A"});
  w.advance(seconds(5));
  w.fire({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(story("A"), ElementsAre("fired", "suppressed silence team", "resolved", "fired",
                                      "suppressed silence team", "resolved", "fired",
                                      "suppressed silence team"));
}

TEST_P(SuppressionLogTest, GroupThatIsGoneWithAReloadIsForgotten) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A"});
  w.advance(minutes(2));
  std::string other = kPlain;
  other.replace(other.find("[group]"), 7, "[name]");
  w.use(other);
  w.advance(minutes(2));
  const auto records = w.dispatcher->suppressions_of(w.alert("A").fingerprint());
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].group->key, "{}:{name=\"A\"}");
  w.crash();
  EXPECT_THAT(w.dispatcher->suppressions_of(w.alert("A").fingerprint()), SizeIs(1));
}

TEST_P(SuppressionLogTest, StormIsAFewCommits) {
  World& w = world();
  routing::Silence all;
  all.matchers = {*routing::Matcher::make("name", routing::MatchOp::kRegex, "storm.*")};
  all.starts = w.t.now();
  all.ends = w.t.now() + hours(5);
  all.created_by = "ada";
  all.comment = "known";
  ASSERT_TRUE(w.silences->set(all, {"user", "ada"}));
  constexpr int kAlerts = 2'500;
  std::vector<routing::PostedAlert> alerts;
  for (int i = 0; i < kAlerts; ++i) alerts.push_back(w.alert("storm" + std::to_string(i)));
  ASSERT_TRUE(w.put(std::move(alerts)));
  const auto before = w.commits();
  w.advance(seconds(30));
  EXPECT_LE(w.commits() - before, 4u);
  EXPECT_THAT(story("storm17"), ElementsAre("fired", "suppressed silence team"));
  EXPECT_NE(w.t.metrics().to_text().find("alertmanager_alerts{state=\"suppressed\"} 2500\n"),
            std::string::npos);
}

TEST_P(SuppressionLogTest, DatabaseThatRefusesIsAskedAgain) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A"});
  bool is_broken = true;
  w.fault = [&](std::string_view sql) -> std::optional<Error> {
    if (is_broken && sql.starts_with("INSERT INTO suppression")) {
      return Error{Code::kUnavailable, "as the test wished"};
    }
    return std::nullopt;
  };
  w.advance(seconds(30));
  EXPECT_THAT(story("A"), ElementsAre("fired"));
  is_broken = false;
  w.advance(seconds(3));
  EXPECT_THAT(story("A"), ElementsAre("fired", "suppressed silence team"));
}

TEST(SuppressionLogLimit, BeyondItNothingIsNotedSoThatTheNextFlushSeesItAgain) {
  engine::testing::TestEngine t;
  PostedBook book({t.engine(), t.clock(), t.log(), t.metrics()}, {});
  SuppressionLog log({t.engine(), book, t.clock(), t.log(), t.metrics()});
  const routing::PostedAlert alert;
  const Suppressors by{{"silence", "x"}};
  for (uint64_t i = 0; i < SuppressionLog::kMostWaiting; ++i) {
    log.see("{}:{}", "team", i, alert, by, t.now());
  }
  const uint64_t late = SuppressionLog::kMostWaiting;
  log.see("{}:{}", "team", late, alert, by, t.now());
  EXPECT_EQ(log.alerts(), SuppressionLog::kMostWaiting);
  EXPECT_THAT(log.of(late), IsEmpty());
  log.send();
  ASSERT_TRUE(t.engine().step());  // one piece is written, and there is room
  log.see("{}:{}", "team", late, alert, by, t.now());
  EXPECT_THAT(log.of(late), SizeIs(1));
  t.engine().stop(Duration(0));
}

}  // namespace
}  // namespace tocsin::alert
