#pragma once

#include "alert/readers.h"
#include "door/door_api.h"
#include "door/heartbeat_book.h"

namespace tocsin::door {

struct HeartbeatApiParts {
  access::Gate& gate;
  Entrance& entrance;
  HeartbeatBook& book;
  alert::Readers& readers;
  const Clock& clock;
  Rng& rng;
};

// GET /api/v1/heartbeats lists them; POST or GET /api/v1/heartbeats/{name} is a ping.
void add_heartbeat_routes(net::Router& router, HeartbeatApiParts parts);
// /v2/heartbeats, as Opsgenie.
void add_opsgenie_heartbeat_routes(net::Router& router, HeartbeatApiParts parts);

}  // namespace tocsin::door
