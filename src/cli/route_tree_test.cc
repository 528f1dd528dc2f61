#include "cli/route_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::cli {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const routing::AlertmanagerConfig> read() {
  codec::Problems problems;
  auto config =
      routing::read_alertmanager_config(R"(
route:
  receiver: team
  group_by: [alertname]
  routes:
  - matchers: [severity="page"]
    receiver: pager
    group_wait: 10s
    continue: true
    routes:
    - {match: {team: db}, group_by: ['...'], mute_time_intervals: [nights]}
  - receiver: nobody
    matchers: [env="test"]
receivers:
- name: team
  slack_configs: [{api_url: 'https://a'}, {api_url: 'https://b'}]
  jira_configs: [{api_url: 'https://j', project: p, issue_type: Bug}]
- name: pager
  webhook_configs: [{url: 'https://a'}]
- name: nobody
time_intervals: [{name: nights, time_intervals: []}]
)",
                                        "am.yml", "", routing::MatcherSyntax::kFallback, problems);
  EXPECT_TRUE(problems.empty()) << problems.as_result().error().message;
  return config;
}

TEST(RouteTree, ShowsEachRouteAndWhatItSaysItself) {
  EXPECT_EQ(route_tree(*read()->route),
            "  every alert  ->  team  (grouped by alertname; wait 30s; interval 5m; repeat 4h)\n"
            "  ├─ {severity=\"page\"}  ->  pager  (wait 10s; continue)\n"
            "  │  └─ {team=\"db\"}  ->  pager  (each alert alone; muted in nights)\n"
            "  └─ {env=\"test\"}  ->  nobody\n");
}

TEST(RouteTree, TestMarksTheRoutesAndSaysWhoIsTold) {
  const auto config = read();
  const auto labels = parse_labels({"alertname=A", "severity=\"page\"", "team=db", "env=test"});
  ASSERT_TRUE(labels);
  const std::string text = route_test(*config, *labels);
  EXPECT_THAT(text, HasSubstr("* │  └─ {team=\"db\"}"));
  EXPECT_THAT(text, HasSubstr("* └─ {env=\"test\"}"));
  EXPECT_THAT(text, HasSubstr("{}/{severity=\"page\"}/0/{team=\"db\"}/0\n"
                              "  group  {}/{severity=\"page\"}/{team=\"db\"}:{alertname=\"A\", "
                              "env=\"test\", severity=\"page\", team=\"db\"}\n"
                              "  tells  webhook\n"));
  EXPECT_THAT(text, HasSubstr("  tells  nobody: the receiver is empty\n"));
  const std::string other = route_test(*config, *parse_labels({"env=test", "team=db"}));
  EXPECT_THAT(other, HasSubstr("{severity=\"page\"}  ->  pager  (wait 10s; continue)  "
                               "no: severity=\"page\"\n"));
  EXPECT_THAT(text, ::testing::EndsWith("receivers: pager, nobody\n"));
  EXPECT_THAT(route_test(*config, {}), HasSubstr("  tells  2 slack, jira (not delivered)\n"));
}

TEST(RouteTree, LabelsAreNamesAndValues) {
  EXPECT_EQ(parse_labels({"a=b=c", "d="})->to_text(), "{a=\"b=c\"}");
  EXPECT_THAT(parse_labels({"a"}).error().message, HasSubstr("'a' is not a label"));
  EXPECT_FALSE(parse_labels({"=b"}));
  EXPECT_FALSE(parse_labels({"a=\xff"}));
}

TEST(RouteTree, CheckSaysWhatWasFoundAndWhatIsNotDelivered) {
  const std::string text = describe(*read());
  EXPECT_THAT(text, HasSubstr("warning: am.yml:"));
  EXPECT_THAT(text, HasSubstr("It can be used: 4 routes, 3 receivers, 3 integrations (and 1 not "
                              "delivered), 0 inhibit rules, 1 time interval, 0 template"));
  EXPECT_FALSE(load({.file = "/does/not/exist.yml"}));
}

}  // namespace
}  // namespace tocsin::cli
