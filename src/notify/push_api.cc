#include "notify/push_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "access/handler.h"
#include "base/text.h"
#include "codec/fields.h"
#include "notify/address.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

using access::Caller;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 8 << 10, .accept_gzip = false};
constexpr size_t kMostEndpoint = 2000;
constexpr size_t kLongestName = 100;

class PushApi {
 public:
  explicit PushApi(const PushApiParts& parts) : parts_(parts) {}

  Result<Response> key(const Request&, const Caller&) const {
    return Response::json(200, codec::JsonObject{{"key", base64url(parts_.book.key().public_key)}});
  }

  // Oldest first. Not where to send: whoever knows that could try to.
  Result<Response> list(const Request&, const Caller& caller) const {
    auto browsers = parts_.book.of(caller.person);
    std::ranges::stable_sort(browsers, {}, &PushSubscription::created);
    codec::JsonArray out;
    for (const PushSubscription& one : browsers) {
      out.push_back(codec::JsonObject{
          {"id", one.id()},
          {"name", one.name},
          {"service", host_of(one.endpoint)},
          {"created", to_rfc3339(one.created)},
          {"last_success",
           one.last_success ? codec::Json(to_rfc3339(*one.last_success)) : codec::Json(nullptr)}});
    }
    return Response::json(200, codec::JsonObject{{"subscriptions", std::move(out)}});
  }

  Result<Response> subscribe(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(const codec::Node node, codec::parse_json(request.body));
    codec::Problems problems;
    codec::Fields fields(node, "body", problems);
    PushSubscription subscription{
        .endpoint = fields.text("endpoint"), .person = caller.person, .keys = {}};
    subscription.name = fields.text("name", "");
    fields.raw("expirationTime");  // as browsers write it; 410 tells us in time
    codec::Fields keys = fields.child("keys");
    const std::string p256dh = keys.text("p256dh"), auth = keys.text("auth");
    keys.finish();
    fields.finish();
    RETURN_IF_ERROR(problems.as_result());
    RETURN_IF_ERROR(check_endpoint(subscription.endpoint));
    if (subscription.name.size() > kLongestName) {
      return invalid(fmt::format("name: at most {} bytes", kLongestName));
    }
    ASSIGN_OR_RETURN(subscription.keys.p256dh, base64url_decode(p256dh));
    ASSIGN_OR_RETURN(subscription.keys.auth, base64url_decode(auth));
    // A key that cannot be used is refused now and not when somebody is paged.
    ASSIGN_OR_RETURN(const KeyPair trial, parts_.book.fresh_key());
    RETURN_IF_ERROR(encrypt_push("", subscription.keys, trial, parts_.book.fresh_salt()));
    RETURN_IF_ERROR(parts_.book.add(subscription, caller.actor));
    return Response::empty();
  }

  Result<Response> remove(const Request& request, const Caller& caller) const {
    const std::string& id = request.params.at("id");
    const auto browsers = parts_.book.of(caller.person);
    const auto found =
        std::ranges::find_if(browsers, [&](const PushSubscription& one) { return one.id() == id; });
    if (found == browsers.end()) {
      return not_found(fmt::format("'{}' has no browser '{}'", caller.person, codec::shown(id)));
    }
    RETURN_IF_ERROR(parts_.book.remove(found->endpoint, caller.person, caller.actor));
    return Response::empty();
  }

  Result<Response> unsubscribe(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(const codec::Node node, codec::parse_json(request.body));
    codec::Problems problems;
    codec::Fields fields(node, "body", problems);
    const std::string endpoint = fields.text("endpoint");
    fields.finish();
    RETURN_IF_ERROR(problems.as_result());
    RETURN_IF_ERROR(parts_.book.remove(endpoint, caller.person, caller.actor));
    return Response::empty();
  }

 private:
  Result<> check_endpoint(const std::string& endpoint) const {
    const bool is_secure = endpoint.starts_with("https://");
    if ((!is_secure && !parts_.allow_private) || !is_web_link(endpoint) ||
        endpoint.size() > kMostEndpoint) {
      return invalid("endpoint must be the https URL that the browser gave");
    }
    return {};
  }

  const PushApiParts parts_;
};

}  // namespace

void add_push_routes(net::Router& router, const PushApiParts& parts) {
  const auto api = std::make_shared<const PushApi>(parts);
  const auto add = [&](const char* method, const char* pattern,
                       Result<Response> (PushApi::*answer)(const Request&, const Caller&) const) {
    router.add(method, pattern,
               access::for_responders(
                   parts.gate,
                   [api, answer](const Request& request, const Caller& caller) -> Result<Response> {
                     if (caller.person.empty()) {
                       return fail(
                           Code::kFailedPrecondition,
                           "you are no person of the catalog, so nothing is sent to you; ask "
                           "your administrator to set your user's person");
                     }
                     return (api.get()->*answer)(request, caller);
                   }),
               kSmall);
  };
  add("GET", "/api/v1/push/key", &PushApi::key);
  add("GET", "/api/v1/push/subscriptions", &PushApi::list);
  add("POST", "/api/v1/push/subscriptions", &PushApi::subscribe);
  add("DELETE", "/api/v1/push/subscriptions/{id}", &PushApi::remove);
  add("DELETE", "/api/v1/push/subscriptions", &PushApi::unsubscribe);
}

}  // namespace tocsin::notify
