#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/fields.h"
#include "door/door_api.h"
#include "door/webhook.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kLimits{.max_body = 8 << 20};
constexpr size_t kMostComplaints = 20;

std::string complaints_of(std::vector<std::string> invalid, size_t all) {
  const size_t count = invalid.size();
  if (count > kMostComplaints) {
    invalid.resize(kMostComplaints);
    invalid.push_back(fmt::format("and {} more", count - kMostComplaints));
  }
  return fmt::format("{} of {} alerts were left out: {}", count, all, join(invalid, "; "));
}

class WebhookApi {
 public:
  WebhookApi(DoorApiParts parts, Doors doors) : parts_(parts), doors_(std::move(doors)) {}

  Response handle(const Request& request) const {
    const std::string& name = request.params.at("name");
    const auto doors = doors_();
    const auto door = std::ranges::find(*doors, name, &DoorSpec::name);
    const bool is_known = name == "grafana" || name == "alertmanager" || door != doors->end();
    // Who may not come in does not learn which doors there are.
    const auto visitor = parts_.entrance.admit(request, is_known ? name : "");
    if (!visitor) {
      return with_retry_after(Response::error(visitor.error().error, request),
                              visitor.error().retry_after);
    }
    if (!is_known) {
      return Response::error(
          Error{Code::kNotFound, fmt::format("there is no door '{}'; declare it in the catalog "
                                             "with kind: Door",
                                             codec::shown(name))},
          request);
    }
    const bool is_keyed = door != doors->end() && door->dedup.has_value();
    auto answer =
        take(read(name, door != doors->end() ? &*door : nullptr, request.body), is_keyed, *visitor);
    return answer ? Response::json(200, *std::move(answer))
                  : Response::error(answer.error(), request);
  }

 private:
  Result<PostedBatch> read(const std::string& name, const DoorSpec* door,
                           std::string_view body) const {
    const Time now = parts_.clock.now();
    if (door != nullptr) return read_mapped(*door, body, now);
    return read_webhook(name == "grafana" ? Webhook::kGrafana : Webhook::kAlertmanager, body, now);
  }

  Result<codec::JsonObject> take(Result<PostedBatch> batch, bool is_keyed,
                                 const Visitor& visitor) const {
    if (!batch) return fail(std::move(batch.error()));
    const size_t count = batch->alerts.size();
    if (count > 0) {
      RETURN_IF_ERROR(is_keyed ? parts_.desk.post(std::move(batch->alerts), visitor.actor)
                               : parts_.desk.put(batch->alerts, visitor.actor));
    }
    if (!batch->invalid.empty()) {
      const size_t all = count + batch->ignored + batch->invalid.size();
      return invalid(complaints_of(std::move(batch->invalid), all));
    }
    return codec::JsonObject{{"alerts", count}, {"ignored", batch->ignored}};
  }

  const DoorApiParts parts_;
  const Doors doors_;
};

}  // namespace

void add_door_routes(net::Router& router, DoorApiParts parts, Doors doors) {
  const auto api = std::make_shared<const WebhookApi>(parts, std::move(doors));
  router.add(
      "POST", "/api/v1/doors/{name}", [api](const Request& r) { return api->handle(r); }, kLimits);
}

}  // namespace tocsin::door
