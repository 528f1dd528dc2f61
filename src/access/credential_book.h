#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/access_store.h"

namespace tocsin::access {

// The valid sessions and tokens in memory, by the hash of their secrets, so that asking who calls
// costs no read. It holds what is committed: whoever commits a change notes it here. Thread-safe.
class CredentialBook {
 public:
  explicit CredentialBook(Duration session_length) : session_length_(session_length) {}

  void put(const SessionRow& session);
  void put(const TokenRow& token);
  void remove_session(const std::string& id);
  void remove_token(const std::string& id);

  struct SessionUse {
    Caller caller;
    std::string id;
    std::optional<Time> extend_to;  // the caller of this has it stored; at most once an hour
  };
  std::optional<SessionUse> use_session(const std::string& hash, Time now);

  struct TokenUse {
    Caller caller;
    std::string id;
    bool is_to_store = false;  // the time of use; at most once a minute
  };
  std::optional<TokenUse> use_token(const std::string& hash, Time now);

  // Whether a session or token with this hash would be let in. Changes nothing.
  bool is_valid(const std::string& hash, Time now) const;

  std::optional<Token> token_of(const std::string& hash) const;
  std::vector<Token> tokens() const;  // the oldest first
  size_t token_count() const;

 private:
  struct Session {
    std::string id;
    Caller caller;
    Time expires;
  };
  struct LiveToken {
    Token token;
    Caller caller;
  };

  const Duration session_length_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Session> sessions_;
  std::unordered_map<std::string, LiveToken> tokens_;
};

inline constexpr std::string_view kUserKind = "user";  // of an actor who signed in
Caller caller_of(const User& user);
Caller caller_of(const Token& token);

}  // namespace tocsin::access
