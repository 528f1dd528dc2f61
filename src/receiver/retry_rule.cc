#include "receiver/retry_rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

constexpr size_t kLongestAnswer = 300;

Code code_of(int status) {
  if (status / 100 == 5) return Code::kUnavailable;
  switch (status) {
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kPermissionDenied;
    case 429: return Code::kResourceExhausted;
    default: return Code::kFailedPrecondition;
  }
}

}  // namespace

std::string_view reason_of_status(int status) {
  if (status / 100 == 4) return "clientError";
  return status / 100 == 5 ? "serverError" : "other";
}

Sent judge_status(int status, std::span<const int> also_retried, std::string_view told) {
  if (status / 100 == 2) return {};
  return std::unexpected(SendFailure{
      .error = {code_of(status),
                fmt::format("answered {}{}{}", status, told.empty() ? "" : ": ", told)},
      .retry = status / 100 == 5 || std::ranges::find(also_retried, status) != also_retried.end(),
      .reason = std::string(reason_of_status(status))});
}

SendFailure failure_of(Error error) {
  SendFailure failure{.error = std::move(error), .retry = true, .reason = "other"};
  switch (failure.error.code) {
    case Code::kDeadlineExceeded: failure.reason = "contextDeadlineExceeded"; break;
    case Code::kCancelled: failure.reason = "contextCanceled"; break;
    // The call cannot be made, or an answer came and was too long to be read.
    case Code::kInvalidArgument:
    case Code::kPermissionDenied:
    case Code::kResourceExhausted:
    case Code::kFailedPrecondition: failure.retry = false; break;
    default: break;
  }
  return failure;
}

SendFailure refusal(Error error) {
  return {.error = std::move(error), .retry = false, .reason = "other"};
}

std::string one_line(std::string_view answer) {
  std::string out = truncate_bytes(trim(answer), kLongestAnswer);
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

}  // namespace tocsin::receiver
