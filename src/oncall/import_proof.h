#pragma once

#include <string>
#include <vector>

#include "calendar/ical.h"
#include "oncall/import.h"
#include "oncall/schedule.h"

namespace tocsin::oncall {

// Whether a schedule that was taken over has the same people on call as the calendar (iCal) of the
// tool that it came from.
struct ImportProof {
  struct Difference {
    Time begin, end;          // in whole hours
    std::string there, here;  // names, "nobody"
  };
  int hours = 0, same = 0;
  std::vector<Difference> differences;  // those of one kind behind one another are one; at most 20
  std::vector<std::string> strangers;   // events of the calendar that name nobody who is known
};

inline constexpr Duration kProveAhead = days(90);

// Looks at the middle of each hour of [begin, begin + kProveAhead). An event names a person by an
// attendee's address or by the name in its summary.
ImportProof prove(const Schedule& schedule, const std::vector<ImportedPerson>& people,
                  const calendar::IcalCalendar& source, Time begin);

}  // namespace tocsin::oncall
