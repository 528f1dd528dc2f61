#include "telemetry/counter_series.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace tocsin::telemetry {
namespace {

using Taken = CounterSeries::Taken;

TEST(CounterSeries, BeginsCountingAtItsFirstSample) {
  CounterSeries series;
  EXPECT_EQ(series.add(1000, 500, 0, {}).taken, Taken::kFirst);
  const auto outcome = series.add(2000, 507, 0, {});
  EXPECT_EQ(outcome.step.count, 7);
  EXPECT_EQ(outcome.step.from_ms, 1000);
  EXPECT_EQ(outcome.step.to_ms, 2000);
}

TEST(CounterSeries, BornWhileItsTargetWasWatchedCountsFromZero) {
  CounterSeries series;
  const auto outcome = series.add(5000, 3, 0, CounterSeries::Birth{4000});
  EXPECT_EQ(outcome.taken, Taken::kCounted);
  EXPECT_EQ(outcome.step.count, 3);
  EXPECT_EQ(outcome.step.from_ms, 4000);
}

TEST(CounterSeries, CountsTheWholeValueAfterAReset) {
  CounterSeries series;
  series.add(1000, 500, 0, {});
  EXPECT_EQ(series.add(2000, 4, 0, {}).step.count, 4);
}

TEST(CounterSeries, SeesAResetThatTheValueHidesByItsStartTime) {
  CounterSeries series;
  series.add(1000, 500, 0, {});
  EXPECT_EQ(series.add(2000, 900, 1500, {}).step.count, 900);
}

TEST(CounterSeries, TheSameSampleAgainChangesNothing) {
  CounterSeries series;
  series.add(1000, 5, 0, {});
  series.add(2000, 6, 0, {});
  EXPECT_EQ(series.add(2000, 6, 0, {}).taken, Taken::kDuplicate);
  EXPECT_EQ(series.add(1000, 5, 0, {}).taken, Taken::kDuplicate);
  EXPECT_EQ(series.add(3000, 8, 0, {}).step.count, 2);
}

TEST(CounterSeries, ALateSampleBetweenTwoOthersAddsNothing) {
  CounterSeries series;
  series.add(1000, 5, 0, {});
  series.add(3000, 9, 0, {});
  const auto outcome = series.add(2000, 7, 0, {});
  EXPECT_EQ(outcome.taken, Taken::kCounted);
  EXPECT_EQ(outcome.step.count, 0);
}

TEST(CounterSeries, ALateSampleShowsAResetThatWasHidden) {
  CounterSeries series;
  series.add(1000, 5, 0, {});
  series.add(3000, 9, 0, {});                        // counted 4
  const auto outcome = series.add(2000, 20, 0, {});  // in truth 5 -> 20, reset, -> 9
  EXPECT_EQ(outcome.step.count, 20);
  EXPECT_EQ(outcome.step.to_ms, 2000);
}

TEST(CounterSeries, ALateSampleBeforeTheFirstMovesTheBeginning) {
  CounterSeries series;
  series.add(3000, 9, 0, {});
  const auto outcome = series.add(1000, 5, 0, {});
  EXPECT_EQ(outcome.step.count, 4);
  EXPECT_EQ(outcome.step.from_ms, 1000);
  EXPECT_EQ(outcome.step.to_ms, 3000);
}

TEST(CounterSeries, ALateSampleOfABornSeriesIsCountedAlready) {
  CounterSeries series;
  series.add(3000, 9, 0, CounterSeries::Birth{500});
  EXPECT_EQ(series.add(1000, 5, 0, {}).step.count, 0);
}

TEST(CounterSeries, RefusesWhatIsOlderThanItsMemoryOrAnHour) {
  CounterSeries series = CounterSeries::restored(10'000'000, 5);
  EXPECT_EQ(series.add(9'000'000, 1, 0, {}).taken, Taken::kTooLate);
  CounterSeries young;
  young.add(10'000'000, 5, 0, {});
  EXPECT_EQ(young.add(10'000'000 - 3'600'001, 1, 0, {}).taken, Taken::kTooLate);
  EXPECT_EQ(young.add(10'000'000 - 3'600'000, 1, 0, {}).taken, Taken::kCounted);
}

// The rule in one line, from scratch.
double plain_count(const std::map<int64_t, double>& samples) {
  double sum = 0;
  for (auto at = samples.begin(); at != samples.end(); ++at) {
    const auto next = std::next(at);
    if (next == samples.end()) break;
    sum += next->second >= at->second ? next->second - at->second : next->second;
  }
  return sum;
}

TEST(CounterSeries, CountDependsOnTheSamplesAndNotOnTheirOrder) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<std::pair<int64_t, double>> samples;
    double v = static_cast<double>(random() % 1000);
    for (int i = 1; i <= 60; ++i) {
      v = random() % 8 == 0 ? static_cast<double>(random() % 5)
                            : v + static_cast<double>(random() % 50);
      samples.emplace_back(i * 15'000, v);
    }
    const std::map<int64_t, double> truth(samples.begin(), samples.end());
    // Late by less than the memory, each maybe twice.
    for (size_t i = 0; i + 4 < samples.size(); i += 4) {
      std::shuffle(samples.begin() + static_cast<std::ptrdiff_t>(i),
                   samples.begin() + static_cast<std::ptrdiff_t>(i + 4), random);
    }
    CounterSeries series;
    double counted = 0;
    for (const auto& [t, value] : samples) {
      counted += series.add(t, value, 0, {}).step.count;
      if (random() % 3 == 0) counted += series.add(t, value, 0, {}).step.count;
    }
    EXPECT_EQ(counted, plain_count(truth));
  }
}

}  // namespace
}  // namespace tocsin::telemetry
