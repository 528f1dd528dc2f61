#pragma once

#include <functional>
#include <memory>
#include <string>

#include "alert/dispatcher.h"
#include "alert/posted_book.h"
#include "alert/readers.h"
#include "net/http.h"
#include "routing/alertmanager_config.h"

namespace tocsin::alert {

// What the routes below /api/v1 about posted alerts need. The parts outlive the router; handlers
// run on workers.
struct PostedApiParts {
  PostedBook& alerts;
  Dispatcher& dispatcher;
  Readers& readers;
  const Clock& clock;
  std::function<std::shared_ptr<const routing::AlertmanagerConfig>()> config;
  std::function<Result<store::Actor>(const net::Request&, bool writes)> authorize;
  routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
  std::string prefix;  // "" or "/alertmanager"
  // Whose an alert is, as far as that is known; empty where it is not.
  struct Owner {
    std::string service;
    std::string team;
  };
  std::function<Owner(const routing::Labels&)> owner_of;
};

// GET /api/v1/posted-alerts and .../{fingerprint}.
void add_posted_routes(net::Router& router, PostedApiParts parts);
// GET .../{fingerprint}/history, /api/v1/alert-groups/{group}/notifications, /api/v1/alert-history.
void add_history_routes(net::Router& router, PostedApiParts parts);
// GET /api/v1/routes and POST /api/v1/routes/walk.
void add_walk_routes(net::Router& router, PostedApiParts parts);

}  // namespace tocsin::alert
