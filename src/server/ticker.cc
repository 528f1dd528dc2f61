#include "server/ticker.h"

namespace tocsin::server {

Ticker::Ticker(std::function<Duration()> tick)
    : tick_(std::move(tick)), thread_([this] { run(); }) {}

void Ticker::wake() {
  std::scoped_lock lock(mutex_);
  is_awake_ = true;
  changed_.notify_one();
}

void Ticker::stop() {
  {
    std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Ticker::run() {
  while (true) {
    const Duration wait = std::max(tick_(), Duration(milliseconds(1)));
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return is_awake_ || is_stopping_; });
    is_awake_ = false;
    if (is_stopping_) return;
  }
}

}  // namespace tocsin::server
