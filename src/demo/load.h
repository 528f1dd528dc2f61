#pragma once

#include <atomic>
#include <thread>

#include "demo/shop.h"

namespace tocsin::demo {

// How many visitors a second come at this time of day: `peak` at 15:00 UTC, 60% of it at 3:00.
double visitors_per_second(double peak, Time now);

// Visitors: seven in ten look at the front page, three in ten order. They come at random moments
// (exponential gaps) and do not wait for each other.
class Load {
 public:
  Load(ShopParts parts, int front_port, double peak_per_second);
  ~Load();
  uint64_t sent() const { return sent_.load(); }

 private:
  void run();
  void visit();

  ShopParts parts_;
  const int front_port_;
  const double peak_;
  std::atomic<uint64_t> sent_ = 0;
  // Shared with calls under way, which may end after this is gone.
  std::shared_ptr<std::atomic<int>> under_way_ = std::make_shared<std::atomic<int>>(0);
  std::jthread thread_;
};

}  // namespace tocsin::demo
