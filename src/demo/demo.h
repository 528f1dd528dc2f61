#pragma once

#include <string>

#include "base/log.h"
#include "demo/shop.h"

namespace tocsin::demo {

struct DemoOptions {
  ShopPorts ports;
  int catcher_port = 9190;  // messages, faults
  int smtp_port = 9125;
  double visitors_per_second = 40;  // at the busiest hour
};

// Runs the shop, its visitors and the catcher until `stop_requested` says so (asked every 200 ms).
// Prints where to look.
Result<> run_demo(const DemoOptions& options, const Clock& clock, Rng& rng, Log& log,
                  const std::function<bool()>& stop_requested);

}  // namespace tocsin::demo
