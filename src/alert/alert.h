#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "slo/objective.h"

namespace tocsin::alert {

using Labels = std::map<std::string, std::string>;  // sorted by name, as the fingerprint wants it

// FNV-1a 64 over name 0xFF value 0xFF of each label in byte order of names, 16 hex digits:
// Prometheus' LabelSet.Fingerprint (common/model/signature.go).
std::string fingerprint(const Labels& labels);

enum class AlertState { kFiring, kResolved };

// One alert for one problem. While it fires there is one row for its fingerprint; when it fires
// again after it was resolved, that is a new alert.
struct Alert {
  std::string id;  // alr_...
  std::string fingerprint;
  Labels labels;  // alertname, objective, tier, service, severity
  AlertState state = AlertState::kFiring;
  slo::Severity severity = slo::Severity::kPage;
  catalog::ServiceId service;
  catalog::TeamId team;  // the owner
  std::string problem;   // for titles, without numbers: "Customers cannot pay"
  std::string summary;   // "Checkout: 38% of requests fail"
  std::string impact;    // "Customers cannot pay. 1,204 of 3,170 requests failed since 12:03"
  std::string runbook;
  std::vector<catalog::Link> links;
  slo::Evidence evidence;
  Time impact_started, started, updated;
  std::optional<Time> ended;
  std::string incident;  // inc_..., set by the room `incident`
  std::vector<std::string>
      tiers;  // of the objective, that fire now; those that fired last if resolved
};

// Declared here, implemented by `incident`; called inside the engine's transaction.
class AlertListener {
 public:
  virtual ~AlertListener() = default;
  virtual Result<> on_fired(engine::Tx& tx,
                            Alert& alert) = 0;  // new, or joined; may set `incident`
  // The numbers, the texts or the tiers of a firing alert are new.
  virtual Result<> on_changed(engine::Tx& /*tx*/, const Alert& /*alert*/) { return {}; }
  virtual Result<> on_resolved(engine::Tx& tx, const Alert& alert) = 0;
};

}  // namespace tocsin::alert
