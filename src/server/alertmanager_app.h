#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/rng.h"
#include "server/alerting.h"

namespace tocsin::server {

// What `tocsin alertmanager` is told by its flags, which are Alertmanager's.
struct AlertmanagerOptions {
  std::string config_file = "alertmanager.yml";
  std::string storage_path = "data/";
  std::vector<std::string> listen = {"127.0.0.1:9093"};
  std::string external_url;  // empty: that of the first address
  std::string route_prefix;  // empty: the path of external_url
  std::string web_config;    // net/web_config.h; empty: no TLS, everybody may come in
  Alerting::Options alerting;
};

// A process in the place of an `alertmanager` process: the API, the dispatcher and a SQLite
// database in the storage folder, nothing else. Whoever reaches its address may use it, as with
// Alertmanager. Owned by one thread.
class AlertmanagerApp {
 public:
  // Returns when requests are answered; says `msg="Listening on" address=...` for each address.
  static Result<std::unique_ptr<AlertmanagerApp>> start(AlertmanagerOptions options,
                                                        const Clock& clock, Rng& rng, Log& log);
  virtual ~AlertmanagerApp() = default;
  virtual Result<> reload() = 0;  // thread-safe
  // Each step has a bounded time and is logged. The error is why it could not go on, if that was
  // so.
  virtual Result<> stop() = 0;
};

}  // namespace tocsin::server
