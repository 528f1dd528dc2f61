#include "net/http.h"

#include <algorithm>

#include "base/text.h"
#include "net/url.h"

namespace tocsin::net {

void Headers::add(std::string name, std::string value) {
  all_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(all_, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers.all()) {
    if (!equal_ignoring_case(key, "cookie")) continue;
    for (const std::string_view piece : split(value, ';')) {
      const std::string_view pair = trim(piece);
      const size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return std::string(pair.substr(equals + 1));
      }
    }
  }
  return std::nullopt;
}

std::map<std::string, std::string> Request::form() const {
  std::map<std::string, std::string> out;
  const auto pairs = parse_query(body);
  if (!pairs) return out;
  for (const auto& [key, value] : *pairs) out.emplace(key, value);
  return out;
}

namespace {

Response with_type(int status, std::string body, std::string_view type) {
  Response out;
  out.status = status;
  out.headers.add("Content-Type", std::string(type));
  out.body = std::move(body);
  return out;
}

}  // namespace

Response Response::text(int status, std::string body) {
  return with_type(status, std::move(body), "text/plain; charset=utf-8");
}

Response Response::html(int status, std::string body) {
  return with_type(status, std::move(body), "text/html; charset=utf-8");
}

Response Response::json(int status, const codec::Json& body) {
  return with_type(status, codec::to_text(body), "application/json");
}

Response Response::empty(int status) {
  Response out;
  out.status = status;
  return out;
}

Response Response::error(const Error& error, const Request& request) {
  codec::JsonObject inner;
  inner["code"] = name_of(error.code);
  // A message may quote bytes that somebody sent; JSON must be UTF-8.
  inner["message"] = is_valid_utf8(error.message) ? error.message : "the message is not readable";
  inner["request_id"] = request.request_id;
  codec::JsonObject outer;
  outer["error"] = std::move(inner);
  Response out = json(http_status(error.code), std::move(outer));
  // Bearer and not Basic: at Basic a browser would ask for a password by itself.
  if (error.code == Code::kUnauthenticated) out.headers.add("WWW-Authenticate", "Bearer");
  if (error.code == Code::kUnavailable) out.headers.add("Retry-After", "1");
  return out;
}

}  // namespace tocsin::net
