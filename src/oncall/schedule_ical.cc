#include "oncall/schedule_ical.h"

#include <algorithm>

namespace tocsin::oncall {

std::vector<Interval> intervals_of(const calendar::IcalCalendar& calendar) {
  std::vector<Interval> out;  // events rise by their begin
  for (const calendar::IcalEvent& event : calendar.events) {
    if (!out.empty() && event.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, event.end);
    } else {
      out.push_back({event.begin, event.end});
    }
  }
  return out;
}

}  // namespace tocsin::oncall
