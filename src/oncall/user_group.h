#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace tocsin::oncall {

// Who shall be in a user group of Slack, and what to do about it. Pure.

// Those who are on call as Slack knows them: by their contact `slack_user`.
struct GroupPlan {
  std::vector<std::string> members;        // ids of Slack, sorted, each once
  std::vector<catalog::PersonId> unknown;  // on call, and Slack's id of them is not declared
};
GroupPlan plan_group(const std::vector<catalog::PersonId>& on_call,
                     const catalog::Catalog& catalog);

// How the group was when Slack said so last.
struct GroupState {
  std::vector<std::string> members;
  std::optional<Time> confirmed;  // nothing: never
};

enum class GroupStep {
  kNothing,
  kKeep,  // nobody would be in it, and Slack allows no empty group: it stays as it was
  kLook,  // how it is: not known, or somebody may have changed it by hand
  kSet,
};
// How long it counts as known; then it is looked at again.
inline constexpr Duration kGroupLookEvery = std::chrono::hours(1);
GroupStep next_step(const GroupPlan& plan, const GroupState& state, Time now);

// "grace has no contact slack_user"; empty when all have.
std::string problem_of(const GroupPlan& plan);

}  // namespace tocsin::oncall
