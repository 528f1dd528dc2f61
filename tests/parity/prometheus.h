#pragma once

#include <sys/types.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/metrics.h"
#include "net/client.h"

namespace tocsin::parity {

// A real Prometheus on a free loopback port with these samples in its storage. Ends with the
// object.
class Prometheus {
 public:
  // Throws with the reason when it cannot be started.
  explicit Prometheus(const std::string& openmetrics);
  ~Prometheus();
  Prometheus(const Prometheus&) = delete;

  // query_range: the values by time; moments without a value are left out. The expression gives at
  // most one series.
  std::map<Time, double> range(const std::string& expression, Time from, Time to, Duration step);

 private:
  void start();

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int port_ = 0;
  FILE* log_ = nullptr;  // open as long as it runs: a program of Go ends when it cannot write
  Metrics metrics_;
  std::unique_ptr<net::Client> client_;
};

}  // namespace tocsin::parity
