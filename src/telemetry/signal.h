#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"

namespace tocsin::telemetry {

using SignalName = StrongId<struct SignalNameTag>;
// A signal's place in tables, dense from 0; given when the catalog is loaded and stable for the
// same name as long as the process lives.
using SignalIndex = uint32_t;

enum class SignalKind { kRatio, kRate, kLatency, kLevel };

struct Matcher {
  enum class Op { kEqual, kNotEqual, kMatch, kNotMatch };  // =, !=, =~, !~ (RE2, fully anchored)
  std::string label;                                       // __name__ for the metric
  Op op = Op::kEqual;
  std::string value;
  bool operator==(const Matcher&) const = default;
};
using Selector = std::vector<Matcher>;

// What a user declares: a named stream made from many series.
struct SignalSpec {
  SignalName name;
  SignalKind kind = SignalKind::kRatio;
  // kRatio: exactly one of good and bad, and total; a series may feed both. Several selectors are
  // summed.
  std::vector<Selector> good, bad, total;
  std::vector<Selector> of;  // kRate, kLatency (the _bucket series, without le), kLevel
  double latency_bound = 0;  // kLatency: seconds; the bound of a bucket (good = at most this)
  enum class LevelFold { kSum, kMax, kAverage } fold = LevelFold::kSum;
  std::vector<std::string> by;  // grouped by these labels; empty: one stream
  std::string service;          // of the catalog; may be empty
  // Filled instead of selectors when the signal is asked from another server: PromQL that gives the
  // increase (kRatio: bad and total) over its own step.
  struct Query {
    std::string source;  // name of a source in tocsin.yaml
    std::string bad, good, total, of;
  };
  std::unique_ptr<Query> query;
};

// Events counted by a ratio signal at one moment. For latency signals `bad` is what was slower than
// the bound. `at` is the sample's own time, not the time of arrival.
struct RatioIncrement {
  SignalIndex signal = 0;
  Time at;
  double bad = 0;
  double total = 0;  // >= bad
};

// Declared here, implemented by `slo`. Increments arrive in no particular order of `at`, at most an
// hour old, each exactly once. `arrived` is when we took them. Called from telemetry's threads, one
// at a time.
class RatioListener {
 public:
  virtual ~RatioListener() = default;
  virtual void on_increments(std::span<const RatioIncrement> increments, Time arrived) = 0;
};

// One slot of a ratio signal's rollup: events with start <= at < start + width.
struct RatioSlot {
  Time start;
  double bad = 0;
  double total = 0;
};
enum class RollupLevel { kTenSeconds, kMinute, kTenMinutes };  // kept 6 h, 8 d, 400 d
constexpr Duration width_of(RollupLevel level) {
  return level == RollupLevel::kTenSeconds ? Duration(std::chrono::seconds(10))
         : level == RollupLevel::kMinute   ? Duration(std::chrono::minutes(1))
                                           : Duration(std::chrono::minutes(10));
}

// Reads what was kept, for charts and for filling windows at start. Thread-safe.
class RollupReader {
 public:
  virtual ~RollupReader() = default;
  // For somebody who begins to listen to a signal: calls `begin` at a moment at which nothing is
  // being told, and gives the signal's past up to that moment. What was told before is in this
  // past; what is told later is not, also when it was counted earlier. `begin` must be brief and
  // ask nothing here. The answer holds up flushes: read it and let it go, on the same thread. It
  // may be null: the reader itself has the past, and never tells.
  virtual std::unique_ptr<RollupReader> cut(const SignalName& signal,
                                            const std::function<void()>& begin) const {
    static_cast<void>(signal);
    begin();
    return nullptr;
  }
  // Slots with from <= start < to that hold anything, in order. Empty for an unknown signal.
  virtual Result<std::vector<RatioSlot>> ratio(const SignalName& signal, RollupLevel level,
                                               Time from, Time to) const = 0;
};

}  // namespace tocsin::telemetry
