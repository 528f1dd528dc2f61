#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"

namespace tocsin::notify {

// What this process knows of the tries that it began itself. After a crash it knows nothing, and
// that is the point: a row that is `sending` and not ours belongs to a process that is gone, so its
// answer will never come. Thread-safe.
class Tries {
 public:
  void begin(const std::string& delivery, int attempt) {
    const std::lock_guard lock(mutex_);
    begun_[delivery] = attempt;
  }
  bool is_ours(const std::string& delivery, int attempt) const {
    const std::lock_guard lock(mutex_);
    const auto it = begun_.find(delivery);
    return it != begun_.end() && it->second == attempt;
  }
  // An answer that could not be committed (queue full, disk full) waits here for the deadline, so
  // that a message that arrived is not sent again.
  void keep_answer(const std::string& delivery, int attempt, Result<> answer) {
    const std::lock_guard lock(mutex_);
    answers_.insert_or_assign(delivery, std::pair(attempt, std::move(answer)));
  }
  std::optional<std::pair<int, Result<>>> kept_answer(const std::string& delivery) const {
    const std::lock_guard lock(mutex_);
    const auto it = answers_.find(delivery);
    if (it == answers_.end()) return std::nullopt;
    return it->second;
  }
  void drop_answer(const std::string& delivery) {
    const std::lock_guard lock(mutex_);
    answers_.erase(delivery);
  }
  void forget(const std::string& delivery) {
    const std::lock_guard lock(mutex_);
    begun_.erase(delivery);
    answers_.erase(delivery);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> begun_;  // the newest try
  std::map<std::string, std::pair<int, Result<>>> answers_;
};

}  // namespace tocsin::notify
