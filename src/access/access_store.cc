#include "access/access_store.h"

#include <fmt/format.h>

namespace tocsin::access {
namespace {

Result<Role> role_in(const store::Row& row, size_t column) {
  auto role = parse_role(row.text(column));
  if (!role) return fail(Code::kDataLoss, "a stored role: " + role.error().message);
  return role;
}

// Columns name, role, person, created from `first` on.
Result<User> user_in(const store::Row& row, size_t first) {
  User out{.name = row.text(first),
           .role = {},
           .person = row.text(first + 2),
           .created = row.time(first + 3)};
  ASSIGN_OR_RETURN(out.role, role_in(row, first + 1));
  return out;
}

Result<SessionRow> session_in(const store::Row& row) {
  SessionRow out{.id = row.text(0), .hash = row.text(1), .user = {}, .expires = row.time(2)};
  ASSIGN_OR_RETURN(out.user, user_in(row, 3));
  return out;
}

Result<std::vector<SessionRow>> sessions_in(const store::Rows& rows) {
  std::vector<SessionRow> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(SessionRow session, session_in(row));
    out.push_back(std::move(session));
  }
  return out;
}

constexpr std::string_view kSessions =
    "SELECT s.id, s.hash, s.expires, u.name, u.role, u.person, u.created "
    "FROM user_session s JOIN user_account u ON u.name = s.user_name ";

constexpr std::string_view kTokens =
    "SELECT id, name, role, created, last_used, made_by, hash FROM api_token";

Result<Token> token_in(const store::Row& row) {
  Token out{.id = row.text(0),
            .name = row.text(1),
            .role = {},
            .made_by = row.text(5),
            .created = row.time(3),
            .last_used = row.maybe_time(4)};
  ASSIGN_OR_RETURN(out.role, role_in(row, 2));
  return out;
}

// What exec() gives, without its count.
Result<> done(Result<int64_t> changed) {
  RETURN_IF_ERROR(changed);
  return {};
}

}  // namespace

Result<> insert_user(store::Session& sql, const UserRow& row) {
  return done(
      sql.exec("INSERT INTO user_account (name, password, role, person, created, password_set) "
               "VALUES ($1, $2, $3, $4, $5, $6)",
               row.user.name, row.password, name_of(row.user.role), row.user.person,
               row.user.created, row.user.created));
}

Result<> update_password(store::Session& sql, const std::string& user, const std::string& password,
                         Time now) {
  ASSIGN_OR_RETURN(
      const int64_t changed,
      sql.exec("UPDATE user_account SET password = $1, password_set = $2 WHERE name = $3", password,
               now, user));
  if (changed == 0) return not_found(fmt::format("there is no user '{}'", user));
  return {};
}

Result<std::optional<UserRow>> find_user(store::Session& sql, const std::string& name) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT name, role, person, created, password FROM user_account "
                             "WHERE name = $1",
                             name));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(User user, user_in(rows[0], 0));
  return UserRow{.user = std::move(user), .password = rows[0].text(4)};
}

Result<std::vector<User>> read_users(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT name, role, person, created FROM user_account ORDER BY name"));
  std::vector<User> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(User user, user_in(row, 0));
    out.push_back(std::move(user));
  }
  return out;
}

Result<int64_t> count_users(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows, sql.query("SELECT COUNT(*) FROM user_account"));
  return rows[0].integer(0);
}

Result<int64_t> count_admins(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT COUNT(*) FROM user_account WHERE role = 'admin'"));
  return rows[0].integer(0);
}

Result<> delete_user(store::Session& sql, const std::string& name) {
  return done(sql.exec("DELETE FROM user_account WHERE name = $1", name));
}

Result<> insert_session(store::Session& sql, const SessionRow& row, Time now) {
  return done(
      sql.exec("INSERT INTO user_session (id, hash, user_name, created, expires) "
               "VALUES ($1, $2, $3, $4, $5)",
               row.id, row.hash, row.user.name, now, row.expires));
}

Result<std::vector<SessionRow>> read_sessions(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows, sql.query(kSessions));
  return sessions_in(rows);
}

Result<std::vector<SessionRow>> read_sessions_of(store::Session& sql, const std::string& user) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query(std::string(kSessions) + "WHERE u.name = $1 ORDER BY s.created, s.id", user));
  return sessions_in(rows);
}

Result<std::optional<SessionRow>> find_session(store::Session& sql, const std::string& id) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query(std::string(kSessions) + "WHERE s.id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(SessionRow session, session_in(rows[0]));
  return session;
}

Result<> extend_session(store::Session& sql, const std::string& id, Time expires) {
  return done(sql.exec("UPDATE user_session SET expires = $1 WHERE id = $2", expires, id));
}

Result<> delete_session(store::Session& sql, const std::string& id) {
  return done(sql.exec("DELETE FROM user_session WHERE id = $1", id));
}

Result<> insert_token(store::Session& sql, const TokenRow& row) {
  return done(
      sql.exec("INSERT INTO api_token (id, name, hash, role, created, made_by) "
               "VALUES ($1, $2, $3, $4, $5, $6)",
               row.token.id, row.token.name, row.hash, name_of(row.token.role), row.token.created,
               row.token.made_by));
}

Result<std::vector<TokenRow>> read_tokens(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows, sql.query(std::string(kTokens)));
  std::vector<TokenRow> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(Token token, token_in(row));
    out.push_back(TokenRow{.token = std::move(token), .hash = row.text(6)});
  }
  return out;
}

Result<std::vector<Token>> read_tokens_made_by(store::Session& sql, const std::string& user) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query(std::string(kTokens) + " WHERE made_by = $1 ORDER BY created, id", user));
  std::vector<Token> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(Token token, token_in(row));
    out.push_back(std::move(token));
  }
  return out;
}

Result<std::optional<Token>> find_token(store::Session& sql, const std::string& id) {
  ASSIGN_OR_RETURN(const store::Rows rows, sql.query(std::string(kTokens) + " WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Token token, token_in(rows[0]));
  return token;
}

Result<std::optional<User>> maker_of_token(store::Session& sql, const std::string& token_name) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query("SELECT user_account.name, user_account.role, person, user_account.created"
                " FROM api_token JOIN user_account ON user_account.name = api_token.made_by"
                " WHERE api_token.name = $1",
                token_name));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(User user, user_in(rows[0], 0));
  return user;
}

Result<bool> has_token_named(store::Session& sql, const std::string& name) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT 1 FROM api_token WHERE name = $1", name));
  return !rows.empty();
}

Result<> set_token_used(store::Session& sql, const std::string& id, Time at) {
  return done(sql.exec("UPDATE api_token SET last_used = $1 WHERE id = $2", at, id));
}

Result<> delete_token(store::Session& sql, const std::string& id) {
  return done(sql.exec("DELETE FROM api_token WHERE id = $1", id));
}

}  // namespace tocsin::access
