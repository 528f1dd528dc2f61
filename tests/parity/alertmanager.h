#pragma once

#include <sys/types.h>

#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "net/client.h"
#include "parity/process.h"

namespace tocsin::parity {

// Debian's Alertmanager (0.25) on a free loopback port, alone and without a past. Ends with the
// object.
class Alertmanager {
 public:
  // Throws with the reason when it cannot be started.
  explicit Alertmanager(const std::string& config);
  ~Alertmanager();
  Alertmanager(const Alertmanager&) = delete;

  // Under /api/v2; throw with its words when it answers anything but 200.
  boost::json::value get(const std::string& path);
  std::string post(const std::string& path, const boost::json::value& body);

 private:
  Folder folder_;
  int port_;
  Metrics metrics_;
  std::unique_ptr<net::Client> client_;
  pid_t pid_ = -1;
};

}  // namespace tocsin::parity
