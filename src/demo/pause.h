#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/time.h"

namespace tocsin::demo {

// A wait that ends early when the demo stops. Thread-safe.
class Pause {
 public:
  // False when the demo is stopping.
  bool wait(Duration d) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, std::chrono::microseconds(d), [this] { return stopping_; });
  }
  void stop() {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace tocsin::demo
