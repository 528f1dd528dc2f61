#include "telemetry/selector_promql.h"

#include <gtest/gtest.h>

#include "telemetry/matcher.h"

namespace tocsin::telemetry {
namespace {

using Shape = StreamingQuery::Shape;

StreamingQuery compiled(const std::string& text) {
  auto query = compile_promql(text);
  EXPECT_TRUE(query) << text << ": " << (query ? "" : query.error().message);
  return query ? *query : StreamingQuery{};
}

TEST(SelectorPromql, CompilesTheRequestCountsThatPeopleHave) {
  const auto query =
      compiled("sum(rate(http_requests_total{job=\"shop\", code=~\"5..\",}[5m]))  # errors");
  EXPECT_EQ(query.shape, Shape::kIncrease);
  ASSERT_EQ(query.selectors.size(), 1U);
  EXPECT_EQ(to_text(query.selectors[0]), "http_requests_total{job=\"shop\",code=~\"5..\"}");
  EXPECT_EQ(query.range, minutes(5));
  EXPECT_TRUE(query.by.empty());
}

TEST(SelectorPromql, CompilesGroupsInBothPlaces) {
  EXPECT_EQ(compiled("sum by (route, job) (increase(m[1h30m]))").by,
            (std::vector<std::string>{"job", "route"}));
  EXPECT_EQ(compiled("SUM(rate(m[5m])) BY (route)").by, (std::vector<std::string>{"route"}));
}

TEST(SelectorPromql, CompilesLevelsAndTheirFolds) {
  EXPECT_EQ(compiled("queue_length{x='y'}").shape, Shape::kLevel);
  EXPECT_EQ(compiled("max(queue_length)").fold, SignalSpec::LevelFold::kMax);
  EXPECT_EQ(compiled("avg by (x) (queue_length)").fold, SignalSpec::LevelFold::kAverage);
  EXPECT_EQ(compiled("{__name__=\"a\"}").selectors[0].size(), 1U);
  EXPECT_EQ(to_text(compiled("{\"a.b\", c=\"d\"}").selectors[0]), "a.b{c=\"d\"}");
}

TEST(SelectorPromql, CompilesSumsOfCounters) {
  const auto query = compiled("sum(rate(a[5m])) + (sum(rate(b{x!=\"\"}[5m])) + sum(rate(c[1m])))");
  EXPECT_EQ(query.selectors.size(), 3U);
  EXPECT_EQ(compiled("sum by (x) (rate(a[5m])) + sum by (x) (rate(b[5m]))").selectors.size(), 2U);
  EXPECT_EQ(compiled("sum(sum(rate(a[5m])))").selectors.size(), 1U);
}

TEST(SelectorPromql, CompilesQuantilesOfHistograms) {
  const auto query = compiled(
      "histogram_quantile(0.99, sum by (le, route) (rate(d_seconds_bucket{job=\"shop\"}[5m])))");
  EXPECT_EQ(query.shape, Shape::kQuantile);
  EXPECT_EQ(query.quantile, 0.99);
  EXPECT_EQ(query.by, (std::vector<std::string>{"route"}));
}

TEST(SelectorPromql, UndoesStringEscapes) {
  EXPECT_EQ(compiled("m{a=\"x\\\"y\\\\\", b=`\\d`}").selectors[0][1].value, "x\"y\\");
  EXPECT_EQ(compiled("m{a=\"x\", b=`\\d`}").selectors[0][2].value, "\\d");
}

TEST(SelectorPromql, SaysWhatCannotBeFoldedAndWhereItCanBeAsked) {
  for (const char* text :
       {"sum(rate(a[5m])) / sum(rate(b[5m]))", "rate(a[5m] offset 1h)", "topk(5, a)",
        "sum without (x) (rate(a[5m]))", "max(rate(a[5m]))", "max(avg(a))", "a > 5",
        "sum(rate(a[5m:1m]))", "sum(sum by (x) (a))", "a + max(b)", "a @ 5", "absent(a)",
        "histogram_quantile(0.9, rate(b[5m])) + a"}) {
    const auto query = compile_promql(text);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().code, Code::kInvalidArgument);
    EXPECT_NE(query.error().message.find("source:"), std::string::npos)
        << text << ": " << query.error().message;
  }
}

TEST(SelectorPromql, NamesThePlaceOfBrokenText) {
  for (const char* text :
       {"", "sum(", "sum(rate(a[5m])", "m{a}", "m{a=b}", "m{a=\"x}", "m{a==\"b\"}", "rate(a)",
        "rate(a[x])", "5", "m{", "\xff", "m{a=~\"(\"}", "{}", "sum()", "sum by (a",
        "histogram_quantile(2, sum by (le) (rate(b[5m])))"}) {
    EXPECT_FALSE(compile_promql(text)) << text;
  }
  EXPECT_NE(compile_promql("sum(rate(a[5m])").error().message.find("character 16"),
            std::string::npos);
  EXPECT_FALSE(compile_promql(std::string(5000, '(')));
}

TEST(SelectorPromql, BuildsTheRatioOfAnObjective) {
  const auto spec =
      ratio_from_promql(SignalName("x"), "sum(rate(ok_total[5m]))", "", "sum(requests_total)");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->good.size(), 1U);
  EXPECT_TRUE(spec->bad.empty());
  EXPECT_FALSE(ratio_from_promql(SignalName("x"), "a", "b", "c"));
  EXPECT_FALSE(ratio_from_promql(SignalName("x"), "a", "", ""));
  EXPECT_FALSE(ratio_from_promql(SignalName("x"), "max(a)", "", "b"));
  const auto grouped = ratio_from_promql(SignalName("x"), "", "sum by (r) (rate(a[5m]))", "b");
  ASSERT_FALSE(grouped);
  EXPECT_NE(grouped.error().message.find("bad"), std::string::npos);
}

TEST(SelectorPromql, WritesTheIncreaseThatASourceIsAskedFor) {
  EXPECT_EQ(increase_promql(compiled("a{x=\"1\"} + b").selectors, {"r"}),
            "sum by (r) (increase(a{x=\"1\"}[$step])) + sum by (r) (increase(b[$step]))");
  EXPECT_EQ(increase_promql(compiled("{\"a.b\", \"c d\"!=\"e\"}").selectors, {}),
            "sum(increase({__name__=\"a.b\",\"c d\"!=\"e\"}[$step]))");
}

}  // namespace
}  // namespace tocsin::telemetry
