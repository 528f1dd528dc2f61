#include "slo/enough.h"

#include <cmath>

namespace tocsin::slo {

double poisson_tail(double k, double mean) {
  const double first = std::ceil(k);
  if (first <= 0) return 1;
  if (mean <= 0) return 0;
  // Summed upwards from the first term: each is the last one times mean / i.
  double term = std::exp(first * std::log(mean) - mean - std::lgamma(first + 1));
  if (first <= mean) {
    double below = 0;
    for (double i = first - 1, t = term * first / mean; i >= 0; t *= i / mean, --i) below += t;
    return below < 1 ? 1 - below : 0;
  }
  double sum = 0;
  for (double i = first; term > sum * 1e-12; ++i) {
    sum += term;
    term *= mean / (i + 1);
  }
  return sum;
}

bool is_enough(const Counts& events, double target, double least_bad) {
  // Edges of windows are interpolated: a count may miss a whole number by a rounding error.
  constexpr double kRounding = 1e-6;
  if (events.bad < least_bad - kRounding) return false;
  if (events.bad >= kPlenty) return true;
  return poisson_tail(events.bad - kRounding, events.total * (1 - target)) <= kChance;
}

}  // namespace tocsin::slo
