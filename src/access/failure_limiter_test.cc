#include "access/failure_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <map>
#include <vector>

#include "base/rng.h"

namespace tocsin::access {
namespace {

using std::chrono::seconds;

TEST(FailureLimiter, BlocksWithinTheWindowOnly) {
  FailureLimiter limiter(3, seconds(10));
  limiter.note_failure("a", seconds(0));
  limiter.note_failure("a", seconds(5));
  EXPECT_FALSE(limiter.is_blocked("a", seconds(6)));
  limiter.note_failure("a", seconds(6));
  EXPECT_TRUE(limiter.is_blocked("a", seconds(9)));
  EXPECT_FALSE(limiter.is_blocked("b", seconds(9)));
  EXPECT_FALSE(limiter.is_blocked("a", seconds(10)));
  limiter.forget("a");
  EXPECT_EQ(limiter.size(), 0u);
}

TEST(FailureLimiter, ForgetsTheOldestKeyWhenItIsFull) {
  FailureLimiter limiter(1, seconds(10), 3);
  limiter.note_failure("a", seconds(1));
  limiter.note_failure("b", seconds(2));
  limiter.note_failure("c", seconds(3));
  limiter.note_failure("d", seconds(4));
  EXPECT_EQ(limiter.size(), 3u);
  EXPECT_FALSE(limiter.is_blocked("a", seconds(4)));
  EXPECT_TRUE(limiter.is_blocked("d", seconds(4)));
  limiter.note_failure("e", seconds(100));
  EXPECT_EQ(limiter.size(), 1u) << "those that are over go first";
}

TEST(FailureLimiter, AgreesWithAPlainModel) {
  const uint64_t seed = 42;
  SCOPED_TRACE(seed);
  SeededRng rng(seed);
  FailureLimiter limiter(4, seconds(20));
  std::map<std::string, std::vector<Duration>> model;
  Duration now{};
  for (int i = 0; i < 5000; ++i) {
    now += seconds(static_cast<int64_t>(rng.below(4)));
    const std::string key(1, static_cast<char>('a' + rng.below(3)));
    const auto in_window =
        std::ranges::count_if(model[key], [&](Duration at) { return now - at < seconds(20); });
    ASSERT_EQ(limiter.is_blocked(key, now), in_window >= 4) << i;
    if (rng.below(2) == 0) {
      limiter.note_failure(key, now);
      model[key].push_back(now);
    }
  }
}

}  // namespace
}  // namespace tocsin::access
