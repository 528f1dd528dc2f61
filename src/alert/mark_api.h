#pragma once

#include "access/access.h"
#include "alert/mark_book.h"
#include "net/http.h"

namespace tocsin::alert {

// What people say of posted alerts: POST and DELETE below /api/v1/posted-alerts (MarkBook).
struct MarkApiParts {
  access::Gate& gate;
  MarkBook& marks;
  const Clock& clock;
};
void add_mark_routes(net::Router& router, MarkApiParts parts);

// What is said of an alert now: `acknowledged` and `snoozed`, each null when it is not.
codec::JsonObject to_json(const Mark& mark, Time now);

}  // namespace tocsin::alert
