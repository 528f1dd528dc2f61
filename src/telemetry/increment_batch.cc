#include "telemetry/increment_batch.h"

#include <algorithm>

#include "telemetry/rollup.h"

namespace tocsin::telemetry {
namespace {

constexpr int64_t kOldestMs = 3'600'000;
constexpr int64_t kSlotMs = 10'000;

}  // namespace

void IncrementBatch::add(SignalIndex signal, int64_t from_ms, int64_t to_ms, double bad,
                         double total) {
  // A short step is told at its end, wherever it began.
  if (to_ms - from_ms <= kPointMs) from_ms = to_ms;
  if (newest_.size() <= signal) newest_.resize(signal + 1);
  if (const uint32_t at = newest_[signal]; at != 0) {
    Step& step = steps_[at - 1];
    if (step.from_ms == from_ms && step.to_ms == to_ms) {
      step.bad += bad;
      step.total += total;
      return;
    }
  }
  steps_.push_back({signal, from_ms, to_ms, bad, total});
  newest_[signal] = static_cast<uint32_t>(steps_.size());
}

void IncrementBatch::fit(Step& step) {
  if (carries_.size() <= step.signal) carries_.resize(step.signal + 1);
  Carry& carry = carries_[step.signal];
  const double bad = step.bad + carry.bad, total = step.total + carry.total;
  step.total = std::max(total, 0.0);
  step.bad = std::clamp(bad, 0.0, step.total);
  carry = {bad - step.bad, total - step.total};
}

std::vector<RatioIncrement> IncrementBatch::take(Time now) {
  const int64_t oldest = to_millis(now) - kOldestMs;
  std::vector<RatioIncrement> out;
  for (Step& step : steps_) {
    newest_[step.signal] = 0;
    fit(step);
    const auto tell = [&](int64_t t_ms, double bad, double total) {
      const Time at = from_millis(std::max(t_ms, oldest));
      out.push_back({step.signal, at, bad, total});
    };
    if (step.to_ms - step.from_ms <= kPointMs) {
      tell(step.to_ms, step.bad, step.total);
      continue;
    }
    // Bad and good are shared out on their own, so that no piece has more bad than total.
    const int64_t first = floor_div(oldest, kSlotMs) + 1;
    std::vector<double> bad, good;
    const int64_t begin = std::max(first, floor_div(step.from_ms, kSlotMs));
    spread({step.from_ms, step.to_ms, step.bad}, kSlotMs, begin,
           [&](int64_t, double n) { bad.push_back(n); });
    spread({step.from_ms, step.to_ms, step.total - step.bad}, kSlotMs, begin,
           [&](int64_t, double n) { good.push_back(n); });
    double old_bad = step.bad, old_good = step.total - step.bad;
    for (size_t i = 0; i < bad.size(); ++i) {
      old_bad -= bad[i];
      old_good -= good[i];
    }
    if (step.from_ms < oldest) tell(oldest, old_bad, old_bad + old_good);
    for (size_t i = 0; i < bad.size(); ++i) {
      const int64_t slot_ms = (begin + static_cast<int64_t>(i)) * kSlotMs;
      tell(std::max(slot_ms, step.from_ms + 1), bad[i], bad[i] + good[i]);
    }
  }
  steps_.clear();
  return out;
}

}  // namespace tocsin::telemetry
