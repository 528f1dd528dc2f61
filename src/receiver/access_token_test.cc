#include "receiver/access_token.h"

#include <fstream>

#include "base/text.h"
#include "net/testing/test_certificate.h"
#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IntegrationTest;
using ::testing::Not;

class AccessTokenTest : public IntegrationTest {
 protected:
  AccessTokenTest() {
    oauth_.client_id = "tocsin:a";
    oauth_.client_secret = {Secret("open sesame"), ""};
    oauth_.token_url = server_.url("/token");
  }
  void make() {
    routing::WebhookSettings settings;
    settings.url = url();
    settings.http.oauth2 = oauth_;
    routing::Receiver receiver;
    receiver.webhook = {settings};
    integration_ = made(receiver);
  }
  void grant(std::string token, std::string rest = R"(,"token_type":"bearer","expires_in":3600)") {
    server_.answer_next({.status = 200, .body = R"({"access_token":")" + token + '"' + rest + "}"});
  }
  Sent send_at(Duration after) {
    if (!integration_) make();
    GroupMessage message = testing::group();
    message.now = message.now + after;
    return send(*integration_, message);
  }
  std::string last_authorization() {
    return std::string(last().headers.get("authorization").value_or(""));
  }

  routing::OAuth2 oauth_;
  net::testing::HttpCatcher server_;  // that gives tokens
  std::unique_ptr<Integration> integration_;
};

TEST_F(AccessTokenTest, IsAskedForAndKeptUntilItEnds) {
  oauth_.scopes = {"alerts", "pages"};
  oauth_.endpoint_params = {{"audience", "https://a/b"}};
  grant("first");
  ASSERT_TRUE(send_at({}));
  EXPECT_EQ(last_authorization(), "Bearer first");
  const net::Request asked = server_.requests().at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.headers.get("authorization"), "Basic " + base64("tocsin%3Aa:open%20sesame"));
  EXPECT_EQ(asked.headers.get("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked.body,
            "grant_type=client_credentials&scope=alerts%20pages&audience=https%3A%2F%2Fa%2Fb");

  ASSERT_TRUE(send_at(seconds(3589)));
  EXPECT_EQ(server_.requests().size(), 1u);
  grant("second", R"(,"expires_in":"5")");
  ASSERT_TRUE(send_at(seconds(3590)));
  EXPECT_EQ(last_authorization(), "Bearer second");
  grant("third", "");
  ASSERT_TRUE(send_at(seconds(3590)));  // the second was too short to be kept
  ASSERT_TRUE(send_at(days(400)));      // nobody said when the third ends
  EXPECT_EQ(last_authorization(), "Bearer third");
  EXPECT_EQ(server_.requests().size(), 3u);
}

TEST_F(AccessTokenTest, AServerThatKnowsOnlyTheFormIsAskedThatWay) {
  server_.answer_next({.status = 401, .body = R"({"error":"invalid_client"})"});
  grant("one", R"(,"expires_in":60)");
  ASSERT_TRUE(send_at({}));
  const auto asked = server_.requests();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_FALSE(asked[1].headers.get("authorization"));
  EXPECT_THAT(asked[1].body, HasSubstr("&client_id=tocsin%3Aa&client_secret=open%20sesame"));
  grant("two");
  ASSERT_TRUE(send_at(seconds(60)));  // the way that worked comes first now
  EXPECT_EQ(server_.requests().size(), 3u);
  EXPECT_EQ(last_authorization(), "Bearer two");
}

TEST_F(AccessTokenTest, WithoutOneNothingIsSentAndItIsTriedAgain) {
  server_.answer_always(
      {.status = 400, .body = R"({"error":"invalid_scope","error_description":"open sesame"})"});
  const Sent refused = send_at({});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().retry);
  EXPECT_THAT(refused.error().error.message,
              AllOf(HasSubstr("invalid_scope"), Not(HasSubstr("sesame"))));
  server_.answer_always({.status = 200, .body = R"({"token_type":"bearer"})"});
  EXPECT_THAT(send_at({}).error().error.message, HasSubstr("no access_token"));
  server_.answer_always({.status = 200, .body = "<html>"});
  EXPECT_THAT(send_at({}).error().error.message, HasSubstr("no access_token"));
  server_.answer_always({.status = 200, .hang_up = true});
  EXPECT_TRUE(send_at({}).error().retry);
  EXPECT_TRUE(catcher_.requests().empty());

  oauth_.client_secret = {Secret(), "/nowhere/secret"};
  make();
  const Sent unreadable = send_at({});
  ASSERT_FALSE(unreadable);
  EXPECT_FALSE(unreadable.error().retry);
  EXPECT_THAT(unreadable.error().error.message, HasSubstr("/nowhere/secret"));
}

TEST_F(AccessTokenTest, OneThatIsRefusedIsAskedForAnew) {
  grant("old");
  catcher_.answer_next({.status = 401, .body = "Bearer old is no token"});
  const Sent refused = send_at({});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().retry);
  EXPECT_THAT(refused.error().error.message, Not(HasSubstr("old")));
  grant("new");
  ASSERT_TRUE(send_at({}));
  EXPECT_EQ(last_authorization(), "Bearer new");
}

TEST_F(AccessTokenTest, OneThatAProviderRepeatsIsMaskedWithAndWithoutItsType) {
  grant("long-secret");
  catcher_.answer_always({.status = 403, .body = "token long-secret is no token"});
  const Sent asked = send_at({});
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().error.message, "answered 403: token <secret> is no token");
  const Sent kept = send_at(seconds(1));
  ASSERT_FALSE(kept);
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_THAT(kept.error().error.message, Not(HasSubstr("long-secret")));
  catcher_.answer_always({.status = 403, .body = "not 'Bearer long-secret'"});
  EXPECT_EQ(send_at(seconds(2)).error().error.message, "answered 403: not '<secret>'");
}

TEST_F(AccessTokenTest, AServerThatHasEnoughIsNotAskedTheOtherWay) {
  for (const int status : {403, 404, 429, 503}) {
    const size_t before = server_.requests().size();
    server_.answer_always({.status = status, .body = R"({"error":"slow_down"})"});
    const Sent refused = send_at({});
    ASSERT_FALSE(refused) << status;
    EXPECT_TRUE(refused.error().retry) << status;
    EXPECT_EQ(server_.requests().size(), before + 1) << status;
  }
}

}  // namespace
}  // namespace tocsin::receiver
