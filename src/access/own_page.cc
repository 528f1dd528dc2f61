#include "access/own_page.h"

#include "base/text.h"

namespace tocsin::access {
namespace {

// "https://host:port/path" -> "host:port"
std::string_view authority_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find('/'));
}

}  // namespace

Result<> check_own_page(const net::Request& request, std::string_view external_url) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") return {};
  if (request.headers.get("X-Tocsin") != "1") {
    return fail(Code::kPermissionDenied,
                "a change that comes with the session cookie needs the header 'X-Tocsin: 1'; a "
                "program uses an API token instead");
  }
  const auto origin = request.headers.get("Origin");
  if (!origin) return {};
  const std::string_view from = authority_of(*origin);
  const std::string_view host = request.headers.get("Host").value_or("");
  const bool is_ours = !from.empty() && (equal_ignoring_case(from, host) ||
                                         equal_ignoring_case(from, authority_of(external_url)));
  if (is_ours) return {};
  return fail(Code::kPermissionDenied,
              "the page that asks for this change is not ours; behind a proxy, set external_url to "
              "the address that people use");
}

}  // namespace tocsin::access
