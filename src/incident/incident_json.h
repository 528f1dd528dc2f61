#pragma once

#include <vector>

#include "codec/json.h"
#include "incident/incident.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// As api/openapi.yaml has them. `ringing`: who is rung now.
codec::JsonObject to_json(const Incident& incident, const std::vector<catalog::PersonId>& ringing);
codec::JsonObject to_json(const oncall::Escalation& escalation);

std::string_view name_of(oncall::EscalationState state);  // ringing, acknowledged, ...

}  // namespace tocsin::incident
