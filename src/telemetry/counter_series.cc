#include "telemetry/counter_series.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

double increase(double a, double b) { return b >= a ? b - a : b; }

}  // namespace

CounterSeries CounterSeries::restored(int64_t t_ms, double v) {
  CounterSeries series;
  series.known_[0] = {t_ms, v};
  series.size_ = 1;
  series.before_ = Before::kForgotten;
  return series;
}

CounterSeries::Outcome CounterSeries::add(int64_t t_ms, double v, int64_t start_ms,
                                          const std::optional<Birth>& birth) {
  if (size_ == 0) {
    insert(0, {t_ms, v});
    if (!birth) return {Taken::kFirst, {t_ms, t_ms, 0}};
    before_ = Before::kZero;
    const int64_t since = birth->since_ms > 0 && birth->since_ms < t_ms ? birth->since_ms : t_ms;
    return {Taken::kCounted, {since, t_ms, v}};
  }
  const Known last = known_[size_ - 1];
  if (t_ms == last.t_ms) return {Taken::kDuplicate, {}};
  if (t_ms < last.t_ms) return add_late(t_ms, v);
  const bool is_restarted = start_ms > last.t_ms && start_ms <= t_ms;
  insert(size_, {t_ms, v});
  return {Taken::kCounted, {last.t_ms, t_ms, is_restarted ? v : increase(last.v, v)}};
}

CounterSeries::Outcome CounterSeries::add_late(int64_t t_ms, double v) {
  if (last_ms() - t_ms > kLatestMs) return {Taken::kTooLate, {}};
  size_t at = size_;  // the first known sample that is newer
  while (at > 0 && known_[at - 1].t_ms >= t_ms) --at;
  if (known_[at].t_ms == t_ms) return {Taken::kDuplicate, {}};
  const Known after = known_[at];
  if (at > 0) {
    const Known prior = known_[at - 1];
    const double more = increase(prior.v, v) + increase(v, after.v) - increase(prior.v, after.v);
    insert(at, {t_ms, v});
    return {Taken::kCounted, {t_ms, t_ms, std::max(0.0, more)}};
  }
  switch (before_) {
    case Before::kForgotten: return {Taken::kTooLate, {}};
    case Before::kNothing: {  // counting begins earlier than we thought
      insert(0, {t_ms, v});
      return {Taken::kCounted, {t_ms, after.t_ms, increase(v, after.v)}};
    }
    case Before::kZero: {
      insert(0, {t_ms, v});
      return {Taken::kCounted, {t_ms, t_ms, after.v >= v ? 0.0 : v}};
    }
  }
  return {Taken::kTooLate, {}};
}

void CounterSeries::insert(size_t at, Known sample) {
  if (size_ == kMemory) {
    before_ = Before::kForgotten;
    if (at == 0) return;  // the one that is forgotten is the sample itself
    std::move(known_.begin() + 1, known_.end(), known_.begin());
    --size_;
    --at;
  }
  std::move_backward(known_.begin() + static_cast<std::ptrdiff_t>(at), known_.begin() + size_,
                     known_.begin() + size_ + 1);
  known_[at] = sample;
  ++size_;
}

}  // namespace tocsin::telemetry
