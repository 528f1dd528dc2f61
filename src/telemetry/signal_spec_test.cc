#include "telemetry/signal_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/matcher.h"

namespace tocsin::telemetry {
namespace {

using ::testing::HasSubstr;

struct Declared {
  std::vector<SignalSpec> signals;
  std::string problems;
};

// `text` holds documents without their apiVersion and kind.
Declared declare(const std::string& metadata_and_spec) {
  codec::Problems problems;
  const catalog::Catalog catalog = catalog::load_texts(
      {{"s.yaml", "apiVersion: tocsin/v1\nkind: Signal\n" + metadata_and_spec}}, problems);
  Sources sources;
  sources.query.push_back({.name = "prom", .url = "http://prometheus:9090"});
  Declared out;
  out.signals = read_signals(catalog, sources, problems);
  for (const auto& problem : problems.all()) out.problems += problem.to_text() + "\n";
  return out;
}

SignalSpec good(const std::string& spec) {
  Declared got = declare("metadata: {name: x}\nspec:\n" + spec);
  EXPECT_EQ(got.problems, "");
  EXPECT_EQ(got.signals.size(), 1U);
  return got.signals.empty() ? SignalSpec{} : std::move(got.signals[0]);
}

std::string wrong(const std::string& spec) {
  const Declared got = declare("metadata: {name: x}\nspec:\n" + spec);
  EXPECT_NE(got.problems, "") << spec;
  return got.problems;
}

TEST(SignalSpec, ReadsARatio) {
  const SignalSpec spec = good(
      "  ratio:\n    bad: sum(rate(r_total{code=~\"5..\"}[5m]))\n    total: r_total\n"
      "  by: [route, job]\n");
  EXPECT_EQ(spec.name.value(), "x");
  EXPECT_EQ(spec.kind, SignalKind::kRatio);
  EXPECT_EQ(to_text(spec.bad.at(0)), "r_total{code=~\"5..\"}");
  EXPECT_EQ(spec.total.size(), 1U);
  EXPECT_TRUE(spec.good.empty());
  EXPECT_EQ(spec.by, (std::vector<std::string>{"route", "job"}));
  EXPECT_FALSE(spec.query);
}

TEST(SignalSpec, GroupsMayBeSaidInTheQueryTooInAnyOrder) {
  EXPECT_EQ(good("  rate: {of: 'sum by (job, route) (rate(r[1m]))'}\n  by: [route, job]\n").kind,
            SignalKind::kRate);
  EXPECT_THAT(wrong("  rate: {of: 'sum by (route) (rate(r[1m]))'}\n"), HasSubstr("spec.by"));
}

TEST(SignalSpec, ReadsALatencyAsPeopleWriteIt) {
  for (const char* of :
       {"d_bucket{job=\"shop\"}", "sum(rate(d_bucket{job=\"shop\"}[5m]))",
        "sum by (le) (rate(d_bucket{job=\"shop\"}[5m]))",
        "histogram_quantile(0.99, sum by (le) (rate(d_bucket{job=\"shop\"}[5m])))"}) {
    const SignalSpec spec = good(std::string("  latency:\n    of: ") + of + "\n    bound: 0.5\n");
    EXPECT_EQ(spec.kind, SignalKind::kLatency);
    EXPECT_EQ(spec.latency_bound, 0.5);
    EXPECT_EQ(to_text(spec.of.at(0)), "d_bucket{job=\"shop\"}");
  }
  EXPECT_THAT(wrong("  latency: {of: 'd_bucket{le=\"0.5\"}', bound: 0.5}\n"), HasSubstr("le"));
  EXPECT_THAT(wrong("  latency: {of: d_bucket, bound: 0.5}\n  by: [le]\n"), HasSubstr("le"));
  EXPECT_THAT(wrong("  latency: {of: d_bucket}\n"), HasSubstr("bound"));
  EXPECT_THAT(wrong("  latency: {of: d_bucket, bound: -1}\n"), HasSubstr("bound"));
  EXPECT_THAT(wrong("  source: prom\n  latency: {of: d_bucket, bound: 1}\n"),
              HasSubstr("spec.source"));
}

TEST(SignalSpec, ALevelFoldsAsItsQuerySays) {
  using Fold = SignalSpec::LevelFold;
  EXPECT_EQ(good("  level: {of: q}\n").fold, Fold::kSum);
  EXPECT_EQ(good("  level: {of: q, fold: max}\n").fold, Fold::kMax);
  EXPECT_EQ(good("  level: {of: max(q)}\n").fold, Fold::kMax);
  EXPECT_EQ(good("  level: {of: avg(q), fold: average}\n").fold, Fold::kAverage);
  EXPECT_THAT(wrong("  level: {of: avg(q), fold: max}\n"), HasSubstr("do not agree"));
  EXPECT_EQ(good("  source: prom\n  level: {of: max(q)}\n").fold, Fold::kMax);
  EXPECT_EQ(good("  source: prom\n  level: {of: 'a / b', fold: average}\n").fold, Fold::kAverage);
  EXPECT_THAT(wrong("  source: prom\n  level: {of: avg(q), fold: max}\n"),
              HasSubstr("do not agree"));
  EXPECT_THAT(wrong("  level: {of: 'rate(q[5m])'}\n"), HasSubstr("gauge"));
}

TEST(SignalSpec, WhatASourceIsAskedCountsOverItsStep) {
  const SignalSpec spec = good(
      "  source: prom\n  ratio:\n    good: sum(rate(ok[5m]))\n"
      "    total: sum(increase(a[$step])) - sum(increase(b[$step]))\n");
  ASSERT_TRUE(spec.query);
  EXPECT_EQ(spec.query->source, "prom");
  EXPECT_EQ(spec.query->good, "sum(increase(ok[$step]))");
  EXPECT_EQ(spec.query->total, "sum(increase(a[$step])) - sum(increase(b[$step]))");
  EXPECT_TRUE(spec.good.empty());
  EXPECT_THAT(wrong("  source: prom\n  rate: {of: 'topk(1, rate(a[5m]))'}\n"), HasSubstr("$step"));
  EXPECT_THAT(wrong("  source: prm\n  rate: {of: a}\n"), HasSubstr("did you mean 'prom'"));
}

TEST(SignalSpec, SaysWhatIsWrong) {
  EXPECT_THAT(wrong("  by: [a]\n"), HasSubstr("exactly one of ratio"));
  EXPECT_THAT(wrong("  rate: {of: a}\n  level: {of: b}\n"), HasSubstr("exactly one of ratio"));
  EXPECT_THAT(wrong("  ratio: {good: a, bad: b, total: c}\n"), HasSubstr("one of good and bad"));
  EXPECT_THAT(wrong("  ratio: {good: a}\n"), HasSubstr("total"));
  EXPECT_THAT(wrong("  ratio: {good: max(a), total: b}\n"), HasSubstr("counter"));
  EXPECT_THAT(wrong("  rate: {of: 'a / b'}\n"), HasSubstr("source:"));
  EXPECT_THAT(wrong("  rate: {}\n"), HasSubstr("of"));
  EXPECT_THAT(wrong("  rate: {of: a, off: b}\n"), HasSubstr("off"));
  EXPECT_THAT(wrong("  rate: {of: a}\n  by: [x, x]\n"), HasSubstr("twice"));
  EXPECT_THAT(wrong("  rate: {of: a}\n  service: nobody\n"), HasSubstr("nobody"));
}

TEST(SignalSpec, ANameFitsIntoAUrl) {
  for (const char* name : {"a/b", "'..'", "Shop", "'a b'"}) {
    EXPECT_THAT(
        declare(fmt::format("metadata: {{name: {}}}\nspec: {{rate: {{of: a}}}}\n", name)).problems,
        HasSubstr("must be at most 63 lower-case letters"))
        << name;
  }
}

TEST(SignalSpec, ANameIsThereOnce) {
  const Declared got = declare(
      "metadata: {name: x}\nspec: {rate: {of: a}}\n---\napiVersion: tocsin/v1\nkind: Signal\n"
      "metadata: {name: x}\nspec: {rate: {of: b}}\n");
  EXPECT_THAT(got.problems, HasSubstr("signal x is declared at s.yaml:1 already"));
}

}  // namespace
}  // namespace tocsin::telemetry
