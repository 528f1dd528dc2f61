#include "base/rng.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin {
namespace {

TEST(SeededRng, ReplaysFromItsSeed) {
  SeededRng a(7), b(7), c(8);
  const uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Rng, BelowStaysBelowAndReachesAll) {
  SeededRng rng(1);
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.below(5));
  EXPECT_EQ(seen, (std::set<uint64_t>{0, 1, 2, 3, 4}));
}

TEST(SystemRng, TokensDiffer) {
  SystemRng rng;
  const std::string a = rng.token(32), b = rng.token(32);
  EXPECT_EQ(a.size(), 43U);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace tocsin
