#include "alert/cors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;

// Other origins may read and post, and nothing else, as at the reference (rs/cors, its default).
bool may_other_origins(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST" || method == "OPTIONS";
}

bool may_come_from_elsewhere(std::string_view headers) {
  constexpr std::array kAllowed = {"origin", "accept", "content-type", "x-requested-with"};
  return std::ranges::all_of(split(headers, ','), [&](std::string_view name) {
    return trim(name).empty() ||
           std::ranges::find(kAllowed, to_lower(trim(name))) != kAllowed.end();
  });
}

}  // namespace

void add_common_headers(const Request& request, Response& response) {
  response.headers.add("Vary", "Origin");
  response.headers.set("Cache-Control", "no-store");
  if (request.headers.get("Origin") && may_other_origins(request.method)) {
    response.headers.set("Access-Control-Allow-Origin", "*");
  }
}

Response preflight(const Request& request) {
  Response response = Response::empty(204);
  response.headers.remove("Content-Type");
  for (const char* name :
       {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}) {
    response.headers.add("Vary", name);
  }
  response.headers.set("Cache-Control", "no-store");
  const auto method = request.headers.get("Access-Control-Request-Method");
  const auto headers = request.headers.get("Access-Control-Request-Headers");
  if (!request.headers.get("Origin") ||
      (*method != "GET" && *method != "POST" && *method != "HEAD") ||
      (headers && !may_come_from_elsewhere(*headers))) {
    return response;
  }
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Allow-Methods", std::string(*method));
  if (headers) response.headers.set("Access-Control-Allow-Headers", std::string(*headers));
  return response;
}

}  // namespace tocsin::alert
