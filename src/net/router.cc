#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "net/http.h"

namespace tocsin::net {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool takes_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}");
}
std::string name_of_parameter(std::string_view segment) {
  return std::string(segment.substr(1, segment.size() - (takes_rest(segment) ? 5 : 2)));
}

// "/a/b" -> "a", "b"; "/" -> "".
std::vector<std::string_view> segments_of(std::string_view path) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return split(path, '/');
}

using Segments = std::vector<std::string_view>;

bool fits(const std::vector<std::string>& pattern, const Segments& path) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (takes_rest(pattern[i])) return true;
    if (i >= path.size()) return false;
    if (is_parameter(pattern[i]) ? path[i].empty() : path[i] != pattern[i]) return false;
  }
  return pattern.size() == path.size();
}

// Whether `a` names the path more exactly than `b`; both fit it. The first segment that differs in
// kind decides: fixed before parameter before rest.
bool is_more_exact(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto rank = [](const std::vector<std::string>& pattern, size_t i) {
    if (i >= pattern.size() || takes_rest(pattern[i])) return 2;
    return is_parameter(pattern[i]) ? 1 : 0;
  };
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (rank(a, i) != rank(b, i)) return rank(a, i) < rank(b, i);
  }
  return false;
}

std::string rest_from(const Segments& path, size_t first) {
  std::string out;
  for (size_t i = first; i < path.size(); ++i) {
    if (i > first) out += '/';
    out += path[i];
  }
  return out;
}

std::map<std::string, std::string> params_of(const std::vector<std::string>& pattern,
                                             const Segments& path) {
  std::map<std::string, std::string> out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (takes_rest(pattern[i])) {
      out[name_of_parameter(pattern[i])] = rest_from(path, i);
    } else if (is_parameter(pattern[i])) {
      out[name_of_parameter(pattern[i])] = path[i];
    }
  }
  return out;
}

Response method_not_allowed(const Request& request, const std::vector<std::string>& allowed) {
  const std::string list = join(allowed, ", ");
  const Error error{Code::kUnimplemented, fmt::format("{} cannot be done here, only {}; see "
                                                      "api/openapi.yaml",
                                                      request.method, list)};
  Response out = Response::error(error, request);
  out.status = 405;
  out.headers.add("Allow", list);
  return out;
}

Response call_wrapped(std::span<const std::function<Response(const Request&, const Handler&)>> left,
                      const Request& request, const Handler& innermost) {
  if (left.empty()) return innermost(request);
  const Handler inner = [&](const Request& inner_request) {
    return call_wrapped(left.first(left.size() - 1), inner_request, innermost);
  };
  return left.back()(request, inner);
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  Route route{.method = std::move(method),
              .pattern = std::move(pattern),
              .segments = {},
              .handler = std::move(handler),
              .options = options};
  for (const std::string_view segment : segments_of(route.pattern)) {
    route.segments.emplace_back(segment);
  }
  routes_.push_back(std::move(route));
}

void Router::wrap(std::function<Response(const Request&, const Handler&)> wrapper) {
  wrappers_.push_back(std::move(wrapper));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const Segments segments = segments_of(path);
  const Route* best = nullptr;
  Match match;
  for (const Route& route : routes_) {
    if (!fits(route.segments, segments)) continue;
    if (route.method != wanted) {
      if (route.method == "GET") match.allowed.push_back("HEAD");
      match.allowed.push_back(route.method);
    } else if (best == nullptr || is_more_exact(route.segments, best->segments)) {
      best = &route;
    }
  }
  if (best == nullptr) {
    std::ranges::sort(match.allowed);
    const auto twice = std::ranges::unique(match.allowed);
    match.allowed.erase(twice.begin(), twice.end());
    return match;
  }
  match.allowed.clear();
  match.handler = &best->handler;
  match.options = best->options;
  match.params = params_of(best->segments, segments);
  match.pattern = best->pattern;
  return match;
}

Response Router::handle(Request&& request) const {
  Match match = find(request.method, request.path);
  if (match.handler != nullptr) {
    request.params = std::move(match.params);
    return call_wrapped(wrappers_, request, *match.handler);
  }
  const Handler nobody = [&](const Request& r) {
    if (!match.allowed.empty()) return method_not_allowed(r, match.allowed);
    return Response::error(Error{Code::kNotFound, "nothing is at this path"}, r);
  };
  return call_wrapped(wrappers_, request, nobody);
}

}  // namespace tocsin::net
