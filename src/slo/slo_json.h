#pragma once

#include "codec/json.h"
#include "slo/view.h"

namespace tocsin::slo {

// As api/openapi.yaml has them: Objective and ObjectivePulse.
codec::JsonObject objective_json(const ObjectiveView& view);
codec::JsonObject pulse_json(const Pulse& pulse);

}  // namespace tocsin::slo
