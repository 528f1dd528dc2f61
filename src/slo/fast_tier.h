#pragma once

#include <optional>
#include <span>
#include <string>

#include "slo/objective.h"
#include "slo/window_table.h"

namespace tocsin::slo {

// Sees a total outage half a minute after it began, where the fastest pair of windows needs 52 s of
// it at 99.9%, 8.6 min at 99%. Derivation, times and false pages: docs/detection.md.
//
// Measure: *outage seconds*, the share of failed requests integrated over time; a total outage of
// 10 s and one of half the requests for 20 s are both 10. The period's budget is (1 - target) x
// period of them. The tier fires when all of this holds:
//   1. spent + present x kTimeToAct >= budget_fraction x budget
//      spent: outage seconds of the last 5 min. present: the ratio that has held for two scrapes.
//      "Until a person can act, this will have cost the tier's share." And present is at least half
//      of the smallest ratio that fires the tier: an outage that is over does not fire it once more
//      because of the one failure in a thousand that is always there.
//   2. spent >= kLeastSpent: a blip of 10 s never has this many, whatever the scrape interval.
//   3. at least kLeastFailures failures in the 5 min, and more than chance (enough.h).
//   4. failed / total of the 5 min, times 5 min, is at least half of kLeastSpent: one small
//   instance
//      that fails alone is not taken for the service.
inline constexpr Duration kFastLookback = minutes(5);
inline constexpr Duration kTimeToAct = minutes(5);
inline constexpr Duration kLeastSpent = seconds(20);
inline constexpr double kLeastFailures = 10;
inline constexpr double kUsualFastFraction = 0.02;

Tier fast_tier(double target, Duration period);
std::optional<std::string> why_useless_fast(const Tier& tier, double target, Duration period);

// The smallest constant ratio that fires the tier, sooner or later.
double least_fast_ratio(const Tier& tier, double target, Duration period);
// When a constant ratio that begins at once is seen, without the scrape; nothing: never.
std::optional<Duration> fast_detection_time(const Tier& tier, double target, Duration period,
                                            double ratio);

struct FastReading {
  double spent = 0;     // outage seconds of the last 5 min
  double present = 0;   // ratio that held for two scrapes
  double needed = 0;    // outage seconds: the tier's share
  double nearness = 0;  // 1: conditions 1 and 2 just hold
  bool is_met = false;
  bool is_too_few = false;  // all but the number of events
  Counts recent;            // of the last 30 s
  Counts lookback;          // of the last 5 min
};

// Slots newest first, adjacent, at most kSlot wide, as WindowTable::newest_slots gives them.
inline constexpr size_t kFastSlots = kFastLookback / WindowTable::kSlot + 1;
FastReading read_fast(const Tier& tier, double target, Duration period,
                      std::span<const WindowTable::Slot> newest_first);
FastReading read_fast(const Tier& tier, double target, Duration period, const WindowTable& table,
                      uint32_t column);

}  // namespace tocsin::slo
