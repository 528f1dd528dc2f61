#include "plain_model.h"

#include <algorithm>
#include <stdexcept>

namespace tocsin::simulation {

const PlainSchedule::Stretch* PlainSchedule::of(const std::vector<Stretch>& all, Time time,
                                                const std::string& person) {
  for (const Stretch& one : all) {
    if (one.begin <= time && time < one.end && (person.empty() || one.person == person)) {
      return &one;
    }
  }
  return nullptr;
}

Names PlainSchedule::at(Time time) const {
  const auto turns = static_cast<size_t>((time - start) / turn);
  Names names;
  for (size_t i = 0; i < people.size() && names.empty(); ++i) {
    const std::string& person = people[(turns + i) % people.size()];
    if (of(absences, time, person) == nullptr) names.insert(person);
  }
  if (const Stretch* const over = of(overrides, time, "")) {
    if (!over->is_added) names.clear();
    names.insert(over->person);
  }
  return names;
}

Time PlainSchedule::end_of_turn(Time time) const {
  return start + ((time - start) / turn + 1) * turn;
}

bool PlainSchedule::is_overridden(Time begin, Time end) const {
  return std::ranges::any_of(
      overrides, [&](const Stretch& one) { return one.begin < end && begin < one.end; });
}

const oncall::Policy& PlainModel::policy(const std::string& team) const {
  const auto& name = declared_->catalog->team(catalog::TeamId(team))->escalation_policy;
  for (const auto& policy : declared_->policies) {
    if (policy.id.value() == name) return policy;
  }
  throw std::runtime_error("the simulation has no policy " + name);
}

Names PlainModel::members(const std::string& team) const {
  Names names;
  for (const auto& id : declared_->catalog->team(catalog::TeamId(team))->members) {
    names.insert(id.value());
  }
  return names;
}

Names PlainModel::with_a_way(Names people) const {
  std::erase_if(people, [&](const std::string& person) { return ways(person) == 0; });
  return people;
}

Names PlainModel::people_of(const std::vector<oncall::Target>& targets, Time at, bool takes_turn) {
  using Kind = oncall::Target::Kind;
  Names people;
  for (const auto& target : targets) {
    switch (target.kind) {
      case Kind::kPerson: people.insert(target.name); break;
      case Kind::kSchedule:
        if (schedules.contains(target.name)) people.merge(schedules.at(target.name).at(at));
        break;
      case Kind::kTeam: people.merge(members(target.name)); break;
      case Kind::kRoundRobin: {
        // The members stand in the order of their names (night.cc).
        const Names round = with_a_way(members(target.name));
        if (round.empty()) break;
        auto next = round.upper_bound(last_of_round_[target.name]);
        if (next == round.end()) next = round.begin();
        if (takes_turn) last_of_round_[target.name] = *next;
        people.insert(*next);
        break;
      }
      case Kind::kChannel: break;
    }
  }
  return people;
}

std::vector<catalog::Contact> PlainModel::ways_of(const std::string& id) const {
  const catalog::Person* const person = declared_->catalog->person(catalog::PersonId(id));
  if (person == nullptr) return {};
  if (person->urgent.empty()) return person->contacts;
  std::vector<catalog::Contact> ways;
  for (const auto& rule : person->urgent) {
    if (const auto* const contact = person->contact(rule.contact)) ways.push_back(*contact);
  }
  return ways;
}

size_t PlainModel::ways(const std::string& person) const { return ways_of(person).size(); }

std::optional<size_t> PlainModel::place(const std::string& person,
                                        const catalog::Contact& contact) const {
  const auto ways = ways_of(person);
  const auto found = std::ranges::find(ways, contact.address, &catalog::Contact::address);
  if (found == ways.end()) return std::nullopt;
  return static_cast<size_t>(found - ways.begin());
}

}  // namespace tocsin::simulation
