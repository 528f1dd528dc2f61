#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "net/http.h"

namespace tocsin::net {

// What a worker does with a request: undoes gzip within the route's limit, calls the handler, and
// turns an exception into a 500 that says no more than the request id.
Response run_request(const Router& router, Request&& request, Log& log, Counter& exceptions);

// The path as logs may show it: what follows /p/ or /ical/ is the secret of a link.
std::string loggable_path(std::string_view path);

}  // namespace tocsin::net
