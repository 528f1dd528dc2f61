#pragma once

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tocsin::calendar {

// What a clock on the wall and a page of the calendar show, without a zone. Adding days or months
// to one is arithmetic on the calendar: https://github.com/google/cctz
using CivilSecond = cctz::civil_second;
using CivilDay = cctz::civil_day;

// "2026-01-31" (midnight), "2026-01-31 12:30" or "2026-01-31 12:30:00", years 1970 to 2999; a T may
// stand for the space. A date that no calendar has (February 30) is kInvalidArgument.
Result<CivilSecond> parse_civil(std::string_view text);
std::string to_text(const CivilSecond& civil);  // "2026-01-31 12:30:00"

// The rules by which a place sets its clocks, from the system's IANA database ($TZDIR, else
// /usr/share/zoneinfo), read once for each name. A small value; immutable, thread-safe.
class Zone {
 public:
  Zone() : zone_(cctz::utc_time_zone()), name_("UTC") {}  // UTC, which needs no database
  // By IANA name: "Europe/Berlin". kInvalidArgument: not known, with the nearest name;
  // kFailedPrecondition: there is no zone database on this machine.
  static Result<Zone> find(std::string_view name);

  const std::string& name() const { return name_; }
  CivilSecond to_civil(Time time) const;  // rounded down to the second
  // Where clocks go forward over `civil`, the moment of the jump: a period that should begin at
  // 02:30 begins at 03:00 of the new time. Where they go back and show it twice, the first time.
  // So the result never falls when `civil` rises.
  Time to_time(const CivilSecond& civil) const;
  seconds offset(Time time) const;  // east of UTC
  // The first moment after `time` at which the clocks are set; nothing when they never are again.
  std::optional<Time> next_transition(Time time) const;
  // What the database calls the rule in force: "CET", "CEST", or "-03" where there is no name.
  std::string abbreviation(Time time) const;

  bool operator==(const Zone& other) const { return zone_ == other.zone_; }

 private:
  Zone(cctz::time_zone zone, std::string name) : zone_(zone), name_(std::move(name)) {}

  cctz::time_zone zone_;
  std::string name_;
};

// The names in the database, sorted. Reads directories: for errors and tests.
std::vector<std::string> zone_names();

}  // namespace tocsin::calendar
