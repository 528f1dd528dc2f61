#pragma once

#include "access/access.h"

namespace tocsin::access {

// /api/v1/session, /api/v1/me, /api/v1/tokens and /api/v1/users as api/openapi.yaml has them. Both
// must outlive the router's use.
void add_access_routes(net::Router& router, Access& access);

}  // namespace tocsin::access
