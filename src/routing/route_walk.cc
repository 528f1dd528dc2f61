#include "routing/route_walk.h"

#include <algorithm>

namespace tocsin::routing {
namespace {

const Matcher* first_failed(const Route& route, const Labels& labels) {
  const auto failed = std::ranges::find_if(
      route.matchers, [&](const Matcher& matcher) { return !matcher.matches(labels); });
  return failed == route.matchers.end() ? nullptr : &*failed;
}

WalkedRoute not_reached(const Route& route, const Route* stopped_by) {
  WalkedRoute out{.route = &route, .at = AtRoute::kNotReached, .stopped_by = stopped_by};
  for (const auto& child : route.routes) out.routes.push_back(not_reached(*child, nullptr));
  return out;
}

WalkedRoute walk(const Route& route, const Labels& labels) {
  WalkedRoute out{.route = &route, .failed = first_failed(route, labels)};
  if (out.failed) {
    out.at = AtRoute::kFailed;
    for (const auto& child : route.routes) out.routes.push_back(not_reached(*child, nullptr));
    return out;
  }
  const Route* stopped_by = nullptr;
  bool is_passed = false;
  for (const auto& child : route.routes) {
    if (stopped_by) {
      out.routes.push_back(not_reached(*child, stopped_by));
      continue;
    }
    out.routes.push_back(walk(*child, labels));
    if (out.routes.back().at == AtRoute::kFailed) continue;
    is_passed = true;
    if (!child->continue_matching) stopped_by = child.get();
  }
  out.at = is_passed ? AtRoute::kPassed : AtRoute::kTaken;
  return out;
}

}  // namespace

std::string_view name_of(AtRoute at) {
  switch (at) {
    case AtRoute::kTaken: return "taken";
    case AtRoute::kPassed: return "passed";
    case AtRoute::kFailed: return "failed";
    case AtRoute::kNotReached: return "not_reached";
  }
  return "";
}

// The root takes what nothing else takes: its matchers are not looked at.
WalkedRoute walk_routes(const Route& root, const Labels& labels) { return walk(root, labels); }

std::vector<IntegrationCount> integration_counts(const Receiver& r) {
  std::vector<IntegrationCount> out;
  const auto add = [&](std::string_view kind, size_t count, bool is_delivered) {
    if (count > 0) out.push_back({kind, count, is_delivered});
  };
  add("webhook", r.webhook.size(), true);
  add("email", r.email.size(), true);
  add("slack", r.slack.size(), true);
  add("pagerduty", r.pagerduty.size(), true);
  add("opsgenie", r.opsgenie.size(), true);
  add("msteamsv2", r.msteamsv2.size(), true);
  add("telegram", r.telegram.size(), true);
  add("discord", r.discord.size(), true);
  add("pushover", r.pushover.size(), true);
  add("mattermost", r.mattermost.size(), true);
  add("victorops", r.victorops.size(), false);
  add("webex", r.webex.size(), false);
  add("sns", r.sns.size(), false);
  add("rocketchat", r.rocketchat.size(), false);
  add("jira", r.jira.size(), false);
  add("incidentio", r.incidentio.size(), false);
  add("wechat", r.wechat.size(), false);
  add("msteams", r.msteams.size(), false);
  return out;
}

}  // namespace tocsin::routing
