// The rules of src/routing beside a running Alertmanager: the same posts are known by the same
// fingerprints, and inhibited and silenced alike.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "parity/alertmanager.h"
#include "parity/amtool.h"
#include "routing/inhibition.h"
#include "routing/labels.h"
#include "routing/silence.h"

namespace tocsin::parity {
namespace {

namespace json = boost::json;
using namespace tocsin::routing;

constexpr std::string_view kFar = "2099-01-01T00:00:00Z";
constexpr std::string_view kPlainConfig = "route: {receiver: r}\nreceivers: [{name: r}]\n";

json::object to_json(const Labels& labels) {
  json::object out;
  for (const auto& [name, value] : labels) out[name] = value;
  return out;
}

Labels to_labels(const json::value& object) {
  std::vector<LabelPair> pairs;
  for (const auto& [name, value] : object.as_object()) pairs.emplace_back(name, value.as_string());
  return Labels::from(std::move(pairs));
}

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

void post_alerts(Alertmanager& server, const std::vector<Labels>& alerts) {
  json::array body;
  for (const Labels& labels : alerts) {
    body.push_back(json::object{{"labels", to_json(labels)}, {"endsAt", kFar}});
  }
  server.post("/alerts", body);
}

class Words {
 public:
  explicit Words(uint64_t seed) : rng_(seed) {}
  uint64_t below(uint64_t bound) { return rng_.below(bound); }
  std::string one_of(std::span<const std::string_view> words) {
    return std::string(words[rng_.below(words.size())]);
  }
  // A few labels of a small world, so that rules and silences meet them.
  Labels labels() {
    constexpr std::string_view kNames[] = {"a", "b", "c", "d"}, kValues[] = {"1", "2", "3", ""};
    std::vector<std::pair<std::string, std::string>> pairs = {
        {"alertname", std::to_string(rng_.below(100))}};
    for (const std::string_view name : kNames) pairs.emplace_back(name, one_of(kValues));
    return Labels::from({pairs.begin(), pairs.end()});
  }
  Matchers matchers() {
    constexpr std::string_view kNames[] = {"a", "b", "c", "d"},
                               kValues[] = {"1", "2", "3", "", "1|2", ".*", "[12]?"};
    constexpr MatchOp kOps[] = {MatchOp::kEqual, MatchOp::kEqual, MatchOp::kNotEqual,
                                MatchOp::kRegex, MatchOp::kNotRegex};
    Matchers out;
    for (uint64_t n = 1 + rng_.below(3); n > 0; --n) {
      out.push_back(
          Matcher::make(one_of(kNames), kOps[rng_.below(std::size(kOps))], one_of(kValues))
              .value());
    }
    return out;
  }

 private:
  SeededRng rng_;
};

TEST(AlertmanagerParity, AlertsHaveTheSameFingerprintsAndTheSameLabels) {
  constexpr std::string_view kNames[] = {"a", "b", "alertname", "_x", "a1", "Z", "job"};
  constexpr std::string_view kPieces[] = {
      "a", "\xc3\xa9", "\xf0\x9f\x94\xa5", "\"", "\\", "\n", " ", "\x01", "=", ",", "\xc2\x85"};
  Words words(1);
  std::vector<Labels> alerts;
  for (int i = 0; i < 1'000; ++i) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (uint64_t n = 1 + words.below(5); n > 0; --n) {
      std::string value = std::to_string(words.below(10));
      for (uint64_t m = words.below(4); m > 0; --m) value += words.one_of(kPieces);
      pairs.emplace_back(words.one_of(kNames), value);
    }
    alerts.push_back(Labels::from({pairs.begin(), pairs.end()}));
  }
  Alertmanager server{std::string(kPlainConfig)};
  post_alerts(server, alerts);
  std::map<std::string, Labels> wanted;
  for (const Labels& labels : alerts) wanted[fingerprint_text(labels.fingerprint())] = labels;
  std::map<std::string, Labels> shown;
  const json::value answer = server.get("/alerts");
  for (const json::value& alert : answer.as_array()) {
    shown[text_of(alert.at("fingerprint"))] = to_labels(alert.at("labels"));
  }
  EXPECT_EQ(shown, wanted);
}

// A post and a second one over it, with ends in the past, in the future and of resolve_timeout.
TEST(AlertmanagerParity, PostsAreMergedAlike) {
  Words words(5);
  SystemClock clock;
  const Time now = std::chrono::floor<seconds>(clock.now());
  constexpr int kStarts[] = {-60, -50, -40, -20, -15}, kEnds[] = {-45, -30, -10, 60, 90, 120};
  const auto some_post = [&](const Labels& labels) {
    PostedAlert post;
    post.labels = labels;
    post.starts = now + minutes(kStarts[words.below(std::size(kStarts))]);
    post.is_timeout = words.below(4) == 0;
    post.ends = now + minutes(post.is_timeout ? 5 : kEnds[words.below(std::size(kEnds))]);
    post.ends = std::max(post.ends, post.starts);
    return post;
  };
  const auto to_post = [](const PostedAlert& post) {
    json::object out{{"labels", to_json(post.labels)}, {"startsAt", to_rfc3339(post.starts)}};
    if (!post.is_timeout) out["endsAt"] = to_rfc3339(post.ends);
    return out;
  };
  json::array first, second;
  std::map<std::string, PostedAlert> wanted;
  for (int i = 0; i < 500; ++i) {
    const Labels labels = Labels::of({{"alertname", std::to_string(i)}});
    const PostedAlert older = some_post(labels), newer = some_post(labels);
    first.push_back(to_post(older));
    second.push_back(to_post(newer));
    const PostedAlert merged = merge(older, newer, now);
    if (!merged.is_resolved(now)) wanted[fingerprint_text(labels.fingerprint())] = merged;
  }
  Alertmanager server{std::string(kPlainConfig)};
  server.post("/alerts", first);
  server.post("/alerts", second);
  const json::value answer = server.get("/alerts");
  EXPECT_EQ(answer.as_array().size(), wanted.size());  // it shows what fires
  for (const json::value& alert : answer.as_array()) {
    const auto found = wanted.find(text_of(alert.at("fingerprint")));
    ASSERT_NE(found, wanted.end());
    EXPECT_EQ(text_of(alert.at("startsAt")), to_rfc3339(found->second.starts));
    const Time ends = parse_rfc3339(text_of(alert.at("endsAt"))).value();
    EXPECT_LT(std::chrono::abs(ends - found->second.ends), minutes(2)) << to_rfc3339(ends);
  }
}

std::string yaml_of(const std::vector<InhibitRule>& rules) {
  std::string out = "inhibit_rules:\n";
  const auto list = [](const Matchers& matchers) {
    std::string text;
    for (const Matcher& matcher : matchers) text += yaml_quoted(matcher.to_text()) + ",";
    return "[" + text + "]";
  };
  for (const InhibitRule& rule : rules) {
    std::string equal;
    for (const std::string& name : rule.equal) equal += name + ",";
    out += fmt::format("- source_matchers: {}\n  target_matchers: {}\n  equal: [{}]\n",
                       list(rule.source), list(rule.target), equal);
  }
  return out;
}

TEST(AlertmanagerParity, AlertsAreInhibitedAlike) {
  constexpr std::string_view kNames[] = {"a", "b", "c", "d"};
  size_t inhibited = 0, alerts_seen = 0;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    Words words(seed);
    std::vector<InhibitRule> rules;
    for (uint64_t n = 1 + words.below(4); n > 0; --n) {
      std::vector<std::string> equal;
      for (uint64_t m = 1 + words.below(3); m > 0; --m) equal.push_back(words.one_of(kNames));
      rules.push_back({"", words.matchers(), words.matchers(), std::move(equal)});
    }
    // Alerts reach the server's inhibitor in order: when the last target is inhibited, all are
    // known.
    const auto one = [](std::string value) {
      return Matchers{Matcher::make("last", MatchOp::kEqual, std::move(value)).value()};
    };
    rules.push_back({"", one("source"), one("target"), {}});
    std::vector<Labels> alerts;
    for (int i = 0; i < 60; ++i) alerts.push_back(words.labels());
    alerts.push_back(Labels::of({{"last", "target"}}));
    alerts.push_back(Labels::of({{"last", "source"}}));

    Inhibitor inhibitor(rules);
    std::map<std::string, PostedAlertRef> by_fingerprint;
    for (const Labels& labels : alerts) {
      PostedAlert alert;
      alert.labels = labels;
      alert.ends = Time(hours(1));
      const auto shared = std::make_shared<const PostedAlert>(std::move(alert));
      by_fingerprint[fingerprint_text(shared->fingerprint())] = shared;
      inhibitor.put(shared);
    }
    Alertmanager server(std::string(kPlainConfig) + yaml_of(rules));
    post_alerts(server, alerts);
    while (server.get("/alerts?inhibited=false&filter=last%3Dtarget").as_array().size() != 0) {
    }
    const json::value answer = server.get("/alerts");
    for (const json::value& alert : answer.as_array()) {
      const Labels labels = to_labels(alert.at("labels"));
      const auto& theirs = alert.at("status").at("inhibitedBy").as_array();
      const auto ours = inhibitor.inhibited_by(labels, Time());
      ASSERT_EQ(ours.empty(), theirs.empty()) << "seed " << seed << " " << labels.to_text() << "\n"
                                              << yaml_of(rules);
      if (!ours.empty()) {
        // Of several it names the one that it met first: that one alone must inhibit, too.
        ASSERT_EQ(theirs.size(), 1U);
        Inhibitor only(rules);
        only.put(by_fingerprint.at(text_of(theirs.front())));
        EXPECT_TRUE(only.inhibits(labels, Time())) << labels.to_text();
        ++inhibited;
      }
      ++alerts_seen;
    }
  }
  EXPECT_GT(inhibited, alerts_seen / 20);
  EXPECT_LT(inhibited, alerts_seen);
}

TEST(AlertmanagerParity, AlertsAreSilencedAlike) {
  Words words(9);
  Alertmanager server{std::string(kPlainConfig)};
  std::vector<Silence> silences;
  for (int i = 0; i < 120; ++i) {
    Silence silence{
        .id = {}, .matchers = words.matchers(), .starts = Time(), .ends = Time(hours(1))};
    json::array matchers;
    for (const Matcher& matcher : silence.matchers) {
      const MatchOp op = matcher.op();
      matchers.push_back(
          json::object{{"name", matcher.name()},
                       {"value", matcher.value()},
                       {"isRegex", op == MatchOp::kRegex || op == MatchOp::kNotRegex},
                       {"isEqual", op == MatchOp::kEqual || op == MatchOp::kRegex}});
    }
    const json::object body{{"matchers", matchers},
                            {"startsAt", "2020-01-01T00:00:00Z"},
                            {"endsAt", kFar},
                            {"createdBy", "ada"},
                            {"comment", "parity"}};
    const bool is_ours = check(silence, Time()).has_value();
    std::string refused;
    try {
      silence.id = text_of(json::parse(server.post("/silences", body)).at("silenceID"));
    } catch (const std::runtime_error& error) {
      refused = error.what();
    }
    ASSERT_EQ(is_ours, refused.empty()) << to_text(silence.matchers) << refused;
    if (is_ours) silences.push_back(std::move(silence));
  }
  EXPECT_GT(silences.size(), 50U);
  std::vector<Labels> alerts;
  for (int i = 0; i < 200; ++i) alerts.push_back(words.labels());
  post_alerts(server, alerts);
  const json::value answer = server.get("/alerts");
  for (const json::value& alert : answer.as_array()) {
    const Labels labels = to_labels(alert.at("labels"));
    std::vector<std::string> ours, theirs;
    for (const Silence& silence : silences) {
      if (silence.mutes(labels, Time())) ours.push_back(silence.id);
    }
    for (const json::value& by : alert.at("status").at("silencedBy").as_array()) {
      theirs.push_back(text_of(by));
    }
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    ASSERT_EQ(ours, theirs) << labels.to_text();
  }
}

}  // namespace
}  // namespace tocsin::parity
