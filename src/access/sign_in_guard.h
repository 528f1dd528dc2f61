#pragma once

#include <mutex>
#include <string>

#include "access/failure_limiter.h"
#include "base/result.h"

namespace tocsin::access {

// Slows guessing down: 10 failures within 10 minutes of one user from one address, 100 of one user
// from anywhere or from one address for any user. Thread-safe.
class SignInGuard {
 public:
  // `peer` as in net::Request; its port does not count. kResourceExhausted when there were too
  // many.
  Result<> check(const std::string& user, const std::string& peer, Duration now);
  void note_failure(const std::string& user, const std::string& peer, Duration now);
  void note_success(const std::string& user, const std::string& peer);

 private:
  std::mutex mutex_;
  FailureLimiter pairs_{10, std::chrono::minutes(10)};
  FailureLimiter users_{100, std::chrono::minutes(10)};
  FailureLimiter peers_{100, std::chrono::minutes(10)};
};

// "127.0.0.1:51324" -> "127.0.0.1"; "[::1]:5" -> "[::1]".
std::string host_of_peer(const std::string& peer);

}  // namespace tocsin::access
