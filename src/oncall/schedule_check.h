#pragma once

#include <functional>
#include <string>
#include <vector>

#include "oncall/schedule.h"

namespace tocsin::oncall {

// What would hurt in a night to come.
struct ScheduleFault {
  enum class Kind { kGap, kUnreachable, kLongShift, kUnknownPerson, kUnverified };
  Kind kind = Kind::kGap;
  Time begin, end;
  catalog::PersonId person;  // empty with a gap
  std::string text;          // a sentence with what to do, times in the schedule's zone
};

// Whether a way that was shown to work reaches this person (notify::VerifiedContacts); thread-safe.
// An empty one is not asked: nobody wants to know.
using IsReached = std::function<bool(const catalog::Person&)>;

// Looks at [begin, end). A shift is the time for which somebody is on call without a break. Shifts
// and gaps that reach over the edge of the window count whole, as far as kTurnHorizon (or the
// longest shift) beyond it. A person whom nobody knows, or whom nothing (or nothing that was
// verified) reaches is one fault, at their first shift. Time before the first version, and of
// versions without layers (the schedule was ended), is no gap. Shadows are not looked at: they
// cover nothing. Sorted by begin.
std::vector<ScheduleFault> find_faults(const Schedule& schedule, const catalog::Catalog& catalog,
                                       Time begin, Time end, const IsReached& is_reached = {});

}  // namespace tocsin::oncall
