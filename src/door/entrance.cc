#include "door/entrance.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::door {

std::expected<Visitor, Refused> Entrance::admit(const net::Request& request,
                                                std::string_view door) {
  auto caller = gate_.require(request, access::Role::kResponder);
  if (!caller) return std::unexpected(Refused{std::move(caller.error()), Duration(0)});
  const std::string who = fmt::format("{} {}", door, caller->actor.to_text());
  if (const Duration wait = limit_.take(who, clock_.monotonic()); wait > Duration(0)) {
    return std::unexpected(
        Refused{{Code::kResourceExhausted,
                 fmt::format("{} sends more to this door than it takes in a minute; send less "
                             "often, or send several alerts at once",
                             caller->actor.to_text())},
                wait});
  }
  Visitor visitor{caller->actor, {}};
  const bool is_token = caller->actor.kind == "token";
  visitor.sender.integration = is_token ? caller->actor.name : caller->actor.to_text();
  if (is_token && catalog_()->service(catalog::ServiceId(caller->actor.name)) != nullptr) {
    visitor.sender.service = caller->actor.name;
  }
  return visitor;
}

std::expected<Visitor, Refused> Entrance::admit_token(const net::Request& request,
                                                      const std::string& token,
                                                      std::string_view door) {
  // Only what says who calls is taken over: a cookie beside a token counts nothing.
  net::Request asked;
  asked.method = request.method;
  asked.path = request.path;
  asked.peer = request.peer;
  asked.request_id = request.request_id;
  asked.is_tls = request.is_tls;
  asked.received = request.received;
  asked.headers.set("Authorization", "Bearer " + token);
  return admit(asked, door);
}

net::Response with_retry_after(net::Response response, Duration wait) {
  if (wait <= Duration(0)) return response;
  const auto whole = std::chrono::ceil<seconds>(wait).count();
  response.headers.set("Retry-After", fmt::format("{}", std::max<int64_t>(1, whole)));
  return response;
}

}  // namespace tocsin::door
