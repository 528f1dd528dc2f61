#include <fmt/format.h>

#include "base/text.h"
#include "door/door_api.h"
#include "door/pagerduty.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kLimits{.max_body = 512 << 10};
constexpr std::string_view kDoor = "pagerduty";

Response refused(const PagerDutyErrors& errors) {
  return Response::json(400, pagerduty_refused(errors));
}

// What is not the event's fault, in the shape that PagerDuty's clients read.
Response failed(const Refused& why) {
  if (why.error.code == Code::kUnauthenticated || why.error.code == Code::kPermissionDenied) {
    return refused({"Invalid routing key: it must be an API token of Tocsin"});
  }
  const bool is_limit = why.error.code == Code::kResourceExhausted;
  codec::JsonObject body{{"status", is_limit ? "throttle exceeded" : "error"},
                         {"message", why.error.message},
                         {"errors", codec::JsonArray{}}};
  return with_retry_after(Response::json(http_status(why.error.code), std::move(body)),
                          why.retry_after);
}

class PagerDutyApi {
 public:
  explicit PagerDutyApi(DoorApiParts parts) : parts_(parts) {}

  Response enqueue(const Request& request) const {
    auto body = codec::parse_json(request.body);
    if (!body) return unreadable(body.error());
    if (body->kind != codec::Node::Kind::kMapping) return not_an_object();
    const auto visitor = parts_.entrance.admit_token(request, pagerduty_routing_key(*body), kDoor);
    auto event = read_pagerduty_event(*std::move(body));
    // A body without a key says so itself; else a stranger learns nothing about the rest.
    if (!visitor && (event || visitor.error().error.code != Code::kUnauthenticated)) {
      return failed(visitor.error());
    }
    if (!event) return refused(event.error());
    if (event->dedup_key.empty()) event->dedup_key = new_key();
    const auto done = take(*event, *visitor);
    if (!done) return failed({done.error(), seconds(1)});
    return Response::json(202, pagerduty_accepted(event->dedup_key));
  }

  Response change(const Request& request) const {
    const auto body = codec::parse_json(request.body);
    if (!body) return unreadable(body.error());
    if (body->kind != codec::Node::Kind::kMapping) return not_an_object();
    const auto visitor = parts_.entrance.admit_token(request, pagerduty_routing_key(*body), kDoor);
    const auto change = read_pagerduty_change(*body);
    if (!visitor && (change || visitor.error().error.code != Code::kUnauthenticated)) {
      return failed(visitor.error());
    }
    if (!change) return refused(change.error());
    const auto done =
        parts_.engine.run([&](engine::Tx& tx) { return record(tx, *change, *visitor); });
    if (!done) return failed({done.error(), seconds(1)});
    return Response::json(
        202, codec::JsonObject{{"status", "success"}, {"message", "Change event processed"}});
  }

 private:
  static Response unreadable(const Error& error) {
    return refused({fmt::format("Body is not JSON: {}", error.message)});
  }
  static Response not_an_object() { return refused({"Body is not a JSON object"}); }

  std::string new_key() const {
    std::array<unsigned char, 16> bytes{};
    parts_.rng.fill(bytes);
    return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Result<> take(const PagerDutyEvent& event, const Visitor& visitor) const {
    const Time now = parts_.clock.now();
    routing::PostedAlert alert = alert_of(event, visitor.sender, now);
    if (event.action != PagerDutyEvent::Action::kAcknowledge) {
      return parts_.desk.post({std::move(alert)}, visitor.actor);
    }
    // As at PagerDuty, an acknowledge of what is not open is taken and dropped.
    const Mark mark{.kind = Mark::Kind::kAcknowledge, .source = kDoor};
    RETURN_IF_ERROR(parts_.desk.mark(*Key::of(alert.labels), mark, visitor.actor));
    return {};
  }

  static Result<> record(engine::Tx& tx, const PagerDutyChange& change, const Visitor& visitor) {
    store::LogbookEntry entry;
    entry.happened = std::min(change.timestamp.value_or(tx.now()), tx.now());
    entry.actor = visitor.actor;
    entry.kind = "change.recorded";
    entry.subject_kind = "change";
    entry.subject_id = tx.new_id("chg");
    entry.data = {{"summary", change.summary},
                  {"source", change.source},
                  {"integration", visitor.sender.integration},
                  {"service", change.service.empty() ? visitor.sender.service : change.service},
                  {"links", change.links},
                  {"custom_details", change.custom_details}};
    return tx.append(std::move(entry));
  }

  const DoorApiParts parts_;
};

}  // namespace

void add_pagerduty_routes(net::Router& router, DoorApiParts parts) {
  const auto api = std::make_shared<const PagerDutyApi>(parts);
  router.add("POST", "/v2/enqueue", [api](const Request& r) { return api->enqueue(r); }, kLimits);
  router.add(
      "POST", "/v2/change/enqueue", [api](const Request& r) { return api->change(r); }, kLimits);
}

}  // namespace tocsin::door
