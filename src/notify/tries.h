#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "notify/delivery.h"

namespace tocsin::notify {

// What this process knows of the tries that it began itself. After a crash it knows nothing, and
// that is the point: a row that is `sending` and not ours belongs to a process that is gone, so its
// answer will never come. Thread-safe.
class Tries {
 public:
  // False after stop(): no try may begin any more.
  bool begin(const std::string& delivery, int attempt) {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      // Who asks has no try under way; one that was noted here was rolled back.
      end_under_way(delivery);
      return false;
    }
    begun_[delivery] = attempt;
    under_way_.insert(delivery);
    return true;
  }
  bool is_ours(const std::string& delivery, int attempt) const {
    const std::lock_guard lock(mutex_);
    const auto it = begun_.find(delivery);
    return it != begun_.end() && it->second == attempt;
  }
  // An answer that could not be committed (queue full, disk full) waits here for the deadline, so
  // that a message that arrived is not sent again.
  void keep_answer(const std::string& delivery, int attempt, Result<Taken> answer) {
    const std::lock_guard lock(mutex_);
    answers_.insert_or_assign(delivery, std::pair(attempt, std::move(answer)));
    const auto newest = begun_.find(delivery);
    if (newest != begun_.end() && newest->second == attempt) end_under_way(delivery);
  }
  std::optional<std::pair<int, Result<Taken>>> kept_answer(const std::string& delivery) const {
    const std::lock_guard lock(mutex_);
    const auto it = answers_.find(delivery);
    if (it == answers_.end()) return std::nullopt;
    return it->second;
  }
  // The result of its newest try is committed; another may follow.
  void forget(const std::string& delivery) {
    const std::lock_guard lock(mutex_);
    begun_.erase(delivery);
    answers_.erase(delivery);
    end_under_way(delivery);
  }

  // Lets no try begin any more and waits until none is under way, at most `patience`; how many
  // still are.
  size_t stop(Duration patience) {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    ended_.wait_for(lock, patience, [this] { return under_way_.empty(); });
    return under_way_.size();
  }

 private:
  void end_under_way(const std::string& delivery) {  // under mutex_
    if (under_way_.erase(delivery) > 0 && under_way_.empty()) ended_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  std::map<std::string, int> begun_;  // the newest try
  std::set<std::string> under_way_;   // begun, and its result neither committed nor kept
  std::map<std::string, std::pair<int, Result<Taken>>> answers_;
};

}  // namespace tocsin::notify
