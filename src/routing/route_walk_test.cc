#include "routing/route_walk.h"

#include <gtest/gtest.h>

#include <functional>

#include "routing/alertmanager_config.h"

namespace tocsin::routing {
namespace {

std::shared_ptr<const AlertmanagerConfig> config_of(const std::string& text) {
  codec::Problems problems;
  return read_alertmanager_config(text, "alertmanager.yml", "/", MatcherSyntax::kFallback,
                                  problems);
}

constexpr const char* kTree = R"(
route:
  receiver: root
  routes:
    - {receiver: a, matchers: [team="a", severity="page"], continue: true}
    - {receiver: b, matchers: [team="a"], routes: [{receiver: c, matchers: [job="c"]}]}
    - {receiver: d, matchers: [severity="page"]}
receivers: [{name: root}, {name: a}, {name: b}, {name: c}, {name: d}]
)";

TEST(RouteWalk, SaysWhichMatcherFailedAndWhoStoppedIt) {
  const auto config = config_of(kTree);
  ASSERT_TRUE(config);
  const auto root = walk_routes(*config->route, Labels::of({{"team", "a"}, {"severity", "page"}}));
  EXPECT_EQ(root.at, AtRoute::kPassed);
  ASSERT_EQ(root.routes.size(), 3u);
  EXPECT_EQ(root.routes[0].at, AtRoute::kTaken);
  EXPECT_EQ(root.routes[1].at, AtRoute::kTaken);
  ASSERT_EQ(root.routes[1].routes.size(), 1u);
  EXPECT_EQ(root.routes[1].routes[0].at, AtRoute::kFailed);
  EXPECT_EQ(root.routes[1].routes[0].failed->to_text(), "job=\"c\"");
  EXPECT_EQ(root.routes[2].at, AtRoute::kNotReached);
  EXPECT_EQ(root.routes[2].stopped_by, root.routes[1].route);

  const auto other = walk_routes(*config->route, Labels::of({{"team", "b"}}));
  EXPECT_EQ(other.at, AtRoute::kTaken);
  EXPECT_EQ(other.routes[0].at, AtRoute::kFailed);
  EXPECT_EQ(other.routes[0].failed->name(), "severity");  // in the order of their names
  EXPECT_EQ(other.routes[1].routes[0].at, AtRoute::kNotReached);
  EXPECT_EQ(other.routes[1].routes[0].stopped_by, nullptr);
}

TEST(RouteWalk, WhatIsTakenIsWhatTheDispatcherTakes) {
  const auto config = config_of(kTree);
  ASSERT_TRUE(config);
  for (int bits = 0; bits < 16; ++bits) {
    std::vector<LabelPair> pairs{{"team", bits & 1 ? "a" : "b"}};
    if (bits & 2) pairs.emplace_back("severity", "page");
    if (bits & 4) pairs.emplace_back("job", bits & 8 ? "c" : "x");
    const Labels labels = Labels::from(pairs);
    std::vector<const Route*> taken;
    const std::function<void(const WalkedRoute&)> collect = [&](const WalkedRoute& walked) {
      for (const auto& child : walked.routes) collect(child);
      if (walked.at == AtRoute::kTaken) taken.push_back(walked.route);
    };
    collect(walk_routes(*config->route, labels));
    EXPECT_EQ(taken, matching_routes(*config->route, labels)) << labels.to_text();
  }
}

TEST(RouteWalk, CountsIntegrationsAndSaysWhichAreNotDelivered) {
  const auto config = config_of(R"(
route: {receiver: all}
receivers:
  - name: all
    webhook_configs: [{url: 'http://a.test'}, {url: 'http://b.test'}]
    victorops_configs: [{api_key: k, routing_key: r}]
)");
  ASSERT_TRUE(config);
  const auto counts = integration_counts(config->receivers[0]);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].kind, "webhook");
  EXPECT_EQ(counts[0].count, 2u);
  EXPECT_EQ(counts[1].kind, "victorops");
  EXPECT_FALSE(counts[1].is_delivered);
}

}  // namespace
}  // namespace tocsin::routing
