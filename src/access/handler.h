#pragma once

#include <functional>

#include "access/access.h"
#include "net/http.h"

namespace tocsin::access {

// Answers a request of somebody who may make it; an error becomes the answer.
using CallerHandler = std::function<Result<net::Response>(const net::Request&, const Caller&)>;

// A handler that only a responder (or an admin) may call. The gate outlives it.
net::Handler for_responders(Gate& gate, CallerHandler handler);

}  // namespace tocsin::access
