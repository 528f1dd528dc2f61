#include "telemetry/prom_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tocsin::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Kept {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  std::optional<int64_t> t_ms;
};

struct Read {
  std::vector<Kept> samples;
  Result<> result;
};

Read read(std::string_view text, TextFormat format = TextFormat::kPrometheus) {
  Read out;
  out.result = parse_prom_text(text, format, [&](const TextSample& sample) {
    Kept& kept = out.samples.emplace_back();
    kept.name = sample.name;
    for (const auto& [name, value] : sample.labels) kept.labels.emplace_back(name, value);
    kept.value = sample.value;
    kept.t_ms = sample.t_ms;
    return true;
  });
  return out;
}

Kept one(std::string_view line) {
  const Read got = read(line);
  EXPECT_TRUE(got.result) << line << ": " << got.result.error().message;
  EXPECT_EQ(got.samples.size(), 1U) << line;
  return got.samples.empty() ? Kept{} : got.samples[0];
}

std::string error_of(std::string_view text, TextFormat format = TextFormat::kPrometheus) {
  const Read got = read(text, format);
  EXPECT_FALSE(got.result) << text;
  if (got.result) return "";
  EXPECT_EQ(got.result.error().code, Code::kInvalidArgument);
  return got.result.error().message;
}

TEST(PromText, ReadsSamplesBetweenComments) {
  const Read got = read(
      "# HELP a What it is\n# TYPE a counter\na 1\n\n  \nb{x=\"1\",y=\"2\",} 2.5e3 "
      "1700000000000\r\n"
      "\tc { z = \"\" } -4\n# just words");
  ASSERT_TRUE(got.result) << got.result.error().message;
  ASSERT_EQ(got.samples.size(), 3U);
  EXPECT_EQ(got.samples[0].name, "a");
  EXPECT_FALSE(got.samples[0].t_ms);
  EXPECT_THAT(got.samples[1].labels, ElementsAre(std::pair("x", "1"), std::pair("y", "2")));
  EXPECT_EQ(got.samples[1].value, 2500);
  EXPECT_EQ(got.samples[1].t_ms, 1'700'000'000'000);
  EXPECT_THAT(got.samples[2].labels, ElementsAre(std::pair("z", "")));
  EXPECT_EQ(got.samples[2].value, -4);
}

TEST(PromText, UndoesEscapesAndKeepsOthers) {
  EXPECT_EQ(one("a{x=\"q\\\"uo\\\\te\\nnew \\d}\"} 1").labels[0].second, "q\"uo\\te\nnew \\d}");
}

TEST(PromText, ReadsTheNumbersThatClientsWrite) {
  EXPECT_TRUE(std::isnan(one("a NaN").value));
  EXPECT_TRUE(std::isnan(one("a nan").value));
  EXPECT_EQ(one("a +Inf").value, HUGE_VAL);
  EXPECT_EQ(one("a -Inf").value, -HUGE_VAL);
  EXPECT_EQ(one("a +5").value, 5);
  EXPECT_EQ(one("a .5").value, 0.5);
  EXPECT_EQ(one("a 1e-999").value, 0);
  EXPECT_EQ(one("a 5e-324").value, 5e-324);
}

TEST(PromText, NamesTheLineThatIsWrong) {
  for (const char* line :
       {"a", "a x", "1a 5", "{} 5", "a{x} 1", "a{x=1} 1", "a{x=\"1} 1", "a{x=\"1\\", "a{x=\"1\" 1",
        "a{x=\"1\"y=\"2\"} 1", "a{=\"1\"} 1", "a 1 x", "a 1 2 3", "a 1 1e300", "a 1e999", "a +-5",
        "a 1 # {x=\"y\"} 1", "a{,} 1", "a 0x"}) {
    EXPECT_THAT(error_of(std::string("good 1\n\n") + line), HasSubstr("line 3: ")) << line;
  }
}

TEST(PromText, ALabelIsGivenOnce) {
  for (const char* text :
       {"m{a=\"1\",a=\"2\"} 1\n", "m{a=\"1\",b=\"\",a=\"1\"} 1\n", "m{__name__=\"n\"} 1\n"}) {
    int taken = 0;
    const Result<> read = parse_prom_text(std::string("fine 1\n") + text, TextFormat::kPrometheus,
                                          [&](const TextSample&) { return ++taken > 0; });
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kAlreadyExists);
    EXPECT_THAT(read.error().message, ::testing::HasSubstr("line 2: label"));
    EXPECT_THAT(read.error().message, ::testing::HasSubstr("twice"));
    EXPECT_EQ(taken, 1);
  }
}

TEST(PromText, HandsOnWhatStandsBeforeTheWrongLine) {
  EXPECT_EQ(read("a 1\nb 2\nbad\nc 3\n").samples.size(), 2U);
}

TEST(PromText, EndsWhenItsTakerHasEnough) {
  int taken = 0;
  const auto result = parse_prom_text("a 1\na 2\na 3\nnot read", TextFormat::kPrometheus,
                                      [&](const TextSample&) { return ++taken < 2; });
  EXPECT_TRUE(result);
  EXPECT_EQ(taken, 2);
}

TEST(PromText, OpenMetricsHasSecondsAndExemplars) {
  const Read got = read(
      "# TYPE a counter\na_total{x=\"1\"} 17 1700000000.25 # {trace_id=\"abc\"} 0.6 1.5\n"
      "a_total 3 # {} 1\n# EOF\n",
      TextFormat::kOpenMetrics);
  ASSERT_TRUE(got.result) << got.result.error().message;
  ASSERT_EQ(got.samples.size(), 2U);
  EXPECT_EQ(got.samples[0].t_ms, 1'700'000'000'250);
  EXPECT_EQ(got.samples[1].value, 3);
}

TEST(PromText, OpenMetricsPassesOverTheBirthTimesOfCountersAndNotOverGauges) {
  const Read got = read(
      "# TYPE a counter\na_total 1\na_created 1.7e9\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\n"
      "h_created 1.7e9\n# TYPE kube_pod_created gauge\nkube_pod_created 1.7e9\n# EOF",
      TextFormat::kOpenMetrics);
  ASSERT_TRUE(got.result);
  ASSERT_EQ(got.samples.size(), 3U);
  EXPECT_EQ(got.samples[2].name, "kube_pod_created");
  EXPECT_EQ(read("# TYPE a counter\na_created 5\n").samples.size(), 1U);
}

TEST(PromText, OpenMetricsThatWasCutOffIsRefused) {
  EXPECT_THAT(error_of("a 1\n", TextFormat::kOpenMetrics), HasSubstr("cut off"));
  EXPECT_THAT(error_of("a 1\n# EO", TextFormat::kOpenMetrics), HasSubstr("cut off"));
  EXPECT_THAT(error_of("a 1\n# EOF\na 2\n", TextFormat::kOpenMetrics), HasSubstr("line 3"));
  EXPECT_TRUE(read("a 1\n").result);
}

TEST(PromText, KnowsTheFormatByContentType) {
  EXPECT_EQ(text_format_of("application/openmetrics-text; version=1.0.0; charset=utf-8"),
            TextFormat::kOpenMetrics);
  EXPECT_EQ(text_format_of("text/plain; version=0.0.4"), TextFormat::kPrometheus);
  EXPECT_EQ(text_format_of(""), TextFormat::kPrometheus);
}

TEST(PromText, AnyBytesGiveSamplesOrOneError) {
  constexpr uint32_t kSeed = 11;
  std::mt19937 random(kSeed);
  constexpr std::string_view kBits = "aA_:{}=\"\\,# \t\n09.+-eINF\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = random() % 40; n > 0; --n) text += kBits[random() % kBits.size()];
    for (const TextFormat format : {TextFormat::kPrometheus, TextFormat::kOpenMetrics}) {
      for (const Kept& sample : read(text, format).samples) {
        ASSERT_FALSE(sample.name.empty()) << "seed " << kSeed << ": " << text;
      }
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
