#pragma once

#include "access/access.h"
#include "alert/readers.h"
#include "net/http.h"

namespace tocsin::alert {

// GET /api/v1/alerts and /api/v1/alerts/{id}, for responders. Both parts outlive the router.
// One alert and the posted alerts that it is made of; kNotFound.
Result<codec::JsonObject> alert_with_sources(store::Session& sql, const std::string& id);

void add_alert_routes(net::Router& router, access::Gate& gate, Readers& readers);

// The query parameter `name` as a number within [least, most]; `fallback` where it is missing.
Result<int64_t> number_from_query(const net::Request& request, std::string_view name,
                                  int64_t fallback, int64_t least, int64_t most);

}  // namespace tocsin::alert
