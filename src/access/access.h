#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "net/http.h"

namespace tocsin::access {

enum class Role { kResponder, kAdmin };  // an admin may do all that a responder may
std::string_view name_of(Role role);

// Who makes a request. `actor` is what the logbook shows.
struct Caller {
  store::Actor actor;
  Role role = Role::kResponder;
  std::string person;  // the catalog's person this user is; empty if none
};

// Finds out who calls: the session cookie `tocsin_session`, or "Authorization: Bearer <api token>",
// or HTTP Basic with a token as the password (for Prometheus remote write). Thread-safe.
class Gate {
 public:
  virtual ~Gate() = default;
  // kUnauthenticated when nobody valid calls; kPermissionDenied when the role is too small, or when
  // a cookie-bearing write does not come from our own page (Origin and the X-Tocsin header are
  // checked).
  virtual Result<Caller> require(const net::Request& request, Role least) = 0;
};

}  // namespace tocsin::access
