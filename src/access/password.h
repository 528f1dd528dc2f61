#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "access/access.h"
#include "base/rng.h"
#include "base/secret.h"

namespace tocsin::access {

// Hashes and checks passwords with argon2id (RFC 9106). At most two at a time, because each takes
// memory; a few wait, more are refused with kResourceExhausted. Thread-safe; a call takes tens of
// milliseconds.
class Passwords {
 public:
  Passwords(PasswordCost cost, Rng& rng);

  // "$argon2id$v=19$m=...,t=...,p=1$salt$hash"
  Result<std::string> hash(const Secret& password);
  // Costs the same for an empty `stored` (a user who does not exist), which matches nothing.
  Result<bool> matches(const std::string& stored, const Secret& password);

 private:
  class Turn;

  const PasswordCost cost_;
  Rng& rng_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int running_ = 0;
  int waiting_ = 0;
  std::string nobody_;  // a hash that no password gives
};

}  // namespace tocsin::access
