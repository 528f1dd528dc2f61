#include "notify/retry.h"

#include <algorithm>

namespace tocsin::notify {
namespace {
constexpr Duration kFirstWait = seconds(1);
}  // namespace

bool may_pass(Code code) {
  return code == Code::kUnavailable || code == Code::kDeadlineExceeded ||
         code == Code::kResourceExhausted;
}

bool may_have_arrived(Code code) { return code == Code::kDeadlineExceeded; }

Duration backoff(int attempts, double jitter, Duration asked, Duration longest) {
  const int doublings = std::clamp(attempts - 1, 0, 30);
  const Duration plain = std::min(kFirstWait * (int64_t{1} << doublings), longest);
  const Duration shaken = from_seconds(to_seconds(plain) * (0.8 + 0.4 * jitter));
  return std::max(shaken, std::min(asked, kLongestAskedWait));
}

}  // namespace tocsin::notify
