#pragma once

#include <string>
#include <vector>

#include "alert/dispatch_testing.h"

// For tests only: the routes and alerts of the dispatcher's random lives.
namespace tocsin::alert::testing::lives {

inline constexpr const char* kConfig = R"(
route:
  receiver: root
  group_by: [g]
  group_wait: 10s
  group_interval: 30s
  repeat_interval: 2m
  routes:
  - receiver: quick
    matchers: [team=x]
    continue: true
    group_wait: 0s
    group_interval: 20s
    repeat_interval: 1m
  - receiver: quiet-one
    matchers: [team=~"x|y"]
    group_by: []
    group_wait: 5s
    group_interval: 25s
    repeat_interval: 90s
    mute_time_intervals: [break]
time_intervals:
- name: break
  time_intervals:
  - times: [{start_time: '00:02', end_time: '00:04'}]
inhibit_rules:
- source_matchers: [sev=critical]
  target_matchers: [sev=warning]
  equal: [g]
receivers:
- name: root
  webhook_configs: [{url: 'http://root.test/'}]
- name: quick
  webhook_configs: [{url: 'http://quick.test/'}]
- name: quiet-one
  webhook_configs: [{url: 'http://quiet.test/'}]
)";

// The same as plain values.
struct PlainRoute {
  std::string receiver;
  Duration wait, interval, repeat;
  bool is_one_group = false;
  bool has_break = false;
};
inline const PlainRoute kRoot{"root", seconds(10), seconds(30), minutes(2)};
inline const PlainRoute kQuick{"quick", seconds(0), seconds(20), minutes(1)};
inline const PlainRoute kQuiet{"quiet-one", seconds(5), seconds(25), seconds(90), true, true};
inline constexpr int kAlerts = 12;

inline std::string name_of(int i) { return fmt::format("a{:02}", i); }
inline int group_of(int i) { return i % 3; }
inline std::string team_of(int i) { return i % 4 == 0 ? "x" : i % 4 == 1 ? "y" : "z"; }
inline std::string severity_of(int i) {
  return i % 5 == 0 ? "critical" : i % 5 == 3 ? "info" : "warning";
}
inline bool may_inhibit(int source, int target) {
  return severity_of(source) == "critical" && severity_of(target) == "warning" &&
         group_of(source) == group_of(target);
}
inline std::vector<const PlainRoute*> routes_of(int i) {
  if (team_of(i) == "x") return {&kQuick, &kQuiet};
  if (team_of(i) == "y") return {&kQuiet};
  return {&kRoot};
}

inline void give_labels(World& world) {
  for (int i = 0; i < kAlerts; ++i) {
    world.labels[name_of(i)] = {
        {"g", std::to_string(group_of(i))}, {"team", team_of(i)}, {"sev", severity_of(i)}};
  }
}

}  // namespace tocsin::alert::testing::lives
