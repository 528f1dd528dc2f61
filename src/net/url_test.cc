#include "net/url.h"

#include <gtest/gtest.h>

namespace tocsin::net {
namespace {

TEST(PercentDecode, UndoesEscapesAndLeavesPlusInPaths) {
  EXPECT_EQ(*percent_decode("a%20b+c%C3%A9", false), "a b+c\xC3\xA9");
  EXPECT_EQ(*percent_decode("a+b%2B", true), "a b+");
}

TEST(PercentDecode, RefusesWhatCannotBeStoredOrIsUnfinished) {
  for (const char* text : {"%", "%4", "a%zz", "%00", "%ff", "%C3"}) {
    const auto result = percent_decode(text, false);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Code::kInvalidArgument);
  }
}

TEST(ParseQuery, KeepsOrderRepetitionAndEmptyValues) {
  const auto pairs = *parse_query("b=2&a=1&b=3&flag&empty=&&x=%26%3D");
  const QueryPairs expected{{"b", "2"},   {"a", "1"},    {"b", "3"},
                            {"flag", ""}, {"empty", ""}, {"x", "&="}};
  EXPECT_EQ(pairs, expected);
  EXPECT_TRUE(parse_query("")->empty());
}

TEST(ParseQuery, IsBounded) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a&";
  EXPECT_FALSE(parse_query(many));
}

TEST(ParseTarget, TakesOriginAndAbsoluteForm) {
  EXPECT_EQ(parse_target("/a%2Fb?q=1")->path, "/a/b");
  EXPECT_EQ(parse_target("/a?q=1?2")->query, (QueryPairs{{"q", "1?2"}}));
  EXPECT_EQ(parse_target("http://host:1/x?y=z")->path, "/x");
  EXPECT_EQ(parse_target("HTTPS://host")->path, "/");
  EXPECT_FALSE(parse_target("*"));
  EXPECT_FALSE(parse_target("example.org:443"));
  EXPECT_FALSE(parse_target("http://host?x"));
  EXPECT_FALSE(parse_target(""));
}

}  // namespace
}  // namespace tocsin::net
