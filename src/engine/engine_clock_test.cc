#include "engine/engine_clock.h"

#include <gtest/gtest.h>

namespace tocsin::engine {
namespace {

TEST(EngineClock, FollowsTheMonotonicClockAfterItsStart) {
  ManualClock clock;
  const EngineClock engine_clock(clock);
  EXPECT_EQ(engine_clock.now(), clock.now());
  clock.advance(minutes(5));
  EXPECT_EQ(engine_clock.now(), clock.now());
  EXPECT_EQ(engine_clock.apart(), Duration(0));
}

TEST(EngineClock, SaysHowFarTheWallClockWasSet) {
  ManualClock clock;
  EngineClock engine_clock(clock);
  const Time before = engine_clock.now();
  clock.jump(-hours(1));
  EXPECT_EQ(engine_clock.now(), before);
  EXPECT_EQ(engine_clock.apart(), -hours(1));
  engine_clock.move(engine_clock.apart());
  EXPECT_EQ(engine_clock.now(), clock.now());
}

}  // namespace
}  // namespace tocsin::engine
