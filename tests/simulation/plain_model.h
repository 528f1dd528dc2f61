#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "house.h"

namespace tocsin::simulation {

using Names = std::set<std::string>;

// A schedule as docs/schedules.md tells it, in the simplest of forms: people take turns of equal
// length from a moment on. Beside src/oncall, not with it: what it says is held against what was
// rung.
struct PlainSchedule {
  struct Stretch {
    Time begin, end;
    std::string person;  // who takes over; of an absence: who is away
    bool is_added = false;
  };
  Time start;
  Duration turn = hours(1);
  std::vector<std::string> people;
  std::vector<Stretch> overrides;  // never two at a time
  std::vector<Stretch> absences;

  Names at(Time time) const;
  Time end_of_turn(Time time) const;
  bool is_overridden(Time begin, Time end) const;
  static const Stretch* of(const std::vector<Stretch>& all, Time time, const std::string& person);
};

// Whom a step amounts to, by the words of docs/paging.md.
class PlainModel {
 public:
  explicit PlainModel(const Declared& declared) : declared_(&declared) {}

  std::map<std::string, PlainSchedule> schedules;

  const oncall::Policy& policy(const std::string& team) const;
  // `takes_turn`: whoever is next of a round is taken, and another is next then.
  Names people_of(const std::vector<oncall::Target>& targets, Time at, bool takes_turn);
  Names with_a_way(Names people) const;
  Names members(const std::string& team) const;
  // By how many ways a person is called, one after the other or by their times.
  size_t ways(const std::string& person) const;
  // The place of a contact among them.
  std::optional<size_t> place(const std::string& person, const catalog::Contact& contact) const;

 private:
  std::vector<catalog::Contact> ways_of(const std::string& person) const;

  const Declared* declared_;
  std::map<std::string, std::string> last_of_round_;  // of a team
};

}  // namespace tocsin::simulation
