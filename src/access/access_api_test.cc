#include "access/access_api.h"

#include "access/access_fixture.h"
#include "base/text.h"
#include "codec/json.h"

namespace tocsin::access {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AccessApi : public AccessTest {
 protected:
  void SetUp() override {
    AccessTest::SetUp();
    if (IsSkipped()) return;
    add_access_routes(router_, *access_);
    add("ada", Role::kAdmin, "ada-person");
    add("grace");
    admin_ = access_->create_token("admin", Role::kAdmin, by_test())->secret;
  }
  net::Response call(net::Request request, std::string path, std::string body = "") {
    request.path = std::move(path);
    request.peer = "10.1.1.1:99";
    request.request_id = "r1";
    request.body = std::move(body);
    if (!request.headers.get("Content-Type"))
      request.headers.add("Content-Type", "application/json");
    return router_.handle(std::move(request));
  }
  net::Response sign_in_as(std::string body, std::string type = "application/json; charset=utf-8") {
    net::Request request;
    request.method = "POST";
    request.headers.add("Content-Type", std::move(type));
    return call(std::move(request), "/api/v1/session", std::move(body));
  }
  net::Response as_admin(std::string method, std::string path, std::string body = "") {
    return call(with_token(admin_, std::move(method)), std::move(path), std::move(body));
  }
  static codec::JsonObject object(const net::Response& response) {
    return codec::read_own_json(response.body)->as_object();
  }
  net::Router router_;
  Secret admin_;
};

TEST_P(AccessApi, SigningInSetsACookieThatScriptsCannotRead) {
  const net::Response response = sign_in_as(R"({"user":"ada","password":"right password"})");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, R"({"actor":"user:ada","role":"admin","person":"ada-person"})");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  const std::string cookie(*response.headers.get("Set-Cookie"));
  EXPECT_THAT(cookie, AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict"),
                            HasSubstr("Path=/"), Not(HasSubstr("Secure"))));

  net::Request me;
  me.method = "GET";
  me.headers.add("Cookie", cookie.substr(0, cookie.find(';')));
  EXPECT_EQ(call(me, "/api/v1/session").body, response.body);
  net::Request leave = me;
  leave.method = "DELETE";
  EXPECT_EQ(call(leave, "/api/v1/session").status, 403) << "without X-Tocsin";
  leave.headers.add("X-Tocsin", "1");
  const net::Response left = call(leave, "/api/v1/session");
  EXPECT_EQ(left.status, 204);
  EXPECT_THAT(std::string(*left.headers.get("Set-Cookie")), HasSubstr("tocsin_session=; "));
  EXPECT_EQ(call(me, "/api/v1/session").status, 401);
}

TEST_P(AccessApi, OverTlsTheCookieIsSecure) {
  net::Request request;
  request.method = "POST";
  request.is_tls = true;
  const auto response =
      call(std::move(request), "/api/v1/session", R"({"user":"ada","password":"right password"})");
  EXPECT_THAT(std::string(*response.headers.get("Set-Cookie")), HasSubstr("; Secure"));
}

TEST_P(AccessApi, SigningInIsRefusedClearly) {
  EXPECT_EQ(sign_in_as(R"({"user":"ada","password":"wrong password"})").status, 401);
  EXPECT_EQ(sign_in_as(R"({"user":"ada"})").status, 400);
  EXPECT_THAT(sign_in_as(R"({"user":"ada","pasword":"x"})").body, HasSubstr("password"));
  EXPECT_EQ(sign_in_as("[]").status, 400);
  EXPECT_EQ(sign_in_as("{").status, 400);
  EXPECT_EQ(sign_in_as(R"({"user":"ada","password":"right password"})", "text/plain").status, 400)
      << "what a foreign page's form can send";
  for (int i = 0; i < 10; ++i) sign_in_as(R"({"user":"grace","password":"wrong password"})");
  EXPECT_EQ(sign_in_as(R"({"user":"grace","password":"right password"})").status, 429);
}

TEST_P(AccessApi, TokensAreMadeListedAndRevokedByAdmins) {
  const net::Response made =
      as_admin("POST", "/api/v1/tokens", R"({"name":"ci","role":"responder"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Cache-Control"), "no-store");
  const Secret secret(std::string(object(made).at("secret").as_string()));
  const std::string id(object(made).at("token").as_object().at("id").as_string());

  const net::Response list = as_admin("GET", "/api/v1/tokens");
  EXPECT_EQ(object(list).at("tokens").as_array().size(), 2u);
  EXPECT_THAT(list.body, Not(HasSubstr(secret.reveal())));
  EXPECT_THAT(list.body, HasSubstr("\"last_used_at\""));

  EXPECT_EQ(call(with_token(secret, "GET"), "/api/v1/session").status, 200);
  EXPECT_EQ(call(with_token(secret, "GET"), "/api/v1/tokens").status, 403);
  EXPECT_EQ(
      call(with_token(secret, "POST"), "/api/v1/tokens", R"({"name":"x","role":"admin"})").status,
      403);
  EXPECT_EQ(as_admin("POST", "/api/v1/tokens", R"({"name":"ci","role":"admin"})").status, 409);
  EXPECT_EQ(as_admin("POST", "/api/v1/tokens", R"({"name":"x","role":"root"})").status, 400);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/tokens/" + id).status, 204);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/tokens/" + id).status, 404);
  EXPECT_EQ(call(with_token(secret, "GET"), "/api/v1/session").status, 401);
  EXPECT_EQ(call(with_token(admin_, "DELETE"), "/api/v1/session").status, 409) << "no session";
}

TEST_P(AccessApi, UsersAreAddedByAdminsWithAPasswordMadeForThem) {
  const net::Response made =
      as_admin("POST", "/api/v1/users", R"({"name":"alan","role":"responder","person":"alan-p"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string password(object(made).at("password").as_string());
  EXPECT_TRUE(sign_in("alan", password));
  const net::Response given = as_admin(
      "POST", "/api/v1/users", R"({"name":"edsger","role":"admin","password":"right password"})");
  EXPECT_EQ(given.status, 201);
  EXPECT_FALSE(object(given).contains("password"));
  EXPECT_EQ(as_admin("POST", "/api/v1/users", R"({"name":"alan","role":"admin"})").status, 409);
  const net::Response list = as_admin("GET", "/api/v1/users");
  EXPECT_EQ(object(list).at("users").as_array().size(), 4u);
  EXPECT_THAT(list.body, Not(HasSubstr("argon2")));
  const Secret grace = sign_in("grace")->cookie;
  EXPECT_EQ(call(with_cookie(grace), "/api/v1/users").status, 403);
  EXPECT_EQ(engine_->logbook().back().entry.kind, "session.started");
}

TEST_P(AccessApi, ThePasswordIsChangedByItsUserAndSetByAnAdmin) {
  const Secret grace = sign_in("grace")->cookie;
  const auto change = [&](std::string body) {
    net::Request request = with_cookie(grace, "POST");
    request.headers.add("X-Tocsin", "1");
    return call(std::move(request), "/api/v1/me/password", std::move(body));
  };
  EXPECT_EQ(change(R"({"old_password":"right password","new_password":"short"})").status, 400);
  EXPECT_EQ(change(R"({"old_password":"right password"})").status, 400);
  EXPECT_EQ(change(R"({"old_password":"wrong","new_password":"another password"})").status, 403);
  EXPECT_EQ(change(R"({"old_password":"right password","new_password":"another password"})").status,
            204);
  EXPECT_EQ(sign_in_as(R"({"user":"grace","password":"another password"})").status, 200);
  EXPECT_EQ(as_admin("POST", "/api/v1/me/password",
                     R"({"old_password":"right password","new_password":"another password"})")
                .status,
            409)
      << "a token has no password";
  net::Request foreign = with_cookie(grace, "POST");
  EXPECT_EQ(call(std::move(foreign), "/api/v1/me/password", "{}").status, 403)
      << "without X-Tocsin";

  const net::Response made = as_admin("POST", "/api/v1/users/grace/password", "{}");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(call(with_cookie(grace), "/api/v1/session").status, 401);
  EXPECT_TRUE(sign_in("grace", std::string(object(made).at("password").as_string())));
  const net::Response given =
      as_admin("POST", "/api/v1/users/grace/password", R"({"password":"the third password"})");
  EXPECT_EQ(given.body, "{}");
  EXPECT_EQ(as_admin("POST", "/api/v1/users/nobody/password", "{}").status, 404);
  const Secret again = sign_in("grace", "the third password")->cookie;
  net::Request by_responder = with_cookie(again, "POST");
  by_responder.headers.add("X-Tocsin", "1");
  EXPECT_EQ(call(std::move(by_responder), "/api/v1/users/ada/password", "{}").status, 403);
}

TEST_P(AccessApi, AUserIsRemovedWithWhatTheyHold) {
  add("edsger", Role::kAdmin);
  sign_in("edsger");
  ASSERT_TRUE(access_->create_token("ci", Role::kResponder, {"user", "edsger"}));
  const net::Response removed = as_admin("DELETE", "/api/v1/users/edsger");
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.body, R"({"sessions_ended":1,"tokens_revoked":["ci"]})");
  EXPECT_EQ(as_admin("DELETE", "/api/v1/users/edsger").status, 404);
  EXPECT_EQ(as_admin("DELETE", "/api/v1/users/ada").status, 409) << "the last admin";
  net::Request by_responder = with_cookie(sign_in("grace")->cookie, "DELETE");
  by_responder.headers.add("X-Tocsin", "1");
  EXPECT_EQ(call(std::move(by_responder), "/api/v1/users/ada").status, 403);
}

INSTANTIATE_TEST_SUITE_P(Backends, AccessApi, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

}  // namespace
}  // namespace tocsin::access
