#pragma once

#include <string>

#include "oncall/schedule.h"

namespace tocsin::oncall {

// When a layer hands off: "each Monday at 09:00 (Europe/Berlin)", "every 12 hours, counted from Mon
// 2026-01-05 09:00 (UTC)".
std::string hand_off_words(const Layer& layer);
// "Mon 2026-01-05 09:00", on the clocks of the zone.
std::string moment_words(const calendar::Zone& zone, Time time);
// "ada", "ada and grace", "ada, grace and alan"; "nobody".
std::string people_words(const std::vector<catalog::PersonId>& people);

}  // namespace tocsin::oncall
