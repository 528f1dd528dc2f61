#pragma once

#include "access/access.h"
#include "alert/readers.h"
#include "incident/channel_desk.h"
#include "incident/incident_desk.h"
#include "net/http.h"
#include "oncall/pager.h"

namespace tocsin::incident {

struct ApiParts {
  access::Gate& gate;
  alert::Readers& readers;
  engine::Engine& engine;
  IncidentDesk& desk;
  oncall::Pager& pager;
  ChannelDesk* channels = nullptr;  // lives longer; nothing: there are none
};

// /api/v1/incidents with all below it, and GET /api/v1/logbook; for responders. `{id}` may be an
// incident's number. Every part outlives the router.
void add_incident_routes(net::Router& router, ApiParts parts);

}  // namespace tocsin::incident
