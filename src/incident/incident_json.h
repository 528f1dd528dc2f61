#pragma once

#include "codec/json.h"
#include "incident/incident.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// As api/openapi.yaml has them. `escalation` may be null: nobody was ever rung.
codec::JsonObject to_json(const Incident& incident, const oncall::Escalation* escalation);
codec::JsonObject to_json(const oncall::Escalation& escalation);

std::string_view name_of(oncall::EscalationState state);  // ringing, acknowledged, ...

}  // namespace tocsin::incident
