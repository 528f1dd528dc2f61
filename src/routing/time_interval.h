#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "calendar/zone.h"
#include "codec/fields.h"

namespace tocsin::routing {

// Inclusive at both ends, in the field's own numbers; for days of the month a negative number
// counts from the end (-1 is the last day). One whose first is past its last holds nothing.
struct Span {
  int first = 0;
  int last = 0;
  bool operator==(const Span&) const = default;
};

// When something is muted or active: all lists that are not empty must contain the moment, and a
// list contains it when one of its spans does.
// https://prometheus.io/docs/alerting/latest/configuration/#time_interval
struct TimeInterval {
  std::vector<Span> minutes;        // of the day, [first, last): 24:00 is 1440
  std::vector<Span> weekdays;       // 0 Sunday to 6 Saturday
  std::vector<Span> days_of_month;  // 1 to 31, or -31 to -1
  std::vector<Span>
      months;  // 1 January to 12; others are taken, as the reference does, and never come
  std::vector<Span> years;
  calendar::Zone zone;  // UTC unless `location` says otherwise

  bool contains(Time time) const;
};

// A name for several intervals: the moment is in it when one contains it.
struct NamedTimeInterval {
  std::string name;
  std::vector<TimeInterval> intervals;
  bool contains(Time time) const;
};

// One entry of `time_intervals` (or of the older `mute_time_intervals`), with the rules of
// timeinterval/timeinterval.go; what is wrong goes to the Fields' problems, unknown fields, too
// (calls finish). `location: Local` is this machine's zone: $TZ, else /etc/localtime, else UTC.
NamedTimeInterval read_time_interval(codec::Fields& fields);

}  // namespace tocsin::routing
