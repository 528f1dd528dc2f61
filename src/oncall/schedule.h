#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar/recurrence.h"
#include "calendar/weekly_hours.h"
#include "calendar/zone.h"
#include "catalog/catalog.h"

// Whose turn it is. Values and pure functions: the pager, the API, the calendar on the screen, the
// iCal feeds and the history all ask turns() and nothing else, so they cannot disagree. The words
// and rules are told for users in docs/schedules.md.
namespace tocsin::oncall {

using ScheduleId = StrongId<struct ScheduleTag>;

// Who takes one turn: a person, or several who are on call together.
struct Participant {
  std::vector<catalog::PersonId> people;  // at least one
  bool operator==(const Participant&) const = default;
};

// Participants in their order, each for one turn. Turns tile the time from `start` on: the n-th
// begins at the wall time `start` + n units on the calendar of the layer's zone (Zone::to_time says
// which moment that is where clocks are set), or at the n-th occurrence of `rule`. So a hand-off at
// 09:00 stays at 09:00, an hour that the clocks skip is nobody's turn, and one that they show twice
// is one turn. A month without the day of `start` hands off on its last day. The last turn of a
// rule that ends goes on.
struct Rotation {
  enum class Unit { kHour, kDay, kWeek, kMonth, kRule };
  Unit unit = Unit::kWeek;
  int count = 1;                             // > 0; 1 with a rule
  calendar::CivilSecond start;               // the hand-off to which the rotation is anchored ...
  size_t first = 0;                          // ... and who takes over then
  std::optional<calendar::Recurrence> rule;  // kRule; its start is `start`
  std::vector<Participant> participants;     // at least one
};

struct Layer {
  std::string name;  // unique in its schedule
  calendar::Zone zone;
  Rotation rotation;
  calendar::WeeklyHours hours = calendar::WeeklyHours::always();  // of `zone`
  std::vector<std::string> off;  // calendars (public holidays) during which the layer has nobody
  bool is_shadow = false;        // its people learn: they are told, not paged, and cover nothing
  // Its people are on call in addition to those whom the layers before it have, not in their place.
  bool joins = false;
};

// The layers from `from` until the next version. Where several layers have somebody, the last one
// counts (it stands above those before it), and with it the layers behind it that join.
struct Version {
  Time from;
  std::vector<Layer> layers;
};

struct Override {
  enum class Kind { kAdd, kRemove, kReplace };
  std::string id;  // ovr_...
  Kind kind = Kind::kReplace;
  catalog::PersonId person;    // added, removed, or who takes over
  catalog::PersonId replaces;  // kReplace: whose turns; empty: everybody's
  Time begin, end;             // end not included
  std::string note;
  std::string by;  // actor
};

// For its time the layers do not count: only the shifts do, and where there is none, nobody.
struct FixedPlan {
  struct Shift {
    std::vector<catalog::PersonId> people;
    Time begin, end;
  };
  std::string id;  // fix_...
  Time begin, end;
  std::vector<Shift> shifts;
  std::string note;
  std::string by;
};

// A person who is away: their turns go to the next participant of the rotation who is not. Also of
// imported vacation calendars.
struct Absence {
  std::string id;  // abs_...
  catalog::PersonId person;
  Time begin, end;
  std::string note;
};

struct Interval {
  Time begin, end;  // end not included
  bool operator==(const Interval&) const = default;
};
// Public holidays and the like, sorted, not overlapping.
struct DayCalendar {
  std::string name;
  std::vector<Interval> days;
};

struct Schedule {
  ScheduleId id;
  std::string name;
  catalog::TeamId team;               // who is told of gaps
  calendar::Zone zone;                // in which it is shown
  Duration longest_shift = days(14);  // longer ones are a problem
  std::vector<Version> versions;      // rising `from`; before the first there is nobody
  std::vector<Override> overrides;    // in the order in which they were made; later ones win
  std::vector<FixedPlan> plans;       // later ones win
  std::vector<Absence> absences;
  std::map<std::string, DayCalendar> calendars;  // those that layers name
};

// Why these people are on call, the decisive reason first: overrides that changed something (the
// last one made first), then the plan, or else for each layer that counts, in the order of the
// layers, the absences in it and the layer.
// A gap says kNobody, and behind it the absences in layers that have nobody for that reason.
struct Why {
  enum class Kind { kLayer, kOverride, kPlan, kAbsence, kNobody };
  Kind kind = Kind::kNobody;
  std::string layer;                          // kLayer, kAbsence
  int64_t turn = 0;                           // kLayer: n of Rotation
  std::string id;                             // of the override, plan or absence
  std::vector<catalog::PersonId> instead_of;  // kOverride, kAbsence: whose turn it was
  bool operator==(const Why&) const = default;
};

// A stretch of time with the same people for the same reasons.
struct Turn {
  Time begin, end;                        // end not included
  std::vector<catalog::PersonId> people;  // each once; empty: a gap
  // Of all shadow layers, without those who are on call; nobody within a plan.
  std::vector<catalog::PersonId> shadows;
  std::vector<Why> why;  // at least one
};

// Tiles [begin, end) without gap or overlap; neighbours differ. Empty when begin >= end. Cost: in
// proportion to the hand-offs in between; rules are counted from their start once.
std::vector<Turn> turns(const Schedule& schedule, Time begin, Time end);
// The turn that holds `at`, whole as far as `kTurnHorizon` to both sides.
inline constexpr Duration kTurnHorizon = days(62);
Turn turn_at(const Schedule& schedule, Time at);

// "ada, because layer 'primary' hands off each Monday at 09:00 (Europe/Berlin) and this is her turn
// until ...; grace asked for an override": sentences for a person.
std::string explain(const Schedule& schedule, const Turn& turn);

}  // namespace tocsin::oncall
