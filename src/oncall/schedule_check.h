#pragma once

#include <string>
#include <vector>

#include "oncall/schedule.h"

namespace tocsin::oncall {

// What would hurt in a night to come.
struct ScheduleFault {
  enum class Kind { kGap, kUnreachable, kLongShift, kUnknownPerson };
  Kind kind = Kind::kGap;
  Time begin, end;
  catalog::PersonId person;  // empty with a gap
  std::string text;          // a sentence with what to do, times in the schedule's zone
};

// Looks at [begin, end). A shift is the time for which somebody is on call without a break; one
// that reaches over the edge of the window counts whole.
std::vector<ScheduleFault> find_faults(const Schedule& schedule, const catalog::Catalog& catalog,
                                       Time begin, Time end);

}  // namespace tocsin::oncall
