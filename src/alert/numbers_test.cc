#include "alert/numbers.h"

#include <gtest/gtest.h>

#include <limits>

namespace tocsin::alert {
namespace {

TEST(Numbers, CountsHaveThousandsSeparators) {
  EXPECT_EQ(in_thousands(0), "0");
  EXPECT_EQ(in_thousands(2.5), "2.5");
  EXPECT_EQ(in_thousands(999), "999");
  EXPECT_EQ(in_thousands(1204), "1,204");
  EXPECT_EQ(in_thousands(1'234'567.4), "1,234,567");
  EXPECT_EQ(in_thousands(-1204), "-1,204");
  EXPECT_EQ(in_thousands(std::numeric_limits<double>::infinity()), "an unknown number of");
}

TEST(Numbers, PercentNeverClaimsNothingOrAllUnlessItIsSo) {
  EXPECT_EQ(percent(0), "0%");
  EXPECT_EQ(percent(0.00001), "under 0.01%");
  EXPECT_EQ(percent(0.004), "0.4%");
  EXPECT_EQ(percent(0.0123), "1.2%");
  EXPECT_EQ(percent(0.38), "38%");
  EXPECT_EQ(percent(0.99996), "99.99%");
  EXPECT_EQ(percent(0.9951), "99.51%");
  EXPECT_EQ(percent(1), "100%");
  EXPECT_EQ(percent(1.5), "150%");
  EXPECT_EQ(percent(std::numeric_limits<double>::quiet_NaN()), "an unknown share");
}

TEST(Numbers, FactorsAreShort) {
  EXPECT_EQ(times(380.2), "380x");
  EXPECT_EQ(times(14.42), "14.4x");
  EXPECT_EQ(times(1), "1x");
  EXPECT_EQ(times(12'345), "12,345x");
}

TEST(Numbers, MomentNamesTheDayOnlyWhenItIsAnother) {
  const Time now = *parse_rfc3339("2026-01-05T14:00:00Z");
  EXPECT_EQ(moment(*parse_rfc3339("2026-01-05T12:03:59Z"), now), "12:03 UTC");
  EXPECT_EQ(moment(*parse_rfc3339("2026-01-04T23:59:00Z"), now), "2026-01-04 23:59 UTC");
}

}  // namespace
}  // namespace tocsin::alert
