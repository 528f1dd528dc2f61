#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

// Our own measurements, printed at /metrics in the Prometheus text format 0.0.4. Names follow
// https://prometheus.io/docs/practices/naming/ and start with tocsin_. Ask the registry once, keep
// the reference, add on the hot path: adding is one relaxed atomic.
class Counter {
 public:
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

class Gauge {
 public:
  void set(double v) { value_.store(v, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Classic histogram. `bounds` are upper bounds in rising order; +Inf is implied.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double v) { observe(v, 1); }
  void observe(double v, uint64_t times);  // `times` events of the same value
  const std::vector<double>& bounds() const { return bounds_; }
  std::vector<uint64_t> counts() const;  // one a bound, then +Inf; not cumulative
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  std::atomic<double> sum_ = 0;
};

// Seconds from 1 ms to 30 s: for request and step durations.
std::span<const double> default_latency_bounds();

// Owns the metrics; references stay valid as long as it lives. The same name and labels give the
// same metric. Thread-safe.
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                       std::span<const double> bounds = default_latency_bounds());
  // A gauge that is asked when somebody looks. `read` must be thread-safe and live as long as this.
  void gauge_from(const std::string& name, const std::string& help, std::function<double()> read,
                  const Labels& labels = {});

  std::string to_text() const;

 private:
  struct Family;
  Family& family(const std::string& name, const std::string& help, std::string_view type);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>> families_;

 public:
  Metrics();
  ~Metrics();
};

}  // namespace tocsin
