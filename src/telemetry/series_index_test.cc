#include "telemetry/series_index.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <unordered_map>

namespace tocsin::telemetry {
namespace {

WriteBatch batch_of(const std::vector<uint64_t>& keys) {
  WriteBatch batch;
  for (const uint64_t key : keys) {
    const uint64_t mixed = key * 0x9e3779b97f4a7c15ULL;
    batch.series.push_back({.hash = {mixed, mixed ^ (mixed << 31)}});
  }
  return batch;
}

TEST(SeriesIndex, RemembersDecisionsAndListsTheUnknown) {
  SeriesIndex index(1000);
  WriteBatch batch = batch_of({1, 2, 3});
  index.resolve(batch, 1, 10);
  EXPECT_EQ(batch.missing.size(), 3U);
  Decision decision{77, 2};
  EXPECT_TRUE(index.remember(batch.series[1].hash, 1, 10, decision));
  index.resolve(batch, 1, 10);
  EXPECT_EQ(batch.missing.size(), 2U);
  EXPECT_EQ(batch.series[1].decision.series, 77U);
  EXPECT_EQ(batch.series[1].decision.replica, 2U);
}

TEST(SeriesIndex, ANewGenerationIsDecidedAnewButNotNew) {
  SeriesIndex index(1000);
  WriteBatch batch = batch_of({1});
  Decision decision;
  index.remember(batch.series[0].hash, 1, 10, decision);
  index.resolve(batch, 2, 10);
  EXPECT_EQ(batch.missing.size(), 1U);
  EXPECT_TRUE(index.is_known(batch.series[0].hash));
  EXPECT_EQ(index.size(), 1U);
}

TEST(SeriesIndex, TheFirstDecisionOfAGenerationStays) {
  SeriesIndex index(1000);
  const SeriesHash hash = batch_of({1}).series[0].hash;
  Decision first{5, 0}, second{6, 0};
  EXPECT_TRUE(index.remember(hash, 1, 10, first));
  EXPECT_TRUE(index.remember(hash, 1, 10, second));
  EXPECT_EQ(second.series, 5U);
}

TEST(SeriesIndex, HoldsItsLimitAndForgetsTheIdle) {
  SeriesIndex index(100);
  WriteBatch batch = batch_of([] {
    std::vector<uint64_t> keys(150);
    for (size_t i = 0; i < keys.size(); ++i) keys[i] = i + 1;
    return keys;
  }());
  size_t taken = 0;
  for (size_t i = 0; i < 150; ++i) {
    Decision decision{static_cast<uint32_t>(i), 0};
    taken += index.remember(batch.series[i].hash, 1, i < 60 ? 10 : 20, decision);
  }
  EXPECT_EQ(taken, 100U);
  EXPECT_TRUE(index.is_full());
  EXPECT_EQ(index.evict(15), 60U);
  EXPECT_EQ(index.size(), 40U);
  index.resolve(batch, 1, 30);
  EXPECT_EQ(batch.missing.size(), 110U);
  EXPECT_EQ(index.evict(25), 0U);  // being looked up keeps a series
}

TEST(SeriesIndex, AgreesWithAPlainMap) {
  std::mt19937_64 random(5);
  SeriesIndex index(1'000'000);
  std::unordered_map<uint64_t, uint32_t> plain;
  for (int round = 0; round < 50; ++round) {
    std::vector<uint64_t> keys(2000);
    for (auto& key : keys) key = random() % 30'000 + 1;
    WriteBatch batch = batch_of(keys);
    index.resolve(batch, 1, 1);
    std::vector<bool> is_missing(keys.size());
    for (const uint32_t i : batch.missing) is_missing[i] = true;
    for (size_t i = 0; i < keys.size(); ++i) {
      ASSERT_EQ(is_missing[i], !plain.contains(keys[i]));
      if (is_missing[i]) continue;
      ASSERT_EQ(batch.series[i].decision.series, plain[keys[i]]);
    }
    for (const uint32_t i : batch.missing) {
      Decision decision{static_cast<uint32_t>(random() % 1'000'000), 0};
      ASSERT_TRUE(index.remember(batch.series[i].hash, 1, 1, decision));
      plain.try_emplace(keys[i], decision.series);
    }
    ASSERT_EQ(index.size(), plain.size());
  }
}

TEST(SeriesIndex, TakesManyThreads) {
  SeriesIndex index(100'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&index, t] {
      for (uint64_t round = 0; round < 30; ++round) {
        std::vector<uint64_t> keys(300);
        for (size_t i = 0; i < keys.size(); ++i) {
          keys[i] = 1 + i + round * 100 + static_cast<uint64_t>(t % 2) * 50;
        }
        WriteBatch batch = batch_of(keys);
        index.resolve(batch, 1, 1);
        for (const uint32_t i : batch.missing) {
          Decision decision{static_cast<uint32_t>(keys[i]), 0};
          index.remember(batch.series[i].hash, 1, 1, decision);
          EXPECT_EQ(decision.series, keys[i]);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(index.size(), 29U * 100 + 300 + 50);
}

}  // namespace
}  // namespace tocsin::telemetry
