#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// Times as Go's package time writes and reads them, by a layout that shows how
// "Mon Jan 2 15:04:05 MST 2006" would look. https://pkg.go.dev/time#pkg-constants

// Holds the product of any two int64.
__extension__ typedef __int128 Wide;

// Year, month, day and clock of a moment where it is shown.
struct CivilMoment {
  int64_t year = 1;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int micros = 0;
  int weekday = 0;   // Sunday is 0
  int year_day = 1;  // from 1
  seconds offset{};  // east of UTC
  std::string abbreviation;
};
CivilMoment civil_of(const Moment& moment);

std::string_view month_name(int month);      // 1 is "January"
std::string_view weekday_name(int weekday);  // 0 is "Sunday"

// Time.Format.
std::string format_time(const Moment& moment, std::string_view layout);
// Time.String: "2026-01-02 03:04:05.123456 +0000 UTC".
std::string to_text(const Moment& moment);
// time.Parse on a machine in UTC. kInvalidArgument names the text and the layout.
Result<Moment> parse_time(std::string_view layout, std::string_view text);

// Duration.String: "1h2m3.5s", "100ms", "0s".
std::string duration_text(int64_t nanoseconds);
// Nanoseconds from `from` to `to`; stops at the ends of int64, +-292 years.
int64_t nanoseconds_between(Time from, Time to);

}  // namespace tocsin::gotemplate
