#include "net/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace tocsin::net {
namespace {

constexpr size_t kMostHeaders = 100;
constexpr size_t kLongestMethod = 32;

std::unexpected<HttpFault> fault(int status, std::string message) {
  return std::unexpected(HttpFault{status, std::move(message)});
}

// RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> kIsTokenChar = [] {
  std::array<bool, 256> is{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    is[static_cast<unsigned char>(c)] = true;
  }
  return is;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return kIsTokenChar[static_cast<unsigned char>(c)];
  });
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t') || u == 0x7f;
  });
}

// Takes the text up to the next CRLF off the front.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

bool lists(std::string_view value, std::string_view wanted) {
  return std::ranges::any_of(split(value, ','), [&](std::string_view item) {
    return equal_ignoring_case(trim_blanks(item), wanted);
  });
}

std::expected<void, HttpFault> parse_request_line(std::string_view line, RequestHead& head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return fault(400, "the request line is not 'METHOD target HTTP/1.1'");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || method.size() > kLongestMethod) {
    return fault(400, "the request's method is not a token");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_http = version.starts_with("HTTP/");
    return fault(is_http ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  head.is_http_10 = version == "HTTP/1.0";
  const bool is_plain = std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
  if (target.empty() || !is_plain || target.contains('#')) {
    return fault(400, "the request target holds characters that must be written as %XX");
  }
  auto parsed = parse_target(target);
  if (!parsed) return fault(400, parsed.error().message);
  head.method = method;
  head.target = *std::move(parsed);
  return {};
}

// What the head says about itself, seen while its fields pass by.
struct Framing {
  int hosts = 0;
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  bool is_twice = false;
  bool says_close = false;
  bool says_keep_alive = false;
  std::optional<std::string_view> expect;

  void note(std::string_view name, std::string_view value) {
    const auto once = [&](std::optional<std::string_view>& slot) {
      is_twice = is_twice || slot.has_value();
      slot = value;
    };
    if (equal_ignoring_case(name, "host")) ++hosts;
    if (equal_ignoring_case(name, "content-length")) once(content_length);
    if (equal_ignoring_case(name, "transfer-encoding")) once(transfer_encoding);
    if (equal_ignoring_case(name, "expect")) expect = value;
    if (equal_ignoring_case(name, "connection")) {
      says_close = says_close || lists(value, "close");
      says_keep_alive = says_keep_alive || lists(value, "keep-alive");
    }
  }
};

std::expected<void, HttpFault> parse_field(std::string_view line, RequestHead& head,
                                           Framing& framing) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return fault(400, "a header line has no colon");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!is_token(name)) return fault(400, "a header's name is not a token");
  if (has_control(value)) return fault(400, "a header's value holds a control character");
  if (head.headers.all().size() == kMostHeaders) {
    return fault(431, "there are more than 100 headers");
  }
  framing.note(name, value);
  head.headers.add(std::string(name), std::string(value));
  return {};
}

std::expected<void, HttpFault> apply_framing(const Framing& framing, RequestHead& head) {
  if (framing.is_twice) return fault(400, "the length of the body is given twice");
  if (framing.hosts > 1 || (framing.hosts == 0 && !head.is_http_10)) {
    return fault(400, "there must be one Host header");
  }
  if (framing.transfer_encoding) {
    if (framing.content_length || head.is_http_10) {
      return fault(400, "Transfer-Encoding cannot stand beside Content-Length or in HTTP/1.0");
    }
    if (!equal_ignoring_case(*framing.transfer_encoding, "chunked")) {
      return fault(501, "the only Transfer-Encoding that is understood is chunked");
    }
    head.chunked = true;
  }
  if (framing.content_length) {
    const std::string_view digits = *framing.content_length;
    size_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error == std::errc::result_out_of_range) return fault(413, "the body is too large");
    if (error != std::errc() || end != digits.data() + digits.size()) {
      return fault(400, "Content-Length is not a number");
    }
    head.content_length = length;
  }
  if (framing.expect && !head.is_http_10) {
    if (!equal_ignoring_case(*framing.expect, "100-continue")) {
      return fault(417, "the only Expect that is understood is 100-continue");
    }
    head.expects_continue = true;
  }
  head.keep_alive = !framing.says_close && (!head.is_http_10 || framing.says_keep_alive);
  return {};
}

}  // namespace

std::expected<size_t, HttpFault> HeadScanner::scan(std::string_view bytes, size_t max_bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    if (seen_ == max_bytes) return fault(431, "the request's head is too large");
    const auto c = static_cast<unsigned char>(bytes[seen_]);
    if (c >= 0x20 || c == '\t' || c == '\r') continue;
    if (c != '\n') return fault(400, "the request is not HTTP: it holds a control character");
    if (seen_ == 0 || bytes[seen_ - 1] != '\r') {
      return fault(400, "a line of the head ends without CR");
    }
    if (seen_ >= 3 && bytes[seen_ - 2] == '\n') return seen_ + 1;
  }
  return 0;
}

std::expected<RequestHead, HttpFault> parse_request_head(std::string_view head) {
  RequestHead out;
  std::string_view rest = head;
  RETURN_IF_ERROR(parse_request_line(take_line(rest), out));
  Framing framing;
  for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
    RETURN_IF_ERROR(parse_field(line, out, framing));
  }
  RETURN_IF_ERROR(apply_framing(framing, out));
  return out;
}

}  // namespace tocsin::net
