#include "access/credential_book.h"

#include <algorithm>
#include <tuple>

namespace tocsin::access {
namespace {

constexpr Duration kExtendEvery = std::chrono::hours(1);
constexpr Duration kStoreUseEvery = std::chrono::minutes(1);

}  // namespace

Caller caller_of(const User& user) {
  return {.actor = {std::string(kUserKind), user.name}, .role = user.role, .person = user.person};
}

Caller caller_of(const Token& token) {
  return {.actor = {"token", token.name}, .role = token.role, .person = ""};
}

void CredentialBook::put(const SessionRow& session) {
  const std::lock_guard lock(mutex_);
  sessions_[session.hash] =
      Session{.id = session.id, .caller = caller_of(session.user), .expires = session.expires};
}

void CredentialBook::put(const TokenRow& token) {
  const std::lock_guard lock(mutex_);
  tokens_[token.hash] = LiveToken{.token = token.token, .caller = caller_of(token.token)};
}

void CredentialBook::remove_session(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.id == id; });
}

void CredentialBook::remove_token(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second.token.id == id; });
}

std::optional<CredentialBook::SessionUse> CredentialBook::use_session(const std::string& hash,
                                                                      Time now) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(hash);
  if (it == sessions_.end() || it->second.expires <= now) return std::nullopt;
  Session& session = it->second;
  SessionUse use{.caller = session.caller, .id = session.id, .extend_to = {}};
  const Time wanted = now + session_length_;
  if (wanted - session.expires >= kExtendEvery) {
    session.expires = wanted;
    use.extend_to = wanted;
  }
  return use;
}

std::optional<CredentialBook::TokenUse> CredentialBook::use_token(const std::string& hash,
                                                                  Time now) {
  const std::lock_guard lock(mutex_);
  const auto it = tokens_.find(hash);
  if (it == tokens_.end()) return std::nullopt;
  LiveToken& live = it->second;
  TokenUse use{.caller = live.caller, .id = live.token.id, .is_to_store = false};
  if (!live.token.last_used || now - *live.token.last_used >= kStoreUseEvery) {
    live.token.last_used = now;
    use.is_to_store = true;
  }
  return use;
}

bool CredentialBook::is_valid(const std::string& hash, Time now) const {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(hash);
  return it != sessions_.end() ? it->second.expires > now : tokens_.contains(hash);
}

std::optional<Token> CredentialBook::token_of(const std::string& hash) const {
  const std::lock_guard lock(mutex_);
  const auto it = tokens_.find(hash);
  if (it == tokens_.end()) return std::nullopt;
  return it->second.token;
}

std::vector<Token> CredentialBook::tokens() const {
  std::vector<Token> out;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [hash, live] : tokens_) out.push_back(live.token);
  }
  std::ranges::sort(out, {}, [](const Token& token) { return std::tie(token.created, token.id); });
  return out;
}

size_t CredentialBook::token_count() const {
  const std::lock_guard lock(mutex_);
  return tokens_.size();
}

}  // namespace tocsin::access
