#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <vector>

#include "receiver/integration.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// How the last step of a send ended.
struct SendEvent {
  enum class Kind { kBegun, kAnswered, kFinished, kSettled };
  uint64_t send = 0;
  Kind kind = Kind::kBegun;
  Result<> written;     // all but kAnswered: whether the database took it
  receiver::Sent sent;  // kAnswered
};

// What other threads tell the dispatcher. It outlives the dispatcher where a provider or the engine
// answers late. Thread-safe; never blocks but for a push.
class Inbox {
 public:
  void put(std::span<const routing::PostedAlertRef> alerts);
  void put(SendEvent event);
  void wake();

  std::vector<routing::PostedAlertRef> take_alerts();
  std::vector<SendEvent> take_events();
  bool empty() const;

  // Until something was put or wake() called since the last wait, at most this long.
  void wait(Duration at_most);

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool is_woken_ = false;
  std::vector<routing::PostedAlertRef> alerts_;
  std::vector<SendEvent> events_;
};

}  // namespace tocsin::alert
