#include "base/time.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Duration, ReadsWhatPrometheusWrites) {
  EXPECT_EQ(parse_duration("1h30m"), Duration(minutes(90)));
  EXPECT_EQ(parse_duration("250ms"), Duration(milliseconds(250)));
  EXPECT_EQ(parse_duration("1m5ms"), Duration(minutes(1) + milliseconds(5)));
  EXPECT_EQ(parse_duration("30d"), Duration(days(30)));
  EXPECT_EQ(parse_duration("1w"), Duration(days(7)));
  EXPECT_EQ(parse_duration("0"), Duration(0));
}

TEST(Duration, RefusesWhatPrometheusRefuses) {
  for (const char* text :
       {"", "1", "-5m", "1.5h", "5m1h", "5m5m", "m", "1h 5m", "5x", "999999999999999y"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, WritesTheShortestText) {
  EXPECT_EQ(to_text(minutes(90)), "1h30m");
  EXPECT_EQ(to_text(days(30)), "30d");
  EXPECT_EQ(to_text(Duration(0)), "0s");
  EXPECT_EQ(to_text(-seconds(5)), "-5s");
}

TEST(Rfc3339, RoundTrips) {
  const Time t = from_millis(1'795'383'420'123);
  EXPECT_EQ(parse_rfc3339(to_rfc3339(t)), t);
  EXPECT_EQ(to_rfc3339(from_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_millis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  EXPECT_EQ(parse_rfc3339("2026-11-22T21:37:00+01:30"), *parse_rfc3339("2026-11-22T20:07:00Z"));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.123456789Z"), from_micros(123456));
}

TEST(Rfc3339, RefusesGarbage) {
  for (const char* text : {"", "now", "2026-02-30T00:00:00Z", "2026-11-22 21:37:00Z",
                           "2026-11-22T21:37:00", "2026-11-22T24:00:00Z", "2026-11-22T21:37:00.Z",
                           "2026-11-22T21:37:00Zx", "2026-11-22T21:37:00+1:00"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace tocsin
