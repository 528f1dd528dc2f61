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

}  // namespace
}  // namespace tocsin::telemetry
