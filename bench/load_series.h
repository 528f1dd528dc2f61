#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin::bench {

// A cluster as Prometheus sees it: pods of 100 series each, ten labels a series, about 203 bytes of
// labels and value in the wire form of remote write 1.0. Five series of each pod are
// http_requests_total, one for each status code; they are what objectives match ("5% matter").
inline constexpr uint32_t kSeriesPerPod = 100;
inline constexpr uint32_t kPodsPerService = 5;
inline constexpr uint32_t kMostServices = 100;
inline constexpr uint32_t kSamplesPerRequest = 10'000;
inline constexpr int64_t kRoundMs = 15'000;

std::string service_of(uint32_t series, uint32_t all_series);

// What the series of one service count, from the first round to the last.
struct ServiceCounts {
  uint64_t bad = 0;
  uint64_t total = 0;
};

// The series [first, first + count) as one remote write message, made once and patched for each
// round: only values and timestamps change. All counters begin at zero, so that what a server
// counts does not depend on how it takes a first sample. Owned by one thread.
class SeriesBlock {
 public:
  SeriesBlock(uint32_t first, uint32_t count, uint32_t all_series, int64_t at_ms);

  // The next round's message, packed with snappy's block format. Adds what the round counts to
  // `counts`, by service; the first round counts nothing.
  std::string next_round(int64_t at_ms, std::vector<ServiceCounts>& counts);
  size_t raw_bytes() const { return message_.size(); }
  uint32_t size() const { return static_cast<uint32_t>(values_.size()); }

 private:
  void append(uint32_t series, int64_t at_ms);
  uint64_t increment(uint32_t series) const;

  const uint32_t first_;
  const uint32_t all_series_;
  uint32_t round_ = 0;
  std::string message_;
  std::vector<size_t> value_at_;  // where in message_ each value's 8 bytes lie
  std::vector<uint64_t> values_;
};

}  // namespace tocsin::bench
