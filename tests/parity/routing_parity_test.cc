// The rules of src/routing beside those of Debian's Alertmanager, on thousands of made-up inputs:
// what it takes we take, what it refuses we refuse, and what is taken means the same. It knows the
// classic syntax of matchers only.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/time.h"
#include "codec/yaml.h"
#include "parity/amtool.h"
#include "routing/matcher.h"
#include "routing/time_interval.h"

namespace tocsin::parity {
namespace {

using routing::Matchers;
using routing::MatcherSyntax;

class Words {
 public:
  explicit Words(uint64_t seed) : rng_(seed) {}
  uint64_t below(uint64_t bound) { return rng_.below(bound); }
  std::string one_of(std::span<const std::string_view> words) {
    return std::string(words[rng_.below(words.size())]);
  }
  std::string some_of(std::span<const std::string_view> words, size_t least, size_t most) {
    std::string out;
    for (size_t n = least + rng_.below(most - least + 1); n > 0; --n) out += one_of(words);
    return out;
  }

 private:
  SeededRng rng_;
};

std::string config_of_routes(const std::vector<std::string>& matchers) {
  std::string out = "route:\n  receiver: r\n  routes:\n";
  for (const std::string& text : matchers) {
    out += fmt::format("  - matchers: [{}]\n    receiver: r\n", yaml_quoted(text));
  }
  return out + "receivers:\n- name: r\n";
}

// ---- matchers

// Mostly nearly right, so that the rare branches of the grammar are met.
std::string some_matchers(Words& words) {
  constexpr std::string_view kNames[] = {"foo", "b_1", ":x", "_", "1a", "é", "", "\"foo\"", "a b"};
  constexpr std::string_view kSpace[] = {"", "", "", " ", "\t", "\n", "\xc2\xa0", "\v"};
  constexpr std::string_view kOperators[] = {"=", "=", "!=", "=~", "!~", "==", "!", "~", "=!"};
  constexpr std::string_view kPieces[] = {
      "a",   "b",  "5..",          "\\n", "\\\\", "\\\"", "\\", "\"", ",",   "{", "}",
      " ",   "é",  "\n",           "=",   "~",    "!",    "[",  "(",  "x|y", "'", "\t",
      "\\t", ".*", "\xe2\x80\xa8", "\\,"};
  std::string out;
  if (words.below(4) == 0) out += "{";
  for (uint64_t n = words.below(4); n > 0; --n) {
    out += words.one_of(kSpace) + words.one_of(kNames) + words.one_of(kSpace);
    out += words.one_of(kOperators) + words.one_of(kSpace);
    const bool is_quoted = words.below(2) == 0;
    out += is_quoted ? "\"" : "";
    out += words.some_of(kPieces, 0, 4);
    out += is_quoted ? "\"" : "";
    out += words.one_of(kSpace);
    if (n > 1 || words.below(4) == 0) out += ",";
  }
  if (words.below(4) == 0) out += "}";
  return out;
}

std::string route_text(Matchers matchers) {
  if (matchers.empty()) return "default-route";
  std::ranges::sort(matchers);
  return routing::to_text(matchers);
}

TEST(RoutingParity, ClassicMatchersMeanWhatTheyMeanToAlertmanager) {
  Words words(1);
  std::vector<std::string> texts, configs;
  for (int i = 0; i < 2'500; ++i) {
    texts.push_back(some_matchers(words));
    configs.push_back(config_of_routes({texts.back()}));
  }
  Amtool amtool;
  const auto answers = amtool.check(configs);
  std::vector<std::string> taken, wanted;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto ours = routing::parse_matchers(texts[i], MatcherSyntax::kClassic);
    ASSERT_EQ(ours ? "" : ours.error().message, answers[i]) << yaml_quoted(texts[i]);
    if (!ours) continue;
    taken.push_back(texts[i]);
    wanted.push_back(route_text(ours->matchers));
  }
  EXPECT_GT(taken.size(), 500U);
  EXPECT_LT(taken.size(), 3'500U);
  const auto shown = amtool.routes(config_of_routes(taken));
  ASSERT_EQ(shown.size(), taken.size());
  for (size_t i = 0; i < taken.size(); ++i) ASSERT_EQ(shown[i], wanted[i]) << yaml_quoted(taken[i]);
}

// ---- expressions

std::string some_expression(Words& words) {
  constexpr std::string_view kPieces[] = {
      "a",          "b",      "B",      ".",    "*",       "+",    "?",    "|",    "(",
      ")",          "(?:",    "[ab]",   "[^a]", "\\d",     "\\w",  "\\s",  "^",    "$",
      "{2}",        "{1,2}",  "(?i)",   "\\b",  "\\B",     "é",    "\\pL", "\\PL", "[[:alpha:]]",
      "\\Q",        "\\E",    "\\x41",  "\\.",  "\\C",     "(?s)", "(?m)", "\\A",  "\\z",
      "\\Z",        "(?P<n>", "[b-a]",  "[",    "]",       "{",    "}",    "\\",   "\\n",
      "-",          "(?U)",   "{1001}", "\\pQ", "[[:x:]]", "(?",   "\\8",  "a*?",  "\\_",
      "\\p{Greek}", "*?",     "[]a]",   "(?i:", "\\x{e9}"};
  return words.some_of(kPieces, 1, 5);
}

std::string classic_quoted(const std::string& value) {
  const auto matcher = routing::Matcher::make("v", routing::MatchOp::kEqual, value);
  return matcher->to_text().substr(2);
}

TEST(RoutingParity, ExpressionsMatchWhatTheyMatchToAlertmanager) {
  Words words(2);
  std::set<std::string> expressions;
  while (expressions.size() < 2'000) expressions.insert(some_expression(words));
  std::vector<std::string> configs, texts(expressions.begin(), expressions.end());
  const auto as_matcher = [](const std::string& text) {
    return routing::Matcher::make("v", routing::MatchOp::kRegex, text);
  };
  const auto config_of = [](const std::vector<std::string>& all) {
    std::string config = "route:\n  receiver: none\n  routes:\n",
                names = "receivers:\n- name: none\n";
    for (size_t i = 0; i < all.size(); ++i) {
      config += fmt::format("  - matchers: [{}]\n    receiver: r{}\n    continue: true\n",
                            yaml_quoted("v=~" + classic_quoted(all[i])), i);
      names += fmt::format("- name: r{}\n", i);
    }
    return config + names;
  };
  for (const std::string& text : texts) configs.push_back(config_of({text}));
  Amtool amtool;
  const auto answers = amtool.check(configs);
  std::vector<std::string> taken;
  std::vector<routing::Matcher> matchers;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto ours = as_matcher(texts[i]);
    ASSERT_EQ(ours.has_value(), answers[i].empty()) << texts[i] << " " << answers[i];
    // RE2 itself takes \C and looks at repeat counts late: of several errors these are not the
    // first.
    const bool is_in_order =
        texts[i].find("\\C") == std::string::npos && texts[i].find("{1001}") == std::string::npos;
    if (!ours && is_in_order) {
      ASSERT_EQ(ours.error().message, answers[i]) << texts[i];
    }
    if (!ours) continue;
    taken.push_back(texts[i]);
    matchers.push_back(*ours);
  }
  EXPECT_GT(taken.size(), 500U);
  const std::string config = config_of(taken);
  constexpr std::string_view kLetters[] = {"a",  "b", "A", "B", "é", "É", "1", " ",
                                           "\n", "_", "-", "]", ".", "α", "a"};
  for (int round = 0; round < 30; ++round) {
    const std::string value = words.some_of(kLetters, 1, 4);
    std::vector<std::string> wanted;
    for (size_t i = 0; i < taken.size(); ++i) {
      if (matchers[i].matches(value)) wanted.push_back(fmt::format("r{}", i));
    }
    if (wanted.empty()) wanted.push_back("none");
    ASSERT_EQ(amtool.receivers(config, "v=" + classic_quoted(value)), wanted) << yaml_quoted(value);
  }
}

// ---- durations

TEST(RoutingParity, DurationsAreTakenAsAlertmanagerTakesThem) {
  constexpr std::string_view kPieces[] = {
      "1",   "0",  "10", "5",  "y",  "w",  "d",
      "h",   "m",  "s",  "ms", "1h", "2m", "3s",
      "4d",  "-1", ".5", " ",  "us", "H",  "9223372036854775807",
      "292y"};
  Words words(3);
  std::set<std::string> texts = {"", "0", "00", "0s", "1d12h", "12h1d", "1h1h", "293y", "106752d"};
  constexpr std::string_view kUnits[] = {"y", "w", "d", "h", "m", "s", "ms"};
  while (texts.size() < 400) {
    std::string text;
    for (const std::string_view unit : kUnits) {
      if (words.below(3) == 0) text += fmt::format("{}{}", words.below(300), unit);
    }
    texts.insert(text);
  }
  while (texts.size() < 1'500) texts.insert(words.some_of(kPieces, 1, 4));
  std::vector<std::string> configs;
  for (const std::string& text : texts) {
    configs.push_back(fmt::format(
        "route:\n  receiver: r\n  group_wait: {}\nreceivers:\n- name: r\n", yaml_quoted(text)));
  }
  Amtool amtool;
  const auto answers = amtool.check(configs);
  size_t i = 0, taken = 0;
  for (const std::string& text : texts) {
    // The reference counts nanoseconds in 64 bits, we count microseconds.
    const auto duration = parse_duration(text);
    const bool is_ours = duration && *duration <= hours(24 * 365) * 292 + hours(24 * 86);
    ASSERT_EQ(is_ours, answers[i].empty()) << "'" << text << "' " << answers[i];
    taken += is_ours ? 1 : 0;
    ++i;
  }
  EXPECT_GT(taken, 200U);
}

// ---- time intervals

std::string some_list(Words& words, std::span<const std::string_view> members) {
  std::string out = "[";
  for (uint64_t n = words.below(3); n > 0; --n) {
    std::string item = words.one_of(members);
    if (words.below(2) == 0) item += ":" + words.one_of(members);
    if (words.below(20) == 0) item += ":" + words.one_of(members);
    out += yaml_quoted(item) + (n > 1 || words.below(8) == 0 ? "," : "");
  }
  return out + "]";
}

std::string some_interval(Words& words) {
  constexpr std::string_view kWeekdays[] = {"sunday", "monday", "Friday", "saturday", "WEDNESDAY",
                                            "mon",    "1",      "",       "tuesday "};
  constexpr std::string_view kDays[] = {"1",  "5",   "28",  "29", "31", "32", "0", "-1",
                                        "-5", "-31", "-32", "+3", "x",  "",   "03"};
  constexpr std::string_view kMonths[] = {"january", "May", "december", "1",   "5", "12",
                                          "13",      "0",   "-1",       "jan", "",  "+2"};
  constexpr std::string_view kYears[] = {
      "2020", "2026", "1", "-5", "+7", "99999999999999999999", "x", "", "2020.5"};
  constexpr std::string_view kTimes[] = {"00:00", "09:30", "23:59", "24:00", "24:01",   "9:30",
                                         "12:60", "25:00", "aa:bb", "",      "12:00:00"};
  constexpr std::string_view kZones[] = {"UTC",           "Europe/Berlin",    "Local",  "",
                                         "Europe/Berlni", "America/New_York", "../etc", "/etc"};
  std::string out;
  const auto add = [&](std::string_view key, const std::string& value) {
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", key, value);
  };
  if (words.below(3) == 0) {
    std::string times = "[";
    for (uint64_t n = words.below(3); n > 0; --n) {
      times += fmt::format("{{start_time: {}", yaml_quoted(words.one_of(kTimes)));
      if (words.below(12) != 0) times += ", end_time: " + yaml_quoted(words.one_of(kTimes));
      if (words.below(20) == 0) times += ", until: x";
      times += "},";
    }
    add("times", times + "]");
  }
  if (words.below(3) == 0) add("weekdays", some_list(words, kWeekdays));
  if (words.below(3) == 0) add("days_of_month", some_list(words, kDays));
  if (words.below(3) == 0) add("months", some_list(words, kMonths));
  if (words.below(3) == 0) add("years", some_list(words, kYears));
  if (words.below(12) == 0) add("location", yaml_quoted(words.one_of(kZones)));
  if (words.below(30) == 0) add("weekday", "[monday]");
  return "{" + out + "}";
}

TEST(RoutingParity, TimeIntervalsAreTakenAsAlertmanagerTakesThem) {
  Words words(4);
  std::vector<std::string> texts, configs;
  for (int i = 0; i < 2'500; ++i) {
    texts.push_back(fmt::format("name: x\ntime_intervals: [{}]\n", some_interval(words)));
    std::string entry = texts.back();
    entry.replace(entry.find('\n'), 1, "\n  ");
    configs.push_back("route:\n  receiver: r\nreceivers:\n- name: r\ntime_intervals:\n- " + entry);
  }
  Amtool amtool;
  const auto answers = amtool.check(configs);
  size_t taken = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto documents = codec::parse_yaml(texts[i]);
    ASSERT_TRUE(documents) << texts[i];
    codec::Problems problems;
    codec::Fields fields(documents->front(), "alertmanager.yml", problems);
    routing::read_time_interval(fields);
    const auto result = problems.as_result();
    ASSERT_EQ(result.has_value(), answers[i].empty())
        << texts[i] << answers[i] << (result ? "" : result.error().message);
    taken += result ? 1 : 0;
  }
  EXPECT_GT(taken, 500U);
}

}  // namespace
}  // namespace tocsin::parity
