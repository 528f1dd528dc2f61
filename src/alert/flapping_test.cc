#include "alert/flapping.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"

namespace tocsin::alert {
namespace {

const Time kStart = *parse_rfc3339("2026-01-05T12:00:00Z");
const FlapRules kRules;

Flapping changed_every(Duration every, int times, Time from = kStart) {
  Flapping flapping;
  for (int i = 0; i < times; ++i) flapping = after_change(flapping, from + i * every, kRules);
  return flapping;
}

TEST(Flapping, OneOutageIsNoFlapping) {
  const Flapping flapping = changed_every(minutes(10), 2);
  EXPECT_FALSE(flaps(flapping, kStart + minutes(10), kRules));
  EXPECT_FALSE(steady_at(flapping, kRules));
}

TEST(Flapping, SixChangesWithinTheWindowFlap) {
  EXPECT_FALSE(changed_every(minutes(4), 5).since);
  const Flapping flapping = changed_every(minutes(4), 6);
  ASSERT_TRUE(flapping.since);
  EXPECT_EQ(*flapping.since, kStart + minutes(20));
  EXPECT_EQ(flaps(flapping, kStart + minutes(20), kRules)->changes, 6);
}

TEST(Flapping, SlowChangesNeverFlap) { EXPECT_FALSE(changed_every(minutes(8), 100).since); }

TEST(Flapping, EndsOnlyBelowTheLowMark) {
  const Flapping flapping = changed_every(minutes(2), 8);
  ASSERT_TRUE(flapping.since);
  const Time last = kStart + minutes(14);
  const Time steady = *steady_at(flapping, kRules);
  EXPECT_GT(steady, last + minutes(20));
  EXPECT_LE(steady, last + minutes(40));
  EXPECT_TRUE(flaps(flapping, steady - Duration(1), kRules));
  EXPECT_FALSE(flaps(flapping, steady, kRules));
  EXPECT_FALSE(at_time(flapping, steady, kRules).since);
}

TEST(Flapping, ManyChangesInOneSlotCountOnce) { EXPECT_FALSE(changed_every(seconds(5), 20).since); }

TEST(Flapping, SharesAreWeighted) {
  Flapping newest{.changes = 1};
  Flapping oldest{.changes = 1u << (kFlapSlots - 1)};
  EXPECT_NEAR(share_of(newest), 0.06, 1e-9);  // 1.2 of 20
  EXPECT_NEAR(share_of(oldest), 0.04, 1e-9);  // 0.8 of 20
  EXPECT_NEAR(share_of({.changes = (1u << kFlapSlots) - 1}), 1, 1e-9);
}

TEST(Flapping, CanBeSwitchedOff) {
  FlapRules off;
  off.slot = Duration(0);
  Flapping flapping;
  for (int i = 0; i < 50; ++i) flapping = after_change(flapping, kStart + i * minutes(2), off);
  EXPECT_EQ(flapping, Flapping());
}

// Beside a plain model: a list of the changes.
TEST(Flapping, AgreesWithTheListOfChanges) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRng rng(seed);
    const int64_t spread = 30 + static_cast<int64_t>(rng.below(600));
    std::vector<Time> changes;
    Flapping flapping;
    bool model = false;
    Time now = kStart;
    for (int i = 0; i < 200; ++i) {
      now += seconds(1 + rng.below(static_cast<uint64_t>(spread)));
      const bool is_change = rng.below(3) != 0;
      const auto share = [&] {
        int sum = 0;
        for (int slot = 0; slot < kFlapSlots; ++slot) {
          const int64_t number = to_micros(now) / kRules.slot.count() - slot;
          const bool changed = std::ranges::any_of(
              changes, [&](Time at) { return to_micros(at) / kRules.slot.count() == number; });
          if (changed) sum += 228 - 4 * slot;
        }
        return sum;
      };
      if (share() < 570) model = false;  // 15% of 3800
      if (is_change) {
        changes.push_back(now);
        if (share() >= 1140) model = true;  // 30%
        flapping = after_change(flapping, now, kRules);
      }
      ASSERT_EQ(flaps(flapping, now, kRules).has_value(), model) << "seed " << seed << " at " << i;
    }
  }
}

TEST(Flapping, ClockThatWasSetBackLosesNothing) {
  Flapping flapping = changed_every(minutes(4), 6);
  flapping = after_change(flapping, kStart - hours(5), kRules);
  EXPECT_TRUE(flapping.since);
  EXPECT_EQ(flapping.newest, to_micros(kStart + minutes(20)) / kRules.slot.count());
}

}  // namespace
}  // namespace tocsin::alert
