#include "slo/silence.h"

#include <algorithm>

namespace tocsin::slo {

void Silence::heard(Time at, Time arrived) {
  if (last_at_ && at <= *last_at_) return;
  if (last_at_) {
    const Duration gap = std::max(at - *last_at_, arrived - last_arrived_);
    const Duration fallen = std::max(Duration(0), interval_ - gap / 32);
    interval_ = std::max(fallen, std::min(gap, patience()));
  }
  last_at_ = at;
  last_arrived_ = std::max(last_arrived_, arrived);
  samples_ = std::min(samples_ + 1, kLeastSamples);
}

void Silence::begin(Time now) { last_arrived_ = std::max(last_arrived_, now); }

Duration Silence::patience() const {
  return std::clamp<Duration>(interval_ * kIntervals, kLeastPatience, kLongestPatience);
}

std::optional<Time> Silence::deadline() const {
  if (samples_ < kLeastSamples) return std::nullopt;
  return last_arrived_ + patience();
}

bool Silence::is_silent(Time now) const {
  const auto end = deadline();
  return end && now >= *end;
}

}  // namespace tocsin::slo
