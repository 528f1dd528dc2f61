#include "oncall/schedule_ical.h"

#include <fmt/format.h>

#include <algorithm>

#include "oncall/schedule_words.h"

namespace tocsin::oncall {
namespace {

using catalog::PersonId;

struct Stretch {
  Time begin, end;
  std::vector<PersonId> people;
  std::string why;  // at its begin
};

std::vector<Stretch> stretches(const Schedule& schedule, Time begin, Time end,
                               const std::optional<PersonId>& only) {
  std::vector<Stretch> out;
  for (const Turn& turn : turns(schedule, begin - kTurnHorizon, end + kTurnHorizon)) {
    std::vector<PersonId> people = turn.people;
    if (only) {
      const bool is_there = std::ranges::find(people, *only) != people.end();
      people = is_there ? std::vector{*only} : std::vector<PersonId>();
    }
    if (people.empty()) continue;
    if (!out.empty() && out.back().end == turn.begin && out.back().people == people) {
      out.back().end = turn.end;
    } else {
      out.push_back({turn.begin, turn.end, std::move(people), explain(schedule, turn)});
    }
  }
  std::erase_if(out, [&](const Stretch& one) { return one.end <= begin || one.begin >= end; });
  return out;
}

}  // namespace

std::string ical_of(const Schedule& schedule, Time begin, Time end, Time stamp,
                    const std::string& host, const std::optional<PersonId>& only) {
  std::vector<calendar::IcalEntry> entries;
  if (begin < end) {
    for (Stretch& one : stretches(schedule, begin, end, only)) {
      std::string who;
      for (const PersonId& person : one.people) who += "-" + person.value();
      entries.push_back(
          {.uid = fmt::format("{}-{}{}@{}", schedule.id.value(), to_millis(one.begin) / 1000, who,
                              host),
           .begin = one.begin,
           .end = one.end,
           .summary = fmt::format("{}: {} on call", schedule.name, people_words(one.people)),
           .description = std::move(one.why)});
    }
  }
  return calendar::write_ical(
      only ? fmt::format("{}: {}", schedule.name, only->value()) : schedule.name, entries, stamp);
}

std::vector<Interval> intervals_of(const calendar::IcalCalendar& calendar) {
  std::vector<Interval> out;  // events rise by their begin
  for (const calendar::IcalEvent& event : calendar.events) {
    if (!out.empty() && event.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, event.end);
    } else {
      out.push_back({event.begin, event.end});
    }
  }
  return out;
}

}  // namespace tocsin::oncall
