#include "slo/tier_state.h"

#include <algorithm>

#include "slo/burn.h"
#include "slo/enough.h"

namespace tocsin::slo {
namespace {

double burn_of(const Counts& counts, double scale, double target) {
  return counts.ratio() / scale / (1 - target);
}

void put_counts(Evidence& evidence, const Counts& in_short, const Counts& in_long) {
  evidence.bad_short = in_short.bad;
  evidence.total_short = in_short.total;
  evidence.bad_long = in_long.bad;
  evidence.total_long = in_long.total;
}

TierReading compare(const Tier& tier, double target, const BurnCounts& counts,
                    const Counts& requests) {
  // Interpolated edges leave rounding errors; a ratio that is at the threshold is over it.
  constexpr double kRounding = 1e-9;
  TierReading reading;
  Evidence& e = reading.evidence;
  put_counts(e, counts.in_short, counts.in_long);
  e.burn_long = burn_of(counts.in_long, counts.long_scale, target);
  e.burn_short = burn_of(counts.in_short, counts.short_scale, target);
  e.threshold = tier.burn;
  reading.nearness = std::min(e.burn_long, e.burn_short) / tier.burn;
  const bool is_over = reading.nearness >= 1 - kRounding;
  const bool is_plenty = is_over && is_enough(requests, target);
  reading.is_met = is_over && is_plenty;
  reading.is_too_few = is_over && !is_plenty;
  reading.is_empty = counts.in_short.total <= kRounding;
  reading.is_calm = !reading.is_empty && reading.nearness < kCalm;
  return reading;
}

}  // namespace

double scale_for(Duration window, Duration seen) {
  if (seen >= window) return 1;
  return to_seconds(window) / std::max(to_seconds(seen), to_seconds(WindowTable::kSlot));
}

TierReading read_burn(const Tier& tier, double target, const BurnCounts& counts) {
  return compare(tier, target, counts, counts.in_long);
}

TierReading read_slices(const Tier& tier, double target, const BurnCounts& slices,
                        const Counts& requests) {
  return compare(tier, target, slices, requests);
}

TierReading read_fast_tier(const Tier& tier, double target, Duration period,
                           const WindowTable& table, uint32_t column) {
  const FastReading fast = read_fast(tier, target, period, table, column);
  const double least = least_fast_ratio(tier, target, period);
  TierReading reading;
  Evidence& e = reading.evidence;
  put_counts(e, fast.recent, fast.lookback);
  e.burn_short = fast.recent.ratio() / (1 - target);
  e.burn_long = fast.lookback.ratio() / (1 - target);
  e.threshold = least / (1 - target);
  reading.nearness = fast.nearness;
  reading.is_met = fast.is_met;
  reading.is_too_few = fast.is_too_few;
  reading.is_empty = fast.recent.total <= 0;
  reading.is_calm = !reading.is_empty && !fast.is_met && fast.recent.ratio() < kCalm * least;
  return reading;
}

Duration clear_hold(const Tier& tier) {
  if (tier.kind == Tier::Kind::kFast) return seconds(60);
  return std::clamp<Duration>(tier.short_window / 12, seconds(30), minutes(10));
}

std::optional<TierState> TierMachine::step(const TierReading& reading, Duration hold, Time now,
                                           Time heard) {
  if (!firing_) {
    if (!reading.is_met) return std::nullopt;
    firing_ = true;
    calm_since_.reset();
    return TierState::kFiring;
  }
  if (reading.is_empty) return std::nullopt;
  if (!reading.is_calm) {
    calm_since_.reset();
    return std::nullopt;
  }
  if (!calm_since_) calm_since_ = now;
  if (now - *calm_since_ < hold || heard <= *calm_since_) return std::nullopt;
  firing_ = false;
  calm_since_.reset();
  return TierState::kClear;
}

}  // namespace tocsin::slo
