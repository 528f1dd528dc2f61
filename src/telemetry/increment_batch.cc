#include "telemetry/increment_batch.h"

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

std::vector<RatioIncrement> IncrementBatch::take(Time now) {
  const int64_t oldest = to_millis(now) - kOldestMs;
  std::vector<RatioIncrement> out;
  for (const Step& step : steps_) {
    newest_[step.signal] = 0;
    const size_t first = out.size();
    const auto at = [&](int64_t t_ms) -> RatioIncrement& {
      const Time when = from_millis(std::max(t_ms, oldest));
      if (out.size() == first || out.back().at != when) {
        out.push_back({step.signal, when, 0, 0});
      }
      return out.back();
    };
    if (step.to_ms - step.from_ms <= kPointMs) {
      at(step.to_ms) = {step.signal, from_millis(std::max(step.to_ms, oldest)), step.bad,
                        step.total};
      continue;
    }
    // Bad and good are shared out on their own, so that no piece has more bad than total.
    const auto when = [&](int64_t slot) { return std::max(slot * kSlotMs, step.from_ms + 1); };
    const size_t begin = out.size();
    spread({step.from_ms, step.to_ms, step.bad}, kSlotMs, INT64_MIN, [&](int64_t slot, double n) {
      RatioIncrement& piece = at(when(slot));
      piece.bad += n;
      piece.total += n;
    });
    size_t k = begin;
    spread({step.from_ms, step.to_ms, step.total - step.bad}, kSlotMs, INT64_MIN,
           [&](int64_t slot, double n) {
             const Time t = from_millis(std::max(when(slot), oldest));
             while (out[k].at != t) ++k;
             out[k].total += n;
           });
  }
  steps_.clear();
  return out;
}

}  // namespace tocsin::telemetry
