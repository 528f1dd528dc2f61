#include <fstream>

#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using testing::group;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::resolved_group;

class ChatsTest : public testing::IntegrationTest {
 protected:
  template <class Settings>
  std::unique_ptr<Integration> chat(std::vector<Settings> routing::Receiver::* kind,
                                    Settings settings) {
    routing::Receiver receiver;
    receiver.*kind = {std::move(settings)};
    return made(receiver);
  }
  // A retry after 5xx and 429, none after other 4xx.
  void expect_the_usual_verdicts(Integration& integration) {
    catcher_.answer_next(500);
    EXPECT_TRUE(refused(integration, group()).retry);
    catcher_.answer_next(404);
    EXPECT_FALSE(refused(integration, group()).retry);
    catcher_.answer_next(429);
    EXPECT_TRUE(refused(integration, group()).retry);
  }
};

TEST_F(ChatsTest, TeamsGetsACard) {
  routing::MsTeamsV2Settings settings;
  settings.webhook_url = url();
  settings.text = "{{ .CommonAnnotations.summary }}";
  auto integration = chat(&routing::Receiver::msteamsv2, settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(
      last().body,
      R"({"type":"message","attachments":[)"
      R"({"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":)"
      R"({"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard",)"
      R"("version":"1.2","body":[{"type":"TextBlock","text":"[FIRING:1] Slow ",)"
      R"("weight":"Bolder","size":"Medium","wrap":true,"style":"heading","color":"Attention"},)"
      R"({"type":"TextBlock","text":"it is \u003cslow\u003e","wrap":true}],)"
      R"("msteams":{"width":"full"}}}]})"
      "\n");
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body, HasSubstr(R"("color":"Good")"));
  expect_the_usual_verdicts(*integration);
}

TEST_F(ChatsTest, AStormIsToldAndCut) {
  routing::DiscordSettings settings;
  settings.webhook_url = url();
  auto integration = chat(&routing::Receiver::discord, settings);
  ASSERT_TRUE(send(*integration, testing::storm()));
  EXPECT_THAT(last().body, HasSubstr("[FIRING:5000] Slow"));
  EXPECT_LT(last().body.size(), 20'000U);

  routing::MsTeamsV2Settings teams;
  teams.webhook_url = url();
  integration = chat(&routing::Receiver::msteamsv2, teams);
  ASSERT_TRUE(send(*integration, testing::storm()));
  EXPECT_THAT(last().body, HasSubstr("host-0.rack-17"));
  EXPECT_LE(last().body.size(), 28'000U);
  EXPECT_GT(last().body.size(), 20'000U) << "as much as there is room for";
}

TEST_F(ChatsTest, DiscordGetsAnEmbed) {
  routing::DiscordSettings settings;
  settings.webhook_url = url();
  settings.message = std::string(5000, 'm');
  settings.content = "@here";
  auto integration = chat(&routing::Receiver::discord, settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().body,
            R"({"content":"@here","embeds":[{"title":"[FIRING:1] Slow ","description":")" +
                std::string(4095, 'm') + R"(…","color":10038562}]})" + "\n");
  settings.username = "bell";
  settings.avatar_url = "http://a";
  integration = chat(&routing::Receiver::discord, settings);
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body,
              HasSubstr(R"("color":3066993}],"username":"bell","avatar_url":"http://a"})"));
  expect_the_usual_verdicts(*integration);
}

TEST_F(ChatsTest, MattermostGetsAnAttachment) {
  routing::MattermostSettings settings;
  settings.webhook_url = url();
  settings.channel = "db";
  settings.username = "bell";
  settings.attachment.text = "t";
  settings.attachment.fields = {{.title = "a", .value = "{{ .Status }}", .is_short = true}};
  settings.card = "card {{ .Status }}";
  settings.priority = routing::MattermostPriority{
      .priority = "Urgent", .requested_ack = true, .persistent_notifications = true};
  auto integration = chat(&routing::Receiver::mattermost, settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(
      last().body,
      R"({"channel":"db","username":"bell","attachments":[)"
      R"({"fallback":"[FIRING:1] Slow  | http://am.example.org/#/alerts?receiver=team%5C.db",)"
      R"("color":"#d92d20","text":"t","title":"[FIRING:1] Slow ",)"
      R"("title_link":"http://am.example.org/#/alerts?receiver=team%5C.db",)"
      R"("fields":[{"title":"a","value":"firing","short":true}]}],)"
      R"("props":{"card":"card firing"},"priority":{"priority":"urgent","requested_ack":true,)"
      R"("persistent_notifications":true}})"
      "\n");
  settings.priority->priority = "loud";
  settings.attachments.resize(1);
  settings.attachments[0].text = "own";
  integration = chat(&routing::Receiver::mattermost, settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr(R"("attachments":[{"text":"own"}])"));
  EXPECT_THAT(last().body, HasSubstr(R"("priority":{"priority":"standard"}})"));
  expect_the_usual_verdicts(*integration);
}

class TelegramTest : public ChatsTest {
 protected:
  std::unique_ptr<Integration> telegram(routing::TelegramSettings settings) {
    settings.api_url = catcher_.url("/");
    settings.bot_token = {Secret("12345:sesame"), ""};
    if (settings.chat_id_file.empty()) settings.chat_id = -42;
    return chat(&routing::Receiver::telegram, settings);
  }
};

TEST_F(TelegramTest, SendsAMessage) {
  routing::TelegramSettings settings;
  settings.message = "<b>{{ .CommonAnnotations.summary }}</b>";
  auto integration = telegram(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/bot12345:sesame/sendMessage");
  EXPECT_EQ(last().body,
            R"({"chat_id":"-42","disable_web_page_preview":"true","parse_mode":"HTML",)"
            R"("text":"\u003cb\u003eit is \u0026lt;slow\u0026gt;\u003c/b\u003e"})"
            "\n");
  settings.parse_mode = "";
  settings.message_thread_id = 7;
  settings.disable_notifications = true;
  settings.chat_id_file = ::testing::TempDir() + "chat_id";
  std::ofstream(settings.chat_id_file) << " 99\n";
  integration = telegram(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().body,
            R"({"chat_id":"99","disable_notification":"true","disable_web_page_preview":"true",)"
            R"("message_thread_id":"7","text":"\u003cb\u003eit is \u003cslow\u003e\u003c/b\u003e"})"
            "\n");
  std::ofstream(settings.chat_id_file) << "my chat";
  EXPECT_THAT(refused(*integration, group()).error.message, HasSubstr("chat_id_file"));
}

TEST_F(TelegramTest, ATextThatIsTooLongIsCut) {
  routing::TelegramSettings settings;
  settings.parse_mode = "MarkdownV2";
  settings.message = std::string(5000, 'x');
  auto integration = telegram(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("\"text\":\"" + std::string(4095, 'x') + "…\""));
  // Cut HTML would be refused, so it is shown as plain text.
  settings.parse_mode = "HTML";
  settings.message = "<b>&lt;" + std::string(5000, 'x') + "</b>";
  integration = telegram(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("\"text\":\"\\u003c" + std::string(4094, 'x') + "…\""));
  EXPECT_THAT(last().body, Not(HasSubstr("parse_mode")));
  // Markup does not count.
  settings.message = "<a href=\"http://" + std::string(5000, 'x') + "\">short</a>";
  integration = telegram(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("parse_mode"));
}

TEST_F(TelegramTest, AStormIsToldAndCut) {
  auto integration = telegram({});
  ASSERT_TRUE(send(*integration, testing::storm()));
  EXPECT_THAT(last().body, HasSubstr("host-0.rack-17"));
  EXPECT_THAT(last().body, HasSubstr("…\""));
  EXPECT_LT(last().body.size(), 20'000U);
}

TEST_F(TelegramTest, ItsAnswerDecidesWhatFollows) {
  auto integration = telegram({});
  struct Case {
    int status;
    std::string body;
    bool retry;
    std::string reason;
  };
  for (const Case& c :
       {Case{400, R"({"ok":false,"error_code":400,"description":"Bad Request: 12345:sesame"})",
             false, "clientError"},
        Case{429, R"({"ok":false,"error_code":429,"description":"Too Many Requests"})", true,
             "rateLimited"},
        Case{200, R"({"ok":false,"error_code":403,"description":"blocked"})", false, "clientError"},
        Case{200, R"({"ok":false})", false, "clientError"},
        Case{502, "<html>", true, "serverError"}}) {
    catcher_.answer_next({.status = c.status, .body = c.body});
    const SendFailure failure = refused(*integration, group());
    EXPECT_EQ(failure.retry, c.retry) << c.body;
    EXPECT_EQ(failure.reason, c.reason) << c.body;
    EXPECT_THAT(failure.error.message, Not(HasSubstr("sesame")));
  }
}

}  // namespace
}  // namespace tocsin::receiver
