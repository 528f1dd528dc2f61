#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "access/access.h"
#include "catalog/catalog.h"
#include "door/draft.h"
#include "door/rate_limit.h"
#include "net/http.h"

namespace tocsin::door {

// Who came in.
struct Visitor {
  store::Actor actor;
  Sender sender;
};
// Why somebody did not, or why what they brought was not taken.
struct Refused {
  Error error;
  Duration retry_after{0};  // of a limit
};

// The thin part in front of every door: whose token it is, and whether it comes too often.
// Thread-safe.
class Entrance {
 public:
  using Catalog = std::function<std::shared_ptr<const catalog::Catalog>()>;
  // `requests`: of one caller to one door, a minute.
  Entrance(access::Gate& gate, const Clock& clock, Catalog catalog, double requests)
      : gate_(gate), clock_(clock), catalog_(std::move(catalog)), limit_(requests, minutes(1)) {}

  // As every route of ours: bearer, basic with the token as password, or a session.
  std::expected<Visitor, Refused> admit(const net::Request& request, std::string_view door);
  // By a token that stands elsewhere: in a body, or in a header of another scheme.
  std::expected<Visitor, Refused> admit_token(const net::Request& request, const std::string& token,
                                              std::string_view door);

 private:
  access::Gate& gate_;
  const Clock& clock_;
  const Catalog catalog_;
  RateLimit limit_;
};

// Adds Retry-After where there is a time to wait for.
net::Response with_retry_after(net::Response response, Duration wait);

}  // namespace tocsin::door
