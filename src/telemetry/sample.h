#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace tocsin::telemetry {

// One measured value. Times are milliseconds since 1970, as on the wire of every source.
struct Sample {
  int64_t t_ms = 0;
  double v = 0;
  int64_t start_ms = 0;  // when its counter began to count (remote write 2.0); 0: not said
};

// The NaN by which a sender says that a series has ended (remote write specification).
inline constexpr uint64_t kStaleBits = 0x7ff0000000000002;
inline bool is_stale_marker(double v) { return std::bit_cast<uint64_t>(v) == kStaleBits; }
inline double stale_marker() { return std::bit_cast<double>(kStaleBits); }

// Why something was not taken: the label `reason` of tocsin_ingest_refused_total.
enum class Refusal {
  kMalformed,  // bytes that are no request, or labels that are no labels
  kRequestTooLarge,
  kBusy,         // too many requests under way
  kUnsupported,  // content type or encoding
  kLabelCount,
  kLabelName,
  kLabelValue,
  kDuplicateLabel,
  kSeriesLimit,
  kFuture,          // the sample's time is more than ten minutes ahead of us
  kGroupLimit,      // a signal with too many groups
  kTargetTooLarge,  // a scrape that passed its limit
};
inline constexpr size_t kRefusals = 12;
std::string_view name_of(Refusal refusal);

}  // namespace tocsin::telemetry
