#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "door/door_desk.h"
#include "door/entrance.h"
#include "door/mapping.h"
#include "net/http.h"

namespace tocsin::door {

// What the doors' routes share. All must outlive the router.
struct DoorApiParts {
  Entrance& entrance;
  engine::Engine& engine;
  DoorDesk& desk;
  const Clock& clock;
  Rng& rng;
};

// POST /v2/enqueue and /v2/change/enqueue, as PagerDuty.
void add_pagerduty_routes(net::Router& router, DoorApiParts parts);
// /v2/alerts, as Opsgenie.
void add_opsgenie_routes(net::Router& router, DoorApiParts parts);
// POST /api/v1/doors/{name}: grafana, alertmanager, and those that the catalog in use declares
// (`doors` is never null).
using Doors = std::function<std::shared_ptr<const std::vector<DoorSpec>>()>;
void add_door_routes(net::Router& router, DoorApiParts parts, Doors doors);

}  // namespace tocsin::door
