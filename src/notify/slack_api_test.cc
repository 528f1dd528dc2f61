#include "notify/slack_api.h"

#include <fmt/format.h>

#include "notify/channel_fixture.h"

namespace tocsin::notify {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class SlackApiTest : public testing::ChannelTest {
 protected:
  SlackApiTest() {
    use(fmt::format(R"(slack: {{token: xoxb-secret, url: "{}"}})", catcher_.url("")));
    api_ = make_slack_api(transport().caller());
  }
  SlackReply call(const std::string& method, SlackApi::Form form) {
    std::promise<SlackReply> done;
    api_->call(method, std::move(form), "slack_group", "S0604QSJC",
               [&](SlackReply reply) { done.set_value(std::move(reply)); });
    return done.get_future().get();
  }
  std::unique_ptr<SlackApi> api_;
};

TEST_F(SlackApiTest, SendsAFormAndReadsTheAnswer) {
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "users": ["U2", "U1"]})"});
  const SlackReply reply = call("usergroups.users.list", {{"usergroup", "S0604QSJC"}});
  ASSERT_TRUE(reply.body) << reply.body.error().message;
  EXPECT_EQ(reply.body->at("users").as_array().size(), 2U);
  EXPECT_EQ(last().path, "/api/usergroups.users.list");
  EXPECT_EQ(last().headers.get("authorization"), "Bearer xoxb-secret");
  EXPECT_THAT(last().form(), Contains(Pair("usergroup", "S0604QSJC")));
}

TEST_F(SlackApiTest, ARefusalHasSlacksWordAndWhatToGrant) {
  catcher_.answer_next(
      {.status = 200,
       .body = R"({"ok": false, "error": "missing_scope", "needed": "usergroups:write"})"});
  const SlackReply reply = call("usergroups.users.update", {});
  EXPECT_EQ(reply.error, "missing_scope");
  ASSERT_FALSE(reply.body);
  EXPECT_EQ(reply.body.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(reply.body.error().message, HasSubstr("grant the app usergroups:write"));
  const auto health = transport().health();
  const auto found = std::ranges::find(health, "slack_group", &ChannelHealth::channel);
  ASSERT_NE(found, health.end());
  EXPECT_EQ(found->provider, "S0604QSJC");
  EXPECT_EQ(found->failures_in_row, 1);
}

TEST_F(SlackApiTest, ALimitSaysHowLong) {
  catcher_.answer_next({.status = 429, .headers = {{"Retry-After", "30"}}});
  const SlackReply reply = call("conversations.create", {});
  ASSERT_FALSE(reply.body);
  EXPECT_EQ(reply.body.error().code, Code::kResourceExhausted);
  EXPECT_EQ(reply.asked_wait, seconds(30));
}

TEST_F(SlackApiTest, WithoutAnAppItSaysWhatToSet) {
  use("{}");
  api_ = make_slack_api(transport().caller());
  const SlackReply reply = call("conversations.create", {});
  ASSERT_FALSE(reply.body);
  EXPECT_THAT(reply.body.error().message,
              AllOf(HasSubstr("notify.slack.token"), Not(HasSubstr("xoxb"))));
}

}  // namespace
}  // namespace tocsin::notify
