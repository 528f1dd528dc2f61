#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin {

// A moment, UTC, microseconds since 1970-01-01. Storage, rules and wire use nothing else; zones
// belong to the edge (room `calendar`).
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int64_t to_micros(Time t) { return t.time_since_epoch().count(); }
constexpr Time from_micros(int64_t us) { return Time(Duration(us)); }
constexpr int64_t to_millis(Time t) {
  return std::chrono::floor<milliseconds>(t.time_since_epoch()).count();
}
constexpr Time from_millis(int64_t ms) { return Time(milliseconds(ms)); }
constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
// Rounded to a microsecond. `s` must be finite and within +-290,000 years.
constexpr Duration from_seconds(double s) {
  return Duration(static_cast<int64_t>(s * 1e6 + (s < 0 ? -0.5 : 0.5)));
}

// RFC 3339 in UTC with milliseconds: "2026-11-22T21:37:00.123Z".
std::string to_rfc3339(Time t);
// RFC 3339 with any offset and 0 to 9 fraction digits; kInvalidArgument names the text.
Result<Time> parse_rfc3339(std::string_view text);

// Durations as Prometheus writes them: "1h30m", "15s", "250ms", "30d", "1w", "1y" (365 d); units in
// falling order, each at most once, no sign, no fractions; "0" alone is allowed.
// https://prometheus.io/docs/prometheus/latest/configuration/configuration/
Result<Duration> parse_duration(std::string_view text);
// The shortest such text: 5400 s is "1h30m". Below a millisecond it is rounded to "0s".
std::string to_text(Duration d);

}  // namespace tocsin
