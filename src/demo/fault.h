#pragma once

#include <array>
#include <atomic>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::demo {

// What can be broken in the shop.
enum class Fault {
  kCheckoutPool,  // a slow query holds the checkout's few database connections: many orders fail
  kPaymentSlow,   // payment answers after 2 s: the checkout gives up waiting
  kDeployBad,     // a new version of the front fails for one visitor in eight
  kTotalOutage,   // the checkout refuses every order
};

struct FaultInfo {
  Fault fault;
  std::string_view name;  // as in `tocsin demo break NAME`
  std::string_view says;
};
inline constexpr std::array<FaultInfo, 4> kFaults = {{
    {Fault::kCheckoutPool, "checkout-pool", "the checkout runs out of database connections"},
    {Fault::kPaymentSlow, "payment-slow", "payment takes 2 s, the checkout gives up after 1 s"},
    {Fault::kDeployBad, "deploy-bad", "front 2.0.1 is rolled out and fails for 1 visitor in 8"},
    {Fault::kTotalOutage, "total-outage", "the checkout refuses every order"},
}};

// kInvalidArgument names the faults there are.
Result<Fault> parse_fault(std::string_view name);

// The faults that are on. Thread-safe.
class FaultBoard {
 public:
  void set(Fault fault, bool on) { at(fault).store(on); }
  bool is_on(Fault fault) const { return on_[static_cast<size_t>(fault)].load(); }
  void heal() {
    for (auto& on : on_) on.store(false);
  }

 private:
  std::atomic<bool>& at(Fault fault) { return on_[static_cast<size_t>(fault)]; }
  std::array<std::atomic<bool>, kFaults.size()> on_{};
};

}  // namespace tocsin::demo
