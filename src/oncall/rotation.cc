#include "oncall/rotation.h"

#include <algorithm>

namespace tocsin::oncall {
namespace {

using calendar::CivilDay;
using calendar::CivilSecond;
using calendar::Zone;
using Unit = Rotation::Unit;

// Occurrences of a rule that are asked for at a time.
constexpr size_t kPage = 100;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Seconds of the calendar, on which every day has 24 hours; 0 for a month.
int64_t seconds_of(Unit unit) {
  switch (unit) {
    case Unit::kHour: return 3600;
    case Unit::kDay: return 86'400;
    case Unit::kWeek: return int64_t{7} * 86'400;
    case Unit::kMonth: return 0;
    case Unit::kRule: break;
  }
  bug("a rule has no unit");
}

// Counted from the start each time, so that a short month does not move the later hand-offs.
CivilSecond hand_off(const Rotation& rotation, int64_t n) {
  const CivilSecond& start = rotation.start;
  n *= rotation.count;
  if (rotation.unit != Unit::kMonth) return start + n * seconds_of(rotation.unit);
  const cctz::civil_month month = cctz::civil_month(start) + n;
  const CivilDay last = CivilDay(month + 1) - 1;
  const CivilDay day = std::min(CivilDay(month) + (start.day() - 1), last);
  return CivilSecond(day.year(), day.month(), day.day(), start.hour(), start.minute(),
                     start.second());
}

// The last turn that has begun at `at`; negative before the start.
int64_t number_at(const Rotation& rotation, const Zone& zone, Time at) {
  const CivilSecond civil = zone.to_civil(at);
  int64_t n =
      rotation.unit == Unit::kMonth
          ? floor_div(cctz::civil_month(civil) - cctz::civil_month(rotation.start), rotation.count)
          : floor_div(civil - rotation.start, seconds_of(rotation.unit) * rotation.count);
  // Short months and hours that the clocks show twice move the guess by a few.
  while (at < zone.to_time(hand_off(rotation, n))) --n;
  while (at >= zone.to_time(hand_off(rotation, n + 1))) ++n;
  return n;
}

std::vector<RotationTurn> by_units(const Rotation& rotation, const Zone& zone, Time begin,
                                   Time end) {
  std::vector<RotationTurn> turns;
  const auto moment = [&](int64_t n) { return zone.to_time(hand_off(rotation, n)); };
  Time at = std::max(begin, moment(0));
  while (at < end) {
    const int64_t n = number_at(rotation, zone, at);
    turns.push_back({n, moment(n), moment(n + 1)});
    at = turns.back().end;
  }
  return turns;
}

// A rule knows its numbers only by counting from the start.
std::vector<RotationTurn> by_rule(const calendar::Recurrence& rule, Time begin, Time end) {
  std::vector<RotationTurn> turns;
  const auto close_last = [&](Time at) {
    if (turns.empty()) return;
    turns.back().end = at;
    if (at <= begin) turns.pop_back();
  };
  int64_t n = 0;
  for (Time from = Time::min();;) {
    const auto page = rule.next(from, kPage);
    for (const auto& occurrence : page) {
      close_last(occurrence.time);
      if (occurrence.time >= end) return turns;
      turns.push_back({n++, occurrence.time, Time::max()});
    }
    if (page.size() < kPage) return turns;  // the last one stays
    from = page.back().time + microseconds(1);
  }
}

}  // namespace

std::vector<RotationTurn> rotation_turns(const Rotation& rotation, const Zone& zone, Time begin,
                                         Time end) {
  if (begin >= end) return {};
  if (rotation.rule) return by_rule(*rotation.rule, begin, end);
  if (rotation.count <= 0) bug("a turn must have at least one unit");
  return by_units(rotation, zone, begin, end);
}

std::optional<RotationTurn> rotation_turn_at(const Rotation& rotation, const Zone& zone, Time at) {
  const auto turns = rotation_turns(rotation, zone, at, at + microseconds(1));
  return turns.empty() ? std::nullopt : std::optional(turns.front());
}

size_t participant_of(const Rotation& rotation, int64_t n) {
  return (rotation.first + static_cast<size_t>(n)) % rotation.participants.size();
}

}  // namespace tocsin::oncall
