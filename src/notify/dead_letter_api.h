#pragma once

#include "access/access.h"
#include "net/http.h"
#include "notify/outbox.h"

namespace tocsin::notify {

struct DeadLetterApiParts {
  access::Gate& gate;
  engine::Engine& engine;
  Outbox& outbox;
  store::Database& database;  // to read from
};

// GET /api/v1/notify/dead-letters and POST /api/v1/notify/dead-letters/{id}/retry, for responders.
// Everything outlives the router's use.
void add_dead_letter_routes(net::Router& router, DeadLetterApiParts parts);

}  // namespace tocsin::notify
