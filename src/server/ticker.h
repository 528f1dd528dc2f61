#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/time.h"

namespace tocsin::server {

// A thread that calls `tick` again and again; `tick` returns how long to wait until the next time
// (at least a millisecond). wake() ends a wait early.
class Ticker {
 public:
  explicit Ticker(std::function<Duration()> tick);
  ~Ticker() { stop(); }
  void wake();
  void stop();  // joins; again is harmless

 private:
  void run();

  const std::function<Duration()> tick_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_awake_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace tocsin::server
