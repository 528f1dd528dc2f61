#include "telemetry/quantile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace tocsin::telemetry {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
using Values = std::vector<double>;

TEST(Quantile, IsLinearWithinABucket) {
  const Values bounds{0.1, 0.5, kInf}, counts{50, 100, 100};
  EXPECT_DOUBLE_EQ(quantile(0.5, bounds, counts), 0.1);
  EXPECT_DOUBLE_EQ(quantile(0.25, bounds, counts), 0.05);
  EXPECT_DOUBLE_EQ(quantile(0.75, bounds, counts), 0.3);
  EXPECT_DOUBLE_EQ(quantile(1, bounds, counts), 0.5);
  EXPECT_DOUBLE_EQ(quantile(0, bounds, counts), 0);
}

TEST(Quantile, InTheLastBucketIsTheHighestFiniteBound) {
  EXPECT_EQ(quantile(0.99, Values{0.1, 0.5, kInf}, Values{1, 2, 100}), 0.5);
}

TEST(Quantile, OfNothingIsNothing) {
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{}, Values{})));
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{1, kInf}, Values{0, 0})));
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{1, kInf}, Values{})));
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{1, 2}, Values{1, 2})));  // nobody counted them all
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{kInf}, Values{10})));
  EXPECT_TRUE(std::isnan(quantile(0.5, Values{1, kInf}, Values{NAN, NAN})));
}

TEST(Quantile, TakesBoundsInAnyOrder) {
  EXPECT_DOUBLE_EQ(quantile(0.75, Values{kInf, 0.5, 0.1}, Values{100, 100, 50}), 0.3);
}

TEST(Quantile, MendsCountsThatFall) {
  EXPECT_DOUBLE_EQ(quantile(0.5, Values{1, 2, kInf}, Values{100, 90, 100}), 0.5);
}

TEST(Quantile, BelowZeroStartsAtTheLowestBound) {
  EXPECT_EQ(quantile(0.1, Values{-1, 1, kInf}, Values{50, 100, 100}), -1);
}

TEST(Quantile, RisesWithItsShareAndStaysWithinTheBounds) {
  constexpr uint32_t kSeed = 3;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 500; ++round) {
    Values bounds, counts;
    double count = 0;
    for (int i = 1; i <= 10; ++i) {
      bounds.push_back(i);
      counts.push_back(count += random() % 4);
    }
    bounds.push_back(kInf);
    counts.push_back(count + 1);
    double before = 0;
    for (double q = 0; q <= 1; q += 0.01) {
      const double value = quantile(q, bounds, counts);
      ASSERT_GE(value, before) << "seed " << kSeed << " round " << round << " q " << q;
      ASSERT_LE(value, 10);
      before = value;
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
