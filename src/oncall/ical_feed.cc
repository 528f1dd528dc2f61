#include "oncall/ical_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calendar/ical.h"
#include "oncall/schedule_api_json.h"

namespace tocsin::oncall {
namespace {

using Entries = std::vector<calendar::IcalEntry>;

std::string display_name(const catalog::Catalog& catalog, const catalog::PersonId& id) {
  const catalog::Person* person = catalog.person(id);
  return person != nullptr && !person->name.empty() ? person->name : id.value();
}

std::set<catalog::PersonId> people_of(const Schedule& schedule, Time begin, Time end) {
  std::set<catalog::PersonId> out;
  for (const Turn& turn : turns(schedule, begin, end)) {
    out.insert(turn.people.begin(), turn.people.end());
  }
  return out;
}

// Each shift of a person one entry, known again by who it is of and when it begins. A shift that
// reaches over the edge of the window counts whole, as far as kTurnHorizon: cut at the edge it
// would be another entry each time.
void add_shifts(const Schedule& schedule, const catalog::PersonId& person,
                const std::string& summary, Time now, Entries& out) {
  const Time begin = now - kFeedBack, end = now + kFeedAhead;
  for (const Interval& shift :
       shifts_of(schedule, person, begin - kTurnHorizon, end + kTurnHorizon)) {
    if (shift.end <= begin || shift.begin >= end) continue;
    out.push_back({.uid = fmt::format("{}-{}-{}@tocsin", schedule.id.value(), person.value(),
                                      to_micros(shift.begin) / 1'000'000),
                   .begin = shift.begin,
                   .end = shift.end,
                   .summary = summary,
                   .description = explain(schedule, turn_at(schedule, shift.begin))});
  }
}

void add_schedule(const Schedule& schedule, const catalog::Catalog& catalog, Time now,
                  Entries& out) {
  for (const auto& person : people_of(schedule, now - kFeedBack, now + kFeedAhead)) {
    add_shifts(schedule, person,
               fmt::format("{}: {}", schedule.name, display_name(catalog, person)), now, out);
  }
}

}  // namespace

std::optional<std::string> ical_feed(const IcalLink& link, const ScheduleBook::Schedules& schedules,
                                     const catalog::Catalog& catalog, Time now) {
  Entries entries;
  std::string name;
  if (link.kind == "person") {
    const catalog::PersonId person(link.name);
    if (catalog.person(person) == nullptr) return std::nullopt;
    name = fmt::format("On call: {}", display_name(catalog, person));
    for (const auto& [id, schedule] : schedules) {
      add_shifts(schedule, person, fmt::format("On call: {}", schedule.name), now, entries);
    }
  } else if (link.kind == "schedule") {
    const auto found = schedules.find(ScheduleId(link.name));
    if (found == schedules.end()) return std::nullopt;
    name = fmt::format("On call: {}", found->second.name);
    add_schedule(found->second, catalog, now, entries);
  } else {
    const catalog::TeamId team(link.name);
    if (catalog.team(team) == nullptr) return std::nullopt;
    name = fmt::format("On call: {}", catalog.team(team)->name);
    for (const auto& [id, schedule] : schedules) {
      if (schedule.team == team) add_schedule(schedule, catalog, now, entries);
    }
  }
  std::ranges::stable_sort(entries, {}, &calendar::IcalEntry::begin);
  return calendar::write_ical(name, entries, now);
}

}  // namespace tocsin::oncall
