#include "door/rate_limit.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace tocsin::door {
namespace {

TEST(RateLimit, LetsAsManyInAsItSaysAndThenOneAfterAnother) {
  RateLimit limit(3, minutes(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take("a", seconds(0)), Duration(0));
  EXPECT_EQ(limit.take("a", seconds(0)), seconds(20));
  EXPECT_EQ(limit.take("b", seconds(0)), Duration(0)) << "another caller has a share of its own";
  EXPECT_EQ(limit.take("a", seconds(5)), seconds(15));
  EXPECT_EQ(limit.take("a", seconds(20)), Duration(0));
  EXPECT_EQ(limit.take("a", seconds(20)), seconds(20));
  EXPECT_EQ(limit.take("a", hours(1)), Duration(0)) << "never more than the share is saved up";
  EXPECT_EQ(limit.take("a", hours(1)), Duration(0));
  EXPECT_EQ(limit.take("a", hours(1)), Duration(0));
  EXPECT_GT(limit.take("a", hours(1)), Duration(0));
}

TEST(RateLimit, ForgetsWhoHasBeenQuiet) {
  RateLimit limit(3, minutes(1));
  for (int i = 0; i < 2000; ++i) limit.take(fmt::format("caller {}", i), seconds(i));
  EXPECT_LT(limit.size(), 1100u);
}

}  // namespace
}  // namespace tocsin::door
