#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace tocsin::door {

// How many requests one caller may make: `most` at once, and `most` in each `window` after that. A
// caller that has been quiet for a window is forgotten, so memory is bounded by those who are let
// in. Thread-safe; `now` is monotonic.
class RateLimit {
 public:
  RateLimit(double most, Duration window) : most_(most), window_(window) {}

  // Zero when it may go on, else how long it should wait.
  Duration take(const std::string& caller, Duration now);
  size_t size() const;

 private:
  struct Bucket {
    double left = 0;
    Duration filled{0};  // when `left` was true
  };
  double left_of(const Bucket& bucket, Duration now) const;

  const double most_;
  const Duration window_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  size_t sweep_at_ = 1024;
};

}  // namespace tocsin::door
