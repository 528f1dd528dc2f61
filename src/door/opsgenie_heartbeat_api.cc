#include "base/text.h"
#include "door/heartbeat_api.h"
#include "door/heartbeat_store.h"
#include "door/opsgenie_call.h"
#include "door/opsgenie_heartbeats.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10};

class HeartbeatApi {
 public:
  explicit HeartbeatApi(HeartbeatApiParts parts) : parts_(parts) {}

  Response ping(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const auto done = parts_.book.ping(request.params.at("name"), call.visitor().actor);
    // As there: whether it is known is not said to who calls in.
    if (!done && done.error().code != Code::kNotFound) return call.failed(done.error(), seconds(1));
    return call.with(202, {{"result", "PONG - Heartbeat received"}});
  }

  Response list(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const auto all = read_all();
    if (!all) return call.failed(all.error());
    codec::JsonArray array;
    for (const Heartbeat& heartbeat : *all) array.push_back(opsgenie_view(heartbeat));
    return call.data(200, codec::JsonObject{{"heartbeats", std::move(array)}});
  }

  Response one(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    return shown(call, 200, find(request.params.at("name")));
  }

  Response add(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    auto heartbeat = read_opsgenie_heartbeat(call.body());
    if (!heartbeat) return call.wrong(heartbeat.error());
    return shown(
        call, 201,
        parts_.book.add(std::move(heartbeat->spec), *heartbeat->is_enabled, call.visitor().actor));
  }

  Response change(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const auto known = find(request.params.at("name"));
    if (!known) return call.failed(known.error());
    auto changed = read_opsgenie_change(call.body(), known->spec);
    if (!changed) return call.wrong(changed.error());
    return shown(
        call, 200,
        parts_.book.change(std::move(changed->spec), changed->is_enabled, call.visitor().actor));
  }

  Response enable(const Request& request, bool is_enabled) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    return shown(call, 200,
                 parts_.book.enable(request.params.at("name"), is_enabled, call.visitor().actor));
  }

  Response remove(const Request& request) const {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const auto done = parts_.book.remove(request.params.at("name"), call.visitor().actor);
    if (!done) return call.failed(done.error());
    return call.with(200, {{"result", "Deleted"}});
  }

 private:
  Result<std::vector<Heartbeat>> read_all() const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    return all_heartbeats(*sql);
  }
  Result<Heartbeat> find(const std::string& name) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(auto heartbeat, read_heartbeat(*sql, name));
    if (!heartbeat) return not_found("Heartbeat does not exist");
    return *std::move(heartbeat);
  }
  static Response shown(const OpsgenieCall& call, int status, const Result<Heartbeat>& heartbeat) {
    if (!heartbeat) return call.failed(heartbeat.error());
    return call.data(status, opsgenie_view(*heartbeat));
  }

  const HeartbeatApiParts parts_;
};

}  // namespace

void add_opsgenie_heartbeat_routes(net::Router& router, HeartbeatApiParts parts) {
  const auto api = std::make_shared<const HeartbeatApi>(parts);
  const auto add = [&](const char* method, const char* pattern,
                       Response (HeartbeatApi::*answer)(const Request&) const) {
    router.add(
        method, pattern,
        [api, answer](const Request& request) { return (api.get()->*answer)(request); }, kSmall);
  };
  for (const char* method : {"GET", "POST", "PUT", "PATCH"}) {
    add(method, "/v2/heartbeats/{name}/ping", &HeartbeatApi::ping);
  }
  add("GET", "/v2/heartbeats", &HeartbeatApi::list);
  add("POST", "/v2/heartbeats", &HeartbeatApi::add);
  add("GET", "/v2/heartbeats/{name}", &HeartbeatApi::one);
  add("PATCH", "/v2/heartbeats/{name}", &HeartbeatApi::change);
  add("DELETE", "/v2/heartbeats/{name}", &HeartbeatApi::remove);
  for (const bool is_enabled : {true, false}) {
    router.add(
        "POST", is_enabled ? "/v2/heartbeats/{name}/enable" : "/v2/heartbeats/{name}/disable",
        [api, is_enabled](const Request& request) { return api->enable(request, is_enabled); },
        kSmall);
  }
}

}  // namespace tocsin::door
