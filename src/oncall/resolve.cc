#include "oncall/resolve.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::oncall {
namespace {

using Kind = Target::Kind;

std::vector<catalog::PersonId> members_of(const catalog::Catalog& catalog,
                                          const std::string& name) {
  const catalog::Team* team = catalog.team(catalog::TeamId(name));
  return team == nullptr ? std::vector<catalog::PersonId>() : team->members;
}

std::vector<catalog::PersonId> reachable(const catalog::Catalog& catalog,
                                         std::vector<catalog::PersonId> people) {
  std::vector<catalog::PersonId> out;
  for (const auto& id : people) {
    const catalog::Person* person = catalog.person(id);
    if (person != nullptr && !person->contacts.empty()) out.push_back(id);
  }
  return out.empty() ? people : out;
}

std::vector<catalog::PersonId> people_of(const Target& target, const Surroundings& around,
                                         Time at) {
  switch (target.kind) {
    case Kind::kPerson: return {catalog::PersonId(target.name)};
    case Kind::kSchedule: {
      if (around.on_call == nullptr) return {};
      const auto turn = around.on_call->on_call(ScheduleId(target.name), at);
      return turn ? turn->people : std::vector<catalog::PersonId>();
    }
    case Kind::kTeam: return members_of(around.catalog, target.name);
    case Kind::kRoundRobin: {
      const auto members = reachable(around.catalog, members_of(around.catalog, target.name));
      if (members.empty() || !around.next_of) return {};
      return {around.next_of(target.name, members)};
    }
    case Kind::kChannel: return {};
  }
  bug("unknown kind of target");
}

}  // namespace

Resolved resolve(const std::vector<Target>& targets, const Surroundings& around, Time at) {
  Resolved resolved;
  for (const Target& target : targets) {
    if (target.kind == Kind::kChannel) {
      resolved.channels.push_back(target.name);
      continue;
    }
    bool is_anybody = false;
    for (const catalog::PersonId& id : people_of(target, around, at)) {
      if (around.catalog.person(id) == nullptr) continue;
      is_anybody = true;
      if (std::ranges::find(resolved.people, id, &Found::person) != resolved.people.end()) continue;
      resolved.people.push_back(
          {id, target.kind == Kind::kPerson ? "" : fmt::format("via {}", to_text(target))});
    }
    if (!is_anybody) resolved.nobody.push_back(to_text(target));
  }
  return resolved;
}

catalog::PersonId next_in_round(const std::vector<catalog::PersonId>& members,
                                const catalog::PersonId& last) {
  const auto here = std::ranges::find(members, last);
  if (here == members.end() || std::next(here) == members.end()) return members.front();
  return *std::next(here);
}

std::string to_text(const Target& target) {
  switch (target.kind) {
    case Kind::kPerson: return target.name;
    case Kind::kSchedule: return "schedule " + target.name;
    case Kind::kTeam: return "team " + target.name;
    case Kind::kRoundRobin: return "the round of team " + target.name;
    case Kind::kChannel: return "channel " + target.name;
  }
  bug("unknown kind of target");
}

}  // namespace tocsin::oncall
