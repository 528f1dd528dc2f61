#include "door/rate_limit.h"

#include <algorithm>

namespace tocsin::door {

double RateLimit::left_of(const Bucket& bucket, Duration now) const {
  const double filled = to_seconds(now - bucket.filled) / to_seconds(window_) * most_;
  return std::min(most_, bucket.left + filled);
}

Duration RateLimit::take(const std::string& caller, Duration now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= sweep_at_) {
    std::erase_if(buckets_, [&](const auto& entry) { return left_of(entry.second, now) >= most_; });
    sweep_at_ = std::max<size_t>(1024, buckets_.size() * 2);
  }
  const auto [found, is_new] = buckets_.try_emplace(caller, Bucket{most_, now});
  Bucket& bucket = found->second;
  bucket = {left_of(bucket, now), now};
  if (bucket.left < 1) return from_seconds((1 - bucket.left) / most_ * to_seconds(window_));
  bucket.left -= 1;
  return Duration(0);
}

size_t RateLimit::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace tocsin::door
