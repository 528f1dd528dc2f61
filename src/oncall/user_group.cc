#include "oncall/user_group.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/incident_room.h"

namespace tocsin::oncall {
GroupPlan plan_group(const std::vector<catalog::PersonId>& on_call,
                     const catalog::Catalog& catalog) {
  GroupPlan plan;
  for (const catalog::PersonId& id : on_call) {
    const catalog::Person* person = catalog.person(id);
    const auto* contacts = person == nullptr ? nullptr : &person->contacts;
    const auto found = contacts == nullptr
                           ? std::vector<catalog::Contact>::const_iterator()
                           : std::ranges::find_if(*contacts, notify::is_slack_member);
    if (contacts == nullptr || found == contacts->end()) {
      plan.unknown.push_back(id);
    } else {
      plan.members.push_back(found->address);
    }
  }
  std::ranges::sort(plan.members);
  const auto twice = std::ranges::unique(plan.members);
  plan.members.erase(twice.begin(), twice.end());
  std::ranges::sort(plan.unknown);
  const auto unknown_twice = std::ranges::unique(plan.unknown);
  plan.unknown.erase(unknown_twice.begin(), unknown_twice.end());
  return plan;
}

GroupStep next_step(const GroupPlan& plan, const GroupState& state, Time now) {
  if (plan.members.empty()) return GroupStep::kKeep;
  if (!state.confirmed) return GroupStep::kLook;
  if (plan.members != state.members) return GroupStep::kSet;
  return now - *state.confirmed >= kGroupLookEvery ? GroupStep::kLook : GroupStep::kNothing;
}

std::string problem_of(const GroupPlan& plan) {
  if (plan.members.empty() && plan.unknown.empty()) {
    return "nobody is on call, and Slack allows no empty group: it stays as it was";
  }
  if (plan.unknown.empty()) return {};
  std::vector<std::string> names;
  for (const catalog::PersonId& id : plan.unknown) names.push_back(id.value());
  std::string who = fmt::format("{} {} no contact slack_user", join(names, ", "),
                                names.size() == 1 ? "has" : "have");
  if (!plan.members.empty()) return who;
  return who + ", and Slack allows no empty group: it stays as it was";
}

}  // namespace tocsin::oncall
