#include "cli/show.h"

#include <gtest/gtest.h>

#include "cli/table.h"

namespace tocsin::cli {
namespace {

TEST(Show, MissingAndNullFieldsAreADash) {
  const codec::Json object = codec::JsonObject{{"a", "text"}, {"b", nullptr}, {"c", 3}};
  EXPECT_EQ(show(object, "a"), "text");
  EXPECT_EQ(show(object, "b"), "-");
  EXPECT_EQ(show(object, "c"), "3");
  EXPECT_EQ(show(object, "d"), "-");
  EXPECT_EQ(show(codec::Json("no object"), "a"), "-");
  EXPECT_EQ(number_of(object, "c"), 3);
  EXPECT_EQ(number_of(object, "a"), 0);
}

TEST(Show, CountsAndShares) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(1234567.4), "1,234,567");
  EXPECT_EQ(count(-1234), "-1,234");
  EXPECT_EQ(percent(0.9987), "99.87%");
  EXPECT_EQ(percent(-1.5), "-150%");
}

TEST(Show, AgoSaysTwoUnits) {
  const Time now = *parse_rfc3339("2026-01-05T12:00:00Z");
  EXPECT_EQ(ago("2026-01-05T11:56:40Z", now), "3m20s");
  EXPECT_EQ(ago("2026-01-05T09:30:12Z", now), "2h29m");
  EXPECT_EQ(ago("2026-01-05T12:00:05Z", now), "0s");
  EXPECT_EQ(ago("-", now), "-");
}

TEST(Table, AlignsByCharactersNotBytes) {
  EXPECT_EQ(print_table({"A", "B"}, {{"gr\xc3\xbc\xc3\x9f", "1"}, {"x", "2"}}),
            "A     B\ngr\xc3\xbc\xc3\x9f  1\nx     2\n");
  EXPECT_EQ(print_table({"A"}, {}), "");
}

}  // namespace
}  // namespace tocsin::cli
