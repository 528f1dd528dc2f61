#include "slo/past.h"

#include <algorithm>

namespace tocsin::slo {
namespace {

using telemetry::RollupLevel;

constexpr Duration kTenSecondsKept = hours(6);
constexpr Duration kMinutesKept = days(8);
constexpr Duration kTenMinutesKept = days(400);
// Samples may be ahead of our clock, and reading many pasts takes its time: all that is there
// counts.
constexpr Duration kAhead = hours(1);

// A boundary that slots of all three widths share.
Time aligned(Time t) {
  const int64_t step = Duration(minutes(10)).count();
  return from_micros((to_micros(t) + step - 1) / step * step);
}

void append(Past& past, const telemetry::RatioSlot& slot, Duration width) {
  const auto put = [&](Time start, Duration piece, double share) {
    past.events.push_back({start + piece / 2, {slot.bad * share, slot.total * share}});
    past.widths.push_back(piece);
  };
  if (width > seconds(10)) return put(slot.start, width, 1);
  put(slot.start, width / 2, 0.5);
  put(slot.start + width / 2, width / 2, 0.5);
}

}  // namespace

Result<Past> read_past(const telemetry::RollupReader& rollups, const telemetry::SignalName& signal,
                       Time from, Time now) {
  const Time least = aligned(std::max(from, now - kTenMinutesKept));
  const Time minute_from = std::max(least, aligned(now - kMinutesKept));
  const Time ten_from = std::max(least, aligned(now - kTenSecondsKept));
  const struct {
    RollupLevel level;
    Time from, to;
  } parts[] = {{RollupLevel::kTenMinutes, least, minute_from},
               {RollupLevel::kMinute, minute_from, ten_from},
               {RollupLevel::kTenSeconds, ten_from, now + kAhead}};
  Past past;
  for (const auto& part : parts) {
    if (part.from >= part.to) continue;
    ASSIGN_OR_RETURN(const auto slots, rollups.ratio(signal, part.level, part.from, part.to));
    for (const auto& slot : slots) append(past, slot, telemetry::width_of(part.level));
  }
  return past;
}

}  // namespace tocsin::slo
