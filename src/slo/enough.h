#pragma once

#include "slo/window_table.h"

namespace tocsin::slo {

// Do so many failures say anything, or can they be chance?
//
// A verdict needs at least `least_bad` failures, so that one failed request never rings anybody,
// however little traffic there is. From kPlenty failures on it needs nothing more (their relative
// error is below 18%). Between the two it needs that a service which fails exactly as often as its
// budget allows would show so many failures among so many events with a probability of at most
// kChance (Poisson tail). With an hour window that is less than one false verdict in ten years.
// Derivation and table: docs/detection.md.
inline constexpr double kLeastBad = 3;
inline constexpr double kPlenty = 30;
inline constexpr double kChance = 1e-5;

bool is_enough(const Counts& events, double target, double least_bad = kLeastBad);

// P(X >= k) for X ~ Poisson(mean); k is rounded up.
double poisson_tail(double k, double mean);

}  // namespace tocsin::slo
