#pragma once

#include <optional>

#include "slo/fast_tier.h"
#include "slo/objective.h"
#include "slo/window_table.h"

namespace tocsin::slo {

// What a tier's windows say at one moment. Neither met nor calm: near the threshold, or too little
// is known to say.
struct TierReading {
  bool is_met = false;
  bool is_too_few = false;  // over the threshold, but so few events may be chance (enough.h)
  bool is_calm = false;     // below kCalm of the threshold: may clear
  bool is_empty = false;    // no events where the verdict needs them
  double nearness = 0;      // 1: at the threshold
  Evidence evidence;        // the windows' part of it
};

// A tier clears below this share of its threshold, so that a ratio which wavers at the threshold
// does not fire and clear in turns.
inline constexpr double kCalm = 0.8;

struct BurnCounts {
  Counts in_long, in_short;
  // A window that is not yet full (a new service, an empty history) counts as if the missing part
  // had run at the same traffic without failures: that is what a budget's share means. >= 1: length
  // / what of it has been seen.
  double long_scale = 1, short_scale = 1;
};
double scale_for(Duration window, Duration seen);

// Met: both windows burn at least at the tier's rate, with enough failures in the long one.
TierReading read_burn(const Tier& tier, double target, const BurnCounts& counts);
// As events are slices: `enough` are the requests behind them, which the gate looks at.
TierReading read_slices(const Tier& tier, double target, const BurnCounts& slices,
                        const Counts& requests);
TierReading read_fast_tier(const Tier& tier, double target, Duration period,
                           const WindowTable& table, uint32_t column);

// How long a tier must stay calm before it clears: a twelfth of the short window, 30 s to 10 min;
// the fast tier 60 s.
Duration clear_hold(const Tier& tier);

// Clear or firing. Fires at once when the reading is met; clears when it was calm for clear_hold
// and data has come since it grew calm. An empty reading neither fires nor clears: silence is not
// health.
class TierMachine {
 public:
  // The new state when it changes. `heard`: when the signal's newest data came.
  std::optional<TierState> step(const TierReading& reading, Duration hold, Time now, Time heard);
  void restore_firing() { firing_ = true; }
  bool firing() const { return firing_; }

 private:
  bool firing_ = false;
  std::optional<Time> calm_since_;
};

}  // namespace tocsin::slo
