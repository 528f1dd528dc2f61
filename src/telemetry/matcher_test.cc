#include "telemetry/matcher.h"

#include <gtest/gtest.h>

#include "telemetry/selector_promql.h"

namespace tocsin::telemetry {
namespace {

bool matches(const std::string& selector, std::vector<LabelView> labels) {
  auto query = compile_promql(selector);
  if (!query) {
    ADD_FAILURE() << query.error().message;
    return false;
  }
  auto compiled = CompiledSelector::compile(query->selectors[0]);
  auto set = LabelSet::from(std::move(labels), {});
  return compiled && set && compiled->matches(*set);
}

TEST(Matcher, ExpressionsAreAnchoredAtBothEnds) {
  EXPECT_TRUE(matches("m{code=~\"5..\"}", {{"__name__", "m"}, {"code", "503"}}));
  EXPECT_FALSE(matches("m{code=~\"5..\"}", {{"__name__", "m"}, {"code", "1503"}}));
  EXPECT_FALSE(matches("m{code=~\"5\"}", {{"__name__", "m"}, {"code", "503"}}));
  EXPECT_TRUE(matches("m{code=~\"a|5..\"}", {{"__name__", "m"}, {"code", "503"}}));
  EXPECT_TRUE(matches("m{x=~\"a.b\"}", {{"__name__", "m"}, {"x", "a\nb"}}));
}

TEST(Matcher, AMissingLabelHasTheEmptyValue) {
  EXPECT_TRUE(matches("m{env!=\"dev\"}", {{"__name__", "m"}}));
  EXPECT_TRUE(matches("m{env=\"\"}", {{"__name__", "m"}}));
  EXPECT_FALSE(matches("m{env=\"\"}", {{"__name__", "m"}, {"env", "dev"}}));
  EXPECT_TRUE(matches("m{env=~\"|prod\"}", {{"__name__", "m"}}));
  EXPECT_FALSE(matches("m{env!~\"|prod\"}", {{"__name__", "m"}}));
  EXPECT_FALSE(matches("m{env=~\".+\"}", {{"__name__", "m"}}));
}

TEST(Matcher, RefusesWhatMatchesEverySeriesAndWrongExpressions) {
  EXPECT_FALSE(CompiledSelector::compile({{"env", Matcher::Op::kNotEqual, "dev"}}));
  EXPECT_FALSE(CompiledSelector::compile({{"env", Matcher::Op::kMatch, ".*"}}));
  const auto wrong = CompiledSelector::compile({{"env", Matcher::Op::kMatch, "a("}});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("env=~\"a(\""), std::string::npos);
}

TEST(Matcher, PrintsAsItIsWritten) {
  EXPECT_EQ(to_text(Selector{{"__name__", Matcher::Op::kEqual, "m"},
                             {"a", Matcher::Op::kNotMatch, "x\"y\\"}}),
            "m{a!~\"x\\\"y\\\\\"}");
}

}  // namespace
}  // namespace tocsin::telemetry
