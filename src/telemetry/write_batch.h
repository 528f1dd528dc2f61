#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/sample.h"

namespace tocsin::telemetry {

struct SeriesHash {
  uint64_t lo = 0, hi = 0;
  bool operator==(const SeriesHash&) const = default;
};

// Hashes label bytes with a secret of this process, so that nobody outside can choose label sets
// that collide. XXH3, 128 bits: two of 10^9 label sets collide with a probability below 10^-20.
// Immutable.
class LabelHasher {
 public:
  static constexpr size_t kSecretBytes = 192;
  explicit LabelHasher(const std::string& secret);  // kSecretBytes of randomness
  SeriesHash operator()(const char* bytes, size_t size) const;
  SeriesHash operator()(std::string_view bytes) const {
    return (*this)(bytes.data(), bytes.size());
  }

 private:
  std::string secret_;
};

// What the index says of a label set.
inline constexpr uint32_t kDropSeries = 0xffffffff;
struct Decision {
  uint32_t series = kDropSeries;
  uint32_t replica = 0;  // 0: the label set names no HA replica
};

// The samples of one request or scrape on their way through decoding, index and folding. Its
// buffers are kept from request to request, so that a sample costs no allocation. Used by one
// thread at a time.
struct WriteBatch {
  struct Series {
    SeriesHash hash;
    const char* labels = nullptr;  // wire form, see label_set.h
    uint32_t labels_size = 0;
    uint32_t first = 0, count = 0;  // its samples
    Decision decision;
    bool is_refused = false;
  };
  std::vector<Series> series;
  std::vector<Sample> samples;
  uint64_t histograms = 0, exemplars = 0;  // seen, and not used

  // Owned bytes that Series::labels points into.
  std::unique_ptr<char[]> raw;
  size_t raw_capacity = 0;
  std::string resolved;  // labels put together by us
  // Scratch of the stages.
  std::vector<std::string_view> symbols;
  std::vector<uint32_t> order;
  std::vector<uint32_t> missing;

  void clear();
  // Adds a series whose labels are put together by us. finish_labels() must follow the last one,
  // because `resolved` moves while it grows.
  void begin_series();
  void add_label(std::string_view name, std::string_view value);
  void end_series(const LabelHasher& hash);
  void finish_labels();
  char* reserve_raw(size_t bytes);
  size_t memory() const;

 private:
  size_t series_begin_ = 0;
};

}  // namespace tocsin::telemetry
