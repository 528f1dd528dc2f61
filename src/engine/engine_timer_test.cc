// Timers: what is due, in which order, what a failure costs, and what happens when the clock jumps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/testing.h"

namespace tocsin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TestEngine;
using ::testing::ValuesIn;

class TimerTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(TestEngine::Options{.backend = GetParam(), .engine = {.max_batch = 8}});
    start_ = t().now();
    listen();
  }
  // "name@seconds since the start"
  void listen() {
    t().engine().on_timer("ring", [this](Tx& tx, const std::string& subject) -> Result<> {
      fired_.push_back(fmt::format("{}@{}", subject, to_seconds(tx.now() - start_)));
      return {};
    });
  }
  void restart() {
    t().restart();
    listen();
  }
  TestEngine& t() { return *t_; }
  Result<> set(const std::string& subject, Duration after, Basis basis = Basis::kDelay) {
    return t().run(
        [=](Tx& tx) { return tx.set_timer({"ring", subject, tx.now() + after, basis}); });
  }
  // As every rule does: what is decided and the wait that follows stand in one transaction.
  Result<> decide(const std::string& subject, Duration after, Basis basis = Basis::kDelay) {
    return t().run([=](Tx& tx) -> Result<> {
      RETURN_IF_ERROR(tx.append({.happened = tx.now(),
                                 .actor = store::system_actor("test"),
                                 .kind = "test.decided",
                                 .subject_kind = "ring",
                                 .subject_id = subject}));
      return tx.set_timer({"ring", subject, tx.now() + after, basis});
    });
  }
  std::vector<std::string> take_fired() { return std::exchange(fired_, {}); }

  std::optional<TestEngine> t_;
  Time start_;
  std::vector<std::string> fired_;
};
INSTANTIATE_TEST_SUITE_P(Backends, TimerTest, ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(TimerTest, FiresAtItsTimeAndOnce) {
  ASSERT_TRUE(set("a", minutes(5)));
  EXPECT_EQ(t().engine().next_due().value(), start_ + minutes(5));
  t().advance(minutes(5) - milliseconds(1));
  EXPECT_THAT(take_fired(), IsEmpty());
  t().advance(milliseconds(1));
  EXPECT_THAT(take_fired(), ElementsAre("a@300"));
  EXPECT_EQ(t().engine().next_due().value(), std::nullopt);
  t().advance(hours(1));
  EXPECT_THAT(take_fired(), IsEmpty());
}

TEST_P(TimerTest, SettingItAgainMovesIt) {
  ASSERT_TRUE(set("a", seconds(10)));
  ASSERT_TRUE(set("a", seconds(30)));
  t().advance(minutes(1));
  EXPECT_THAT(take_fired(), ElementsAre("a@30"));
}

TEST_P(TimerTest, ACancelledOneDoesNotFire) {
  ASSERT_TRUE(set("a", seconds(10)));
  ASSERT_TRUE(set("b", seconds(20)));
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.cancel_timer("ring", "a"); }));
  EXPECT_EQ(t().engine().next_due().value(), start_ + seconds(20));
  t().advance(minutes(1));
  EXPECT_THAT(take_fired(), ElementsAre("b@20"));
}

TEST_P(TimerTest, OneBatchFiresInOrderOfDueTime) {
  ASSERT_TRUE(set("c", seconds(3)));
  ASSERT_TRUE(set("a", seconds(1)));
  ASSERT_TRUE(set("b", seconds(2)));
  ASSERT_TRUE(set("B", seconds(2)));
  t().clock().advance(seconds(10));
  EXPECT_EQ(t().engine().step(), true);
  EXPECT_THAT(take_fired(), ElementsAre("a@10", "B@10", "b@10", "c@10"));
}

TEST_P(TimerTest, MoreThanABatchFireInSeveral) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(set(fmt::format("{:02}", i), seconds(1)));
  t().advance(seconds(1));
  EXPECT_EQ(fired_.size(), 20u);
  EXPECT_TRUE(std::is_sorted(fired_.begin(), fired_.end()));
}

TEST_P(TimerTest, AFloodOfCommandsDoesNotStarveThem) {
  ASSERT_TRUE(set("a", seconds(1)));
  t().clock().advance(seconds(1));
  for (int i = 0; i < 100; ++i) {
    t().engine().submit([](Tx&) { return Result<>(); }, [](Result<>) {});
  }
  EXPECT_EQ(t().engine().step(), true);
  EXPECT_THAT(take_fired(), ElementsAre("a@1"));
}

TEST_P(TimerTest, AFloodOfCommandsLeavesThemHalfOfABatch) {
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(set(fmt::format("{}", i), seconds(1)));
  t().clock().advance(seconds(1));
  for (int i = 0; i < 100; ++i) {
    t().engine().submit([](Tx&) { return Result<>(); }, [](Result<>) {});
  }
  EXPECT_EQ(t().engine().step(), true);
  EXPECT_THAT(take_fired(), ElementsAre("0@1", "1@1", "2@1", "3@1"));
  EXPECT_EQ(t().engine().step(), true);
  EXPECT_THAT(take_fired(), ElementsAre("4@1", "5@1"));
}

TEST_P(TimerTest, AnAnswerThatWaitsBeatsTheTimerThatIsDue) {
  ASSERT_TRUE(set("escalate", seconds(1)));
  t().clock().advance(seconds(1));
  t().engine().submit([](Tx& tx) { return tx.cancel_timer("ring", "escalate"); }, [](Result<>) {});
  EXPECT_EQ(t().engine().step(), true);
  EXPECT_THAT(take_fired(), IsEmpty());
}

TEST_P(TimerTest, AHandlerMaySetItselfAndStopOthers) {
  int rounds = 0;
  t().engine().on_timer("round", [&](Tx& tx, const std::string& subject) -> Result<> {
    RETURN_IF_ERROR(tx.cancel_timer("ring", "victim"));
    if (++rounds == 3) return {};
    return tx.set_timer({"round", subject, tx.now() + seconds(10)});
  });
  ASSERT_TRUE(set("victim", seconds(10)));
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"round", "1", tx.now() + seconds(9)}); }));
  t().clock().advance(seconds(10));  // both are in one batch
  t().settle();
  EXPECT_THAT(take_fired(), IsEmpty());
  t().advance(minutes(5));
  EXPECT_EQ(rounds, 3);
}

TEST_P(TimerTest, AFailingHandlerIsTriedAgainAndDoesNotHoldUpTheOthers) {
  int tries = 0;
  t().engine().on_timer("flaky", [&](Tx& tx, const std::string&) -> Result<> {
    RETURN_IF_ERROR(tx.set_timer({"ring", "from a failed handler", tx.now()}));
    if (++tries < 3) return fail(Code::kUnavailable, "not today");
    return {};
  });
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"flaky", "f", tx.now() + seconds(1)}); }));
  ASSERT_TRUE(set("a", seconds(1)));
  ASSERT_TRUE(set("b", seconds(2)));
  t().advance(seconds(3));
  EXPECT_EQ(tries, 1);
  EXPECT_THAT(take_fired(), ElementsAre("a@1", "b@2"));
  EXPECT_THAT(t().errors(), ElementsAre(HasSubstr("not today")));
  t().advance(seconds(8));
  EXPECT_EQ(tries, 3);
  EXPECT_THAT(take_fired(), ElementsAre("from a failed handler@11"));
}

TEST_P(TimerTest, AHandlerThatThrowsIsTriedAgain) {
  int tries = 0;
  t().engine().on_timer("bad", [&](Tx&, const std::string&) -> Result<> {
    if (++tries == 1) throw std::runtime_error("oops");
    return {};
  });
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"bad", "1", tx.now()}); }));
  EXPECT_EQ(tries, 1);
  t().advance(seconds(5));
  EXPECT_EQ(tries, 2);
}

TEST_P(TimerTest, AKindThatNobodyHandlesIsSaidOnceAndKept) {
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"from.the.future", "1", tx.now()}); }));
  t().advance(minutes(1));
  EXPECT_THAT(t().errors(), ElementsAre(HasSubstr("from.the.future")));
  EXPECT_NE(t().engine().next_due().value(), std::nullopt);
}

TEST_P(TimerTest, AFailedCommitLeavesTheTimersDue) {
  ASSERT_TRUE(set("a", seconds(1)));
  t().faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT") return std::nullopt;
    return Error{Code::kResourceExhausted, "disk is full"};
  };
  t().advance(seconds(1));
  t().faults().before = {};
  fired_.clear();  // the handler ran, but nothing of it has happened
  t().settle();
  EXPECT_THAT(take_fired(), ElementsAre("a@1"));
}

TEST_P(TimerTest, DelaysMoveAlongWhenTheClockIsSetForward) {
  ASSERT_TRUE(set("delay", minutes(5)));
  ASSERT_TRUE(set("moment", minutes(30), Basis::kMoment));
  t().clock().jump(hours(1));
  t().settle();
  EXPECT_THAT(take_fired(), ElementsAre("moment@3600")) << "its moment has passed";
  EXPECT_EQ(t().now(), start_ + hours(1));
  t().advance(minutes(5));
  EXPECT_THAT(take_fired(), ElementsAre("delay@3900")) << "five minutes are five minutes";
  const auto logbook = t().logbook();
  ASSERT_EQ(logbook.size(), 1u);
  EXPECT_EQ(logbook[0].entry.kind, "clock.jumped");
  EXPECT_EQ(logbook[0].entry.data.at("by_seconds").to_number<double>(), 3600);
  EXPECT_EQ(logbook[0].entry.data.at("delays_moved").as_int64(), 1);
  EXPECT_THAT(t().warnings(), ElementsAre(HasSubstr("clock was set")));
}

TEST_P(TimerTest, DelaysMoveAlongWhenTheClockIsSetBack) {
  ASSERT_TRUE(set("delay", minutes(5)));
  ASSERT_TRUE(set("moment", minutes(30), Basis::kMoment));
  t().clock().jump(-hours(1));
  t().settle();
  EXPECT_EQ(t().now(), start_ - hours(1));
  t().advance(minutes(5));
  EXPECT_THAT(take_fired(), ElementsAre("delay@-3300"));
  t().advance(minutes(85));
  EXPECT_THAT(take_fired(), ElementsAre("moment@1800"));
}

TEST_P(TimerTest, ASmallDifferenceOfTheClocksIsNoJump) {
  ASSERT_TRUE(set("a", minutes(5)));
  t().clock().jump(seconds(2));
  t().settle();
  EXPECT_THAT(t().logbook(), IsEmpty());
  EXPECT_EQ(t().now(), start_);
}

TEST_P(TimerTest, AJumpWhoseCommitFailsIsFollowedLater) {
  ASSERT_TRUE(set("delay", minutes(5)));
  t().faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT") return std::nullopt;
    return Error{Code::kResourceExhausted, "disk is full"};
  };
  t().clock().jump(hours(1));
  t().settle();
  EXPECT_EQ(t().now(), start_);
  t().faults().before = {};
  t().settle();
  EXPECT_EQ(t().now(), start_ + hours(1));
  EXPECT_EQ(t().engine().next_due().value(), start_ + hours(1) + minutes(5));
  EXPECT_THAT(t().kinds(), ElementsAre("clock.jumped"));
}

TEST_P(TimerTest, DelaysMoveAlongWhenTheClockIsSetBackWhileNobodyRuns) {
  ASSERT_TRUE(decide("delay", minutes(5)));
  ASSERT_TRUE(decide("moment", minutes(30), Basis::kMoment));
  t().clock().advance(minutes(1));
  t().clock().jump(-hours(3));
  restart();
  t().settle();
  const Time wall = start_ + minutes(1) - hours(3);
  EXPECT_EQ(t().now(), wall);
  EXPECT_EQ(t().engine().next_due().value(), wall + minutes(5)) << "not three hours more";
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided", "test.decided", "clock.jumped"));
  const auto jumped = t().logbook().back();
  EXPECT_EQ(jumped.recorded, wall);
  EXPECT_EQ(jumped.entry.data.at("by_seconds").to_number<double>(), to_seconds(wall - start_));
  EXPECT_EQ(jumped.entry.data.at("delays_moved").as_int64(), 1);
  t().advance(minutes(5));
  EXPECT_THAT(take_fired(), ElementsAre("delay@-10440"));
  t().advance(start_ + minutes(30) - t().now());
  EXPECT_THAT(take_fired(), ElementsAre("moment@1800"));
}

TEST_P(TimerTest, TheFirstCommandAfterSuchAStartSeesTheWallClock) {
  ASSERT_TRUE(decide("delay", minutes(5)));
  t().clock().jump(-hours(3));
  restart();
  Time seen;
  ASSERT_TRUE(t().engine().run([&](Tx& tx) -> Result<> {
    seen = tx.now();
    return tx.set_timer({"ring", "new", tx.now() + minutes(1)});
  }));
  EXPECT_EQ(seen, start_ - hours(3));
  t().advance(minutes(5));
  EXPECT_THAT(take_fired(), ElementsAre("new@-10740", "delay@-10500"));
}

// The newest entry by number, not the latest time in the logbook.
TEST_P(TimerTest, AJumpThatWasFollowedIsNotFollowedAgainAfterARestart) {
  ASSERT_TRUE(decide("delay", minutes(5)));
  t().clock().jump(-hours(3));
  t().settle();
  t().advance(minutes(1));
  for (int i = 0; i < 2; ++i) {
    restart();
    t().settle();
  }
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided", "clock.jumped"));
  t().advance(minutes(4));
  EXPECT_THAT(take_fired(), ElementsAre("delay@-10500"));
}

TEST_P(TimerTest, ASetBackToAfterTheNewestSignIsNotSeenAndNoDelayOutwaitsItsLength) {
  ASSERT_TRUE(decide("delay", minutes(10)));
  t().advance(minutes(8));
  t().clock().jump(-minutes(5));
  restart();
  t().settle();
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided"));
  t().advance(minutes(7));
  EXPECT_THAT(take_fired(), ElementsAre("delay@600"));
}

// A delay is a sign of the last writer's clock even when nothing was said in the logbook.
TEST_P(TimerTest, ADelayThatWasSetAfterNowShowsThatTheClockWasSetBack) {
  ASSERT_TRUE(decide("old", minutes(50)));
  t().advance(minutes(40));
  ASSERT_TRUE(set("quiet", minutes(5)));
  t().clock().jump(-minutes(30));
  restart();
  t().settle();
  EXPECT_EQ(t().now(), start_ + minutes(10));
  t().advance(minutes(10));
  EXPECT_THAT(take_fired(), ElementsAre("quiet@900", "old@1200"));
}

TEST_P(TimerTest, ARetryOfAFailedTimerIsSuchADelay) {
  bool fails = true;
  const auto listen_to_flaky = [&] {
    t().engine().on_timer("flaky", [&](Tx&, const std::string&) -> Result<> {
      if (fails) return fail(Code::kUnavailable, "not today");
      fired_.push_back("flaky");
      return {};
    });
  };
  listen_to_flaky();
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"flaky", "f", tx.now() + hours(1)}); }));
  t().advance(hours(1));
  t().clock().jump(-minutes(30));
  fails = false;
  restart();
  listen_to_flaky();
  t().settle();
  t().advance(t().engine().next_due().value().value() - t().now());
  EXPECT_THAT(take_fired(), ElementsAre("flaky"));
  EXPECT_EQ(t().now(), start_ + minutes(30) + seconds(5));
}

TEST_P(TimerTest, AMomentThatWasSetAfterNowIsNoSuchSign) {
  t().clock().advance(hours(1));
  ASSERT_TRUE(set("moment", minutes(5), Basis::kMoment));
  t().clock().jump(-minutes(30));
  restart();
  t().settle();
  EXPECT_THAT(t().kinds(), IsEmpty());
  t().advance(minutes(35));
  EXPECT_THAT(take_fired(), ElementsAre("moment@3900"));
}

TEST_P(TimerTest, TimeThatPassedWhileNobodyRanCountsAsDoesAClockSetForward) {
  ASSERT_TRUE(decide("slept", minutes(5)));
  t().clock().advance(hours(1));
  restart();
  t().settle();
  EXPECT_THAT(take_fired(), ElementsAre("slept@3600"));
  ASSERT_TRUE(decide("set", minutes(5)));
  t().clock().jump(hours(1));
  restart();
  t().settle();
  EXPECT_THAT(take_fired(), ElementsAre("set@7200"));
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided", "test.decided"));
}

TEST_P(TimerTest, ASmallSetBackWhileNobodyRunsIsNoJump) {
  ASSERT_TRUE(decide("a", minutes(5)));
  t().clock().jump(-seconds(2));
  restart();
  t().settle();
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided"));
  t().advance(minutes(5) + seconds(2));
  EXPECT_THAT(take_fired(), ElementsAre("a@300"));
}

TEST_P(TimerTest, AJumpWhileNobodyRanIsFollowedLaterWhenItsCommitFails) {
  ASSERT_TRUE(decide("delay", minutes(5)));
  t().clock().jump(-hours(3));
  restart();
  t().faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT") return std::nullopt;
    return Error{Code::kResourceExhausted, "disk is full"};
  };
  t().settle();
  EXPECT_EQ(t().now(), start_);
  restart();  // and once more, before it was written
  t().settle();
  t().faults().before = {};
  t().settle();
  EXPECT_EQ(t().now(), start_ - hours(3));
  EXPECT_EQ(t().engine().next_due().value(), start_ - hours(3) + minutes(5));
  EXPECT_THAT(t().kinds(), ElementsAre("test.decided", "clock.jumped"));
}

}  // namespace
}  // namespace tocsin::engine
