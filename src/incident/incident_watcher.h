#pragma once

#include <string>

#include "engine/engine.h"
#include "incident/incident.h"

namespace tocsin::incident {

enum class IncidentNews {
  kOpened,
  kSeverity,      // another severity
  kAcknowledged,  // somebody has it
  kState,         // another state; it may have ended
};

// Who follows incidents. Called inside the transaction of the change, with the incident as it is
// afterwards.
class IncidentWatcher {
 public:
  virtual ~IncidentWatcher() = default;
  virtual Result<> on_news(engine::Tx& tx, const Incident& incident, IncidentNews news,
                           const store::Actor& by) = 0;
};

}  // namespace tocsin::incident
