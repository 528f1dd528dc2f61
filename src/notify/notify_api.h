#pragma once

#include <functional>
#include <memory>

#include "access/access.h"
#include "catalog/catalog.h"
#include "net/http.h"
#include "notify/channel_health.h"
#include "notify/outbox.h"

namespace tocsin::notify {

struct NotifyApiParts {
  access::Gate& gate;
  engine::Engine& engine;
  Outbox& outbox;
  store::Database& database;                                         // to read from
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // the one in use; thread-safe
  std::function<std::vector<ChannelHealth>()> health = {};           // thread-safe
};

// POST /api/v1/notify/test, GET /api/v1/notify/deliveries/{id} and GET /api/v1/notify/channels, for
// responders. A test answers
// at once with the deliveries to follow, for a provider may take long. At most 10 tests of a person
// a minute; more are answered 429. Everything outlives the router's use.
void add_notify_routes(net::Router& router, NotifyApiParts parts);

}  // namespace tocsin::notify
