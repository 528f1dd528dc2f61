#pragma once

#include "codec/json.h"
#include "slo/view.h"

namespace tocsin::slo {

// As api/openapi.yaml has them: Objective, ObjectivePulse and Evidence. Numbers that are not finite
// are written as 0.
codec::JsonObject objective_json(const ObjectiveView& view);
codec::JsonObject pulse_json(const Pulse& pulse);
codec::JsonObject evidence_json(const Evidence& evidence);

// What evidence_json wrote, for rows of the database; else kDataLoss.
Result<Evidence> read_evidence(const codec::Json& json);

}  // namespace tocsin::slo
