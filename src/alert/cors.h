#pragma once

#include "net/http.h"

namespace tocsin::alert {

// What API v2 says to pages of other origins, as the reference does (github.com/rs/cors with its
// defaults).

void add_common_headers(const net::Request& request, net::Response& response);
// The answer to OPTIONS with Access-Control-Request-Method. A method or header that is not allowed
// gets an answer that allows nothing.
net::Response preflight(const net::Request& request);

}  // namespace tocsin::alert
