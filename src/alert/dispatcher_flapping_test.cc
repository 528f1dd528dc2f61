#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"

// What receivers hear of an alert that fires and resolves again and again (alert/flapping.h).
namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

const std::string kPlain =
    "route: {receiver: team, group_wait: 10s, group_interval: 1m, repeat_interval: 1h}\n"
    "receivers: [{name: team, webhook_configs: [{url: 'http://team.test/'}]}]\n";

class FlappingAlerts : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  World& flapping_world(FlapRules rules = {}) {
    world_.reset();
    world_.emplace(World::Options{.backend = GetParam(), .flapping = rules}, kPlain);
    return *world_;
  }
  // Fires and resolves every four minutes.
  static void flap(World& w, int times) {
    for (int i = 0; i < times; ++i) {
      w.fire({"A"});
      w.advance(minutes(4));
      w.resolve({"A"});
      w.advance(minutes(4));
    }
  }
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, FlappingAlerts, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(FlappingAlerts, AreToldOnceAndRecoveryWhenItHolds) {
  World& w = flapping_world();
  flap(w, 8);
  // Three changes of mind are told, then that it flaps, then nothing.
  ASSERT_EQ(w.story().size(), 7u) << ::testing::PrintToString(w.story());
  EXPECT_THAT(w.story().back(), HasSubstr("new alerts added: A"));
  EXPECT_TRUE(w.provider.arrivals[5].flapping.empty());
  EXPECT_THAT(w.provider.arrivals[6].flapping, ElementsAre("A"));
  w.advance(minutes(50));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), IsEmpty());
  const auto kinds = w.t.kinds();
  EXPECT_EQ(std::ranges::count(kinds, "posted_alert.flapping"), 1);
  EXPECT_EQ(std::ranges::count(kinds, "posted_alert.steady"), 1);
}

TEST_P(FlappingAlerts, BeginningWithARecoveryTellsThatInstead) {
  World& w = flapping_world({.high = 0.25});
  flap(w, 8);
  ASSERT_EQ(w.story().size(), 6u) << ::testing::PrintToString(w.story());
  EXPECT_EQ(w.story().back(), "1210s flapping: A");
  EXPECT_THAT(w.provider.arrivals.back().flapping, ElementsAre("A"));
  w.advance(minutes(50));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
}

TEST_P(FlappingAlerts, StayFlappingThroughACrash) {
  World& w = flapping_world();
  flap(w, 5);
  const size_t told = w.story().size();
  w.crash();
  flap(w, 3);
  EXPECT_EQ(w.story().size(), told);
  w.advance(minutes(50));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
}

TEST_P(FlappingAlerts, OthersOfTheGroupAreToldAllTheSame) {
  World& w = flapping_world();
  flap(w, 5);
  const size_t told = w.story().size();
  w.fire({"B"});
  w.advance(minutes(2));
  ASSERT_EQ(w.story().size(), told + 1);
  EXPECT_THAT(w.story().back(), HasSubstr("new alerts added: A B"));
}

TEST_P(FlappingAlerts, OneThatStaysFiringIsRepeatedAsUsual) {
  World& w = flapping_world();
  flap(w, 5);
  w.fire({"A"});
  w.advance(hours(3));
  EXPECT_THAT(w.story().back(), HasSubstr("repeat interval elapsed: A"));
  w.resolve({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
}

TEST_P(FlappingAlerts, SilencedOnesSayNothingAndAreClosed) {
  World& w = flapping_world();
  flap(w, 4);
  w.silence("A", hours(1));
  const size_t told = w.story().size();
  flap(w, 3);
  EXPECT_EQ(w.story().size(), told);
  w.advance(hours(1));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
}

}  // namespace
}  // namespace tocsin::alert
