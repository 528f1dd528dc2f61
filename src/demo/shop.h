#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "demo/fault.h"
#include "demo/pause.h"
#include "net/client.h"
#include "net/server.h"

namespace tocsin::demo {

// What the services of the shop share. Everything outlives the services.
struct ShopParts {
  FaultBoard& faults;
  Pause& pause;
  net::Client& client;
  const Clock& clock;
  Rng& rng;
  Log& log;
};

// Where each service listens on loopback; 0 takes a free port.
struct ShopPorts {
  int front = 9181, checkout = 9182, payment = 9183, inventory = 9184;
};

// A small shop: four HTTP services on loopback that call each other, each with /metrics in the
// Prometheus text format. front -> checkout -> payment, front -> inventory. Delays are real
// waiting, failures are real answers.
class Shop {
 public:
  static Result<std::unique_ptr<Shop>> open(ShopParts parts, ShopPorts ports);
  ~Shop();

  const ShopPorts& ports() const { return ports_; }  // the ports that were taken
  void stop();

 private:
  class Service;
  explicit Shop(ShopParts parts);
  Result<> start(std::unique_ptr<Service> service, int& port);

  ShopParts parts_;
  ShopPorts ports_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace tocsin::demo
