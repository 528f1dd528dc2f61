#pragma once

#include <vector>

#include "calendar/ical.h"
#include "oncall/schedule.h"

namespace tocsin::oncall {

// When the events of an imported calendar are: sorted, and those that overlap or touch made one.
// For days off and for vacations.
std::vector<Interval> intervals_of(const calendar::IcalCalendar& calendar);

}  // namespace tocsin::oncall
