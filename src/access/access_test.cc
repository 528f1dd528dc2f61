#include "access/access_fixture.h"
#include "codec/json.h"

namespace tocsin::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Users : public AccessTest {};
class SignIn : public AccessTest {};
class Tokens : public AccessTest {};

TEST_P(Users, TheFirstAdminIsMadeOnceWithAPasswordShownOnce) {
  const auto first = access_->bootstrap();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->user.name, "admin");
  EXPECT_GE((*first)->password.reveal().size(), 20u);
  const auto signed_in = sign_in("admin", (*first)->password.reveal());
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->caller.role, Role::kAdmin);
  const auto second = access_->bootstrap();
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
  restart();
  EXPECT_FALSE(*access_->bootstrap());
}

TEST_P(Users, AreCheckedAndUnique) {
  add("ada", Role::kAdmin, "ada-person");
  const auto make = [&](std::string name, std::string password) {
    const auto added = access_->create_user(
        {.name = std::move(name), .password = Secret(std::move(password))}, by_test());
    return added ? Code::kCancelled : added.error().code;
  };
  EXPECT_EQ(make("ada", "right password"), Code::kAlreadyExists);
  for (const char* name : {"", "Ada", "-ada", "a b", "a\nb", "ä"}) {
    EXPECT_EQ(make(name, "right password"), Code::kInvalidArgument) << name;
  }
  EXPECT_EQ(make(std::string(65, 'a'), "right password"), Code::kInvalidArgument);
  EXPECT_EQ(make("grace", "too short"), Code::kInvalidArgument);
  EXPECT_EQ(make("grace", std::string(257, 'x')), Code::kInvalidArgument);
  EXPECT_EQ(make("grace-hopper", "Grace-Hopper"), Code::kInvalidArgument);
  const auto users = *access_->users();
  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0].person, "ada-person");
  EXPECT_EQ(users[0].role, Role::kAdmin);
}

TEST_P(Users, ANewPasswordEndsTheSessions) {
  add("ada");
  add("grace");
  const Secret ada = sign_in("ada")->cookie;
  const Secret grace = sign_in("grace")->cookie;
  ASSERT_TRUE(access_->set_password("ada", Secret("another password"), by_test()));
  EXPECT_EQ(refusal(with_cookie(ada)), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(grace)), std::nullopt);
  EXPECT_EQ(sign_in("ada").error().code, Code::kUnauthenticated);
  EXPECT_TRUE(sign_in("ada", "another password"));
  EXPECT_EQ(access_->set_password("nobody", Secret("another password"), by_test()).error().code,
            Code::kNotFound);
}

TEST_P(Users, AnEmptyPasswordIsMade) {
  add("ada");
  const auto made = access_->set_password("ada", Secret(), by_test());
  ASSERT_TRUE(made);
  EXPECT_TRUE(sign_in("ada", made->reveal()));
  EXPECT_TRUE(access_->set_password("ada", Secret("another password"), by_test())->empty());
}

TEST_P(Users, ChangeTheirPasswordAndKeepOnlyTheSessionThatAsked) {
  add("ada");
  const Secret here = sign_in("ada")->cookie;
  const Secret elsewhere = sign_in("ada")->cookie;
  auto request = with_cookie(here, "POST");
  request.headers.add("X-Tocsin", "1");
  const auto change = [&](std::string old_password, std::string new_password) {
    const auto done = access_->change_own_password(request, Secret(std::move(old_password)),
                                                   Secret(std::move(new_password)));
    return done ? std::nullopt : std::optional(done.error().code);
  };
  EXPECT_EQ(change("wrong password", "another password"), Code::kPermissionDenied);
  EXPECT_EQ(change("right password", "short"), Code::kInvalidArgument);
  EXPECT_EQ(refusal(with_cookie(elsewhere)), std::nullopt);
  EXPECT_EQ(change("right password", "another password"), std::nullopt);
  EXPECT_EQ(refusal(with_cookie(here)), std::nullopt);
  EXPECT_EQ(refusal(with_cookie(elsewhere)), Code::kUnauthenticated);
  EXPECT_EQ(sign_in("ada").error().code, Code::kUnauthenticated);
  EXPECT_TRUE(sign_in("ada", "another password"));
  const auto book = engine_->logbook();
  const auto set = std::ranges::find(book, "user.password_set",
                                     [](const auto& record) { return record.entry.kind; });
  ASSERT_NE(set, book.end());
  EXPECT_EQ(set->entry.actor, (store::Actor{"user", "ada"}));
}

TEST_P(Users, GuessingTheOldPasswordIsSlowedDownAsASignInIs) {
  add("ada");
  auto request = with_cookie(sign_in("ada")->cookie, "POST");
  request.headers.add("X-Tocsin", "1");
  request.peer = "10.1.1.1:1000";
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(access_->change_own_password(request, Secret("guess"), Secret("another password"))
                  .error()
                  .code,
              Code::kPermissionDenied);
  }
  EXPECT_EQ(
      access_->change_own_password(request, Secret("right password"), Secret("another password"))
          .error()
          .code,
      Code::kResourceExhausted);
}

TEST_P(Users, WhoIsRemovedIsOutAtOnceWithTheTokensTheyMade) {
  add("ada", Role::kAdmin);
  add("grace", Role::kAdmin);
  const Secret ada = sign_in("ada")->cookie;
  const Secret grace = sign_in("grace")->cookie;
  const Secret hers = access_->create_token("hers", Role::kAdmin, {"user", "grace"})->secret;
  const Secret other = access_->create_token("other", Role::kResponder, {"user", "ada"})->secret;
  restart();  // who made a token is stored
  EXPECT_EQ(access_->remove_user("ada", {"user", "ada"}).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(access_->remove_user("nobody", {"user", "ada"}).error().code, Code::kNotFound);
  const auto removed = access_->remove_user("grace", {"user", "ada"});
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->sessions, 1u);
  EXPECT_THAT(removed->tokens, ElementsAre("hers"));
  EXPECT_EQ(refusal(with_cookie(grace)), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_token(hers)), Code::kUnauthenticated);
  EXPECT_EQ(sign_in("grace").error().code, Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(ada)), std::nullopt);
  EXPECT_EQ(refusal(with_token(other)), std::nullopt);
  EXPECT_EQ(engine_->logbook().back().entry.kind, "user.removed");
  EXPECT_EQ(engine_->logbook().back().entry.actor, (store::Actor{"user", "ada"}));
  restart();
  EXPECT_EQ(refusal(with_cookie(grace)), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_token(hers)), Code::kUnauthenticated);
  // Nobody would be left who could add another.
  EXPECT_EQ(access_->remove_user("ada", by_test()).error().code, Code::kFailedPrecondition);
  add("grace");
  EXPECT_EQ(refusal(with_cookie(grace)), Code::kUnauthenticated) << "a new user of the same name";
}

// A session must not begin for a password that was replaced while it was being checked.
TEST_P(SignIn, APasswordThatChangesMeanwhileSignsNobodyIn) {
  add("ada");
  bool is_due = true;
  engine_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("SELECT name, role, person, created, pass") &&
        std::exchange(is_due, false)) {
      // The check reads the old hash; by the time of the commit there is another.
      engine_->engine().submit(
          [](engine::Tx& tx) -> Result<> {
            RETURN_IF_ERROR(tx.sql().exec("UPDATE user_account SET password = 'other'"));
            return {};
          },
          [](Result<>) {});
    }
    return std::nullopt;
  };
  EXPECT_EQ(sign_in("ada").error().code, Code::kUnauthenticated);
  EXPECT_FALSE(is_due);
}

TEST_P(SignIn, AWatchEndsWithTheSession) {
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  const auto watch = access_->watch(with_cookie(cookie));
  EXPECT_TRUE(watch());
  auto leave = with_cookie(cookie, "DELETE");
  leave.headers.add("X-Tocsin", "1");
  ASSERT_TRUE(access_->sign_out(leave));
  EXPECT_FALSE(watch());
  EXPECT_FALSE(access_->watch(net::Request{})());

  const auto unused = access_->watch(with_cookie(sign_in("ada")->cookie));
  engine_->advance(std::chrono::days(7));
  EXPECT_FALSE(unused()) << "watching does not prolong it";

  const auto token = access_->create_token("ci", Role::kResponder, by_test());
  const auto of_token = access_->watch(with_token(token->secret));
  EXPECT_TRUE(of_token());
  ASSERT_TRUE(access_->revoke_token(token->token.id, by_test()));
  EXPECT_FALSE(of_token());
}

TEST_P(SignIn, WritesTheLogbookButNoSecret) {
  add("ada", Role::kResponder, "ada-person");
  const auto signed_in = sign_in("ada");
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->caller.person, "ada-person");
  auto request = with_cookie(signed_in->cookie, "DELETE");
  request.headers.add("X-Tocsin", "1");
  ASSERT_TRUE(access_->sign_out(request));
  EXPECT_EQ(refusal(with_cookie(signed_in->cookie)), Code::kUnauthenticated);
  EXPECT_THAT(engine_->kinds(), ElementsAre("user.created", "session.started", "session.ended"));
  for (const store::LogbookRecord& record : engine_->logbook()) {
    const std::string text = codec::to_text(store::to_json(record));
    EXPECT_THAT(text, Not(HasSubstr(signed_in->cookie.reveal())));
    EXPECT_THAT(text, Not(HasSubstr("password")));
    EXPECT_THAT(text, Not(HasSubstr("argon2")));
  }
}

TEST_P(SignIn, DoesNotTellWhetherUserOrPasswordIsWrong) {
  add("ada");
  const Error wrong = sign_in("ada", "wrong password").error();
  const Error nobody = sign_in("nobody", "wrong password").error();
  EXPECT_EQ(wrong, nobody);
  EXPECT_EQ(wrong.code, Code::kUnauthenticated);
  EXPECT_THAT(engine_->warnings(), ElementsAre(HasSubstr("user=ada"), Not(HasSubstr("nobody"))));
}

TEST_P(SignIn, TenFailuresBlockThatUserFromThatAddressForTenMinutes) {
  add("ada");
  add("grace");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(sign_in("ada", "wrong password", fmt::format("10.1.1.1:{}", i)).error().code,
              Code::kUnauthenticated);
  }
  EXPECT_EQ(sign_in("ada").error().code, Code::kResourceExhausted) << "even the right password";
  EXPECT_TRUE(sign_in("ada", "right password", "10.2.2.2:1"));
  EXPECT_TRUE(sign_in("grace"));
  engine_->advance(std::chrono::minutes(10));
  EXPECT_TRUE(sign_in("ada"));
}

TEST_P(SignIn, ManyAddressesDoNotHelpAGuesser) {
  add("ada");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(sign_in("ada", "wrong password", fmt::format("10.1.1.{}:1", i)).error().code,
              Code::kUnauthenticated);
  }
  EXPECT_EQ(sign_in("ada", "right password", "10.9.9.9:1").error().code, Code::kResourceExhausted);
}

TEST_P(SignIn, ASessionLastsSevenDaysFromItsLastUse) {
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  for (int day = 0; day < 20; day += 4) {
    engine_->advance(std::chrono::days(4));
    ASSERT_EQ(refusal(with_cookie(cookie)), std::nullopt) << day;
    engine_->settle();
  }
  restart();
  engine_->advance(std::chrono::days(6));
  EXPECT_EQ(refusal(with_cookie(cookie)), std::nullopt);
  engine_->settle();
  engine_->advance(std::chrono::days(7) - std::chrono::seconds(1));
  EXPECT_NE(engine_->kinds().back(), "session.ended");
  engine_->advance(std::chrono::seconds(1));
  EXPECT_EQ(refusal(with_cookie(cookie)), Code::kUnauthenticated);
  EXPECT_EQ(engine_->kinds().back(), "session.ended");
  EXPECT_EQ(engine_->logbook().back().entry.actor, store::system_actor("access"));
}

TEST_P(SignIn, AUseIsWrittenAtMostOnceAnHour) {
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  int writes = 0;
  engine_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("UPDATE user_session")) ++writes;
    return std::nullopt;
  };
  for (int minute = 0; minute < 180; ++minute) {
    engine_->advance(std::chrono::minutes(1));
    ASSERT_EQ(refusal(with_cookie(cookie)), std::nullopt);
    engine_->settle();
  }
  EXPECT_EQ(writes, 3);
}

TEST_P(SignIn, TheOldestOfTooManySessionsEnds) {
  options_.max_sessions_of_user = 2;
  restart();
  add("ada");
  const Secret first = sign_in("ada")->cookie;
  engine_->advance(std::chrono::seconds(1));
  const Secret second = sign_in("ada")->cookie;
  engine_->advance(std::chrono::seconds(1));
  const Secret third = sign_in("ada")->cookie;
  EXPECT_EQ(refusal(with_cookie(first)), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(second)), std::nullopt);
  EXPECT_EQ(refusal(with_cookie(third)), std::nullopt);
}

TEST_P(SignIn, NothingIsSignedInWhenTheCommitFails) {
  add("ada");
  engine_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("INSERT INTO user_session")) return Error{Code::kUnavailable, "disk away"};
    return std::nullopt;
  };
  EXPECT_EQ(sign_in("ada").error().code, Code::kUnavailable);
  engine_->faults().before = {};
  EXPECT_TRUE(sign_in("ada"));
}

TEST_P(Tokens, WorkUntilTheyAreRevokedAlsoAfterARestart) {
  const auto added = access_->create_token("ci", Role::kResponder, by_test());
  ASSERT_TRUE(added);
  EXPECT_TRUE(added->secret.reveal().starts_with("tocsin_"));
  const auto other = access_->create_token("other", Role::kAdmin, by_test());
  EXPECT_EQ(access_->require(with_token(added->secret), Role::kResponder)->actor,
            (store::Actor{"token", "ci"}));
  restart();
  EXPECT_EQ(refusal(with_token(added->secret)), std::nullopt);
  EXPECT_EQ(access_->token_of(added->secret)->name, "ci");
  ASSERT_TRUE(access_->revoke_token(added->token.id, by_test()));
  EXPECT_EQ(refusal(with_token(added->secret)), Code::kUnauthenticated);
  EXPECT_FALSE(access_->token_of(added->secret));
  EXPECT_EQ(refusal(with_token(other->secret)), std::nullopt);
  EXPECT_EQ(access_->revoke_token(added->token.id, by_test()).error().code, Code::kNotFound);
  EXPECT_THAT(engine_->kinds(), ElementsAre("token.created", "token.created", "token.revoked"));
}

TEST_P(Tokens, HaveNamesOfTheirOwnAndALimit) {
  options_.max_tokens = 2;
  restart();
  ASSERT_TRUE(access_->create_token("a", Role::kResponder, by_test()));
  EXPECT_EQ(access_->create_token("a", Role::kResponder, by_test()).error().code,
            Code::kAlreadyExists);
  EXPECT_EQ(access_->create_token("a b", Role::kResponder, by_test()).error().code,
            Code::kInvalidArgument);
  ASSERT_TRUE(access_->create_token("B.2", Role::kResponder, by_test()));
  EXPECT_EQ(access_->create_token("c", Role::kResponder, by_test()).error().code,
            Code::kResourceExhausted);
  EXPECT_EQ(access_->tokens().size(), 2u);
}

TEST_P(Tokens, UseCostsNoStatementButOneWriteAMinute) {
  const Secret secret = access_->create_token("ci", Role::kResponder, by_test())->secret;
  int writes = 0;
  int others = 0;
  engine_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("UPDATE api_token")) ++writes;
    if (sql.find("FROM api_token") != std::string_view::npos) ++others;
    return std::nullopt;
  };
  for (int second = 0; second < 120; ++second) {
    engine_->advance(std::chrono::seconds(1));
    ASSERT_EQ(refusal(with_token(secret)), std::nullopt);
    engine_->settle();
  }
  EXPECT_EQ(writes, 2);
  EXPECT_EQ(others, 0);
  restart();
  EXPECT_TRUE(access_->tokens()[0].last_used) << "it was stored";
}

TEST_P(Tokens, StoredSecretsAreHashes) {
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  const Secret token = access_->create_token("ci", Role::kResponder, by_test())->secret;
  for (const char* query : {"SELECT hash FROM user_session", "SELECT hash FROM api_token"}) {
    const auto rows = engine_->reader().query(query);
    ASSERT_TRUE(rows);
    EXPECT_EQ((*rows)[0].text(0).size(), 64u);
    EXPECT_NE((*rows)[0].text(0), cookie.reveal());
    EXPECT_NE((*rows)[0].text(0), token.reveal());
  }
  const auto rows = engine_->reader().query("SELECT password FROM user_account");
  EXPECT_THAT((*rows)[0].text(0), ::testing::StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
}

const auto kBackends = ::testing::ValuesIn(store::testing::backends());
INSTANTIATE_TEST_SUITE_P(Backends, Users, kBackends, store::testing::backend_name);
INSTANTIATE_TEST_SUITE_P(Backends, SignIn, kBackends, store::testing::backend_name);
INSTANTIATE_TEST_SUITE_P(Backends, Tokens, kBackends, store::testing::backend_name);

}  // namespace
}  // namespace tocsin::access
