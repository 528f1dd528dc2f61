#include "access/failure_limiter.h"

#include <algorithm>

namespace tocsin::access {

bool FailureLimiter::is_blocked(const std::string& key, Duration now) {
  const auto it = failures_.find(key);
  if (it == failures_.end()) return false;
  while (!it->second.empty() && now - it->second.front() >= window_) it->second.pop_front();
  if (it->second.empty()) {
    failures_.erase(it);
    return false;
  }
  return it->second.size() >= most_;
}

void FailureLimiter::note_failure(const std::string& key, Duration now) {
  if (failures_.size() >= max_keys_ && !failures_.contains(key)) make_room(now);
  std::deque<Duration>& times = failures_[key];
  times.push_back(now);
  if (times.size() > most_) times.pop_front();
}

void FailureLimiter::make_room(Duration now) {
  std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.back() >= window_; });
  if (failures_.size() < max_keys_) return;
  failures_.erase(std::ranges::min_element(failures_, {},
                                           [](const auto& entry) { return entry.second.back(); }));
}

}  // namespace tocsin::access
