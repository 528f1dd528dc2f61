#include "alert/go_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "gotemplate/builtins.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;

// What url.Parse leaves alone in a path.
bool may_stand(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~!$&'()*+,;=:@[]/%").contains(c);
}

// As it writes a path itself.
std::string escape(std::string_view path) {
  constexpr std::string_view kPlain = "$&+,/:;=@";  // beside what is unreserved
  std::string out;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of(kPlain), path.size());
    out += url_encode(path.substr(0, end));
    if (end < path.size()) out += path[end];
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

// path.Clean of an absolute path, with the slash at its end.
std::string cleaned(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

}  // namespace

std::string escaped_path(const Request& request) {
  if (!request.raw_path.empty() && std::ranges::all_of(request.raw_path, may_stand)) {
    return request.raw_path;
  }
  return escape(request.path);
}

Response moved(const Request& request, const std::string& escaped) {
  const std::string to = request.raw_query.empty() ? escaped : escaped + "?" + request.raw_query;
  Response response = Response::empty(301);
  response.headers.remove("Content-Type");
  if (request.method == "GET" || request.method == "HEAD") {
    response = Response::html(
        301, fmt::format("<a href=\"{}\">Moved Permanently</a>.\n\n", gotemplate::html_text(to)));
  }
  response.headers.set("Location", to);
  return response;
}

std::optional<Response> moved_to_clean_path(const Request& request) {
  // Of most requests this is all that is to be looked at.
  if (!request.path.contains("//") && !request.path.contains("/.")) return std::nullopt;
  const std::string clean = cleaned(request.path);
  if (clean == request.path) return std::nullopt;
  return moved(request, escape(clean));
}

}  // namespace tocsin::alert
