#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Mood;
using testing::World;

const std::string kConfig =
    "route:\n  receiver: team\n  group_by: [group]\n  group_wait: 10s\n  group_interval: 5m\n"
    "  repeat_interval: 1h\n"
    "receivers:\n- name: team\n  webhook_configs: [{url: 'http://team.test/'}]\n";

class DispatcherMarkTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_.emplace(World::Options{GetParam(), 1, {}}, kConfig);
  }
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, DispatcherMarkTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

// --- acknowledged

TEST_P(DispatcherMarkTest, AnAcknowledgedAlertIsNotRepeated) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.advance(hours(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
  w.resolve({"A"});
  w.advance(minutes(10));
  EXPECT_THAT(w.story(),
              ElementsAre("10s first notification: A", "18310s all alerts resolved: / A"))
      << "recovery is told";
  EXPECT_EQ(w.marks->size(), 0U) << "and ends the mark";
}

TEST_P(DispatcherMarkTest, TheGroupIsRepeatedWhileOneOfItIsNotAcknowledged) {
  World& w = *world_;
  w.fire({"A", "B"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.advance(hours(1) + minutes(1));
  EXPECT_EQ(w.story().back(), "3610s repeat interval elapsed: A B");
  w.acknowledge("B");
  w.advance(hours(3));
  EXPECT_EQ(w.story().size(), 2U);
}

TEST_P(DispatcherMarkTest, ANewAlertOfAnAcknowledgedGroupIsToldAndRepeated) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.fire({"B"});
  w.advance(minutes(6));
  EXPECT_EQ(w.story().back(), "310s new alerts added: A B");
  w.advance(hours(1));
  EXPECT_EQ(w.story().back(), "3910s repeat interval elapsed: A B");
}

TEST_P(DispatcherMarkTest, TheNextFiringIsNotAcknowledged) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.resolve({"A"});
  w.fire({"A"});
  EXPECT_EQ(w.marks->find(w.fingerprint("A")[0]), nullptr);
  w.advance(hours(1));
  EXPECT_THAT(w.story(),
              ElementsAre("10s first notification: A", "3610s repeat interval elapsed: A"))
      << "it came back between two turns";
}

TEST_P(DispatcherMarkTest, AnAcknowledgementSurvivesACrash) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.crash();
  ASSERT_NE(w.marks->find(w.fingerprint("A")[0]), nullptr);
  w.advance(hours(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
  World::must(w.marks->unacknowledge(w.fingerprint("A"), w.by));
  w.advance(minutes(10));
  EXPECT_EQ(w.story().back(), "18310s repeat interval elapsed: A") << "at the group's next turn";
}

TEST_P(DispatcherMarkTest, WhatIsInDoubtIsToldThoughItIsAcknowledged) {
  World& w = *world_;
  w.provider.set_mood("team", Mood::kTakesAndFails);
  w.fire({"A"});
  w.advance(seconds(10));
  w.acknowledge("A");
  w.crash();
  w.provider.all_well();
  w.advance(minutes(1));
  EXPECT_TRUE(w.provider.arrivals.back().maybe_duplicate);
}

// --- snoozed

TEST_P(DispatcherMarkTest, ASnoozedAlertIsToldAsNewWhenItsTimeHasCome) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", minutes(7));
  w.advance(hours(1));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "480s new alerts added: A"))
      << "within both of the group's terms";
}

TEST_P(DispatcherMarkTest, WhatIsSnoozedBeforeItWasToldIsFirstToldAtTheEnd) {
  World& w = *world_;
  w.fire({"A"});
  w.snooze("A", minutes(7));
  w.advance(hours(1));
  EXPECT_THAT(w.story(), ElementsAre("420s first notification: A"));
}

TEST_P(DispatcherMarkTest, OthersOfTheGroupAreToldWithoutIt) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", minutes(30));
  w.fire({"B"});
  w.advance(minutes(35));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "310s new alerts added: B",
                                     "1860s new alerts added: A B"));
}

TEST_P(DispatcherMarkTest, RecoveryIsToldThroughASnooze) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", hours(2));
  w.resolve({"A"});
  w.advance(hours(3));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "310s all alerts resolved: / A"));
}

TEST_P(DispatcherMarkTest, ASnoozeThatIsTakenBackIsOverAtOnce) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", hours(2));
  w.advance(minutes(1));
  w.unsnooze("A");
  EXPECT_EQ(w.story().back(), "120s new alerts added: A");
  w.advance(minutes(30));
  EXPECT_EQ(w.story().size(), 2U) << "once";
}

TEST_P(DispatcherMarkTest, AnAcknowledgedAlertIsToldAfterItsSnoozeAndNotRepeated) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.acknowledge("A");
  w.snooze("A", minutes(10));
  w.advance(hours(3));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "660s new alerts added: A"));
}

TEST_P(DispatcherMarkTest, ASnoozeThatEndedWhileNobodyRanIsToldOnceAtTheStart) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", minutes(2));
  w.advance(minutes(1));
  w.t.clock().advance(minutes(2));
  w.crash();
  w.advance(seconds(1));
  EXPECT_EQ(w.story().size(), 2U);
  EXPECT_EQ(w.provider.arrivals.back().reason, "new alerts added");
  w.crash();
  w.advance(minutes(20));
  EXPECT_EQ(w.story().size(), 2U);
}

TEST_P(DispatcherMarkTest, EachReceiverIsToldAfterASnoozeAlsoOneThatRefusesFirst) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", minutes(7));
  w.advance(minutes(6));
  w.provider.set_mood("team", Mood::kRefuses);
  w.advance(minutes(2));
  w.provider.all_well();
  w.advance(minutes(10));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "780s new alerts added: A"));
}

TEST_P(DispatcherMarkTest, AReloadForgetsNoMark) {
  World& w = *world_;
  w.fire({"A"});
  w.advance(minutes(1));
  w.snooze("A", minutes(10));
  w.use(kConfig);
  w.advance(minutes(30));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "660s new alerts added: A"));
}

TEST_P(DispatcherMarkTest, StatusNamesTheSnooze) {
  World& w = *world_;
  w.fire({"A"});
  w.snooze("A", minutes(10));
  const auto status = w.dispatcher->status_of(w.alert("A"), w.t.now());
  EXPECT_TRUE(status.is_suppressed());
  EXPECT_THAT(status.snoozed_by,
              ElementsAre("snoozed by ada until " + to_rfc3339(w.t.now() + minutes(10))));
  w.advance(minutes(10));
  EXPECT_THAT(w.dispatcher->status_of(w.alert("A"), w.t.now()).snoozed_by, IsEmpty());
}

}  // namespace
}  // namespace tocsin::alert
