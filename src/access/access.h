#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "engine/engine.h"
#include "net/http.h"

namespace tocsin::access {

enum class Role { kResponder, kAdmin };  // an admin may do all that a responder may
std::string_view name_of(Role role);
Result<Role> parse_role(std::string_view text);  // "responder", "admin"

// Who makes a request. `actor` is what the logbook shows.
struct Caller {
  store::Actor actor;
  Role role = Role::kResponder;
  std::string person;  // the catalog's person this user is; empty if none
};

// Finds out who calls: the session cookie `tocsin_session`, or "Authorization: Bearer <api token>",
// or HTTP Basic with a token as the password (for Prometheus remote write). Thread-safe.
class Gate {
 public:
  virtual ~Gate() = default;
  // kUnauthenticated when nobody valid calls; kPermissionDenied when the role is too small, or when
  // a cookie-bearing write does not come from our own page (Origin and the X-Tocsin header are
  // checked).
  virtual Result<Caller> require(const net::Request& request, Role least) = 0;

  // Whether what let a request in still would. For answers that go on (streams): the session may be
  // signed out, its user removed or the token revoked meanwhile. Asking does not prolong a session,
  // is quick and never blocks; any thread. The gate outlives the watch. By default: for ever.
  using Watch = std::function<bool()>;
  virtual Watch watch(const net::Request&) {
    return [] { return true; };
  }
};

struct User {
  std::string name;
  Role role = Role::kResponder;
  std::string person;  // empty if none
  Time created;
};
// `password` is empty where one shall be made.
struct NewUser {
  std::string name;  // a-z, 0-9, '.', '_', '-'; 1 to 64, the first a letter or digit
  Role role = Role::kResponder;
  std::string person;
  Secret password;
};
struct AddedUser {
  User user;
  Secret password;  // only when it was made; shown this once
};

struct RemovedUser {
  size_t sessions = 0;              // that were ended
  std::vector<std::string> tokens;  // names of those that were revoked
};

struct Token {
  std::string id;
  std::string name;  // letters, digits, '.', '_', '-'; 1 to 64; no two alike
  Role role = Role::kResponder;
  std::string made_by;  // the user who made it; empty if none did
  Time created;
  std::optional<Time> last_used;  // up to a minute old
};
struct AddedToken {
  Token token;
  Secret secret;  // "tocsin_..."; shown this once
};

struct SignedIn {
  Caller caller;
  Secret cookie;  // the value of `tocsin_session`
};

// What a password costs to check: 19 MiB and two passes are the least that OWASP asks for (Password
// Storage Cheat Sheet), about 35 ms.
struct PasswordCost {
  size_t memory = 19 << 20;  // bytes
  int passes = 2;
};

struct AccessOptions {
  // Where people reach us, when that differs from the Host header that we see (a proxy): pages from
  // there are ours. With https, cookies are Secure also over a plain connection.
  std::string external_url;
  Duration session_length = std::chrono::days(7);  // since it was last used
  size_t max_sessions_of_user = 50;                // the oldest ends
  size_t max_tokens = 1000;
  PasswordCost password_cost;
};

// Users, their sessions and API tokens. State is in the database, changed through the engine with
// an entry in the logbook each; what the gate needs is in memory too, so that a request costs no
// read. Secrets are stored hashed. Thread-safe.
//
// Errors: kInvalidArgument names or passwords that break the rules; kAlreadyExists, kNotFound;
// kResourceExhausted too many tokens, sign-ins at once or wrong passwords.
class Access : public Gate {
 public:
  // Reads what is stored. Before engine.start(), because sessions end by timers. All must outlive
  // this; `rng` must be fit for secrets.
  static Result<std::unique_ptr<Access>> open(engine::Engine& engine, store::Database& database,
                                              const Clock& clock, Rng& rng, Log& log,
                                              Metrics& metrics, AccessOptions options = {});

  // The first admin, named "admin", with a password made for it, when there is no user at all.
  virtual Result<std::optional<AddedUser>> bootstrap() = 0;
  virtual Result<AddedUser> create_user(NewUser user, store::Actor by) = 0;
  // Ends the user's sessions. An empty password is made, and returned this once.
  virtual Result<Secret> set_password(const std::string& user, Secret password,
                                      store::Actor by) = 0;
  // For the user whose session makes the request: ends their other sessions. kFailedPrecondition
  // when a token asks, kPermissionDenied when `old_password` is wrong; wrong ones count as failed
  // sign-ins.
  virtual Result<> change_own_password(const net::Request& request, const Secret& old_password,
                                       const Secret& new_password) = 0;
  // Ends the user's sessions and revokes the tokens that they made, for they may know the secrets.
  // kFailedPrecondition for the last admin and for oneself.
  virtual Result<RemovedUser> remove_user(const std::string& name, store::Actor by) = 0;
  virtual Result<std::vector<User>> users() = 0;  // by name

  // kUnauthenticated does not say whether user or password is wrong, nor by the time that it takes.
  // kResourceExhausted after 10 failures within 10 minutes of one user from one address, or 100 of
  // either. `peer` as in net::Request.
  virtual Result<SignedIn> sign_in(const std::string& user, const Secret& password,
                                   const std::string& peer) = 0;
  // Ends the session that the request's cookie names; kFailedPrecondition when it has none.
  virtual Result<> sign_out(const net::Request& request) = 0;

  virtual Result<AddedToken> create_token(const std::string& name, Role role, store::Actor by) = 0;
  virtual std::vector<Token> tokens() const = 0;  // the oldest first
  virtual Result<> revoke_token(const std::string& id, store::Actor by) = 0;
  // Who a token is for; nothing when it is not valid (any more). For a stored token of our own.
  virtual std::optional<Token> token_of(const Secret& secret) const = 0;

  virtual const AccessOptions& options() const = 0;
};

}  // namespace tocsin::access
