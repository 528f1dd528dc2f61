#include "net/url.h"

#include "base/text.h"

namespace tocsin::net {
namespace {

constexpr size_t kMostPairs = 1000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return invalid("the URL ends inside a %XX escape");
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0)
        return invalid("the URL holds a % that is not followed by two hex digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return invalid("the URL holds a NUL byte");
    out.push_back(c);
  }
  if (!is_valid_utf8(out)) return invalid("the URL is not UTF-8 once it is decoded");
  return out;
}

Result<QueryPairs> parse_query(std::string_view text) {
  QueryPairs pairs;
  while (!text.empty()) {
    const size_t end = text.find('&');
    const std::string_view piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (piece.empty()) continue;
    if (pairs.size() == kMostPairs) return invalid("there are more than 1000 parameters");
    const size_t equals = piece.find('=');
    ASSIGN_OR_RETURN(auto name, percent_decode(piece.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      ASSIGN_OR_RETURN(value, percent_decode(piece.substr(equals + 1), true));
    }
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

Result<Target> parse_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() ||
        !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      continue;
    }
    target.remove_prefix(scheme.size());
    const size_t host_end = target.find_first_of("/?");
    if (host_end == std::string_view::npos) {
      return Target{.path = "/", .query = {}, .raw_path = "/", .raw_query = {}};
    }
    if (target[host_end] == '?') return invalid("the URL has no path before its query");
    target.remove_prefix(host_end);
    break;
  }
  if (target.empty() || target[0] != '/') return invalid("the request target must begin with '/'");
  const size_t mark = target.find('?');
  Target out;
  out.raw_path = target.substr(0, mark);
  ASSIGN_OR_RETURN(out.path, percent_decode(out.raw_path, false));
  if (mark != std::string_view::npos) {
    out.raw_query = target.substr(mark + 1);
    ASSIGN_OR_RETURN(out.query, parse_query(out.raw_query));
  }
  return out;
}

}  // namespace tocsin::net
