#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/rng.h"
#include "base/secret.h"
#include "net/http.h"

namespace tocsin::net {

// Names and passwords at the door (RFC 7617), the passwords as bcrypt hashes. A hash is slow on
// purpose, so answers are remembered (under a keyed hash, not as they came), one password is
// checked at a time, and who comes while several wait is told to come later. Thread-safe.
class BasicAuth {
 public:
  using Users = std::map<std::string, Secret>;  // name and hash

  BasicAuth(Users users, Rng& rng);

  // kUnauthenticated, or kResourceExhausted while others wait to be checked.
  Result<> check(const Request& request);

 private:
  bool matches(const std::string& name, const std::string& password);

  const Users users_;
  const std::string key_;     // of what is remembered
  const std::string nobody_;  // a hash for names that are not known: they take as long
  std::mutex checking_;
  std::atomic<int> waiting_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::string, bool> known_;
};

// Whether it is a hash that check() can compare with: $2a$, $2b$ or $2y$.
bool is_bcrypt(std::string_view hash);
bool bcrypt_matches(const std::string& password, const std::string& hash);

}  // namespace tocsin::net
