#pragma once

#include <optional>
#include <string>

#include "calendar/ical.h"
#include "oncall/schedule.h"

namespace tocsin::oncall {

// The shifts of [begin, end) as a calendar to subscribe to: one entry for each stretch with the
// same people, or for each stretch of `only`. A stretch that reaches over the edge counts whole, as
// far as kTurnHorizon, so that an entry keeps its UID while the window moves on. `host` makes the
// UIDs ours; `stamp` is now.
std::string ical_of(const Schedule& schedule, Time begin, Time end, Time stamp,
                    const std::string& host,
                    const std::optional<catalog::PersonId>& only = std::nullopt);

// When the events of an imported calendar are: sorted, and those that overlap or touch made one.
// For days off and for vacations.
std::vector<Interval> intervals_of(const calendar::IcalCalendar& calendar);

}  // namespace tocsin::oncall
