#include "telemetry/rollup.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin::telemetry {
namespace {

TEST(Rollup, AShortStepBelongsToTheSlotOfItsEnd) {
  int calls = 0;
  spread({85'000, 105'000, 7}, 10'000, INT64_MIN, [&](int64_t slot, double n) {
    EXPECT_EQ(slot, 10);
    EXPECT_EQ(n, 7);
    ++calls;
  });
  EXPECT_EQ(calls, 1);
}

TEST(Rollup, ALongStepIsEvenOverItsSlots) {
  std::vector<std::pair<int64_t, double>> shares;
  spread({100'000, 160'000, 60}, 10'000, INT64_MIN,
         [&](int64_t slot, double n) { shares.emplace_back(slot, n); });
  ASSERT_EQ(shares.size(), 6U);
  EXPECT_EQ(shares.front(), std::pair(int64_t{10}, 10.0));
  EXPECT_EQ(shares.back(), std::pair(int64_t{15}, 10.0));
}

TEST(Rollup, WholeCountsStayWholeAndSumUp) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 2000; ++i) {
    const auto from = static_cast<int64_t>(random() % 1'000'000);
    const CounterStep step{from, from + 1 + static_cast<int64_t>(random() % 1'000'000),
                           static_cast<double>(random() % 1000)};
    double sum = 0;
    int64_t last = INT64_MIN;
    spread(step, 10'000, INT64_MIN, [&](int64_t slot, double n) {
      EXPECT_EQ(n, std::floor(n));
      EXPECT_GE(n, 0);
      EXPECT_GT(slot, last);
      last = slot;
      sum += n;
    });
    EXPECT_EQ(sum, step.count);
  }
}

TEST(Rollup, LeavesOutSlotsThatAreTooOld) {
  double sum = 0;
  spread({0, 100'000, 100}, 10'000, 5, [&](int64_t, double n) { sum += n; });
  EXPECT_EQ(sum, 50);
}

TEST(Rollup, RunsKeepTheOrderOfSlots) {
  SlotRun run;
  for (const int64_t slot : {5, 3, 9, 5, 4}) run.at(slot).head[0] += 1;
  std::vector<int64_t> slots;
  for (const SlotValues& v : run.all()) slots.push_back(v.slot);
  EXPECT_EQ(slots, (std::vector<int64_t>{3, 4, 5, 9}));
  EXPECT_EQ(run.all()[2].head[0], 2);
}

TEST(Rollup, ChunksReadBackWithHolesAndNewColumns) {
  SlotRun run;
  run.at(61).head = {1, 2};
  run.at(64).column(3) = 7;
  const auto slots = read_chunk(write_chunk(run.all(), 60), 60);
  ASSERT_TRUE(slots);
  ASSERT_EQ(slots->size(), 2U);
  EXPECT_EQ((*slots)[0].slot, 61);
  EXPECT_EQ((*slots)[0].head[1], 2);
  EXPECT_EQ((*slots)[1].slot, 64);
  EXPECT_EQ((*slots)[1].more, (std::vector<double>{0, 7}));
}

TEST(Rollup, DamagedChunksAreNamedAndNotRead) {
  EXPECT_EQ(read_chunk("x", 0).error().code, Code::kDataLoss);
  EXPECT_EQ(read_chunk(std::string("\x02\0\0\0abc", 7), 0).error().code, Code::kDataLoss);
  EXPECT_EQ(read_chunk(std::string("\xff\xff\xff\xff", 4), 0).error().code, Code::kDataLoss);
  EXPECT_EQ(read_chunk(std::string(4, '\0'), 0).error().code, Code::kDataLoss);
}

TEST(Rollup, MaximaMergeAsMaxima) {
  SlotValues a{.slot = 1, .head = {-5, 1}};
  a.merge({.slot = 1, .head = {-7, 1}}, Merge::kMax);
  EXPECT_EQ(a.head[0], -5);
  EXPECT_EQ(a.head[1], 1);
}

}  // namespace
}  // namespace tocsin::telemetry
