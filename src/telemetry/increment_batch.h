#pragma once

#include <unordered_map>
#include <vector>

#include "telemetry/counter_series.h"
#include "telemetry/signal.h"

namespace tocsin::telemetry {

// Gathers what the series of one request add to ratio signals, so that a listener hears of each
// signal and moment once and not once a series. Used by one thread at a time.
class IncrementBatch {
 public:
  // Events of (from, to]. Steps of the same signal and interval are summed.
  void add(SignalIndex signal, int64_t from_ms, int64_t to_ms, double bad, double total);
  bool empty() const { return steps_.empty(); }

  // As increments: a step of at most kPointMs at its end; a longer one (we or the target were away)
  // even over slots of ten seconds. What lies more than an hour before `now` is told as having
  // happened an hour ago, which is the oldest that listeners take. Empties the batch.
  //
  // Every increment has 0 <= bad <= total. Two counters of one process are not read at one moment,
  // so a step may show more bad than total, or good events whose total was told before: what does
  // not fit is carried into the signal's next step, and the sums come out exact.
  std::vector<RatioIncrement> take(Time now);

  struct Carry {
    double bad = 0, total = 0;
  };
  // What was counted of a signal and not told yet, because it did not fit.
  Carry carry_of(SignalIndex signal) const {
    return signal < carries_.size() ? carries_[signal] : Carry();
  }

 private:
  struct Step {
    SignalIndex signal;
    int64_t from_ms, to_ms;
    double bad, total;
  };
  void fit(Step& step);

  std::vector<Step> steps_;
  std::vector<Carry> carries_;    // by signal
  std::vector<uint32_t> newest_;  // by signal: index into steps_ + 1 of its newest step
};

}  // namespace tocsin::telemetry
