#pragma once

#include <functional>
#include <memory>

#include "access/access.h"
#include "catalog/catalog.h"
#include "net/http.h"
#include "notify/channel_health.h"
#include "notify/outbox.h"
#include "notify/preview.h"

namespace tocsin::notify {

struct NotifyApiParts {
  access::Gate& gate;
  engine::Engine& engine;
  Outbox& outbox;
  store::Database& database;                                         // to read from
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // the one in use; thread-safe
  std::function<std::vector<ChannelHealth>()> health = {};           // thread-safe
  // What a contact would get; thread-safe. Without it no previews are made.
  std::function<ContactPreview(const Delivery&)> preview = {};
  // What an incident's escalation tells people; nothing: there is no such incident, or it rang
  // nobody.
  std::function<Result<std::optional<Message>>(store::Session&, int64_t number)> incident_message =
      {};
  std::string external_url = {};
};

// POST /api/v1/notify/test, POST /api/v1/notify/preview, GET /api/v1/notify/deliveries/{id} and GET
// /api/v1/notify/channels, for responders. A test answers at once with the deliveries to follow,
// for a provider may take long. At most 10 tests of a person a minute; more are answered 429.
// Everything outlives the router's use.
void add_notify_routes(net::Router& router, NotifyApiParts parts);

}  // namespace tocsin::notify
