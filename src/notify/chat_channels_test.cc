#include "notify/chat_channels.h"

#include <fmt/format.h>

#include "notify/channel_fixture.h"
#include "notify/incident_room.h"

namespace tocsin::notify {
namespace {

using catalog::Contact;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::page_to;
using ::testing::Pair;
using ::testing::SizeIs;

class ChatChannels : public testing::ChannelTest {
 protected:
  ChatChannels() {
    use(fmt::format(R"(
allow_private_webhooks: true
telegram: {{token: "123:bot-secret", webhook_secret: w, url: "{0}"}}
pushover: {{token: app-secret, expire: 30m, url: "{0}"}}
slack: {{token: xoxb-secret, signing_secret: s, url: "{0}"}}
)",
                    catcher_.url("")));
  }
  codec::Json body() const {
    const auto json = codec::read_own_json(last().body);
    EXPECT_TRUE(json) << last().body;
    return json ? *json : codec::Json();
  }
  std::string text(std::string_view path) const { return text_at(last().body, path); }

  const Contact teams_{.kind = Contact::Kind::kTeams, .address = catcher_.url("/wf?sig=secret")};
  const Contact telegram_{.kind = Contact::Kind::kTelegram, .address = "-100200"};
  const Contact ntfy_{.kind = Contact::Kind::kNtfy,
                      .address = catcher_.url("/ada-pages"),
                      .secret = Secret("tk_1")};
  const Contact pushover_{.kind = Contact::Kind::kPushover, .address = "user-key"};
  const Contact slack_{.kind = Contact::Kind::kSlackUser, .address = "U123"};
};

TEST_F(ChatChannels, TeamsGetsACardWithoutMarkdown) {
  catcher_.answer_next(202);
  Delivery page = page_to(teams_);
  page.message.impact = "[pay](https://evil.example.org)";
  ASSERT_TRUE(send(page));
  EXPECT_EQ(last().path, "/wf");
  EXPECT_EQ(text("type"), "message");
  EXPECT_EQ(text("attachments.0.contentType"), "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(text("attachments.0.content.type"), "AdaptiveCard");
  EXPECT_EQ(text("attachments.0.content.body.0.inlines.0.text"),
            "SEV-1 checkout: customers cannot pay");
  EXPECT_EQ(text("attachments.0.content.body.1.type"), "RichTextBlock");
  EXPECT_EQ(text("attachments.0.content.body.1.inlines.0.text"), page.message.impact);
  EXPECT_EQ(text("attachments.0.content.actions.0.url"), "https://tocsin.example.org/p/AbCd");
}

TEST_F(ChatChannels, ATeamsCardStaysUnderItsLimit) {
  Delivery page = page_to(teams_);
  for (std::string* text : {&page.message.title, &page.message.impact, &page.message.likely,
                            &page.message.first_step}) {
    *text = std::string(100'000, 'x');
  }
  for (int i = 0; i < 20; ++i) page.message.links.push_back({"Board", "https://g.example.org"});
  ASSERT_TRUE(send(page));
  EXPECT_LT(last().body.size(), 28U << 10);
}

TEST_F(ChatChannels, TelegramGetsTextAndButtons) {
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "result": {"message_id": 42}})"});
  Delivery page = page_to(telegram_);
  page.id = "dlv_q3Jc0P1s8vXhZ2aT";
  const auto taken = send(page);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->message_id, "42");
  EXPECT_EQ(last().path, "/bot123:bot-secret/sendMessage");
  EXPECT_EQ(text("chat_id"), "-100200");
  EXPECT_THAT(text("text"), HasSubstr("customers cannot pay\n\n412 payments have failed"));
  EXPECT_FALSE(body().as_object().contains("parse_mode"));
  EXPECT_EQ(text("reply_markup.inline_keyboard.0.0.callback_data"),
            "acknowledge:dlv_q3Jc0P1s8vXhZ2aT");
  EXPECT_LE(text("reply_markup.inline_keyboard.0.0.callback_data").size(), 64U);
  EXPECT_EQ(text("reply_markup.inline_keyboard.2.0.url"), "https://tocsin.example.org/p/AbCd");
}

TEST_F(ChatChannels, TelegramsRefusalNamesTheReasonAndKeepsTheToken) {
  catcher_.answer_next({.status = 429, .body = R"({"ok": false, "error_code": 429,
            "description": "Too Many Requests: retry after 14", "parameters": {"retry_after": 14}})"});
  EXPECT_EQ(refusal(page_to(telegram_)).code, Code::kResourceExhausted);
  EXPECT_EQ(transport().wait_asked_by(telegram_), seconds(14));
  catcher_.answer_next(
      {.status = 403, .body = R"({"ok": false, "description": "bot 123:bot-secret was blocked"})"});
  const Error error = refusal(page_to(telegram_));
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, AllOf(HasSubstr("was blocked"), Not(HasSubstr("bot-secret"))));
}

TEST_F(ChatChannels, NtfyIsPostedToTheServerWithActions) {
  catcher_.answer_next({.status = 200, .body = R"({"id": "n1", "event": "message"})"});
  const auto taken = send(page_to(ntfy_));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->message_id, "n1");
  EXPECT_EQ(last().path, "/");
  EXPECT_EQ(last().headers.get("authorization"), "Bearer tk_1");
  EXPECT_EQ(text("topic"), "ada-pages");
  EXPECT_EQ(text("priority"), "5");
  EXPECT_EQ(text("title"), "SEV-1 checkout: customers cannot pay");
  EXPECT_EQ(text("click"), "https://tocsin.example.org/p/AbCd");
  EXPECT_THAT(body().at("actions").as_array(), SizeIs(3));
  EXPECT_EQ(text("actions.0.action"), "http");
  EXPECT_EQ(text("actions.0.url"), "https://tocsin.example.org/hooks/answer/AbCd/acknowledge");
  EXPECT_EQ(text("actions.0.method"), "POST");
}

TEST_F(ChatChannels, ANotificationIsQuiet) {
  Delivery note = page_to(ntfy_);
  note.message.is_page = false;
  note.message.answer_url.clear();
  ASSERT_TRUE(send(note));
  EXPECT_EQ(text("priority"), "3");
  EXPECT_FALSE(body().as_object().contains("actions"));
  note.contact = pushover_;
  ASSERT_TRUE(send(note));
  EXPECT_EQ(last().form().at("priority"), "0");
  EXPECT_FALSE(last().form().contains("retry"));
}

TEST_F(ChatChannels, NtfyWantsATopic) {
  Contact contact = ntfy_;
  contact.address = "https://ntfy.example.org";
  EXPECT_EQ(refusal(page_to(contact)).code, Code::kInvalidArgument);
}

TEST_F(ChatChannels, PushoverRingsUntilItIsAcknowledged) {
  catcher_.answer_next(
      {.status = 200, .body = R"({"status": 1, "request": "r", "receipt": "R1"})"});
  const auto taken = send(page_to(pushover_));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->message_id, "R1");
  EXPECT_EQ(taken->receipts_within, minutes(31));
  EXPECT_EQ(last().path, "/1/messages.json");
  const auto form = last().form();
  EXPECT_THAT(form, AllOf(Contains(Pair("token", "app-secret")), Contains(Pair("user", "user-key")),
                          Contains(Pair("priority", "2")), Contains(Pair("retry", "60")),
                          Contains(Pair("expire", "1800"))));
  EXPECT_EQ(form.at("callback"), "https://tocsin.example.org/hooks/pushover/AbCd");
  EXPECT_EQ(form.at("url"), "https://tocsin.example.org/p/AbCd");
}

TEST_F(ChatChannels, PushoverIsAskedAndStopped) {
  const SentMessage sent{Contact::Kind::kPushover, "", "R1"};
  catcher_.answer_next(
      {.status = 200,
       .body =
           R"({"status": 1, "acknowledged": 0, "last_delivered_at": 1767571200, "expired": 0})"});
  auto answer = poll(sent);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(last().path, "/1/receipts/R1.json");
  EXPECT_EQ(last().query_value("token"), "app-secret");
  EXPECT_EQ(answer->receipt, Receipt::kDelivered);
  EXPECT_FALSE(answer->acknowledged);
  EXPECT_TRUE(answer->keep_asking);
  catcher_.answer_next(
      {.status = 200, .body = R"({"status": 1, "acknowledged": 1, "last_delivered_at": 1})"});
  answer = poll(sent);
  EXPECT_TRUE(answer->acknowledged);
  EXPECT_FALSE(answer->keep_asking);
  transport().cancel(sent);
  ASSERT_TRUE(catcher_.wait_for(3));
  EXPECT_EQ(last().path, "/1/receipts/R1/cancel.json");
  EXPECT_EQ(last().form().at("token"), "app-secret");
}

TEST_F(ChatChannels, TheSlackAppWritesToAMember) {
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "D1", "ts": "17.01"})"});
  const auto taken = send(page_to(slack_));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->message_id, "D1:17.01");
  EXPECT_EQ(last().path, "/api/chat.postMessage");
  EXPECT_EQ(last().headers.get("authorization"), "Bearer xoxb-secret");
  EXPECT_EQ(text("channel"), "U123");
  const codec::Json message = body();
  const auto& blocks = message.at("blocks").as_array();
  EXPECT_EQ(blocks.back().at("type").as_string(), "actions");
  EXPECT_EQ(blocks.back().at("elements").at(0).at("action_id").as_string(), "acknowledge");
  EXPECT_EQ(blocks.back().at("elements").at(0).at("value").as_string(), "dlv_1");
}

TEST_F(ChatChannels, TheSlackAppRepliesInAThread) {
  Delivery page = page_to(slack_);
  page.thread = "D1:17.01";
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "D1", "ts": "17.02"})"});
  const auto taken = send(page);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_FALSE(taken->is_new_head);
  EXPECT_EQ(text("channel"), "D1");
  EXPECT_EQ(text("thread_ts"), "17.01");
  EXPECT_EQ(text("reply_broadcast"), "true") << "a page must be seen";

  page.message.is_page = false;
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "D1", "ts": "17.03"})"});
  ASSERT_TRUE(send(page));
  EXPECT_EQ(text("thread_ts"), "17.01");
  EXPECT_FALSE(body().as_object().contains("reply_broadcast"));
}

TEST_F(ChatChannels, TheChannelOfAnIncidentHasButtons) {
  Delivery first = page_to(slack_);
  first.subject = {kRoomSubject, "inc_1"};
  first.message.is_page = false;
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "C1", "ts": "17.01"})"});
  ASSERT_TRUE(send(first));
  const codec::Json message = body();
  EXPECT_EQ(message.at("blocks").as_array().back().at("type").as_string(), "actions");
  first.subject.kind = kRoomUpdateSubject;
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "C1", "ts": "17.02"})"});
  ASSERT_TRUE(send(first));
  EXPECT_THAT(last().body, Not(HasSubstr("\"actions\"")));
}

TEST_F(ChatChannels, AThreadThatIsGoneHoldsNothingUp) {
  Delivery page = page_to(slack_);
  page.thread = "D1:17.01";
  catcher_.answer_next({.status = 200, .body = R"({"ok": false, "error": "thread_not_found"})"});
  catcher_.answer_next({.status = 200, .body = R"({"ok": true, "channel": "D1", "ts": "17.09"})"});
  const auto taken = send(page);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_TRUE(taken->is_new_head);
  EXPECT_EQ(taken->message_id, "D1:17.09");
  EXPECT_THAT(catcher_.requests(), SizeIs(2));
  EXPECT_EQ(text("channel"), "U123");
  EXPECT_FALSE(body().as_object().contains("thread_ts"));

  // What may pass is tried again in the thread.
  catcher_.answer_next({.status = 200, .body = R"({"ok": false, "error": "internal_error"})"});
  EXPECT_EQ(refusal(page).code, Code::kUnavailable);
  EXPECT_THAT(catcher_.requests(), SizeIs(3));
}

TEST_F(ChatChannels, SlacksErrorsComeWith200) {
  const auto code_of = [&](const std::string& error) {
    catcher_.answer_next(
        {.status = 200, .body = fmt::format(R"({{"ok": false, "error": "{}"}})", error)});
    return refusal(page_to(slack_)).code;
  };
  EXPECT_EQ(code_of("channel_not_found"), Code::kFailedPrecondition);
  EXPECT_EQ(code_of("ratelimited"), Code::kResourceExhausted);
  EXPECT_EQ(code_of("internal_error"), Code::kUnavailable);
  catcher_.answer_next({.status = 429, .headers = {{"Retry-After", "30"}}});
  EXPECT_EQ(refusal(page_to(slack_)).code, Code::kResourceExhausted);
  EXPECT_EQ(transport().wait_asked_by(slack_), seconds(30));
}

TEST_F(ChatChannels, RepetitionsSaySo) {
  for (const Contact& contact : {teams_, telegram_, ntfy_, pushover_, slack_}) {
    Delivery page = page_to(contact);
    page.maybe_duplicate = true;
    catcher_.answer_next({.status = 200, .body = R"({"ok": true})"});
    ASSERT_TRUE(send(page)) << name_of(contact.kind);
    EXPECT_THAT(last().body, ::testing::AnyOf(HasSubstr("You may have had this page already"),
                                              HasSubstr("You%20may%20have%20had")))
        << name_of(contact.kind);
  }
}

TEST_F(ChatChannels, SpeakThePersonsLanguage) {
  for (const Contact& contact : {teams_, telegram_, ntfy_, pushover_, slack_}) {
    Delivery page = page_to(contact);
    page.language = "de";
    page.maybe_duplicate = true;
    catcher_.answer_next({.status = 200, .body = R"({"ok": true})"});
    ASSERT_TRUE(send(page)) << name_of(contact.kind);
    const std::string said = contact.kind == Contact::Kind::kPushover
                                 ? last().form().at("message") + last().form().at("url_title")
                                 : last().body;
    EXPECT_THAT(said, AllOf(HasSubstr("Vielleicht haben Sie diesen Alarm schon bekommen"),
                            HasSubstr("Seit"), Not(HasSubstr("Since"))))
        << name_of(contact.kind);
    EXPECT_THAT(said, ::testing::AnyOf(HasSubstr("Annehmen"), HasSubstr("Antworten")))
        << name_of(contact.kind);
    for (const char* english : {"Acknowledge", "Answer this page", "Do first", "repeated"}) {
      EXPECT_THAT(said, Not(HasSubstr(english))) << name_of(contact.kind);
    }
  }
}

TEST_F(ChatChannels, OnlyTheConfigurationsUrlsLeadInsideUnlessAllowed) {
  use(fmt::format(R"(
telegram: {{token: t, url: "{0}"}}
pushover: {{token: t, url: "{0}"}}
slack: {{token: t, url: "{0}"}}
)",
                  catcher_.url("")));
  for (const Contact& contact : {teams_, ntfy_}) {
    const Error refused = refusal(page_to(contact));
    EXPECT_EQ(refused.code, Code::kPermissionDenied) << name_of(contact.kind);
    EXPECT_THAT(refused.message, HasSubstr("set notify.allow_private_webhooks: true"));
    EXPECT_THAT(refused.message, Not(HasSubstr("secret")));
    EXPECT_THAT(refused.message, Not(HasSubstr("ada-pages")));
  }
  EXPECT_THAT(catcher_.requests(), SizeIs(0));
  for (const Contact& contact : {telegram_, pushover_, slack_}) {
    catcher_.answer_next({.status = 200, .body = R"({"ok": true, "status": 1})"});
    EXPECT_TRUE(send(page_to(contact))) << name_of(contact.kind);
  }
  EXPECT_THAT(catcher_.requests(), SizeIs(3));
}

TEST_F(ChatChannels, WithoutConfigurationItSaysWhatToSet) {
  use("{}");
  EXPECT_THAT(refusal(page_to(telegram_)).message, HasSubstr("set notify.telegram.token"));
  EXPECT_THAT(refusal(page_to(pushover_)).message, HasSubstr("set notify.pushover.token"));
  EXPECT_THAT(refusal(page_to(slack_)).message, HasSubstr("set notify.slack.token"));
  EXPECT_FALSE(poll({Contact::Kind::kPushover, "", "R1"})->receipt);
}

}  // namespace
}  // namespace tocsin::notify
