#include "oncall/layer_course.h"

#include <algorithm>

namespace tocsin::oncall {
namespace {

using catalog::PersonId;

bool has(const std::vector<PersonId>& people, const PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

// The first interval of the calendar that ends after `time`.
std::vector<Interval>::const_iterator first_behind(const DayCalendar& calendar, Time time) {
  return std::ranges::upper_bound(calendar.days, time, {}, &Interval::end);
}

}  // namespace

LayerCourse::LayerCourse(const Schedule& schedule, const Layer& layer, Time begin, Time end)
    : layer_(&layer), begin_(begin), end_(end) {
  const Rotation& rotation = layer.rotation;
  if (rotation.participants.empty() || layer.hours.empty()) return;
  turns_ = rotation_turns(rotation, layer.zone, begin, end);
  for (const std::string& name : layer.off) {
    const auto found = schedule.calendars.find(name);
    if (found != schedule.calendars.end()) off_.push_back(&found->second);
  }
  for (const Absence& absence : schedule.absences) {
    if (absence.begin >= end || absence.end <= begin || absence.begin >= absence.end) continue;
    const bool is_ours = std::ranges::any_of(
        rotation.participants, [&](const auto& p) { return has(p.people, absence.person); });
    if (is_ours) absences_.push_back(&absence);
  }
  if (absences_.empty() || layer.is_shadow) return;
  for (const Override& one : schedule.overrides) {
    if (one.begin >= end || one.end <= begin || one.begin >= one.end) continue;
    const bool hands_on =
        one.kind == Override::Kind::kReplace && !one.replaces.empty() && one.replaces != one.person;
    if (hands_on || one.kind == Override::Kind::kRemove) overrides_.push_back(&one);
  }
}

void LayerCourse::add_changes(std::vector<Time>& changes) const {
  const auto add = [&](Time time) {
    if (time > begin_ && time < end_) changes.push_back(time);
  };
  for (const RotationTurn& turn : turns_) {
    add(turn.begin);
    add(turn.end);
  }
  for (const Absence* absence : absences_) {
    add(absence->begin);
    add(absence->end);
  }
  for (const DayCalendar* calendar : off_) {
    for (auto day = first_behind(*calendar, begin_); day != calendar->days.end(); ++day) {
      if (day->begin >= end_) break;
      add(day->begin);
      add(day->end);
    }
  }
  if (turns_.empty() || layer_->hours == calendar::WeeklyHours::always()) return;
  auto change = layer_->hours.next_change(layer_->zone, begin_);
  while (change && *change < end_) {
    changes.push_back(*change);
    change = layer_->hours.next_change(layer_->zone, *change);
  }
}

LayerPeople LayerCourse::at(Time time) const {
  const auto next = std::ranges::upper_bound(turns_, time, {}, &RotationTurn::begin);
  if (next == turns_.begin() || !layer_->hours.contains(layer_->zone, time) || is_off(time)) {
    return {};
  }
  const Rotation& rotation = layer_->rotation;
  LayerPeople found{.people = {}, .turn = std::prev(next)->n, .absences = {}};
  const size_t first = participant_of(rotation, found.turn);
  for (const PersonId& person : rotation.participants[first].people) {
    const Absence* absence = away(person, time);
    const bool is_handed = absence != nullptr && is_handed_on(person, time);
    if ((absence == nullptr || is_handed) && !has(found.people, person)) {
      found.people.push_back(person);
    }
    if (absence == nullptr || is_handed) continue;
    found.absences.push_back({.kind = Why::Kind::kAbsence,
                              .layer = layer_->name,
                              .id = absence->id,
                              .instead_of = {person}});
  }
  for (size_t i = 1; i < rotation.participants.size() && found.people.empty(); ++i) {
    found.people = present(rotation.participants[(first + i) % rotation.participants.size()], time);
  }
  return found;
}

bool LayerCourse::is_off(Time time) const {
  return std::ranges::any_of(off_, [&](const DayCalendar* calendar) {
    const auto day = first_behind(*calendar, time);
    return day != calendar->days.end() && day->begin <= time;
  });
}

const Absence* LayerCourse::away(const PersonId& person, Time time) const {
  const auto found = std::ranges::find_if(absences_, [&](const Absence* absence) {
    return absence->person == person && absence->begin <= time && time < absence->end;
  });
  return found == absences_.end() ? nullptr : *found;
}

bool LayerCourse::is_handed_on(const PersonId& person, Time time) const {
  const auto first = std::ranges::find_if(overrides_, [&](const Override* one) {
    const bool hands_on = one->kind == Override::Kind::kReplace;
    return (hands_on ? one->replaces : one->person) == person && one->begin <= time &&
           time < one->end;
  });
  return first != overrides_.end() && (*first)->kind == Override::Kind::kReplace;
}

std::vector<PersonId> LayerCourse::present(const Participant& participant, Time time) const {
  std::vector<PersonId> people;
  for (const PersonId& person : participant.people) {
    if (!has(people, person) && away(person, time) == nullptr) people.push_back(person);
  }
  return people;
}

}  // namespace tocsin::oncall
