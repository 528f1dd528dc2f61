#pragma once

#include "codec/json.h"
#include "oncall/policy.h"

namespace tocsin::oncall {

std::string_view name_of(Target::Kind kind);  // person, schedule, team, round_robin, channel
std::optional<Target::Kind> target_kind(std::string_view name);

// As it is recorded beside an escalation. Of channels only the names: their addresses may be
// secrets, and only those of now are of use.
codec::JsonObject to_json(const Policy& policy);
// What to_json wrote, or the list of people that earlier versions of Tocsin recorded; kDataLoss
// otherwise.
Result<Policy> read_policy(std::string_view json);

}  // namespace tocsin::oncall
