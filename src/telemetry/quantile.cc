#include "telemetry/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tocsin::telemetry {

double quantile(double q, std::span<const double> bounds, std::span<const double> cumulative) {
  // Columns stand in the order in which bounds were first seen.
  std::vector<std::pair<double, double>> buckets;
  for (size_t i = 0; i < bounds.size() && i < cumulative.size(); ++i) {
    buckets.emplace_back(bounds[i], cumulative[i]);
  }
  std::ranges::sort(buckets);
  if (buckets.empty() || !std::isinf(buckets.back().first))
    return std::numeric_limits<double>::quiet_NaN();
  // Scrapes of several targets may not agree to the event; counts never fall with the bound.
  for (size_t i = 1; i < buckets.size(); ++i) {
    buckets[i].second = std::max(buckets[i].second, buckets[i - 1].second);
  }
  const double total = buckets.back().second;
  if (!(total > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double rank = q * total;
  const auto at = std::ranges::find_if(buckets, [&](const auto& b) { return b.second >= rank; });
  const size_t i = static_cast<size_t>(at - buckets.begin());
  if (i + 1 >= buckets.size()) {
    return buckets.size() > 1 ? buckets[buckets.size() - 2].first
                              : std::numeric_limits<double>::quiet_NaN();
  }
  const double low = i == 0 ? std::min(0.0, buckets[0].first) : buckets[i - 1].first;
  const double before = i == 0 ? 0 : buckets[i - 1].second;
  const double inside = buckets[i].second - before;
  return inside > 0 ? low + (buckets[i].first - low) * (rank - before) / inside : low;
}

}  // namespace tocsin::telemetry
