#include "door/heartbeat_api.h"

#include "door/heartbeat_store.h"
#include "store/logbook.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10};  // a ping's body is not looked at
constexpr std::string_view kDoor = "heartbeat";

codec::Json time_or_null(const std::optional<Time>& time) {
  return time ? codec::Json(to_rfc3339(*time)) : codec::Json();
}

codec::JsonObject view_of(const Heartbeat& heartbeat) {
  const HeartbeatSpec& spec = heartbeat.spec;
  return {{"name", spec.name},
          {"origin", name_of(spec.origin)},
          {"state", state_of(heartbeat)},
          {"service", spec.service.empty() ? codec::Json() : codec::Json(spec.service)},
          {"severity", spec.severity},
          {"every_seconds", to_seconds(spec.every)},
          {"grace_seconds", to_seconds(spec.grace)},
          {"last_ping_at", time_or_null(heartbeat.last_ping)},
          {"due_at", time_or_null(heartbeat.due)},
          {"missed_at", time_or_null(heartbeat.missed)}};
}

Result<codec::JsonObject> list(alert::Readers& readers) {
  ASSIGN_OR_RETURN(const auto sql, readers.take());
  ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
  ASSIGN_OR_RETURN(const auto heartbeats, all_heartbeats(*sql));
  codec::JsonArray array;
  for (const Heartbeat& heartbeat : heartbeats) array.push_back(view_of(heartbeat));
  return codec::JsonObject{{"heartbeats", std::move(array)}, {"seq", seq}};
}

}  // namespace

void add_heartbeat_routes(net::Router& router, HeartbeatApiParts parts) {
  router.add("GET", "/api/v1/heartbeats", [parts](const Request& request) {
    if (auto caller = parts.gate.require(request, access::Role::kResponder); !caller) {
      return Response::error(caller.error(), request);
    }
    auto answer = list(parts.readers);
    return answer ? Response::json(200, *std::move(answer))
                  : Response::error(answer.error(), request);
  });
  const auto ping = [parts](const Request& request) {
    const auto visitor = parts.entrance.admit(request, kDoor);
    if (!visitor) {
      return with_retry_after(Response::error(visitor.error().error, request),
                              visitor.error().retry_after);
    }
    const auto heartbeat = parts.book.ping(request.params.at("name"), visitor->actor);
    return heartbeat ? Response::json(200, view_of(*heartbeat))
                     : Response::error(heartbeat.error(), request);
  };
  // GET, too: the one line that a cron job has room for is `curl URL`.
  for (const char* method : {"POST", "GET"}) {
    router.add(method, "/api/v1/heartbeats/{name}", ping, kSmall);
  }
}

}  // namespace tocsin::door
