#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "net/testing/http_catcher.h"
#include "notify/answer_token.h"
#include "notify/hook_fixture.h"
#include "notify/incident_room.h"
#include "notify/slack_app.h"

namespace tocsin::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Before the fixture that reads where it is.
struct Provider {
  net::testing::HttpCatcher catcher;
};

class ChatHooksTest : private Provider, public testing::HookTest {
 protected:
  ChatHooksTest()
      : HookTest(fmt::format(R"(
telegram: {{token: t, webhook_secret: hook-secret}}
slack: {{token: xoxb, signing_secret: 8f742231b10e8888abcd99yyyzzz85a5, url: "{}"}}
)",
                             Provider::catcher.url(""))) {
    page_ = world_.enqueue("pag_1");
  }
  net::testing::HttpCatcher& slack() { return Provider::catcher; }

  net::Response telegram(const std::string& body, const std::string& secret = "hook-secret") {
    net::Request request = request_to("/hooks/telegram");
    request.headers.add("X-Telegram-Bot-Api-Secret-Token", secret);
    request.body = body;
    return router_.handle(request);
  }
  // With that member of Slack.
  void grace_speaks(const std::string& language) {
    auto next = std::make_shared<catalog::Catalog>();
    catalog::Person grace{.id = catalog::PersonId("grace"), .name = "Grace"};
    grace.language = language;
    grace.contacts.push_back({.kind = catalog::Contact::Kind::kSlackUser, .address = "U1"});
    next->people[grace.id] = grace;
    catalog_ = next;
  }
  // The first thing that Slack is told.
  std::string told_in_slack() {
    EXPECT_TRUE(slack().wait_for(1));
    const auto requests = slack().requests();
    return requests.empty() ? std::string() : text_at(requests[0].body, "text");
  }
  net::Response press_in_slack(const std::string& action, Duration age = Duration(0),
                               const std::string& secret = "8f742231b10e8888abcd99yyyzzz85a5") {
    const std::string payload = fmt::format(
        R"({{"type": "block_actions", "user": {{"id": "U1"}}, "channel": {{"id": "D1"}},
             "message": {{"ts": "17.01", "blocks": [{{"type": "section"}}]}},
             "actions": [{{"block_id": "tocsin_answers", "action_id": "{}", "value": "{}"}}]}})",
        action, page_);
    net::Request request = request_to("/hooks/slack");
    request.body = "payload=" + url_encode(payload);
    const Time at = world_.engine.now() - age;
    const std::string timestamp =
        std::to_string(std::chrono::floor<seconds>(at).time_since_epoch().count());
    request.headers.add("X-Slack-Request-Timestamp", timestamp);
    request.headers.add("X-Slack-Signature", sign_slack(Secret(secret), timestamp, request.body));
    return router_.handle(request);
  }
  std::string token() {
    Message message;
    message.answer_url = links_->url_for("pag_1", world_.engine.now() + hours(1));
    return std::string(answer_token(message));
  }
  std::string page_;
};

TEST_F(ChatHooksTest, ATelegramButtonAnswers) {
  const std::string body = fmt::format(
      R"({{"update_id": 1, "callback_query": {{"id": "99", "data": "escalate:{}"}}}})", page_);
  const net::Response response = telegram(body);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(text_at(response.body, "method"), "answerCallbackQuery");
  EXPECT_EQ(text_at(response.body, "callback_query_id"), "99");
  EXPECT_EQ(text_at(response.body, "text"), "ada has it");
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kEscalate, Duration(0), "link:ada"}));
}

TEST_F(ChatHooksTest, TelegramMustKnowTheSecret) {
  const std::string body =
      fmt::format(R"({{"callback_query": {{"id": "99", "data": "acknowledge:{}"}}}})", page_);
  EXPECT_EQ(telegram(body, "guess").status, 401);
  EXPECT_EQ(telegram(body, "").status, 401);
  EXPECT_THAT(answers_.heard, IsEmpty());
}

TEST_F(ChatHooksTest, WhatIsNoButtonOfOursDoesNothing) {
  EXPECT_EQ(telegram("{}").body, "");
  EXPECT_EQ(telegram("no json").status, 200);
  EXPECT_THAT(telegram(R"({"callback_query": {"id": "9", "data": "acknowledge"}})").body,
              HasSubstr("not known any more"));
  EXPECT_THAT(telegram(R"({"callback_query": {"id": "9", "data": "acknowledge:dlv_x"}})").body,
              HasSubstr("too old"));
  EXPECT_THAT(telegram(R"({"message": {"chat": {"id": -5}, "text": "/start"}})").body,
              HasSubstr("The id of this chat is -5"));
  EXPECT_THAT(answers_.heard, IsEmpty());
}

// The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack
TEST(SlackApp, SignsAsPublished) {
  EXPECT_EQ(
      sign_slack(Secret("8f742231b10e8888abcd99yyyzzz85a5"), "1531420618",
                 "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_"
                 "id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%"
                 "2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%"
                 "2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
                 "47445629121.803a0bc887a14d10d2c447fce8b6703c"),
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}

TEST_F(ChatHooksTest, ASlackButtonAnswersAndTheMessageSaysSo) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  EXPECT_EQ(press_in_slack("acknowledge").status, 200);
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kAcknowledge, Duration(0), "link:ada"}));
  ASSERT_TRUE(slack().wait_for(1));
  const net::Request update = slack().requests()[0];
  EXPECT_EQ(update.path, "/api/chat.update");
  EXPECT_EQ(text_at(update.body, "channel"), "D1");
  EXPECT_EQ(text_at(update.body, "ts"), "17.01");
  EXPECT_EQ(text_at(update.body, "blocks.0.type"), "section");
  EXPECT_EQ(text_at(update.body, "blocks.1.elements.0.text"), "ada has it");
}

TEST_F(ChatHooksTest, ASlackRefusalIsToldToWhoPressed) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  answers_.refusal = Error{Code::kFailedPrecondition, "It is over"};
  EXPECT_EQ(press_in_slack("resolve").status, 200);
  ASSERT_TRUE(slack().wait_for(1));
  const net::Request whisper = slack().requests()[0];
  EXPECT_EQ(whisper.path, "/api/chat.postEphemeral");
  EXPECT_EQ(text_at(whisper.body, "user"), "U1");
  EXPECT_EQ(text_at(whisper.body, "text"), "It is over");
}

TEST_F(ChatHooksTest, AButtonInAnIncidentsChannelIsOfWhoeverPressed) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  ASSERT_TRUE(world_.engine.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(page_, world_.outbox->enqueue(
                                tx, {kRoomSubject, "inc_1"}, {.id = catalog::PersonId("#inc-1")},
                                {.kind = catalog::Contact::Kind::kSlackUser, .address = "C0NEW01"},
                                {.is_page = false, .incident_id = "inc_1"}));
    return {};
  }));
  EXPECT_EQ(press_in_slack("acknowledge").status, 200);
  EXPECT_THAT(answers_.heard, IsEmpty());
  ASSERT_TRUE(slack().wait_for(1));
  EXPECT_EQ(slack().requests()[0].path, "/api/chat.postEphemeral");
  EXPECT_THAT(text_at(slack().requests()[0].body, "text"),
              ::testing::HasSubstr("does not know who you are"));

  grace_speaks("en");
  EXPECT_EQ(press_in_slack("acknowledge").status, 200);
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"inc_1", Answer::kAcknowledge, Duration(0), "link:grace"}));
}

TEST_F(ChatHooksTest, ASlackButtonIsToldInTheLanguageOfWhoReadsIt) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  grace_speaks("de");
  press_in_slack("acknowledge");
  EXPECT_THAT(answers_.languages, ElementsAre(std::pair<std::string, std::string>("en", "de")))
      << "the message is all readers' and English; a refusal is hers alone";
}

TEST_F(ChatHooksTest, ASlackButtonOfAnOldMessageIsToldSoInThePressersLanguage) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  grace_speaks("de");
  page_ = "dlv_forgotten";
  press_in_slack("acknowledge");
  EXPECT_THAT(told_in_slack(), HasSubstr("Diese Nachricht ist zu alt"));
}

TEST_F(ChatHooksTest, AFaultIsToldInGeneralWordsAndLogged) {
  slack().answer_always({.status = 200, .body = R"({"ok": true})"});
  grace_speaks("de");
  answers_.refusal = Error{Code::kInternal, "page 4711 is torn"};
  press_in_slack("acknowledge");
  EXPECT_EQ(told_in_slack(),
            "Tocsin konnte Ihre Antwort nicht annehmen; öffnen Sie den Link in der Nachricht");
  EXPECT_THAT(world_.engine.errors(), ElementsAre(HasSubstr("page 4711 is torn")));
}

TEST_F(ChatHooksTest, TelegramIsToldInTheLanguageOfItsUser) {
  EXPECT_THAT(telegram(R"({"callback_query": {"id": "9", "data": "acknowledge",
                          "from": {"language_code": "de-AT"}}})")
                  .body,
              HasSubstr("Diesen Knopf gibt es nicht mehr"));
  EXPECT_THAT(telegram(R"({"message": {"chat": {"id": -5}, "text": "/start",
                          "from": {"language_code": "de"}}})")
                  .body,
              HasSubstr("Die Kennung dieses Chats ist -5"));
  EXPECT_THAT(telegram(R"({"message": {"chat": {"id": -5}, "text": "/start",
                          "from": {"language_code": "fr"}}})")
                  .body,
              HasSubstr("The id of this chat is -5"));
}

TEST_F(ChatHooksTest, SlackMustSignAndBeRecent) {
  EXPECT_EQ(press_in_slack("acknowledge", Duration(0), "guess").status, 401);
  EXPECT_EQ(press_in_slack("acknowledge", minutes(6)).status, 401);
  EXPECT_EQ(press_in_slack("acknowledge", -minutes(6)).status, 401);
  EXPECT_EQ(press_in_slack("delete_everything").status, 200);
  EXPECT_THAT(answers_.heard, IsEmpty());
}

TEST_F(ChatHooksTest, ASignedLinkAnswersByPostAlone) {
  const std::string path = "/hooks/answer/" + token() + "/snooze";
  net::Request get = request_to(path);
  get.method = "GET";
  EXPECT_EQ(router_.handle(get).status, 405);
  const net::Response response = router_.handle(request_to(path));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "ada has it\n");
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kSnooze, kDefaultSnooze, "link:ada"}));
  EXPECT_EQ(router_.handle(request_to("/hooks/answer/forged/snooze")).status, 401);
  net::Request german = request_to("/hooks/answer/forged/snooze");
  german.headers.add("Accept-Language", "de-DE,en;q=0.5");
  EXPECT_THAT(router_.handle(german).body, HasSubstr("dieser Link ist beschädigt"));
  EXPECT_EQ(router_.handle(request_to("/hooks/answer/" + token() + "/explode")).status, 404);
  const std::string kept = "/hooks/answer/" + token() + "/acknowledge";
  world_.engine.advance(hours(2));
  EXPECT_EQ(router_.handle(request_to(kept)).status, 401);
}

TEST_F(ChatHooksTest, PushoversCallbackIsAnAcknowledgement) {
  net::Request request = request_to("/hooks/pushover/" + token());
  request.body = "receipt=R1&acknowledged=0";
  EXPECT_EQ(router_.handle(request).status, 204);
  EXPECT_THAT(answers_.heard, IsEmpty());
  request.body = "receipt=R1&acknowledged=1&acknowledged_by=user-key";
  EXPECT_EQ(router_.handle(request).status, 204);
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kAcknowledge, Duration(0), "link:ada"}));
  net::Request forged = request_to("/hooks/pushover/forged");
  forged.body = request.body;
  EXPECT_EQ(router_.handle(forged).status, 401);
}

}  // namespace
}  // namespace tocsin::notify
