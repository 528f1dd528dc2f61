#include "bench/load_series.h"

#include <fmt/format.h>
#include <snappy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace tocsin::bench {
namespace {

constexpr std::array<const char*, 5> kSubsystems{"app", "go", "proc", "jvm", "db"};
constexpr std::array<const char*, 19> kMeasures{
    "cpu_seconds_total", "cpu_throttled_total",  "memory_bytes",
    "memory_set_bytes",  "memory_fails_total",   "receive_bytes_total",
    "receive_errors",    "transmit_bytes_total", "transmit_errors",
    "reads_bytes_total", "writes_bytes",         "fs_usage_bytes",
    "threads",           "open_files",           "gc_seconds_sum",
    "gc_seconds_count",  "heap_alloc_bytes",     "heap_objects",
    "start_time_seconds"};
constexpr std::array<const char*, 5> kCodes{"200", "201", "204", "404", "500"};
constexpr uint32_t kCodeEvery = kSeriesPerPod / kCodes.size();

// A scattered number that is the same in each run.
uint64_t mix(uint64_t n) {
  n = (n ^ (n >> 33)) * 0xff51afd7ed558ccdULL;
  n = (n ^ (n >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return n ^ (n >> 33);
}

// Which status code's counter the series is, or -1.
int code_of(uint32_t series) {
  const uint32_t place = series % kSeriesPerPod;
  return place % kCodeEvery == kCodeEvery - 1 ? static_cast<int>(place / kCodeEvery) : -1;
}

uint32_t service_number(uint32_t series, uint32_t all_series) {
  const uint32_t pods = std::max(1u, all_series / kSeriesPerPod);
  const uint32_t services = std::clamp(pods / kPodsPerService, 1u, kMostServices);
  return series / kSeriesPerPod % services;
}

void put_varint(std::string& out, uint64_t n) {
  while (n > 127) {
    out.push_back(static_cast<char>((n & 127) | 128));
    n >>= 7;
  }
  out.push_back(static_cast<char>(n));
}

void put_bytes(std::string& out, char tag, std::string_view bytes) {
  out.push_back(tag);
  put_varint(out, bytes.size());
  out.append(bytes);
}

void put_label(std::string& out, std::string_view name, std::string_view value) {
  std::string label;
  put_bytes(label, 0x0a, name);
  put_bytes(label, 0x12, value);
  put_bytes(out, 0x0a, label);
}

void put_value(char* to, uint64_t value) {
  const auto number = static_cast<double>(value);
  std::memcpy(to, &number, sizeof number);
}

// Milliseconds of these years take six bytes as a varint, so that a timestamp can be patched.
constexpr size_t kTimestampBytes = 6;
void put_timestamp(char* to, int64_t at_ms) {
  std::string bytes;
  put_varint(bytes, static_cast<uint64_t>(at_ms));
  if (bytes.size() != kTimestampBytes) throw std::runtime_error("a timestamp outside 1971 to 2109");
  std::memcpy(to, bytes.data(), bytes.size());
}

}  // namespace

std::string service_of(uint32_t series, uint32_t all_series) {
  return fmt::format("svc-{:02}", service_number(series, all_series));
}

SeriesBlock::SeriesBlock(uint32_t first, uint32_t count, uint32_t all_series, int64_t at_ms)
    : first_(first), all_series_(all_series), values_(count, 0) {
  message_.reserve(static_cast<size_t>(count) * 220);
  for (uint32_t i = 0; i < count; ++i) append(first + i, at_ms);
}

// TimeSeries{labels: 1, samples: 2}, Sample{value: 1 (fixed64), timestamp: 2 (varint)}.
void SeriesBlock::append(uint32_t series, int64_t at_ms) {
  const uint32_t pod = series / kSeriesPerPod;
  const uint32_t place = series % kSeriesPerPod;
  const int code = code_of(series);
  const uint32_t other = place - place / kCodeEvery;  // 0 to 94
  const std::string service = service_of(series, all_series_);
  std::string body;
  put_label(body, "__name__",
            code >= 0 ? std::string("http_requests_total")
                      : fmt::format("{}_{}", kSubsystems[other / kMeasures.size()],
                                    kMeasures[other % kMeasures.size()]));
  if (code < 0) put_label(body, "area", other % 2 == 0 ? "a" : "b");
  if (code >= 0) put_label(body, "code", kCodes[static_cast<size_t>(code)]);
  put_label(body, "container", service);
  put_label(body, "instance",
            fmt::format("10.{}.{}.{}", 32 + pod / 65536, pod / 256 % 256, pod % 256));
  put_label(body, "job", service);
  put_label(body, "namespace", "shop");
  put_label(body, "node", fmt::format("n{:03}", pod / 30));
  put_label(body, "pod", fmt::format("{}-{:05x}", service, mix(pod) & 0xfffff));
  put_label(body, "port", "http");
  put_label(body, "zone", pod % 2 == 0 ? "a" : "b");
  body.append("\x12\x10\x09", 3);
  const size_t value_at = body.size();
  body.append(8, '\0');
  body.push_back(0x10);
  body.append(kTimestampBytes, '\0');
  put_timestamp(body.data() + value_at + 9, at_ms);
  message_.push_back(0x0a);
  put_varint(message_, body.size());
  value_at_.push_back(message_.size() + value_at);
  message_.append(body);
}

// Few of the requests fail, and not in each round, so that no tier fires.
uint64_t SeriesBlock::increment(uint32_t series) const {
  const uint64_t number = mix((static_cast<uint64_t>(series) << 20) + round_);
  return code_of(series) == 4 ? (number % 4 == 0 ? 1 : 0) : 500 + number % 1000;
}

std::string SeriesBlock::next_round(int64_t at_ms, std::vector<ServiceCounts>& counts) {
  for (uint32_t i = 0; i < values_.size(); ++i) {
    const uint32_t series = first_ + i;
    const uint64_t more = round_ == 0 ? 0 : increment(series);
    values_[i] += more;
    put_value(message_.data() + value_at_[i], values_[i]);
    put_timestamp(message_.data() + value_at_[i] + 9, at_ms);
    if (const int code = code_of(series); code >= 0) {
      ServiceCounts& of = counts[service_number(series, all_series_)];
      of.total += more;
      if (code == 4) of.bad += more;
    }
  }
  ++round_;
  std::string packed;
  snappy::Compress(message_.data(), message_.size(), &packed);
  return packed;
}

}  // namespace tocsin::bench
