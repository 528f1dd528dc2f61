#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "codec/json.h"
#include "oncall/policy.h"

namespace tocsin::oncall {

// The list that an escalation started with: it stays while the catalog changes. Contacts are kept
// without their secrets; the catalog of now has them.
struct Plan {
  struct Step {
    catalog::Person person;
    Duration after{0};  // since the start of the round
  };
  std::vector<Step> steps;  // rising `after`
  int repeat = 0;           // rounds after the first
  Duration repeat_after{0};

  const catalog::Person* person(const catalog::PersonId& id) const;
};

// An unknown team, or a person who is not in the catalog, gives no step.
Plan plan_for(const catalog::Catalog& catalog, const catalog::TeamId& team);

codec::JsonObject to_json(const Plan& plan);
Result<Plan> read_plan(std::string_view json);  // what to_json wrote; kDataLoss otherwise

Next next_after(const Plan& plan, Place rung, bool is_anybody_told);

// The rounds of the plan are through: the operators are told, and ringing goes on slowly.
inline bool is_beyond(const Plan& plan, Place place) { return place.round > plan.repeat; }

}  // namespace tocsin::oncall
