#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "store/database.h"

namespace tocsin::access {

// The SQL of room access. Hashes as in credential.h.

struct UserRow {
  User user;
  std::string password;  // argon2id
};
struct SessionRow {
  std::string id;
  std::string hash;
  User user;
  Time expires;
};
struct TokenRow {
  Token token;
  std::string hash;
};

Result<> insert_user(store::Session& sql, const UserRow& row);
Result<> update_password(store::Session& sql, const std::string& user, const std::string& password,
                         Time now);
Result<std::optional<UserRow>> find_user(store::Session& sql, const std::string& name);
Result<std::vector<User>> read_users(store::Session& sql);
Result<int64_t> count_users(store::Session& sql);
Result<int64_t> count_admins(store::Session& sql);
// Its sessions must be gone.
Result<> delete_user(store::Session& sql, const std::string& name);

Result<> insert_session(store::Session& sql, const SessionRow& row, Time now);
Result<std::vector<SessionRow>> read_sessions(store::Session& sql);
Result<std::vector<SessionRow>> read_sessions_of(store::Session& sql, const std::string& user);
Result<std::optional<SessionRow>> find_session(store::Session& sql, const std::string& id);
Result<> extend_session(store::Session& sql, const std::string& id, Time expires);
Result<> delete_session(store::Session& sql, const std::string& id);

Result<> insert_token(store::Session& sql, const TokenRow& row);
Result<std::vector<TokenRow>> read_tokens(store::Session& sql);
Result<std::vector<Token>> read_tokens_made_by(store::Session& sql, const std::string& user);
Result<std::optional<Token>> find_token(store::Session& sql, const std::string& id);
// Nothing when no user made it, or that user is gone.
Result<std::optional<User>> maker_of_token(store::Session& sql, const std::string& token_name);
Result<bool> has_token_named(store::Session& sql, const std::string& name);
Result<> set_token_used(store::Session& sql, const std::string& id, Time at);
Result<> delete_token(store::Session& sql, const std::string& id);

}  // namespace tocsin::access
