#include "telemetry/increment_batch.h"

#include <gtest/gtest.h>

namespace tocsin::telemetry {
namespace {

constexpr int64_t kNow = 1'767'571'200'000;

TEST(IncrementBatch, TellsEachSignalAndMomentOnce) {
  IncrementBatch batch;
  batch.add(2, kNow - 15'000, kNow, 1, 10);
  batch.add(2, kNow - 14'000, kNow, 2, 20);
  batch.add(3, kNow - 15'000, kNow, 0, 5);
  const auto told = batch.take(from_millis(kNow));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].signal, 2U);
  EXPECT_EQ(told[0].bad, 3);
  EXPECT_EQ(told[0].total, 30);
  EXPECT_EQ(told[0].at, from_millis(kNow));
  EXPECT_TRUE(batch.empty());
}

TEST(IncrementBatch, SpreadsALongGapAndNeverTellsMoreBadThanTotal) {
  for (int bad = 0; bad <= 17; ++bad) {
    IncrementBatch batch;
    batch.add(0, kNow - 63'000, kNow, bad, 17);
    double bad_sum = 0, total_sum = 0;
    const auto told = batch.take(from_millis(kNow));
    EXPECT_GE(told.size(), 6U);
    for (const RatioIncrement& i : told) {
      EXPECT_LE(i.bad, i.total);
      EXPECT_GE(i.bad, 0);
      EXPECT_GT(i.at, from_millis(kNow - 63'000));
      EXPECT_LE(i.at, from_millis(kNow));
      bad_sum += i.bad;
      total_sum += i.total;
    }
    EXPECT_EQ(bad_sum, bad);
    EXPECT_EQ(total_sum, 17);
  }
}

TEST(IncrementBatch, TellsWhatIsOlderThanAnHourAsAnHourOld) {
  IncrementBatch batch;
  batch.add(0, kNow - 36'000'000, kNow, 100, 36'000);
  double sum = 0, oldest = 0;
  for (const RatioIncrement& i : batch.take(from_millis(kNow))) {
    EXPECT_GE(i.at, from_millis(kNow - 3'600'000));
    if (i.at == from_millis(kNow - 3'600'000)) oldest += i.total;
    sum += i.total;
  }
  EXPECT_EQ(sum, 36'000);
  EXPECT_NEAR(oldest, 32'400, 20);
}

TEST(IncrementBatch, WhatDoesNotFitIsCarriedIntoTheNextStep) {
  IncrementBatch batch;
  const auto next = [&](double bad, double total) {
    batch.add(1, kNow, kNow, bad, total);
    return batch.take(from_millis(kNow)).at(0);
  };
  RatioIncrement told = next(5, 0);  // its total comes later
  EXPECT_EQ(told.bad, 0);
  EXPECT_EQ(told.total, 0);
  told = next(1, 50);
  EXPECT_EQ(told.bad, 6);
  EXPECT_EQ(told.total, 50);
  told = next(-2, 10);  // two more were good than total said
  EXPECT_EQ(told.bad, 0);
  EXPECT_EQ(told.total, 10);
  told = next(5, 10);
  EXPECT_EQ(told.bad, 3);
  EXPECT_EQ(told.total, 10);
}

TEST(IncrementBatch, AGapOfYearsIsToldAtOnce) {
  IncrementBatch batch;
  batch.add(0, 1, kNow, 7, 1'000'000);
  batch.add(0, kNow - 86'400'000, kNow - 7'200'000, 3, 10);  // all of it is old
  double bad = 0, total = 0;
  const auto told = batch.take(from_millis(kNow));
  EXPECT_LE(told.size(), 363U);
  for (const RatioIncrement& i : told) {
    EXPECT_GE(i.at, from_millis(kNow - 3'600'000));
    EXPECT_LE(i.bad, i.total);
    bad += i.bad;
    total += i.total;
  }
  EXPECT_EQ(bad, 10);
  EXPECT_EQ(total, 1'000'010);
}

}  // namespace
}  // namespace tocsin::telemetry
