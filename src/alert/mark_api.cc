#include "alert/mark_api.h"

#include <fmt/format.h>

#include "alert/api_body.h"

namespace tocsin::alert {
namespace {

using access::Caller;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 256 << 10};

codec::Json to_json(const std::optional<Mark::Acknowledged>& mark) {
  if (!mark) return nullptr;
  return codec::JsonObject{
      {"by", mark->by}, {"at", to_rfc3339(mark->at)}, {"comment", mark->comment}};
}
// Nothing once it is over.
codec::Json to_json(const std::optional<Mark::Snoozed>& mark, Time now) {
  if (!mark || mark->until <= now) return nullptr;
  return codec::JsonObject{{"by", mark->by},
                           {"at", to_rfc3339(mark->at)},
                           {"until", to_rfc3339(mark->until)},
                           {"comment", mark->comment}};
}

class Api {
 public:
  explicit Api(PostedApiParts parts) : parts_(std::move(parts)) {}

  Result<Response> acknowledge(const Request& request, const Caller& caller) const {
    return mark_one(request, [&](JsonBody& body, std::span<const uint64_t> alerts) {
      return acknowledge(body, alerts, caller);
    });
  }
  Result<Response> snooze(const Request& request, const Caller& caller) const {
    return mark_one(request, [&](JsonBody& body, std::span<const uint64_t> alerts) {
      return snooze(body, alerts, caller);
    });
  }
  Result<Response> unacknowledge(const Request& request, const Caller& caller) const {
    return mark_one(request, [&](JsonBody&, std::span<const uint64_t> alerts) {
      return parts_.marks.unacknowledge(alerts, caller.actor);
    });
  }
  Result<Response> unsnooze(const Request& request, const Caller& caller) const {
    return mark_one(request, [&](JsonBody&, std::span<const uint64_t> alerts) {
      return parts_.marks.unsnooze(alerts, caller.actor);
    });
  }
  Result<Response> acknowledge_many(const Request& request, const Caller& caller) const {
    return mark_many(request, [&](JsonBody& body, std::span<const uint64_t> alerts) {
      return acknowledge(body, alerts, caller);
    });
  }
  Result<Response> snooze_many(const Request& request, const Caller& caller) const {
    return mark_many(request, [&](JsonBody& body, std::span<const uint64_t> alerts) {
      return snooze(body, alerts, caller);
    });
  }

 private:
  using Done = Result<MarkBook::Refusals>;

  Done acknowledge(JsonBody& body, std::span<const uint64_t> alerts, const Caller& caller) const {
    codec::Fields fields = body.fields();
    fields.raw("fingerprints");
    const std::string comment = fields.text("comment", "");
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    return parts_.marks.acknowledge(alerts, comment, caller.actor);
  }

  Done snooze(JsonBody& body, std::span<const uint64_t> alerts, const Caller& caller) const {
    codec::Fields fields = body.fields();
    fields.raw("fingerprints");
    const std::string comment = fields.text("comment", "");
    const bool has_length = fields.has("for");
    const Duration length = fields.duration("for", Duration(0));
    ASSIGN_OR_RETURN(const auto until, read_time(fields, "until"));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    if (has_length == until.has_value()) {
      return invalid("name either for, such as 2h, or until, such as 2026-01-31T12:00:00Z");
    }
    return parts_.marks.snooze(alerts, until.value_or(parts_.clock.now() + length), comment,
                               caller.actor);
  }

  template <class Mark>
  Result<Response> mark_one(const Request& request, Mark mark) const {
    ASSIGN_OR_RETURN(const uint64_t fingerprint, fingerprint_of(request));
    ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request, true));
    const uint64_t alerts[] = {fingerprint};
    ASSIGN_OR_RETURN(auto refused, mark(body, alerts));
    if (!refused.empty()) return fail(std::move(refused.front().why));
    return answer(fingerprint);
  }

  template <class Mark>
  Result<Response> mark_many(const Request& request, Mark mark) const {
    ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request));
    std::vector<uint64_t> alerts;
    {
      codec::Problems problems;
      codec::Fields fields(body.node, "body", problems);
      for (const std::string& text : fields.texts("fingerprints")) {
        ASSIGN_OR_RETURN(const uint64_t one, parse_fingerprint(text));
        alerts.push_back(one);
      }
      RETURN_IF_ERROR(problems.as_result());
    }
    if (alerts.empty()) return invalid("fingerprints is missing; name at least one alert");
    ASSIGN_OR_RETURN(const auto refused, mark(body, alerts));
    codec::JsonArray refused_json, marked;
    for (const auto& one : refused) {
      std::erase(alerts, one.fingerprint);
      refused_json.push_back(
          codec::JsonObject{{"fingerprint", routing::fingerprint_text(one.fingerprint)},
                            {"code", name_of(one.why.code)},
                            {"message", one.why.message}});
    }
    for (const uint64_t one : alerts) {
      marked.push_back(codec::Json(routing::fingerprint_text(one)));
    }
    return Response::json(200, codec::JsonObject{{"marked", std::move(marked)},
                                                 {"refused", std::move(refused_json)}});
  }

  static Result<uint64_t> fingerprint_of(const Request& request) {
    return parse_fingerprint(request.params.at("fingerprint"));
  }

  Result<Response> answer(uint64_t fingerprint) const {
    ASSIGN_OR_RETURN(codec::JsonObject json, posted_alert_json(parts_, fingerprint));
    return Response::json(200, std::move(json));
  }

  const PostedApiParts parts_;
};

}  // namespace

codec::JsonObject to_json(const Mark& mark, Time now) {
  return {{"acknowledged", to_json(mark.acknowledged)}, {"snoozed", to_json(mark.snoozed, now)}};
}

void add_mark_routes(net::Router& router, access::Gate& gate, PostedApiParts parts) {
  const auto api = std::make_shared<const Api>(std::move(parts));
  const auto route = [&](const char* method, const std::string& path, auto handler) {
    router.add(method, "/api/v1/posted-alerts" + path,
               for_responders(gate,
                              [api, handler](const Request& request, const Caller& caller) {
                                return ((*api).*handler)(request, caller);
                              }),
               kSmall);
  };
  using One = Result<Response> (Api::*)(const Request&, const Caller&) const;
  route("POST", "/{fingerprint}/acknowledge", static_cast<One>(&Api::acknowledge));
  route("DELETE", "/{fingerprint}/acknowledge", &Api::unacknowledge);
  route("POST", "/{fingerprint}/snooze", static_cast<One>(&Api::snooze));
  route("DELETE", "/{fingerprint}/snooze", &Api::unsnooze);
  route("POST", "/acknowledge", &Api::acknowledge_many);
  route("POST", "/snooze", &Api::snooze_many);
}

}  // namespace tocsin::alert
