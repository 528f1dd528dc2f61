#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace tocsin::access {

// Counts failures by key in a sliding window. `now` is monotonic. Bounded: when there is no room
// for a further key, the one whose last failure is oldest is forgotten. Owned by one thread at a
// time.
class FailureLimiter {
 public:
  FailureLimiter(size_t most, Duration window, size_t max_keys = 10'000)
      : most_(most), window_(window), max_keys_(max_keys) {}

  bool is_blocked(const std::string& key, Duration now);
  void note_failure(const std::string& key, Duration now);
  void forget(const std::string& key) { failures_.erase(key); }
  size_t size() const { return failures_.size(); }

 private:
  void make_room(Duration now);

  const size_t most_;
  const Duration window_;
  const size_t max_keys_;
  std::unordered_map<std::string, std::deque<Duration>> failures_;  // the newest last
};

}  // namespace tocsin::access
