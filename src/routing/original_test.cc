#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "routing/alertmanager_config.h"
#include "routing/random_config.h"

namespace tocsin::routing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const AlertmanagerConfig> read(const std::string& text) {
  codec::Problems problems;
  auto config =
      read_alertmanager_config(text, "am.yml", "/etc/am", MatcherSyntax::kFallback, problems);
  const auto result = problems.as_result();
  EXPECT_TRUE(result) << result.error().message << text;
  return config;
}

TEST(Original, ShowsWhatTheUserWroteWithoutDefaultsAndSecrets) {
  const auto config = read(R"(# a comment
global:
  smtp_auth_password: s3cret
  smtp_smarthost: mail:25
  smtp_from: a@x
  http_config: {proxy_url: 'http://user:s3cret@proxy:3128'}
route: {receiver: all, group_wait: 10s}
receivers:
- name: all
  webhook_configs:
  - url: http://x/s3cret
    http_config:
      basic_auth: {username: u, password: s3cret}
      http_headers: {X-Key: {secrets: [s3cret]}}
  - url: https://x/s3cret
  - url_file: hook
  slack_configs:
  - api_url: https://hooks/s3cret
  - api_url: https://slack.com/api/chat.postMessage
    update_message: yes
templates: ['t/*.tmpl']
event_recorder:
  outputs: [{type: webhook, url: 'http://s3cret', http_config: {authorization: {credentials: s3cret}}}]
tracing: {endpoint: collector:4317, headers: {a: {secrets: [s3cret]}}}
)");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->original, R"(global:
  smtp_auth_password: "<secret>"
  smtp_smarthost: "mail:25"
  smtp_from: "a@x"
  http_config:
    proxy_url: "http://user:xxxxx@proxy:3128"
route:
  receiver: all
  group_wait: 10s
receivers:
- name: all
  webhook_configs:
  - url: "http://<secret>"
    http_config:
      basic_auth:
        username: u
        password: "<secret>"
      http_headers:
        X-Key:
          secrets:
          - "<secret>"
  - url: "https://<secret>"
  - url_file: hook
  slack_configs:
  - api_url: "<secret>"
  - api_url: "https://slack.com/api/chat.postMessage"
    update_message: yes
templates:
- "t/*.tmpl"
event_recorder:
  outputs:
  - type: webhook
    url: "<secret>"
    http_config:
      authorization:
        credentials: "<secret>"
tracing:
  endpoint: "collector:4317"
  headers:
    a:
      secrets:
      - "<secret>"
)");
  EXPECT_EQ(config->templates.at(0), "/etc/am/t/*.tmpl");
}

TEST(Original, ShowsWhatAnchorsAndMergeKeysMean) {
  const auto config = read(R"(
route:
  receiver: a
  routes:
  - &page {matchers: [severity="page"], group_wait: 1s}
  - {<<: *page, group_wait: 2s}
receivers: [{name: a}]
)");
  ASSERT_TRUE(config);
  EXPECT_THAT(config->original,
              HasSubstr("  - group_wait: 2s\n    matchers:\n    - \"severity=\\\"page\\\"\"\n"));
  EXPECT_EQ(config->route->routes[1]->key(), "{}/{severity=\"page\"}");
  EXPECT_EQ(config->route->routes[1]->group_wait, seconds(2));
}

void expect_same(const Route& a, const Route& b) {
  EXPECT_EQ(a.id(), b.id());
  EXPECT_EQ(a.receiver, b.receiver);
  EXPECT_EQ(a.group_by, b.group_by);
  EXPECT_EQ(a.group_by_all, b.group_by_all);
  EXPECT_EQ(a.group_wait, b.group_wait);
  EXPECT_EQ(a.repeat_interval, b.repeat_interval);
  EXPECT_EQ(a.mute_time_intervals, b.mute_time_intervals);
  EXPECT_EQ(a.continue_matching, b.continue_matching);
  ASSERT_EQ(a.routes.size(), b.routes.size());
  for (size_t i = 0; i < a.routes.size(); ++i) expect_same(*a.routes[i], *b.routes[i]);
}

TEST(Original, ReadsBackAsTheSameConfiguration) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    const auto config = read(random_config(rng, false).text);
    ASSERT_TRUE(config);
    EXPECT_THAT(config->original, Not(HasSubstr("s3cret")));
    const auto again = read(config->original);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->original, config->original);
    expect_same(*config->route, *again->route);
    ASSERT_EQ(config->receivers.size(), again->receivers.size());
    for (size_t i = 0; i < config->receivers.size(); ++i) {
      EXPECT_EQ(config->receivers[i].integrations(), again->receivers[i].integrations());
    }
    EXPECT_EQ(config->inhibit_rules.size(), again->inhibit_rules.size());
  }
}

}  // namespace
}  // namespace tocsin::routing
