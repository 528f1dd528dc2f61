#include "routing/alertmanager_config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tocsin::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ReadResult {
  std::shared_ptr<const AlertmanagerConfig> config;
  std::string problems;
};

ReadResult read(std::string_view text, MatcherSyntax syntax = MatcherSyntax::kFallback) {
  codec::Problems problems;
  auto config = read_alertmanager_config(text, "am.yml", "/etc/am", syntax, problems);
  const auto result = problems.as_result();
  EXPECT_EQ(config == nullptr, !result);
  return {std::move(config), result ? "" : result.error().message};
}

TEST(AlertmanagerConfig, TheSmallestFileHasTheReferencesDefaults) {
  const auto [config, problems] = read("route: {receiver: a}\nreceivers: [{name: a}]\n");
  ASSERT_EQ(problems, "");
  EXPECT_EQ(config->resolve_timeout, minutes(5));
  EXPECT_EQ(config->route->group_wait, seconds(30));
  EXPECT_EQ(config->route->group_interval, minutes(5));
  EXPECT_EQ(config->route->repeat_interval, hours(4));
  EXPECT_THAT(config->route->group_by, IsEmpty());
  EXPECT_THAT(config->warnings, IsEmpty());
  ASSERT_NE(config->receiver("a"), nullptr);
  EXPECT_EQ(config->receiver("b"), nullptr);
  EXPECT_EQ(config->receiver("a")->labels, Labels::of({{"name", "a"}}));
}

TEST(AlertmanagerConfig, ReadsAWholeFile) {
  const auto [config, problems] = read(R"(
global: {resolve_timeout: 7m}
templates: [a.tmpl, /abs/*.tmpl]
route:
  receiver: all
  routes:
  - matchers: [severity = page]
    active_time_intervals: [work, old]
receivers:
- name: all
  labels: {team: sre, empty: ''}
mute_time_intervals:
- name: old
  time_intervals: [{weekdays: [sunday]}]
time_intervals:
- name: work
  time_intervals: [{times: [{start_time: 09:00, end_time: 17:00}], location: Europe/Berlin}]
inhibit_rules:
- name: pages hide tickets
  source_match: {severity: page}
  source_match_re: {team: a|b}
  target_matchers: [severity="ticket"]
  equal: [cluster]
- sources: [{matchers: [alertname="Down"], equal: [instance]}]
  target_match_re: {alertname: .+}
)");
  ASSERT_EQ(problems, "");
  EXPECT_EQ(config->resolve_timeout, minutes(7));
  EXPECT_THAT(config->templates, ElementsAre("/etc/am/a.tmpl", "/abs/*.tmpl"));
  EXPECT_EQ(config->time_intervals.size(), 2U);
  EXPECT_EQ(config->receivers[0].labels, Labels::of({{"name", "all"}, {"team", "sre"}}));
  ASSERT_EQ(config->inhibit_rules.size(), 2U);
  const InhibitRule& rule = config->inhibit_rules[0];
  EXPECT_EQ(rule.name, "pages hide tickets");
  EXPECT_EQ(to_text(rule.source), "{severity=\"page\",team=~\"a|b\"}");
  EXPECT_EQ(to_text(rule.target), "{severity=\"ticket\"}");
  EXPECT_THAT(rule.equal, ElementsAre("cluster"));
  EXPECT_EQ(to_text(config->inhibit_rules[1].source), "{alertname=\"Down\"}");
  EXPECT_THAT(config->inhibit_rules[1].equal, ElementsAre("instance"));
}

TEST(AlertmanagerConfig, SaysAllProblemsAtOnceWithTheirPlaces) {
  const auto [config, problems] = read(R"(global:
  resolve_timout: 5m
route:
  receiver: teem
  routes:
  - matchers: [a=~"("]
    mute_time_intervals: [nigth]
receivers:
- name: team
- name: team
time_intervals:
- name: night
)");
  EXPECT_FALSE(config);
  EXPECT_THAT(problems, HasSubstr("am.yml:2:19: global.resolve_timout: is not a known field; did "
                                  "you mean 'resolve_timeout'?"));
  EXPECT_THAT(problems, HasSubstr("am.yml:4:13: route.receiver: 'teem' is not among the "
                                  "receivers; did you mean 'team'?"));
  EXPECT_THAT(problems, HasSubstr("am.yml:6:15: route.routes[0].matchers: "));
  EXPECT_THAT(problems,
              HasSubstr("'nigth' is not among the time_intervals; did you mean 'night'?"));
  EXPECT_THAT(problems, HasSubstr("am.yml:10:9: receivers[1].name: 'team' is not unique"));
}

TEST(AlertmanagerConfig, HoldsTheRulesOfTheReference) {
  constexpr std::string_view kReceivers = "\nreceivers: [{name: a}]\n";
  const std::pair<std::string, std::string> all[] = {
      {"", "route: is missing"},
      {"route:", "route: is missing"},
      {"[]", "must be a mapping"},
      {"route: {}", "the root route must name a receiver"},
      {"route: {receiver: a, continue: true}", "the root route must not have continue"},
      {"route: {receiver: a, matchers: [x=y]}", "the root route must not have matchers"},
      {"route: {receiver: a, match: {x: y}}", "the root route must not have matchers"},
      {"route: {receiver: a, mute_time_intervals: [x]}\ntime_intervals: [{name: x}]",
       "must not have mute time intervals"},
      {"route: {receiver: a, group_by: ['...', x]}", "cannot have '...' (all labels)"},
      {"route: {receiver: a, group_by: [x, x]}", "has the label 'x' twice"},
      {"route: {receiver: a, group_interval: 0s}", "group_interval: cannot be zero"},
      {"route: {receiver: a, repeat_interval: 0s}", "repeat_interval: cannot be zero"},
      {"route: {receiver: a, routes: [{match: {a-b: c}}]}", "'a-b' is not a label's name"},
      {"route: {receiver: a, routes: [{match_re: {a: }}]}", "the value of 'a' must be a text"},
      {"route: {receiver: a}\ntime_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]",
       "'x' is not unique"},
      {"route: {receiver: a}\ninhibit_rules: [{sources: [{matchers: ['a=~\".*\"']}]}]",
       "must not match the empty text"},
      {"route: {receiver: a}\ninhibit_rules: [{equal: [x], sources: [{matchers: [a=b]}]}]",
       "cannot be combined"},
      {"route: {receiver: a}\ninhibit_rules: [{sources: [{matchers: [a=b]}, {matchers: [c=d]}]}]",
       "more than one source is not supported"},
      {"route: {receiver: a}\nreceiver: []", "did you mean 'receivers'?"},
  };
  for (const auto& [text, problem] : all) {
    const bool is_map = !text.starts_with("[");
    EXPECT_THAT(read(text + std::string(is_map ? kReceivers : "\n")).problems, HasSubstr(problem))
        << text;
  }
  EXPECT_THAT(read("route: {receiver: a}\nreceivers: [{webhook_configs: []}]\n").problems,
              HasSubstr("receivers[0].name: is missing"));
  EXPECT_THAT(read("a: 1\n---\nb: 2\n").problems, HasSubstr("more than one document"));
  EXPECT_THAT(read("route: [\n").problems, HasSubstr("am.yml:2:1: "));
}

TEST(AlertmanagerConfig, LabelNamesDependOnTheSyntax) {
  const std::string text =
      "route: {receiver: a, group_by: ['team-name']}\nreceivers: [{name: a}]\n";
  EXPECT_EQ(read(text).problems, "");
  EXPECT_EQ(read(text, MatcherSyntax::kUtf8).problems, "");
  EXPECT_THAT(read(text, MatcherSyntax::kClassic).problems, HasSubstr("not a label's name"));
}

TEST(AlertmanagerConfig, WarnsWhereItWorksOtherwiseThanOneMayThink) {
  const auto [config, problems] = read(R"(
route:
  receiver: a
  repeat_interval: 6d
  routes:
  - matchers: ['foo=']
  - group_interval: 1h
    repeat_interval: 30m
receivers:
- name: a
  webhook_configs: [{url: '<secret>'}]
  jira_configs: [{api_url: 'https://j', project: p, issue_type: Bug}]
tracing: {endpoint: 'x:1'}
event_recorder: {outputs: []}
)");
  ASSERT_EQ(problems, "");
  const auto& w = config->warnings;
  ASSERT_EQ(w.size(), 7U) << fmt::format("{}", fmt::join(w, "\n"));
  EXPECT_THAT(w[0], HasSubstr("webhook_configs[0].url: is the text <secret>"));
  EXPECT_THAT(w[1], HasSubstr("jira is read and checked, but not delivered"));
  EXPECT_THAT(w[2], HasSubstr("am.yml:4:20: route.repeat_interval: is 6d, which is beyond"));
  EXPECT_THAT(w[3], HasSubstr("route.routes[0].matchers: "));
  EXPECT_THAT(w[4], HasSubstr("repeat_interval 30m is below group_interval 1h"));
  EXPECT_THAT(w[5], HasSubstr("tracing: is not used"));
  EXPECT_THAT(w[6], HasSubstr("event_recorder: is not used"));
}

TEST(AlertmanagerConfig, LoadsAFileWithPathsFromItsFolder) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "load_alertmanager_config";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "am.yml").string();
  codec::Problems problems;
  EXPECT_FALSE(load_alertmanager_config(path, MatcherSyntax::kFallback, problems));
  std::ofstream(path) << "";
  EXPECT_FALSE(load_alertmanager_config(path, MatcherSyntax::kFallback, problems));
  EXPECT_FALSE(load_alertmanager_config(folder.string(), MatcherSyntax::kFallback, problems));
  ASSERT_EQ(problems.all().size(), 3U);
  EXPECT_THAT(problems.all()[0].to_text(), HasSubstr("am.yml: cannot be read"));
  EXPECT_THAT(problems.all()[1].to_text(), HasSubstr("route: is missing"));
  std::ofstream(path) << "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: [x.tmpl]\n";
  const auto config = load_alertmanager_config(path, MatcherSyntax::kFallback, problems);
  ASSERT_TRUE(config);
  EXPECT_THAT(config->templates, ElementsAre((folder / "x.tmpl").string()));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tocsin::routing
