#pragma once

#include <optional>
#include <string>

#include "oncall/schedule_book.h"
#include "oncall/schedule_store.h"

namespace tocsin::oncall {

// What a feed shows: the last while and the time to come.
inline constexpr Duration kFeedBack = days(30);
inline constexpr Duration kFeedAhead = days(180);

// The text of a calendar feed: the shifts of a person in all schedules, all of a schedule, or those
// of a team's schedules. Nothing when what the link names is gone. Pure.
std::optional<std::string> ical_feed(const IcalLink& link, const ScheduleBook::Schedules& schedules,
                                     const catalog::Catalog& catalog, Time now);

}  // namespace tocsin::oncall
