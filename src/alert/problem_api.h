#pragma once

#include "access/access.h"
#include "alert/problem_desk.h"
#include "alert/readers.h"
#include "net/http.h"

namespace tocsin::alert {

// POST /api/v1/alerts/{id}/split.
struct ProblemApiParts {
  access::Gate& gate;
  Readers& readers;
  engine::Engine& engine;
  ProblemDesk& desk;
};
void add_problem_routes(net::Router& router, ProblemApiParts parts);

}  // namespace tocsin::alert
