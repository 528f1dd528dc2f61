#include "door/opsgenie_requests.h"

namespace tocsin::door {

codec::JsonObject to_json(const OpsgenieOutcome& outcome) {
  return {{"success", outcome.is_success},
          {"isSuccess", outcome.is_success},
          {"action", outcome.action},
          {"status", outcome.status},
          {"processedAt", to_rfc3339(outcome.processed)},
          {"integrationId", outcome.integration},
          {"alertId", outcome.alert_id},
          {"alias", outcome.alias}};
}

void OpsgenieRequests::put(const std::string& request, OpsgenieOutcome outcome) {
  const std::lock_guard lock(mutex_);
  if (outcomes_.insert_or_assign(request, std::move(outcome)).second) order_.push_back(request);
  while (order_.size() > most_) {
    outcomes_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<OpsgenieOutcome> OpsgenieRequests::find(const std::string& request) const {
  const std::lock_guard lock(mutex_);
  const auto found = outcomes_.find(request);
  if (found == outcomes_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tocsin::door
