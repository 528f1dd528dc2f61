#pragma once

#include "access/access.h"
#include "net/http.h"
#include "notify/push_book.h"

namespace tocsin::notify {

struct PushApiParts {
  access::Gate& gate;
  PushBook& book;
  bool allow_private = false;  // endpoints of plain http, for trying it out
};

// GET /api/v1/push/key, GET, POST and DELETE /api/v1/push/subscriptions, DELETE
// /api/v1/push/subscriptions/{id}: the browsers of whoever is signed in, who must be a person of
// the catalog.
void add_push_routes(net::Router& router, const PushApiParts& parts);

}  // namespace tocsin::notify
