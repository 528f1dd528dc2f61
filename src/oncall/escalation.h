#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "codec/json.h"

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

// Whose turn it is: rounds and steps count from 0.
struct Place {
  int step = 0;
  int round = 0;
  bool operator==(const Place&) const = default;
};

// Who comes after `rung`, and how long the one who was rung has to answer first.
//
// Within a round it is the gap between the two steps, counted from when the first of them was in
// fact rung: who is reached late still has all of it. Between rounds it is `repeat_after`; a round
// that reached nobody is followed by the next within kUntoldPause. Rounds never end: after the last
// of the plan they go on, kSlowFactor times slower within kSlowLeast and kSlowMost.
struct Next {
  Place place;
  Duration wait{0};
};
inline constexpr Duration kUntoldPause = std::chrono::minutes(1);
inline constexpr int kSlowFactor = 3;
inline constexpr Duration kSlowLeast = std::chrono::minutes(5);
inline constexpr Duration kSlowMost = std::chrono::minutes(15);

Next next_after(const Plan& plan, Place rung, bool is_anybody_told);

// The rounds of the plan are through: the operators are told, and ringing goes on slowly.
inline bool is_beyond(const Plan& plan, Place place) { return place.round > plan.repeat; }

}  // namespace tocsin::oncall
