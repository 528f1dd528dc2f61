#pragma once

#include <functional>

#include "access/access.h"
#include "net/http.h"
#include "slo/slo_book.h"

namespace tocsin::slo {

struct ApiParts {
  access::Gate& gate;
  const SloBook& book;
  const telemetry::RollupReader& rollups;
  const Clock& clock;
  std::function<int64_t()> seq;  // of the newest logbook entry; thread-safe
};

// GET /api/v1/objectives, /{id} and /{id}/chart, for responders. All parts outlive the router's
// use.
void add_slo_routes(net::Router& router, ApiParts parts);

}  // namespace tocsin::slo
