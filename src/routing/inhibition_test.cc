#include "routing/inhibition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/rng.h"

namespace tocsin::routing {
namespace {

Time at(int minute) { return Time(minutes(1'000'000 + minute)); }

PostedAlertRef alert(std::vector<LabelPair> labels, int ends) {
  PostedAlert out;
  out.labels = Labels::from(std::move(labels));
  out.starts = at(0);
  out.ends = at(ends);
  return std::make_shared<const PostedAlert>(std::move(out));
}

InhibitRule rule(std::string_view source, std::string_view target, std::vector<std::string> equal) {
  const auto read = [](std::string_view text) {
    return parse_matchers(text, MatcherSyntax::kClassic)->matchers;
  };
  return {"", read(source), read(target), std::move(equal)};
}

TEST(Inhibition, ASourceInhibitsTargetsWithEqualLabels) {
  Inhibitor inhibitor({rule("severity=critical", "severity=warning", {"cluster", "service"})});
  const auto source = alert({{"severity", "critical"}, {"cluster", "a"}}, 10);
  inhibitor.put(source);
  const Labels same = Labels::of({{"severity", "warning"}, {"cluster", "a"}});
  const Labels other = Labels::of({{"severity", "warning"}, {"cluster", "b"}});
  EXPECT_EQ(inhibitor.inhibited_by(same, at(5)), std::vector<uint64_t>{source->fingerprint()});
  EXPECT_FALSE(inhibitor.inhibits(other, at(5)));
  EXPECT_FALSE(inhibitor.inhibits(Labels::of({{"severity", "info"}, {"cluster", "a"}}), at(5)));
  EXPECT_FALSE(inhibitor.inhibits(same, at(10))) << "the source is resolved";
  inhibitor.remove(source->fingerprint());
  EXPECT_FALSE(inhibitor.inhibits(same, at(5)));
  inhibitor.remove(source->fingerprint());
}

TEST(Inhibition, ASourceThatIsPostedAgainHasItsNewEnd) {
  Inhibitor inhibitor({rule("a=1", "b=1", {})});
  const Labels target = Labels::of({{"b", "1"}});
  inhibitor.put(alert({{"a", "1"}}, 10));
  inhibitor.put(alert({{"a", "1"}}, 20));
  EXPECT_TRUE(inhibitor.inhibits(target, at(15)));
  inhibitor.put(alert({{"a", "1"}}, 12));
  EXPECT_FALSE(inhibitor.inhibits(target, at(15)));
}

TEST(Inhibition, AnAlertOnBothSidesDoesNotInhibitItselfNorOneLikeIt) {
  Inhibitor inhibitor({rule("alertname=~NodeDown|Down", "alertname=~.*Down", {"node"})});
  const auto both = alert({{"alertname", "Down"}, {"node", "n"}}, 10);
  inhibitor.put(both);
  EXPECT_FALSE(inhibitor.inhibits(both->labels, at(5)));
  EXPECT_FALSE(inhibitor.inhibits(Labels::of({{"alertname", "NodeDown"}, {"node", "n"}}), at(5)));
  EXPECT_TRUE(inhibitor.inhibits(Labels::of({{"alertname", "DiskDown"}, {"node", "n"}}), at(5)));
}

// Alertmanager 0.31 to 0.34 remembers one source for each set of equal labels; when that one
// matches both sides it hides the others (issue 5162). Here each counts.
TEST(Inhibition, ASourceOnBothSidesHidesNoOther) {
  Inhibitor inhibitor({rule("severity=~critical|warning", "severity=~warning|info", {"node"})});
  const auto plain = alert({{"severity", "critical"}, {"node", "n"}}, 10);
  inhibitor.put(plain);
  inhibitor.put(alert({{"severity", "warning"}, {"node", "n"}}, 30));
  const Labels warning = Labels::of({{"severity", "warning"}, {"node", "n"}, {"x", "y"}});
  EXPECT_EQ(inhibitor.inhibited_by(warning, at(5)), std::vector<uint64_t>{plain->fingerprint()});
  EXPECT_FALSE(inhibitor.inhibits(warning, at(15)));
  EXPECT_TRUE(inhibitor.inhibits(Labels::of({{"severity", "info"}, {"node", "n"}}), at(15)));
}

TEST(Inhibition, WithoutMatchersOrEqualLabelsARuleIsOnBothSidesOfAll) {
  Inhibitor inhibitor({InhibitRule{}});
  const auto one = alert({{"a", "1"}}, 10);
  inhibitor.put(one);
  EXPECT_FALSE(inhibitor.inhibits(Labels::of({{"b", "1"}}), at(5)));
}

TEST(Inhibition, TheFirstRuleThatInhibitsIsTheOneReported) {
  Inhibitor inhibitor({rule("a=~2", "t=1", {}), rule("a=1", "t=1", {}), rule("a=3", "t=~1", {})});
  const auto one = alert({{"a", "1"}}, 10), three = alert({{"a", "3"}}, 20);
  inhibitor.put(three);
  inhibitor.put(one);
  const Labels target = Labels::of({{"t", "1"}});
  EXPECT_EQ(inhibitor.inhibited_by(target, at(5)), std::vector<uint64_t>{one->fingerprint()});
  EXPECT_EQ(inhibitor.inhibited_by(target, at(15)), std::vector<uint64_t>{three->fingerprint()});
}

TEST(Inhibition, AMatcherOfTheEmptyValueTakesAMissingLabel) {
  Inhibitor inhibitor({rule("a=1,b=", "c=", {})});
  inhibitor.put(alert({{"a", "1"}}, 10));
  EXPECT_TRUE(inhibitor.inhibits(Labels::of({{"d", "1"}}), at(5)));
  EXPECT_FALSE(inhibitor.inhibits(Labels::of({{"c", "1"}}), at(5)));
}

// The rules said once more, over every pair of alerts.
std::optional<uint64_t> model(const std::vector<InhibitRule>& rules,
                              const std::map<uint64_t, PostedAlertRef>& alerts,
                              const Labels& target, Time now) {
  for (const InhibitRule& rule : rules) {
    if (!all_match(rule.target, target)) continue;
    const PostedAlert* best = nullptr;
    for (const auto& [fingerprint, source] : alerts) {
      const bool is_equal = std::ranges::all_of(rule.equal, [&](const std::string& name) {
        return source->labels.get(name) == target.get(name);
      });
      const bool is_both = all_match(rule.source, target) && all_match(rule.target, source->labels);
      if (!all_match(rule.source, source->labels) || source->is_resolved(now) || !is_equal ||
          is_both) {
        continue;
      }
      if (best == nullptr || source->ends > best->ends) best = source.get();
    }
    if (best != nullptr) return best->fingerprint();
  }
  return std::nullopt;
}

class RandomRules {
 public:
  explicit RandomRules(uint64_t seed) : rng_(seed) {}
  std::string pick(std::vector<std::string> words) { return words[rng_.below(words.size())]; }
  std::string matchers() {
    std::string out;
    for (uint64_t n = rng_.below(3); n > 0; --n) {
      out += pick({"a", "b", "c"}) + pick({"=", "=", "=", "!=", "=~", "!~"}) +
             pick({"1", "2", "3", "", "1|2", ".*"}) + ",";
    }
    return out;
  }
  std::vector<InhibitRule> rules() {
    std::vector<InhibitRule> out;
    for (uint64_t n = rng_.below(6); n > 0; --n) {
      std::vector<std::string> equal;
      for (uint64_t m = rng_.below(3); m > 0; --m) equal.push_back(pick({"a", "b", "c", "d"}));
      out.push_back(rule(matchers(), matchers(), equal));
    }
    return out;
  }
  PostedAlertRef some_alert() {
    const std::string values[] = {pick({"1", "2", "3", ""}), pick({"1", "2", ""}),
                                  pick({"1", "2", ""}), pick({"1", ""})};
    return alert({{"a", values[0]}, {"b", values[1]}, {"c", values[2]}, {"d", values[3]}},
                 static_cast<int>(rng_.below(20)));
  }
  uint64_t below(uint64_t bound) { return rng_.below(bound); }

 private:
  SeededRng rng_;
};

TEST(Inhibition, AgreesWithAPlainModel) {
  for (uint64_t seed = 0; seed < 150; ++seed) {
    RandomRules random(seed);
    Inhibitor inhibitor(random.rules());
    std::map<uint64_t, PostedAlertRef> alerts;
    for (int step = 0; step < 60; ++step) {
      const PostedAlertRef one = random.some_alert();
      if (random.below(4) == 0) {
        inhibitor.remove(one->fingerprint());
        alerts.erase(one->fingerprint());
      } else {
        inhibitor.put(one);
        alerts[one->fingerprint()] = one;
      }
      const Labels target = random.some_alert()->labels;
      const Time now = at(static_cast<int>(random.below(20)));
      const auto wanted = model(inhibitor.rules(), alerts, target, now);
      const auto found = inhibitor.inhibited_by(target, now);
      ASSERT_EQ(found, wanted ? std::vector{*wanted} : std::vector<uint64_t>{})
          << "seed " << seed << " step " << step << " " << target.to_text();
    }
  }
}

}  // namespace
}  // namespace tocsin::routing
