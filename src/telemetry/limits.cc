#include "telemetry/limits.h"

namespace tocsin::telemetry {

IngestLimits read_limits(codec::Fields& fields) {
  IngestLimits limits;
  const auto size = [&](std::string_view key, size_t& value, int64_t least, int64_t most) {
    value = static_cast<size_t>(fields.integer(key, static_cast<int64_t>(value), least, most));
  };
  size("max_series", limits.max_series, 1'000, 100'000'000);
  size("max_labels", limits.labels.max_labels, 1, 1'000);
  size("max_label_name", limits.labels.max_name_bytes, 1, 65'536);
  size("max_label_value", limits.labels.max_value_bytes, 1, 1'048'576);
  size("max_request_bytes", limits.max_request_bytes, 1 << 16, 1LL << 30);
  size("max_requests", limits.max_requests, 1, 1'024);
  limits.forget_series =
      fields.duration("forget_series", limits.forget_series, minutes(5), days(30));
  limits.forget_counters =
      fields.duration("forget_counters", limits.forget_counters, minutes(5), days(30));
  limits.replica_label = fields.text("replica_label", limits.replica_label);
  limits.cluster_label = fields.text("cluster_label", limits.cluster_label);
  limits.fail_over = fields.duration("fail_over", limits.fail_over, seconds(1), hours(1));
  if (limits.forget_counters < limits.forget_series) {
    fields.problem("forget_counters", "must be at least forget_series");
  }
  return limits;
}

}  // namespace tocsin::telemetry
