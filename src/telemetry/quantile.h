#pragma once

#include <span>
#include <vector>

namespace tocsin::telemetry {

// The value below which the share `q` of events lies, from cumulative counts of buckets with these
// upper bounds (rising, the last +Inf): linear within a bucket, as Prometheus' histogram_quantile
// (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). In the
// bucket of +Inf it is the highest finite bound. NaN when there are no events or no bounds.
double quantile(double q, std::span<const double> bounds, std::span<const double> cumulative);

}  // namespace tocsin::telemetry
