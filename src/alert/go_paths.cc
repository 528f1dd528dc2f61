#include "alert/go_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~").contains(c);
}
// What url.Parse leaves alone in a path, and what it writes so itself.
bool may_stand(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@[]/%").contains(c);
}
bool is_written_plain(char c) {
  return is_unreserved(c) || std::string_view("$&+,/:;=@").contains(c);
}

std::string escape(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (is_written_plain(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
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
        301, fmt::format("<a href=\"{}\">Moved Permanently</a>.\n\n", escape_html(to)));
  }
  response.headers.set("Location", to);
  return response;
}

std::optional<Response> moved_to_clean_path(const Request& request) {
  const std::string clean = cleaned(request.path);
  if (clean == request.path) return std::nullopt;
  return moved(request, escape(clean));
}

}  // namespace tocsin::alert
