#include "slo/tier_state.h"

#include <gtest/gtest.h>

#include "slo/burn.h"
#include "slo/enough.h"

namespace tocsin::slo {
namespace {

const Time kNow = from_micros(1'767'571'200'000'000);
const Tier kPage1h{.name = "page-1h",
                   .long_window = hours(1),
                   .short_window = minutes(5),
                   .burn = 14.4,
                   .budget_fraction = 0.02};

TierReading read(Counts in_long, Counts in_short, double scale = 1) {
  return read_burn(kPage1h, 0.999, {in_long, in_short, scale, 1});
}

TEST(BurnReading, IsMetWhenBothWindowsBurnAtTheThreshold) {
  EXPECT_TRUE(read({1440, 100'000}, {144, 10'000}).is_met);
  EXPECT_FALSE(read({1439, 100'000}, {200, 10'000}).is_met);
  EXPECT_FALSE(read({2000, 100'000}, {143, 10'000}).is_met);
}

TEST(BurnReading, ShowsHowNearTheTierIs) {
  const auto reading = read({720, 100'000}, {1000, 10'000});
  EXPECT_NEAR(reading.nearness, 0.5, 1e-9);
  EXPECT_NEAR(reading.evidence.burn_long, 7.2, 1e-9);
  EXPECT_NEAR(reading.evidence.burn_short, 100, 1e-9);
  EXPECT_EQ(reading.evidence.threshold, 14.4);
  EXPECT_TRUE(reading.is_calm);
}

TEST(BurnReading, OneFailureNeverFiresHoweverLittleTraffic) {
  for (double total : {1.0, 2.0, 10.0, 100.0}) {
    const auto reading = read({1, total}, {1, 1});
    EXPECT_FALSE(reading.is_met) << total;
    EXPECT_EQ(reading.is_too_few, 1 / total >= 0.0144) << total;
  }
}

TEST(BurnReading, AServiceWithTenRequestsAnHourThatIsDeadFiresAtTheThird) {
  EXPECT_FALSE(read({2, 10}, {1, 1}).is_met);
  EXPECT_TRUE(read({3, 10}, {1, 1}).is_met);
}

TEST(BurnReading, AnEmptyShortWindowIsNeitherMetNorCalm) {
  const auto reading = read({50, 1000}, {0, 0});
  EXPECT_TRUE(reading.is_empty);
  EXPECT_FALSE(reading.is_met);
  EXPECT_FALSE(reading.is_calm);
}

// A new service: five minutes of history, ten seconds of outage are 0.4% of the budget, not 2%.
TEST(BurnReading, WhatHasNotBeenSeenYetCountsAsCalm) {
  const double scale = scale_for(hours(1), minutes(5));
  EXPECT_NEAR(scale, 12, 1e-9);
  EXPECT_FALSE(read({200, 6000}, {200, 6000}, scale).is_met);
  EXPECT_TRUE(read({1040, 6000}, {1040, 6000}, scale).is_met);  // 52 s
}

TEST(Enough, PoissonTailAgreesWithItsDefinition) {
  EXPECT_NEAR(poisson_tail(1, 0.5), 1 - std::exp(-0.5), 1e-12);
  EXPECT_NEAR(poisson_tail(3, 0.1), 1.5465e-4, 1e-8);
  EXPECT_NEAR(poisson_tail(10, 10), 0.5420702855, 1e-9);
  EXPECT_EQ(poisson_tail(0, 3), 1);
  EXPECT_EQ(poisson_tail(5, 0), 0);
}

TEST(Enough, NeedsMoreFailuresThanChanceGivesAServiceOnItsTarget) {
  EXPECT_FALSE(is_enough({2, 2}, 0.999));
  EXPECT_TRUE(is_enough({3, 3}, 0.999));
  EXPECT_FALSE(is_enough({3, 100}, 0.999));  // 1.5e-4
  EXPECT_TRUE(is_enough({4, 100}, 0.999));
  EXPECT_FALSE(is_enough({10, 1000}, 0.99));
  EXPECT_TRUE(is_enough({30, 3000}, 0.99));  // enough in any case
}

class Machine : public testing::Test {
 protected:
  std::optional<TierState> step(bool met, bool calm, int at, bool empty = false) {
    TierReading reading;
    reading.is_met = met;
    reading.is_calm = calm;
    reading.is_empty = empty;
    if (!empty) heard_ = kNow + seconds(at);
    return machine_.step(reading, seconds(30), kNow + seconds(at), heard_);
  }
  TierMachine machine_;
  Time heard_ = kNow;
};

TEST_F(Machine, FiresAtOnceAndClearsAfterTheHold) {
  EXPECT_EQ(step(true, false, 0), TierState::kFiring);
  EXPECT_EQ(step(true, false, 5), std::nullopt);
  EXPECT_EQ(step(false, true, 10), std::nullopt);
  EXPECT_EQ(step(false, true, 39), std::nullopt);
  EXPECT_EQ(step(false, true, 40), TierState::kClear);
  EXPECT_EQ(step(false, true, 45), std::nullopt);
  EXPECT_EQ(step(true, false, 50), TierState::kFiring);
}

TEST_F(Machine, WaveringAtTheThresholdDoesNotFlap) {
  EXPECT_EQ(step(true, false, 0), TierState::kFiring);
  for (int at = 5; at < 600; at += 5) EXPECT_EQ(step(at % 10 == 0, false, at), std::nullopt);
  EXPECT_TRUE(machine_.firing());
}

TEST_F(Machine, AWorseMomentStartsTheHoldAnew) {
  step(true, false, 0);
  step(false, true, 10);
  step(false, false, 35);
  EXPECT_EQ(step(false, true, 40), std::nullopt);
  EXPECT_EQ(step(false, true, 69), std::nullopt);
  EXPECT_EQ(step(false, true, 70), TierState::kClear);
}

TEST_F(Machine, SilenceNeverClears) {
  step(true, false, 0);
  for (int at = 5; at < 3600; at += 5) EXPECT_EQ(step(false, false, at, true), std::nullopt);
  EXPECT_TRUE(machine_.firing());
}

TEST_F(Machine, CalmWithoutNewDataDoesNotClear) {
  step(true, false, 0);
  step(false, true, 10);
  heard_ = kNow + seconds(10);
  TierReading calm;
  calm.is_calm = true;
  EXPECT_EQ(machine_.step(calm, seconds(30), kNow + minutes(10), heard_), std::nullopt);
  EXPECT_EQ(machine_.step(calm, seconds(30), kNow + minutes(10), kNow + minutes(10)),
            TierState::kClear);
}

TEST(ClearHold, GrowsWithTheShortWindow) {
  EXPECT_EQ(clear_hold(kPage1h), seconds(30));
  Tier slow = kPage1h;
  slow.short_window = minutes(30);
  EXPECT_EQ(clear_hold(slow), seconds(150));
  slow.short_window = hours(6);
  EXPECT_EQ(clear_hold(slow), minutes(10));
  EXPECT_EQ(clear_hold(fast_tier(0.999, days(30))), seconds(60));
}

}  // namespace
}  // namespace tocsin::slo
