#include "access/handler.h"

#include <utility>

namespace tocsin::access {

net::Handler for_responders(Gate& gate, CallerHandler handler) {
  return [&gate, handler = std::move(handler)](const net::Request& request) {
    const auto caller = gate.require(request, Role::kResponder);
    if (!caller) return net::Response::error(caller.error(), request);
    auto response = handler(request, *caller);
    return response ? *std::move(response) : net::Response::error(response.error(), request);
  };
}

}  // namespace tocsin::access
