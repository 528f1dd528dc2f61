#include "notify/retry.h"

#include <gtest/gtest.h>

namespace tocsin::notify {
namespace {

TEST(Backoff, DoublesFromOneSecondToFiveMinutes) {
  const double expected[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
  for (int i = 0; i < 11; ++i) {
    EXPECT_DOUBLE_EQ(to_seconds(backoff(i + 1, 0.5)), expected[i]) << i + 1;
  }
  EXPECT_EQ(backoff(1000, 0.5), minutes(5));
}

TEST(Backoff, SpreadsByAFifthToEachSide) {
  EXPECT_EQ(backoff(3, 0.0), milliseconds(3200));
  EXPECT_LT(backoff(3, 0.999999), milliseconds(4800));
  EXPECT_GT(backoff(3, 0.999999), milliseconds(4799));
}

TEST(Backoff, KeepsTheProvidersWishUpToAnHour) {
  EXPECT_EQ(backoff(1, 0.5, seconds(30)), seconds(30));
  EXPECT_EQ(backoff(1, 0.5, minutes(50)), minutes(50));
  EXPECT_EQ(backoff(1, 0.5, hours(3)), hours(1));
  EXPECT_EQ(backoff(9, 0.5, seconds(30)), seconds(256));
}

TEST(Backoff, WhatIsPatientWaitsUpToHalfAnHour) {
  EXPECT_EQ(backoff(11, 0.5), minutes(5));
  EXPECT_EQ(backoff(11, 0.5, Duration(0), kLongestPatientWait), seconds(1024));
  EXPECT_EQ(backoff(40, 0.5, Duration(0), kLongestPatientWait), minutes(30));
}

TEST(Retry, OnlyWhatMayPassIsTriedAgain) {
  for (const Code code : {Code::kUnavailable, Code::kDeadlineExceeded, Code::kResourceExhausted}) {
    EXPECT_TRUE(may_pass(code)) << name_of(code);
  }
  for (const Code code : {Code::kPermissionDenied, Code::kFailedPrecondition,
                          Code::kInvalidArgument, Code::kCancelled, Code::kInternal}) {
    EXPECT_FALSE(may_pass(code)) << name_of(code);
  }
  EXPECT_TRUE(may_have_arrived(Code::kDeadlineExceeded));
  EXPECT_FALSE(may_have_arrived(Code::kResourceExhausted));
}

}  // namespace
}  // namespace tocsin::notify
