#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "telemetry/telemetry.h"
#include "telemetry/testing/requests.h"

namespace tocsin::telemetry::testing {

// Remembers what a listener heard.
class Heard final : public RatioListener {
 public:
  void on_increments(std::span<const RatioIncrement> increments, Time) override {
    all.insert(all.end(), increments.begin(), increments.end());
    ++calls;
  }
  double bad(SignalIndex signal) const {
    double sum = 0;
    for (const auto& i : all) sum += i.signal == signal ? i.bad : 0;
    return sum;
  }
  double total(SignalIndex signal) const {
    double sum = 0;
    for (const auto& i : all) sum += i.signal == signal ? i.total : 0;
    return sum;
  }
  std::vector<RatioIncrement> all;
  int calls = 0;
};

// Telemetry with a clock that is moved by hand and, if asked, a database in a directory of its own.
class House {
 public:
  explicit House(bool has_database = false, IngestLimits limits = {});
  ~House();

  // As after kill -9: what was not flushed is gone. Signals must be configured again.
  void crash();
  void configure(std::vector<SignalSpec> specs);
  WriteOutcome write(const std::vector<TestSeries>& series) {
    return telemetry->write(kV1Type, "snappy", snappy(v1_request(series)));
  }
  int64_t now_ms() const { return to_millis(clock.now()); }
  uint64_t metric(const std::string& line_start) const;

  ManualClock clock;
  SeededRng rng{7};
  std::string log_text;
  Log log{clock, LogLevel::kDebug, LogFormat::kLogfmt,
          [this](LogLevel, std::string_view line) { log_text += line; }};
  std::unique_ptr<Metrics> metrics = std::make_unique<Metrics>();
  Heard heard;
  std::unique_ptr<Telemetry> telemetry;

 private:
  void open();
  const IngestLimits limits_;
  std::filesystem::path directory_;
  std::unique_ptr<store::Database> database_;
};

// A ratio over http_requests_total of a job: bad are the codes 5xx.
SignalSpec shop_ratio(const std::string& name = "shop");
SignalSpec ratio(const std::string& name, const std::string& good, const std::string& bad,
                 const std::string& total);
// http_requests_total{code, instance, job="shop"} with one sample.
TestSeries requests(const std::string& code, int64_t t_ms, double v,
                    const std::string& instance = "a:80");

}  // namespace tocsin::telemetry::testing
