#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "notify/hook_fixture.h"
#include "notify/twilio.h"

namespace tocsin::notify {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Form = std::map<std::string, std::string>;

const catalog::Contact kPhone{.kind = catalog::Contact::Kind::kSms, .address = "+4930123456"};

class TwilioHooksTest : public testing::HookTest {
 protected:
  TwilioHooksTest() : HookTest("twilio: {a: {account: AC1, token: tok, from: '+1'}}") {
    world_.transport.taken = {.provider = "a", .message_id = "SM1", .receipts_within = minutes(5)};
    page_ = world_.enqueue("pag_1", kPhone);
  }
  net::Response post(const std::string& path, const Form& form, const std::string& token = "tok") {
    net::Request request = request_to(path);
    std::string body;
    for (const auto& [name, value] : form) {
      if (!body.empty()) body += '&';
      body += url_encode(name) + "=" + url_encode(value);
    }
    request.body = body;
    request.headers.add("X-Twilio-Signature",
                        sign_twilio(Secret(token), "https://tocsin.example.org" + path, form));
    return router_.handle(request);
  }
  std::string status_path() const { return "/hooks/twilio/a/status?delivery=" + page_ + "&try=1"; }
  std::string page_;
};

TEST_F(TwilioHooksTest, AStatusBecomesAReceipt) {
  EXPECT_EQ(post(status_path(), {{"MessageSid", "SM1"}, {"MessageStatus", "sent"}}).status, 204);
  EXPECT_THAT(world_.listener.receipts, IsEmpty());
  const Form undelivered{{"MessageStatus", "undelivered"}, {"ErrorCode", "30005"}};
  EXPECT_EQ(post(status_path(), undelivered).status, 204);
  EXPECT_EQ(post(status_path(), undelivered).status, 204);
  world_.engine.settle();
  EXPECT_THAT(world_.listener.receipts, ElementsAre(Pair(page_, Receipt::kUndelivered)));
  EXPECT_EQ(world_.engine.logbook().back().entry.data.at("reason").as_string(),
            "status undelivered, error 30005");
}

TEST_F(TwilioHooksTest, ACallThatNobodyTookIsUndelivered) {
  EXPECT_EQ(post(status_path(), {{"CallStatus", "no-answer"}}).status, 204);
  EXPECT_THAT(world_.listener.receipts, ElementsAre(Pair(page_, Receipt::kUndelivered)));
}

TEST_F(TwilioHooksTest, WithoutItsSignatureNothingIsBelieved) {
  EXPECT_EQ(post(status_path(), {{"MessageStatus", "delivered"}}, "wrong").status, 401);
  EXPECT_EQ(post("/hooks/twilio/a/sms", {{"From", "+4930123456"}, {"Body", "1a"}}, "").status, 401);
  EXPECT_EQ(post("/hooks/twilio/a/voice?delivery=" + page_, {{"Digits", "1"}}, "x").status, 401);
  EXPECT_EQ(
      post("/hooks/twilio/b/status?delivery=" + page_, {{"MessageStatus", "delivered"}}).status,
      404);
  EXPECT_THAT(world_.listener.receipts, IsEmpty());
  EXPECT_THAT(answers_.heard, IsEmpty());
}

TEST_F(TwilioHooksTest, AReplyIsAnAnswer) {
  const auto reply = [&](const std::string& text) {
    return post("/hooks/twilio/a/sms", {{"From", "+4930123456"}, {"Body", text}}).body;
  };
  EXPECT_THAT(reply("1a"), HasSubstr("<Message>ada has it</Message>"));
  EXPECT_THAT(reply("1s 45"), HasSubstr("<Message>"));
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kAcknowledge, Duration(0), "link:ada"},
                          Heard{"pag_1", Answer::kSnooze, minutes(45), "link:ada"}));
  EXPECT_THAT(world_.engine.kinds(), Contains("page.answered"));
  EXPECT_THAT(reply("7a"), HasSubstr("There is no page 7"));
  EXPECT_THAT(reply("what?"), HasSubstr("Not understood"));
  answers_.refusal = Error{Code::kFailedPrecondition, "It is over <already>"};
  EXPECT_THAT(reply("1a"), HasSubstr("<Message>It is over &lt;already&gt;</Message>"));
}

TEST_F(TwilioHooksTest, AReplyIsAnsweredInThePersonsLanguage) {
  auto next = std::make_shared<catalog::Catalog>();
  catalog::Person ada = testing::ada();
  ada.language = "de";
  next->people[ada.id] = ada;
  catalog_ = next;
  const auto reply = [&](const std::string& text) {
    return post("/hooks/twilio/a/sms", {{"From", "+4930123456"}, {"Body", text}}).body;
  };
  EXPECT_THAT(reply("was?"), HasSubstr("Nicht verstanden"));
  EXPECT_THAT(reply("7a"), HasSubstr("An diese Nummer ging kein Alarm 7"));
  EXPECT_THAT(reply("1a"), HasSubstr("<Message>"));
  EXPECT_THAT(answers_.languages, ElementsAre(Pair("de", "de")));
}

TEST_F(TwilioHooksTest, AStrangerGetsNoReply) {
  const auto response = post("/hooks/twilio/a/sms", {{"From", "+49999"}, {"Body", "1a"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("<Response/>"));
  EXPECT_THAT(answers_.heard, IsEmpty());
}

TEST_F(TwilioHooksTest, AKeyAnswersACall) {
  const std::string path = "/hooks/twilio/a/voice?delivery=" + page_ + "&try=1";
  EXPECT_THAT(post(path, {{"Digits", "9"}}).body, HasSubstr("<Gather"));
  EXPECT_THAT(post(path, {{"Digits", "2"}}).body, HasSubstr("ada has it</Say><Hangup/>"));
  EXPECT_THAT(post(path, {{"Digits", "4"}}).body, HasSubstr("<Hangup/>"));
  EXPECT_THAT(answers_.heard,
              ElementsAre(Heard{"pag_1", Answer::kEscalate, Duration(0), "link:ada"},
                          Heard{"pag_1", Answer::kSnooze, kDefaultSnooze, "link:ada"}));
  EXPECT_THAT(post("/hooks/twilio/a/voice?delivery=dlv_none", {{"Digits", "1"}}).body,
              HasSubstr("too old"));
}

TEST_F(TwilioHooksTest, WithoutAListenerItSaysSo) {
  AnswerDesk nobody(AnswerDesk::Parts{world_.engine.engine(), world_.engine.log()});
  net::Router router;
  add_twilio_hooks(router, parts_with(nobody));
  router_ = std::move(router);
  EXPECT_THAT(post("/hooks/twilio/a/sms", {{"From", "+4930123456"}, {"Body", "1a"}}).body,
              HasSubstr("open the link in the message"));
}

}  // namespace
}  // namespace tocsin::notify
