#pragma once

#include "access/access.h"
#include "alert/posted_api.h"
#include "net/http.h"

namespace tocsin::alert {

// What people say of posted alerts: POST and DELETE below /api/v1/posted-alerts (MarkBook).
// Each answers with the alert as it is then.
void add_mark_routes(net::Router& router, access::Gate& gate, PostedApiParts parts);

// What is said of an alert now: `acknowledged` and `snoozed`, each null when it is not.
codec::JsonObject to_json(const Mark& mark, Time now);

}  // namespace tocsin::alert
