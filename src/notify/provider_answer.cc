#include "notify/provider_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "notify/mime.h"

namespace tocsin::notify {
namespace {

constexpr size_t kQuoted = 200;
constexpr int64_t kLongestWait = 86'400;  // seconds; more is not believed

std::string quote(std::string_view body) {
  std::string text(utf8_prefix(repair_utf8(trim(body)), kQuoted));
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text.empty() ? "" : fmt::format(": {}", text);
}

Result<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return invalid(fmt::format("'{}' is not a number", text));
  }
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
Result<Time> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return invalid("not an HTTP date");
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return invalid("not an HTTP date: the month");
  return parse_rfc3339(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4),
                                   month - kMonths.begin() + 1, text.substr(5, 2),
                                   text.substr(17, 8)));
}

}  // namespace

Result<> judge_answer(std::string_view who, int status, std::string_view body) {
  if (status >= 200 && status < 300) return {};
  const std::string said = fmt::format("{} answered {}{}", who, status, quote(body));
  if (status == 429) return fail(Code::kResourceExhausted, said);
  if (status == 408 || status == 425 || status >= 500) return fail(Code::kUnavailable, said);
  if (status >= 300 && status < 400) {
    return fail(Code::kFailedPrecondition,
                said + "; redirects are not followed: put the final URL into the catalog");
  }
  return fail(Code::kFailedPrecondition, said + "; check the contact's address in the catalog");
}

Error judge_lost_call(const Error& error) {
  // Of libcurl, when it could not connect, and of net, when a mail server refused.
  static constexpr std::string_view kNothingArrived[] = {
      "ould not resolve",     "ouldn't resolve",     "Failed to connect",   "ouldn't connect",
      "Connection timed out", "Connection timeout",  "Resolving timed out", "SSL_connect",
      "SSL certificate",      "the mail server said"};
  const bool is_lost = error.code == Code::kUnavailable || error.code == Code::kDeadlineExceeded ||
                       error.code == Code::kCancelled;
  if (!is_lost) return error;
  const bool never_stood = std::ranges::any_of(kNothingArrived, [&](std::string_view words) {
    return error.message.find(words) != std::string::npos;
  });
  if (never_stood) return {Code::kUnavailable, error.message};
  return {Code::kDeadlineExceeded, error.message + "; it may have arrived"};
}

Duration read_retry_after(std::string_view value, Time now) {
  const std::string_view text = trim(value);
  if (const auto wait = number(text)) return seconds(std::min<int64_t>(*wait, kLongestWait));
  const auto date = parse_http_date(text);
  if (!date || *date <= now) return Duration(0);
  return std::min<Duration>(*date - now, seconds(kLongestWait));
}

}  // namespace tocsin::notify
