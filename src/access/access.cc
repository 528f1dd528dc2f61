#include "access/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "access/access_store.h"
#include "access/credential.h"
#include "access/credential_book.h"
#include "access/names.h"
#include "access/own_page.h"
#include "access/password.h"
#include "access/sign_in_guard.h"
#include "store/kept_reader.h"

namespace tocsin::access {
namespace {

constexpr std::string_view kExpireTimer = "session.expire";

store::LogbookEntry entry_of(Time happened, store::Actor actor, std::string kind,
                             std::string subject_kind, std::string subject_id,
                             codec::JsonObject data) {
  return {.happened = happened,
          .actor = std::move(actor),
          .kind = std::move(kind),
          .subject_kind = std::move(subject_kind),
          .subject_id = std::move(subject_id),
          .incident_id = "",
          .data = std::move(data)};
}

std::unexpected<Error> who_are_you() {
  return fail(Code::kUnauthenticated,
              "sign in, or send a valid API token as 'Authorization: Bearer TOKEN'");
}

std::unexpected<Error> wrong_password() {
  return fail(Code::kUnauthenticated, "the user or the password is wrong");
}

// Whether the password that was checked a moment ago is still the user's.
Result<> check_unchanged(store::Session& sql, const std::string& user,
                         const std::string& password) {
  ASSIGN_OR_RETURN(const auto stored, find_user(sql, user));
  if (!stored || stored->password != password) return wrong_password();
  return {};
}

class AccessRoom final : public Access {
 public:
  AccessRoom(engine::Engine& engine, store::Database& database, const Clock& clock, Rng& rng,
             Log& log, Metrics& metrics, AccessOptions options)
      : engine_(engine),
        reader_(database),
        clock_(clock),
        rng_(rng),
        log_(log),
        signed_in_(sign_ins(metrics, "taken")),
        refused_(sign_ins(metrics, "refused")),
        options_(std::move(options)),
        passwords_(options_.password_cost, rng),
        book_(options_.session_length) {}

  Result<> load();

  Result<Caller> require(const net::Request& request, Role least) override;
  Watch watch(const net::Request& request) override;
  Result<std::optional<AddedUser>> bootstrap() override;
  Result<AddedUser> create_user(NewUser user, store::Actor by) override;
  Result<Secret> set_password(const std::string& user, Secret password, store::Actor by) override;
  Result<> change_own_password(const net::Request& request, const Secret& old_password,
                               const Secret& new_password) override;
  Result<RemovedUser> remove_user(const std::string& name, store::Actor by) override;
  Result<std::vector<User>> users() override;
  Result<SignedIn> sign_in(const std::string& user, const Secret& password,
                           const std::string& peer) override;
  Result<> sign_out(const net::Request& request) override;
  Result<AddedToken> create_token(const std::string& name, Role role, store::Actor by) override;
  std::vector<Token> tokens() const override { return book_.tokens(); }
  Result<> revoke_token(const std::string& id, store::Actor by) override;
  std::optional<Token> token_of(const Secret& secret) const override {
    return book_.token_of(hash_of(secret));
  }
  const AccessOptions& options() const override { return options_; }

 private:
  static Counter& sign_ins(Metrics& metrics, std::string outcome) {
    return metrics.counter("tocsin_access_sign_ins_total", "Sign-ins with a password",
                           {{"outcome", std::move(outcome)}});
  }
  Result<Caller> caller_of_request(const net::Request& request);
  Result<Caller> use_session(const net::Request& request, const std::string& hash);
  Result<Caller> use_token(const std::string& hash);
  // Commits a new user; with `only_first`, nothing when there is one already.
  Result<bool> add_user(const UserRow& row, const store::Actor& by, bool only_first);
  // The user, if the password is theirs. Whoever guesses is slowed down.
  Result<UserRow> check_password_of(const std::string& user, const Secret& password,
                                    const std::string& peer);
  Result<SignedIn> begin_session(const UserRow& user, const std::string& peer);
  Result<> put_password(engine::Tx& tx, const UserRow& user, const store::Actor& by);
  // The book learns of what ends and begins in the order of the commits.
  Result<> end_session(engine::Tx& tx, const SessionRow& session, const store::Actor& by,
                       std::string_view reason);
  Result<> end_token(engine::Tx& tx, const Token& token, const store::Actor& by);
  Result<> expire_session(engine::Tx& tx, const std::string& id);

  engine::Engine& engine_;
  store::KeptReader reader_;
  const Clock& clock_;
  Rng& rng_;
  Log& log_;
  Counter& signed_in_;
  Counter& refused_;
  const AccessOptions options_;
  Passwords passwords_;
  CredentialBook book_;
  SignInGuard guard_;
};

Result<> AccessRoom::load() {
  ASSIGN_OR_RETURN(const auto sessions, reader_.read([](auto& sql) { return read_sessions(sql); }));
  for (const SessionRow& session : sessions) book_.put(session);
  ASSIGN_OR_RETURN(const auto tokens, reader_.read([](auto& sql) { return read_tokens(sql); }));
  for (const TokenRow& token : tokens) book_.put(token);
  engine_.on_timer(std::string(kExpireTimer), [this](engine::Tx& tx, const std::string& id) {
    return expire_session(tx, id);
  });
  return {};
}

// The gate.

Result<Caller> AccessRoom::require(const net::Request& request, Role least) {
  ASSIGN_OR_RETURN(Caller caller, caller_of_request(request));
  if (least == Role::kAdmin && caller.role != Role::kAdmin) {
    return fail(Code::kPermissionDenied, fmt::format("{} is a {}; this needs an admin",
                                                     caller.actor.to_text(), name_of(caller.role)));
  }
  return caller;
}

Result<Caller> AccessRoom::caller_of_request(const net::Request& request) {
  const auto credential = credential_of(request);
  if (!credential || credential->secret.empty()) return who_are_you();
  const std::string hash = hash_of(credential->secret);
  return credential->kind == Credential::Kind::kToken ? use_token(hash)
                                                      : use_session(request, hash);
}

Result<Caller> AccessRoom::use_session(const net::Request& request, const std::string& hash) {
  auto use = book_.use_session(hash, engine_.now());
  if (!use) return who_are_you();
  RETURN_IF_ERROR(check_own_page(request, options_.external_url));
  if (use->extend_to) {
    // If it is lost, the session just ends an hour earlier.
    engine_.submit([id = use->id, to = *use->extend_to](
                       engine::Tx& tx) { return extend_session(tx.sql(), id, to); },
                   [](Result<>) {});
  }
  return std::move(use->caller);
}

Result<Caller> AccessRoom::use_token(const std::string& hash) {
  auto use = book_.use_token(hash, engine_.now());
  if (!use) return who_are_you();
  if (use->is_to_store) {
    engine_.submit(
        [id = use->id](engine::Tx& tx) { return set_token_used(tx.sql(), id, tx.now()); },
        [](Result<>) {});
  }
  return std::move(use->caller);
}

Gate::Watch AccessRoom::watch(const net::Request& request) {
  const auto credential = credential_of(request);
  if (!credential) return [] { return false; };
  return [this, hash = hash_of(credential->secret)] { return book_.is_valid(hash, engine_.now()); };
}

// Users.

Result<bool> AccessRoom::add_user(const UserRow& row, const store::Actor& by, bool only_first) {
  bool is_added = false;
  const Result<> committed = engine_.run([&](engine::Tx& tx) -> Result<> {
    if (only_first) {
      ASSIGN_OR_RETURN(const int64_t count, count_users(tx.sql()));
      if (count > 0) return {};
    }
    ASSIGN_OR_RETURN(const auto present, find_user(tx.sql(), row.user.name));
    if (present) {
      return fail(Code::kAlreadyExists, fmt::format("there is a user '{}' already", row.user.name));
    }
    UserRow dated = row;
    dated.user.created = tx.now();
    RETURN_IF_ERROR(insert_user(tx.sql(), dated));
    is_added = true;
    return tx.append(entry_of(tx.now(), by, "user.created", "user", row.user.name,
                              {{"role", name_of(row.user.role)}, {"person", row.user.person}}));
  });
  RETURN_IF_ERROR(committed);
  return is_added;
}

Result<AddedUser> AccessRoom::create_user(NewUser wanted, store::Actor by) {
  RETURN_IF_ERROR(check_user_name(wanted.name));
  AddedUser added{.user = {.name = wanted.name,
                           .role = wanted.role,
                           .person = wanted.person,
                           .created = engine_.now()},
                  .password = {}};
  if (wanted.password.empty()) wanted.password = added.password = new_password(rng_);
  RETURN_IF_ERROR(check_password(wanted.password, wanted.name));
  ASSIGN_OR_RETURN(std::string hash, passwords_.hash(wanted.password));
  RETURN_IF_ERROR(add_user({.user = added.user, .password = std::move(hash)}, by, false));
  return added;
}

Result<std::optional<AddedUser>> AccessRoom::bootstrap() {
  AddedUser added{
      .user = {.name = "admin", .role = Role::kAdmin, .person = "", .created = engine_.now()},
      .password = new_password(rng_)};
  ASSIGN_OR_RETURN(const int64_t count, reader_.read([](auto& sql) { return count_users(sql); }));
  if (count > 0) return std::nullopt;
  ASSIGN_OR_RETURN(std::string hash, passwords_.hash(added.password));
  ASSIGN_OR_RETURN(const bool is_added, add_user({.user = added.user, .password = std::move(hash)},
                                                 store::system_actor("access"), true));
  if (!is_added) return std::nullopt;
  return added;
}

Result<> AccessRoom::put_password(engine::Tx& tx, const UserRow& user, const store::Actor& by) {
  RETURN_IF_ERROR(update_password(tx.sql(), user.user.name, user.password, tx.now()));
  return tx.append(entry_of(tx.now(), by, "user.password_set", "user", user.user.name, {}));
}

Result<Secret> AccessRoom::set_password(const std::string& user, Secret password, store::Actor by) {
  Secret made;
  if (password.empty()) password = made = new_password(rng_);
  RETURN_IF_ERROR(check_password(password, user));
  ASSIGN_OR_RETURN(const std::string hash, passwords_.hash(password));
  const Result<> committed = engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(put_password(tx, {.user = {.name = user}, .password = hash}, by));
    ASSIGN_OR_RETURN(const auto sessions, read_sessions_of(tx.sql(), user));
    for (const SessionRow& session : sessions) {
      RETURN_IF_ERROR(end_session(tx, session, by, "password"));
    }
    return {};
  });
  RETURN_IF_ERROR(committed);
  return made;
}

Result<> AccessRoom::change_own_password(const net::Request& request, const Secret& old_password,
                                         const Secret& new_password) {
  ASSIGN_OR_RETURN(const Caller caller, caller_of_request(request));
  const auto credential = credential_of(request);
  if (credential->kind != Credential::Kind::kSession) {
    return fail(Code::kFailedPrecondition,
                "a token has no password; sign in as the user whose password shall change");
  }
  const std::string& name = caller.actor.name;
  auto user = check_password_of(name, old_password, request.peer);
  if (!user) {
    // 401 would say that nobody is signed in.
    if (user.error().code != Code::kUnauthenticated) return std::unexpected(user.error());
    return fail(Code::kPermissionDenied, "the old password is wrong");
  }
  RETURN_IF_ERROR(check_password(new_password, name));
  const std::string checked = user->password;
  ASSIGN_OR_RETURN(user->password, passwords_.hash(new_password));
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(check_unchanged(tx.sql(), name, checked));
    RETURN_IF_ERROR(put_password(tx, *user, caller.actor));
    ASSIGN_OR_RETURN(const auto sessions, read_sessions_of(tx.sql(), name));
    for (const SessionRow& session : sessions) {
      if (session.hash == hash_of(credential->secret)) continue;
      RETURN_IF_ERROR(end_session(tx, session, caller.actor, "password"));
    }
    return {};
  });
}

Result<RemovedUser> AccessRoom::remove_user(const std::string& name, store::Actor by) {
  if (by == caller_of(User{.name = name}).actor) {
    return fail(Code::kFailedPrecondition,
                "you cannot remove yourself; another admin can, or 'tocsin user remove'");
  }
  RemovedUser removed;
  const Result<> committed = engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto user, find_user(tx.sql(), name));
    if (!user) return not_found(fmt::format("there is no user '{}'", name));
    if (user->user.role == Role::kAdmin) {
      ASSIGN_OR_RETURN(const int64_t admins, count_admins(tx.sql()));
      if (admins == 1) {
        return fail(Code::kFailedPrecondition,
                    fmt::format("'{}' is the last admin; add another one first", name));
      }
    }
    ASSIGN_OR_RETURN(const auto sessions, read_sessions_of(tx.sql(), name));
    for (const SessionRow& session : sessions) {
      RETURN_IF_ERROR(end_session(tx, session, by, "user removed"));
    }
    ASSIGN_OR_RETURN(const auto tokens, read_tokens_made_by(tx.sql(), name));
    removed.sessions = sessions.size();
    for (const Token& token : tokens) {
      RETURN_IF_ERROR(end_token(tx, token, by));
      removed.tokens.push_back(token.name);
    }
    RETURN_IF_ERROR(delete_user(tx.sql(), name));
    return tx.append(entry_of(tx.now(), by, "user.removed", "user", name, {}));
  });
  RETURN_IF_ERROR(committed);
  return removed;
}

Result<std::vector<User>> AccessRoom::users() {
  return reader_.read([](auto& sql) { return read_users(sql); });
}

// Sessions.

Result<UserRow> AccessRoom::check_password_of(const std::string& user, const Secret& password,
                                              const std::string& peer) {
  // What cannot be a name is counted as one, so that it takes no memory.
  const std::string counted = check_user_name(user) ? user : "(no name)";
  RETURN_IF_ERROR(guard_.check(counted, peer, clock_.monotonic()));
  ASSIGN_OR_RETURN(auto found, reader_.read([&](auto& sql) { return find_user(sql, user); }));
  // Also for nobody: the time must not tell who exists.
  ASSIGN_OR_RETURN(const bool is_right,
                   passwords_.matches(found ? found->password : std::string(), password));
  if (!is_right) {
    guard_.note_failure(counted, peer, clock_.monotonic());
    refused_.add();
    // A name that is not a user's may be a password in the wrong field.
    log_.warn("sign-in refused",
              {{"user", found ? user : "(unknown)"}, {"peer", host_of_peer(peer)}});
    return wrong_password();
  }
  guard_.note_success(counted, peer);
  return *std::move(found);
}

Result<SignedIn> AccessRoom::sign_in(const std::string& user, const Secret& password,
                                     const std::string& peer) {
  ASSIGN_OR_RETURN(const UserRow found, check_password_of(user, password, peer));
  ASSIGN_OR_RETURN(SignedIn signed_in, begin_session(found, peer));
  signed_in_.add();
  return signed_in;
}

Result<SignedIn> AccessRoom::begin_session(const UserRow& checked, const std::string& peer) {
  const User& user = checked.user;
  SignedIn out{.caller = caller_of(user), .cookie = new_session_secret(rng_)};
  const Result<> committed = engine_.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(check_unchanged(tx.sql(), user.name, checked.password));
    ASSIGN_OR_RETURN(const auto sessions, read_sessions_of(tx.sql(), user.name));
    const size_t most = options_.max_sessions_of_user - 1;
    const size_t too_many = sessions.size() - std::min(most, sessions.size());
    for (const SessionRow& session : std::span(sessions).first(too_many)) {
      RETURN_IF_ERROR(end_session(tx, session, out.caller.actor, "too many"));
    }
    const SessionRow session{.id = tx.new_id("ses"),
                             .hash = hash_of(out.cookie),
                             .user = user,
                             .expires = tx.now() + options_.session_length};
    RETURN_IF_ERROR(insert_session(tx.sql(), session, tx.now()));
    RETURN_IF_ERROR(tx.set_timer({.kind = std::string(kExpireTimer),
                                  .subject = session.id,
                                  .due = session.expires,
                                  .basis = engine::Basis::kMoment}));
    tx.after_commit([this, session] { book_.put(session); });
    return tx.append(entry_of(tx.now(), out.caller.actor, "session.started", "session", session.id,
                              {{"user", user.name}, {"peer", host_of_peer(peer)}}));
  });
  RETURN_IF_ERROR(committed);
  return out;
}

Result<> AccessRoom::end_session(engine::Tx& tx, const SessionRow& session, const store::Actor& by,
                                 std::string_view reason) {
  RETURN_IF_ERROR(delete_session(tx.sql(), session.id));
  RETURN_IF_ERROR(tx.cancel_timer(kExpireTimer, session.id));
  tx.after_commit([this, id = session.id] { book_.remove_session(id); });
  return tx.append(entry_of(tx.now(), by, "session.ended", "session", session.id,
                            {{"user", session.user.name}, {"reason", reason}}));
}

Result<> AccessRoom::sign_out(const net::Request& request) {
  const auto credential = credential_of(request);
  const bool has_session = credential && credential->kind == Credential::Kind::kSession;
  if (!has_session) {
    return fail(Code::kFailedPrecondition, "only a session can be signed out; revoke a token");
  }
  ASSIGN_OR_RETURN(const Caller caller, caller_of_request(request));
  const auto use = book_.use_session(hash_of(credential->secret), engine_.now());
  if (!use) return {};
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto session, find_session(tx.sql(), use->id));
    if (!session) return {};
    return end_session(tx, *session, caller.actor, "signed out");
  });
}

// The timer is not moved when a session is extended; it looks at the row when it fires.
Result<> AccessRoom::expire_session(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(const auto session, find_session(tx.sql(), id));
  if (!session) return {};
  if (session->expires > tx.now()) {
    return tx.set_timer({.kind = std::string(kExpireTimer),
                         .subject = id,
                         .due = session->expires,
                         .basis = engine::Basis::kMoment});
  }
  return end_session(tx, *session, store::system_actor("access"), "unused");
}

// Tokens.

Result<AddedToken> AccessRoom::create_token(const std::string& name, Role role, store::Actor by) {
  RETURN_IF_ERROR(check_token_name(name));
  if (book_.token_count() >= options_.max_tokens) {
    return fail(Code::kResourceExhausted,
                fmt::format("there are {} tokens already; revoke some", options_.max_tokens));
  }
  AddedToken added{.token = {.id = "",
                             .name = name,
                             .role = role,
                             .made_by = by.kind == kUserKind ? by.name : "",
                             .created = {},
                             .last_used = {}},
                   .secret = new_token_secret(rng_)};
  const Result<> committed = engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const bool is_taken, has_token_named(tx.sql(), name));
    if (is_taken) {
      return fail(Code::kAlreadyExists, fmt::format("there is a token '{}' already", name));
    }
    added.token.id = tx.new_id("tok");
    added.token.created = tx.now();
    const TokenRow row{.token = added.token, .hash = hash_of(added.secret)};
    RETURN_IF_ERROR(insert_token(tx.sql(), row));
    tx.after_commit([this, row] { book_.put(row); });
    return tx.append(entry_of(tx.now(), by, "token.created", "token", added.token.id,
                              {{"name", name}, {"role", name_of(role)}}));
  });
  RETURN_IF_ERROR(committed);
  return added;
}

Result<> AccessRoom::end_token(engine::Tx& tx, const Token& token, const store::Actor& by) {
  RETURN_IF_ERROR(delete_token(tx.sql(), token.id));
  tx.after_commit([this, id = token.id] { book_.remove_token(id); });
  return tx.append(
      entry_of(tx.now(), by, "token.revoked", "token", token.id, {{"name", token.name}}));
}

Result<> AccessRoom::revoke_token(const std::string& id, store::Actor by) {
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto token, find_token(tx.sql(), id));
    if (!token) return not_found(fmt::format("there is no token '{}'", id));
    return end_token(tx, *token, by);
  });
}

}  // namespace

std::string_view name_of(Role role) { return role == Role::kAdmin ? "admin" : "responder"; }

Result<Role> parse_role(std::string_view text) {
  if (text == "admin") return Role::kAdmin;
  if (text == "responder") return Role::kResponder;
  return invalid(fmt::format("'{}' is not a role; write responder or admin", text));
}

Result<std::unique_ptr<Access>> Access::open(engine::Engine& engine, store::Database& database,
                                             const Clock& clock, Rng& rng, Log& log,
                                             Metrics& metrics, AccessOptions options) {
  auto room =
      std::make_unique<AccessRoom>(engine, database, clock, rng, log, metrics, std::move(options));
  RETURN_IF_ERROR(room->load());
  return room;
}

}  // namespace tocsin::access
