#pragma once

#include <optional>
#include <span>

#include "slo/window_table.h"

namespace tocsin::slo {

// When did the bad ratio leave its normal? In three steps over the slots of the past:
//   1. The step that explains the slots best: among all k, the one where the likelihood of "normal
//      before k, one higher ratio since" against "normal throughout" is largest (generalised
//      likelihood ratio of a change in a binomial proportion).
//   2. From there backwards as long as the slots of the minute before (two that hold events at
//      least) show together more failures than chance (Poisson tail <= kChance of enough.h): this
//      follows a slow ramp down to its foot, and stops at a step.
//   3. Within the first slot: a scrape that saw a ratio between normal and what came after it began
//      in the middle; the onset is moved proportionally.
// Nothing when no step is more likely than chance (log-likelihood ratio below 7, one in a
// thousand).
//
// `slots`: adjacent, in order of time. `normal`: the ratio of calm times, >= 0.
std::optional<Time> find_onset(std::span<const WindowTable::Slot> slots, double normal);

// The ratio of calm times of a column: the smaller of what (now - 4 x lookback, now - lookback] and
// (now - 30 d, now - lookback] show, and at least a fifth of what the budget allows.
double normal_ratio(const WindowTable& table, uint32_t column, Duration lookback, double target);

}  // namespace tocsin::slo
