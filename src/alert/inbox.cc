#include "alert/inbox.h"

#include <utility>

namespace tocsin::alert {

void Inbox::put(std::span<const routing::PostedAlertRef> alerts) {
  {
    const std::lock_guard lock(mutex_);
    alerts_.insert(alerts_.end(), alerts.begin(), alerts.end());
    is_woken_ = true;
  }
  wake_.notify_one();
}

void Inbox::put(SendEvent event) {
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    is_woken_ = true;
  }
  wake_.notify_one();
}

void Inbox::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
  }
  wake_.notify_one();
}

std::vector<routing::PostedAlertRef> Inbox::take_alerts() {
  const std::lock_guard lock(mutex_);
  return std::exchange(alerts_, {});
}

std::vector<SendEvent> Inbox::take_events() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

bool Inbox::empty() const {
  const std::lock_guard lock(mutex_);
  return alerts_.empty() && events_.empty();
}

void Inbox::wait(Duration at_most) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, at_most, [this] { return is_woken_; });
  is_woken_ = false;
}

}  // namespace tocsin::alert
