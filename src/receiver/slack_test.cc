#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using testing::group;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::resolved_group;

class SlackTest : public testing::IntegrationTest {
 protected:
  SlackTest() { catcher_.answer_always({.status = 200, .body = "ok"}); }
  std::unique_ptr<Integration> slack(routing::SlackSettings settings,
                                     std::string_view path = "/services/T0000000001") {
    settings.api_url = url(path);
    routing::Receiver receiver;
    receiver.slack = {std::move(settings)};
    return made(receiver);
  }
  static net::testing::HttpCatcher::Answer json(std::string body) {
    return {.status = 200,
            .headers = {{"Content-Type", "application/json; charset=utf-8"}},
            .body = std::move(body)};
  }
};

TEST_F(SlackTest, SendsTheDefaults) {
  routing::SlackSettings settings;
  settings.channel = "#{{ .CommonLabels.alertname }}";
  auto integration = slack(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(
      last().body,
      R"({"channel":"#Slow","username":"Alertmanager","attachments":[{"title":"[FIRING:1] Slow ",)"
      R"("title_link":"http://am.example.org/#/alerts?receiver=team%5C.db","text":"",)"
      R"("fallback":"[FIRING:1] Slow  | http://am.example.org/#/alerts?receiver=team%5C.db",)"
      R"("callback_id":"","footer":"","color":"danger",)"
      R"("mrkdwn_in":["fallback","pretext","text"]}]})"
      "\n");
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body, HasSubstr(R"("color":"good")"));
}

TEST_F(SlackTest, SendsFieldsAndActions) {
  routing::SlackSettings settings;
  settings.username = settings.title = settings.title_link = settings.fallback = settings.color =
      "";
  settings.short_fields = true;
  settings.fields = {{.title = "Job", .value = "{{ .Status }}", .is_short = {}},
                     {.title = "Long", .value = "x", .is_short = false}};
  settings.actions = {{.type = "button",
                       .text = "Runbook",
                       .url = "http://r",
                       .style = "",
                       .name = "",
                       .value = "",
                       .confirm = {}},
                      {.type = "button",
                       .text = "Ack",
                       .url = "",
                       .style = "primary",
                       .name = "ack",
                       .value = "{{ .Status }}",
                       .confirm = routing::SlackConfirmation{
                           .text = "Sure?", .title = "", .ok_text = "Yes", .dismiss_text = "No"}}};
  settings.link_names = true;
  settings.message_text = "hi";
  settings.mrkdwn_in = {"text"};
  auto integration = slack(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(
      last().body,
      R"({"link_names":true,"text":"hi","attachments":[{"text":"","fallback":"","callback_id":"",)"
      R"("fields":[{"title":"Job","value":"firing","short":true},)"
      R"({"title":"Long","value":"x","short":false}],)"
      R"("actions":[{"type":"button","text":"Runbook","url":"http://r"},)"
      R"({"type":"button","text":"Ack","style":"primary","name":"ack","value":"firing",)"
      R"("confirm":{"text":"Sure?","ok_text":"Yes","dismiss_text":"No"}}],)"
      R"("footer":"","mrkdwn_in":["text"]}]})"
      "\n");
}

TEST_F(SlackTest, ALongTitleIsCut) {
  routing::SlackSettings settings;
  settings.title = std::string(2000, 'x');
  auto integration = slack(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("\"title\":\"" + std::string(1023, 'x') + "…\""));
}

TEST_F(SlackTest, A200MayBeARefusal) {
  auto integration = slack({});
  catcher_.answer_next(json(R"({"ok":true})"));
  EXPECT_TRUE(send(*integration, group()));
  catcher_.answer_next(json(R"({"ok":false,"error":"channel_not_found"})"));
  SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.reason, "clientError");
  EXPECT_EQ(failure.error.message, "Slack refused it: channel_not_found");
  catcher_.answer_next(json(R"({"ok":false,"error":"ratelimited"})"));
  EXPECT_TRUE(refused(*integration, group()).retry);
  catcher_.answer_next(json("<html>"));
  EXPECT_TRUE(refused(*integration, group()).retry);
  catcher_.answer_next({.status = 200, .body = "no_text for T0000000001"});
  failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.error.message, "Slack refused it: no_text for <secret>");
  catcher_.answer_next({.status = 403, .body = "invalid_token"});
  failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.error.message, "answered 403: invalid_token");
  catcher_.answer_next(429);
  EXPECT_TRUE(refused(*integration, group()).retry);
  catcher_.answer_next(502);
  EXPECT_TRUE(refused(*integration, group()).retry);
}

TEST_F(SlackTest, AMessageIsUpdatedInItsPlace) {
  routing::SlackSettings settings;
  settings.channel = "#db";
  settings.update_message = true;
  auto integration = slack(settings, "/api/chat.postMessage");
  catcher_.answer_always(json(R"({"ok":true,"channel":"C1","ts":"17.5"})"));
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/api/chat.postMessage");
  EXPECT_THAT(last().body, Not(HasSubstr("\"ts\"")));
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/api/chat.update");
  EXPECT_THAT(last().body, HasSubstr(R"({"channel":"C1","ts":"17.5",)"));
  GroupMessage other = group();
  other.group_key = "another";
  ASSERT_TRUE(send(*integration, other));
  EXPECT_EQ(last().path, "/api/chat.postMessage");
  // All is well; what fires after that is a new story.
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_EQ(last().path, "/api/chat.update");
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/api/chat.postMessage");
}

TEST_F(SlackTest, AMessageThatIsGoneIsPostedAnew) {
  routing::SlackSettings settings;
  settings.update_message = true;
  auto integration = slack(settings, "/api/chat.postMessage");
  catcher_.answer_next(json(R"({"ok":true,"channel":"C1","ts":"17.5"})"));
  ASSERT_TRUE(send(*integration, group()));
  catcher_.answer_next(json(R"({"ok":false,"error":"message_not_found"})"));
  EXPECT_TRUE(refused(*integration, group()).retry);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/api/chat.postMessage");
}

TEST_F(SlackTest, UpdatesGoToTheThread) {
  routing::SlackSettings settings;
  settings.post_updates_to_thread = true;
  auto integration = slack(settings, "/api/chat.postMessage");
  catcher_.answer_always(json(R"({"ok":true,"channel":"C1","ts":"17.5"})"));
  ASSERT_TRUE(send(*integration, group()));
  catcher_.answer_always(json(R"({"ok":true,"channel":"C1","ts":"18.5"})"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(send(*integration, group()));
    EXPECT_EQ(last().path, "/api/chat.postMessage");
    EXPECT_THAT(last().body, HasSubstr(R"({"channel":"C1","thread_ts":"17.5",)"));
  }
  EXPECT_EQ(catcher_.requests().size(), 3u);
}

TEST_F(SlackTest, ATemplateThatFailsNamesItsField) {
  routing::SlackSettings settings;
  settings.fields = {{.title = "x", .value = "{{ .Nothing }}", .is_short = {}}};
  auto integration = slack(settings);
  const SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_THAT(failure.error.message, ::testing::StartsWith("fields.value: "));
}

}  // namespace
}  // namespace tocsin::receiver
