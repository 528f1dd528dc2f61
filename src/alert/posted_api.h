#pragma once

#include "access/access.h"
#include "alert/dispatcher.h"
#include "alert/mark_book.h"
#include "net/http.h"

namespace tocsin::alert {

// /api/v1/posted-alerts: the alerts that others post, and what people say of them (MarkBook).
struct PostedApiParts {
  access::Gate& gate;
  PostedBook& alerts;
  MarkBook& marks;
  Dispatcher& dispatcher;
  const Clock& clock;
  routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
};
void add_posted_routes(net::Router& router, PostedApiParts parts);

}  // namespace tocsin::alert
