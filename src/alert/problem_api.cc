#include "alert/problem_api.h"

#include <fmt/format.h>

#include "alert/alert_api.h"
#include "alert/api_body.h"

namespace tocsin::alert {
namespace {

using access::Caller;
using net::Request;
using net::Response;

Result<Response> split(const Request& request, const ProblemApiParts& parts, const Caller& caller) {
  const std::string& id = request.params.at("id");
  ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request));
  codec::Fields fields = body.fields();
  const std::string text = fields.text("fingerprint");
  fields.finish();
  RETURN_IF_ERROR(body.problems.as_result());
  ASSIGN_OR_RETURN(const uint64_t fingerprint, parse_fingerprint(text));
  RETURN_IF_ERROR(parts.engine.run(
      [&](engine::Tx& tx) { return parts.desk.split(tx, id, fingerprint, caller.actor); }));
  ASSIGN_OR_RETURN(const auto session, parts.readers.take());
  ASSIGN_OR_RETURN(codec::JsonObject json, alert_with_sources(*session, id));
  return Response::json(200, std::move(json));
}

}  // namespace

void add_problem_routes(net::Router& router, ProblemApiParts parts) {
  router.add("POST", "/api/v1/alerts/{id}/split",
             for_responders(parts.gate, [parts](const Request& request, const Caller& caller) {
               return split(request, parts, caller);
             }));
}

}  // namespace tocsin::alert
