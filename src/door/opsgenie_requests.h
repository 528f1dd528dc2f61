#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "codec/json.h"

namespace tocsin::door {

// What became of a request: GET /v2/alerts/requests/{id}.
struct OpsgenieOutcome {
  std::string integration;  // whose request it was; others do not see it
  std::string action;       // Create, Close, Acknowledge, ...
  std::string status;       // Created alert, Alert does not exist, ...
  bool is_success = false;
  Time processed;
  std::string alert_id, alias;
};
codec::JsonObject to_json(const OpsgenieOutcome& outcome);

// The last outcomes, in memory: clients ask within seconds. Thread-safe.
class OpsgenieRequests {
 public:
  explicit OpsgenieRequests(size_t most = 10'000) : most_(most) {}
  void put(const std::string& request, OpsgenieOutcome outcome);
  std::optional<OpsgenieOutcome> find(const std::string& request) const;

 private:
  const size_t most_;
  mutable std::mutex mutex_;
  std::deque<std::string> order_;
  std::unordered_map<std::string, OpsgenieOutcome> outcomes_;
};

}  // namespace tocsin::door
