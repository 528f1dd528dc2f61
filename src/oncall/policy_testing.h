#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oncall/on_call.h"
#include "oncall/policy.h"

// For tests only.
namespace tocsin::oncall::testing {

// Schedules whose turns the test says.
class FakeOnCall final : public OnCall {
 public:
  std::map<std::string, std::vector<std::string>> people;  // of each schedule, at any time

  std::optional<Turn> on_call(const ScheduleId& schedule, Time at) const override {
    const auto found = people.find(schedule.value());
    if (found == people.end()) return std::nullopt;
    Turn turn{.begin = at - days(1), .end = at + days(1), .people = {}, .shadows = {}, .why = {}};
    for (const auto& name : found->second) turn.people.emplace_back(name);
    return turn;
  }
};

inline Target person(const std::string& name) { return {Target::Kind::kPerson, name}; }
inline Target schedule(const std::string& name) { return {Target::Kind::kSchedule, name}; }
inline Target team(const std::string& name) { return {Target::Kind::kTeam, name}; }
inline Target round_robin(const std::string& name) { return {Target::Kind::kRoundRobin, name}; }
inline Target channel(const std::string& name) { return {Target::Kind::kChannel, name}; }

}  // namespace tocsin::oncall::testing
