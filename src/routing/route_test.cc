#include "routing/route.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"
#include "routing/alertmanager_config.h"
#include "routing/random_config.h"

namespace tocsin::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const AlertmanagerConfig> read(const std::string& text,
                                               MatcherSyntax syntax = MatcherSyntax::kFallback) {
  codec::Problems problems;
  auto config = read_alertmanager_config(text, "alertmanager.yml", "", syntax, problems);
  const auto result = problems.as_result();
  if (!config) ADD_FAILURE() << (result ? "no problem was said" : result.error().message);
  return config;
}

std::vector<std::string> receivers_of(const Route& root, const Labels& labels) {
  std::vector<std::string> names;
  for (const Route* route : matching_routes(root, labels)) names.push_back(route->receiver);
  return names;
}

constexpr std::string_view kTree = R"(
route:
  receiver: all
  group_by: [alertname, team]
  group_wait: 10s
  labels: {tier: low, from: root}
  routes:
  - matchers: [team="a", severity=~"page|ticket"]
    receiver: a
    continue: true
    labels: {tier: high}
    mute_time_intervals: [nights]
    routes:
    - match: {severity: page}
      group_by: ['...']
      routes:
      - match: {env: prod}
      - match: {env: test}
        group_by: []
  - matchers: ['{severity="page",team!="b"}']
    receiver: pagers
    repeat_interval: 1h
  - receiver: rest
receivers: [{name: all}, {name: a}, {name: pagers}, {name: rest}]
time_intervals: [{name: nights, time_intervals: []}]
)";

TEST(Route, InheritsAllButMatchersIntervalsAndContinue) {
  const auto config = read(std::string(kTree));
  const Route& root = *config->route;
  const Route& a = *root.routes[0];
  const Route& page = *a.routes[0];
  const Route& prod = *page.routes[0];
  const Route& test = *page.routes[1];
  EXPECT_THAT(a.group_by, ElementsAre("alertname", "team"));
  EXPECT_EQ(a.group_wait, seconds(10));
  EXPECT_EQ(a.group_interval, minutes(5));
  EXPECT_EQ(a.labels, Labels::of({{"tier", "high"}, {"from", "root"}}));
  EXPECT_EQ(page.receiver, "a");
  EXPECT_FALSE(page.continue_matching);
  EXPECT_THAT(page.mute_time_intervals, IsEmpty());
  EXPECT_TRUE(prod.group_by_all);
  EXPECT_FALSE(test.group_by_all);
  EXPECT_THAT(test.group_by, IsEmpty());
  EXPECT_EQ(root.routes[1]->repeat_interval, hours(1));
  EXPECT_EQ(root.routes[2]->repeat_interval, hours(4));
  EXPECT_EQ(prod.parent, &page);
  EXPECT_EQ(root.routes[2]->index, 6);
}

TEST(Route, MatchesDepthFirstAndStopsAtTheFirstWithoutContinue) {
  const auto config = read(std::string(kTree));
  const auto receivers = [&](std::initializer_list<LabelPair> pairs) {
    return receivers_of(*config->route, Labels::of(pairs));
  };
  EXPECT_THAT(receivers({{"team", "a"}, {"severity", "page"}}), ElementsAre("a", "pagers"));
  EXPECT_THAT(receivers({{"team", "a"}, {"severity", "ticket"}}), ElementsAre("a", "rest"));
  EXPECT_THAT(receivers({{"team", "b"}, {"severity", "page"}}), ElementsAre("rest"));
  EXPECT_THAT(receivers({}), ElementsAre("rest"));
}

TEST(Route, AGroupIsFoundByItsFingerprintWithoutItsLabels) {
  const auto config = read(std::string(kTree));
  const Labels alert =
      Labels::of({{"alertname", "A"}, {"team", "a"}, {"severity", "page"}, {"env", "prod"}});
  size_t looked_at = 0;
  const auto look = [&](const auto& self, const Route& route) -> void {
    ++looked_at;
    for (const Labels& labels : {alert, Labels::of({{"severity", "page"}}), Labels()}) {
      EXPECT_EQ(group_fingerprint(route, labels), group_labels(route, labels).fingerprint());
    }
    for (const auto& child : route.routes) self(self, *child);
  };
  look(look, *config->route);
  EXPECT_EQ(looked_at, 7u);
  std::vector<const Route*> matches{nullptr};
  find_matching_routes(*config->route, alert, matches);
  EXPECT_EQ(matches, matching_routes(*config->route, alert));
}

TEST(Route, KeysAndIdsAreThoseOfTheReference) {
  const auto config = read(std::string(kTree));
  const Route& prod = *config->route->routes[0]->routes[0]->routes[0];
  EXPECT_EQ(config->route->key(), "{}");
  EXPECT_EQ(config->route->id(), "{}");
  EXPECT_EQ(prod.key(),
            "{}/{severity=~\"page|ticket\",team=\"a\"}/{severity=\"page\"}/{env=\"prod\"}");
  EXPECT_EQ(prod.id(),
            "{}/{severity=~\"page|ticket\",team=\"a\"}/0/{severity=\"page\"}/0/{env=\"prod\"}/0");
  const Labels alert = Labels::of({{"alertname", "A"}, {"team", "a"}, {"instance", "i"}});
  EXPECT_EQ(group_key(*config->route, group_labels(*config->route, alert)),
            "{}:{alertname=\"A\", team=\"a\"}");
  EXPECT_EQ(group_labels(prod, alert), alert);
}

// Alertmanager's rule in the plainest words: a list of (path, stops) built by recursion on sets.
std::vector<int> model_walk(const Route& route, const Labels& labels, bool& matched) {
  matched = std::ranges::all_of(route.matchers, [&](const Matcher& m) {
    return m.matches(labels.has(m.name()) ? labels.get(m.name()) : "");
  });
  std::vector<int> found;
  if (!matched) return found;
  bool is_stopped = false;
  for (const auto& child : route.routes) {
    bool child_matched = false;
    const std::vector<int> below = model_walk(*child, labels, child_matched);
    if (is_stopped) continue;
    found.insert(found.end(), below.begin(), below.end());
    is_stopped = child_matched && !child->continue_matching;
  }
  return found.empty() ? std::vector<int>{route.index} : found;
}

Labels to_labels(const std::vector<std::pair<std::string, std::string>>& alert) {
  std::vector<LabelPair> pairs;
  for (const auto& [name, value] : alert) pairs.emplace_back(name, value);
  return Labels::from(std::move(pairs));
}

void collect_ids(const Route& route, std::set<std::string>& ids, int& count) {
  ids.insert(route.id());
  EXPECT_EQ(route.index, count++);
  for (const auto& child : route.routes) collect_ids(*child, ids, count);
}

TEST(Route, WalksLikeThePlainModelAndIdsAreUnique) {
  size_t several = 0;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    const std::string text = random_config(rng, false).text;
    const auto config = read(text);
    ASSERT_TRUE(config) << text;
    std::set<std::string> ids;
    int count = 0;
    collect_ids(*config->route, ids, count);
    EXPECT_EQ(ids.size(), static_cast<size_t>(count));
    for (int i = 0; i < 20; ++i) {
      const Labels labels = to_labels(random_alert(rng));
      std::vector<int> found;
      for (const Route* route : matching_routes(*config->route, labels)) {
        found.push_back(route->index);
      }
      bool matched = false;
      ASSERT_EQ(found, model_walk(*config->route, labels, matched)) << labels.to_text() << text;
      if (found.size() > 1) ++several;
    }
  }
  EXPECT_GT(several, 500U);  // the trees do exercise `continue`
}

// --- against Debian's amtool ---

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
  const int status = pclose(pipe);
  return status == 0 ? out : "failed: " + out;
}

class Amtool : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v amtool >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "Debian's prometheus-alertmanager is not installed";
    }
    file_ = std::filesystem::path(::testing::TempDir()) / fmt::format("amtool_{}.yml", getpid());
  }
  void TearDown() override {
    if (!file_.empty()) std::filesystem::remove(file_);
  }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  bool accepts() {
    return !output_of("amtool check-config " + file_.string() + " 2>&1").starts_with("failed");
  }
  std::filesystem::path file_;
};

TEST_F(Amtool, RoutesLikeItDoes) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    const std::string text = random_config(rng, false).text;
    const auto config = read(text, MatcherSyntax::kClassic);
    ASSERT_TRUE(config) << text;
    write(text);
    for (int i = 0; i < 4; ++i) {
      const auto alert = random_alert(rng);
      std::string words;
      for (const auto& [name, value] : alert) words += fmt::format(" {}='\"{}\"'", name, value);
      const auto names = receivers_of(*config->route, to_labels(alert));
      const std::string theirs = output_of(fmt::format(
          "amtool config routes test --config.file={}{} 2>/dev/null", file_.string(), words));
      EXPECT_EQ(theirs, join(names, ",") + "\n") << words << "\n" << text;
    }
  }
}

// Files with a mistake here and there: both take or both refuse.
TEST_F(Amtool, TakesAndRefusesWhatItDoes) {
  int taken = 0, refused = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed + 10'000);
    const RandomConfig random = random_config(rng, true);
    write(random.text);
    const bool theirs = accepts();
    codec::Problems problems;
    const auto config =
        read_alertmanager_config(random.text, "a.yml", "", MatcherSyntax::kClassic, problems);
    const auto result = problems.as_result();
    EXPECT_EQ(config != nullptr, theirs)
        << (result ? "" : result.error().message) << "\n"
        << output_of("amtool check-config " + file_.string() + " 2>&1") << random.text;
    EXPECT_TRUE(theirs || random.may_be_wrong);
    ++(theirs ? taken : refused);
  }
  EXPECT_GT(taken, 30);
  EXPECT_GT(refused, 30);
}

TEST_F(Amtool, TakesAndRefusesDamagedFilesAsItDoes) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed + 20'000);
    const std::string text = damaged(rng, random_config(rng, false).text);
    // An interval that says nothing would mute for ever; we refuse it.
    if (text.find("time_intervals: [null]") != std::string::npos) continue;
    write(text);
    codec::Problems problems;
    const auto config =
        read_alertmanager_config(text, "a.yml", "", MatcherSyntax::kClassic, problems);
    const auto result = problems.as_result();
    EXPECT_EQ(config != nullptr, accepts())
        << (result ? "" : result.error().message) << "\n"
        << output_of("amtool check-config " + file_.string() + " 2>&1") << text;
  }
}

TEST_F(Amtool, TakesWhatWeShowAsOriginal) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    const auto config = read(random_config(rng, false).text, MatcherSyntax::kClassic);
    ASSERT_TRUE(config);
    EXPECT_EQ(config->original.find("s3cret"), std::string::npos) << config->original;
    write(config->original);
    EXPECT_TRUE(accepts()) << output_of("amtool check-config " + file_.string() + " 2>&1")
                           << config->original;
  }
}

}  // namespace
}  // namespace tocsin::routing
