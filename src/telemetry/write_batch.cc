#include "telemetry/write_batch.h"

#include "base/result.h"
#include "telemetry/label_set.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tocsin::telemetry {

LabelHasher::LabelHasher(const std::string& secret) : secret_(secret) {
  if (secret_.size() != kSecretBytes) bug("the secret of the label hash has the wrong size");
}

SeriesHash LabelHasher::operator()(const char* bytes, size_t size) const {
  const XXH128_hash_t h = XXH3_128bits_withSecret(bytes, size, secret_.data(), kSecretBytes);
  return {h.low64, h.high64};
}

void WriteBatch::clear() {
  series.clear();
  samples.clear();
  symbols.clear();
  resolved.clear();
  histograms = exemplars = 0;
}

void WriteBatch::begin_series() {
  series_begin_ = resolved.size();
  series.push_back({.first = static_cast<uint32_t>(samples.size())});
}

void WriteBatch::add_label(std::string_view name, std::string_view value) {
  append_wire_label(resolved, name, value);
}

void WriteBatch::end_series(const LabelHasher& hash) {
  Series& s = series.back();
  s.labels_size = static_cast<uint32_t>(resolved.size() - series_begin_);
  s.count = static_cast<uint32_t>(samples.size()) - s.first;
  s.hash = hash(resolved.data() + series_begin_, s.labels_size);
  if (s.count > 0) return;
  series.pop_back();
  resolved.resize(series_begin_);
}

void WriteBatch::finish_labels() {
  // Series with resolved labels stand in the order of their bytes.
  const char* at = resolved.data();
  for (Series& s : series) {
    if (s.labels != nullptr) continue;
    s.labels = at;
    at += s.labels_size;
  }
}

char* WriteBatch::reserve_raw(size_t bytes) {
  if (bytes > raw_capacity) {
    raw = std::make_unique_for_overwrite<char[]>(bytes);
    raw_capacity = bytes;
  }
  return raw.get();
}

size_t WriteBatch::memory() const {
  return raw_capacity + resolved.capacity() + series.capacity() * sizeof(Series) +
         samples.capacity() * sizeof(Sample) + symbols.capacity() * sizeof(std::string_view) +
         (order.capacity() + missing.capacity()) * sizeof(uint32_t);
}

}  // namespace tocsin::telemetry
