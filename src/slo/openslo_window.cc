#include "slo/openslo_window.h"

#include <fmt/format.h>

#include <charconv>

#include "calendar/zone.h"
#include "slo/window_table.h"

namespace tocsin::slo {
namespace {

constexpr Duration kShortestPeriod = days(1);

void read_rolling(codec::Fields& fields, Window& window) {
  window.length = fields.duration("duration", std::nullopt, kShortestPeriod);
  if (window.length > WindowTable::kLongestWindow)
    fields.problem("duration",
                   fmt::format("a rolling window is at most {} long; use a calendar window "
                               "of quarters or years for longer promises",
                               to_text(WindowTable::kLongestWindow)));
}

// "1M", "2w", "1Q": a number and a unit of the calendar.
void read_units(codec::Fields& fields, Window& window) {
  const std::string text = fields.text("duration");
  if (text.empty()) return;
  int count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(rest, static_cast<size_t>(text.data() + text.size() - rest));
  using Unit = Window::Unit;
  const bool is_known = unit == "d" || unit == "w" || unit == "M" || unit == "Q" || unit == "Y";
  if (error != std::errc() || count < 1 || count > 366 || !is_known) {
    fields.problem(
        "duration",
        fmt::format("'{}' is no calendar window; write a number and d, w, M, Q or Y: 1M is a month",
                    text));
    return;
  }
  window.count = count;
  window.unit = unit == "d"   ? Unit::kDay
                : unit == "w" ? Unit::kWeek
                : unit == "M" ? Unit::kMonth
                : unit == "Q" ? Unit::kQuarter
                              : Unit::kYear;
  const int64_t most = unit == "d"   ? 366
                       : unit == "w" ? 52
                       : unit == "M" ? 12
                       : unit == "Q" ? 4
                                     : 1;
  if (count > most)
    fields.problem("duration", "is longer than a year, the longest period that is kept");
}

void read_calendar(codec::Fields& fields, Window& window) {
  window.is_calendar = true;
  read_units(fields, window);
  codec::Fields calendar = fields.child("calendar");
  window.zone = calendar.text("timeZone", "UTC");
  const std::string start = calendar.text("startTime", "");
  calendar.finish();
  const auto zone = calendar::Zone::find(window.zone);
  if (!zone) {
    calendar.problem("timeZone", zone.error().message);
    return;
  }
  if (start.empty()) return;
  const auto civil = calendar::parse_civil(start);
  if (!civil) {
    calendar.problem("startTime", civil.error().message);
    return;
  }
  window.start = zone->to_time(*civil);
}

}  // namespace

Window read_time_window(codec::Fields& spec) {
  Window window;
  if (!spec.has("timeWindow")) {
    spec.raw("timeWindow");
    return window;
  }
  auto all = spec.children("timeWindow");
  if (all.size() != 1) {
    spec.problem("timeWindow", "must hold exactly one window");
    return window;
  }
  codec::Fields& fields = all[0];
  const bool has_calendar = fields.has("calendar");
  const bool is_rolling = fields.flag("isRolling", !has_calendar);
  if (has_calendar && is_rolling) {
    fields.problem("isRolling", "a window is either rolling or aligned to the calendar, not both");
  } else if (!has_calendar && !is_rolling) {
    fields.problem("calendar",
                   "is missing: a window that is not rolling needs its calendar "
                   "(startTime and timeZone)");
  }
  if (has_calendar) {
    read_calendar(fields, window);
  } else {
    read_rolling(fields, window);
  }
  fields.finish();
  return window;
}

}  // namespace tocsin::slo
