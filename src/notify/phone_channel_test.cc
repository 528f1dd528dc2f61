#include "notify/phone_channel.h"

#include <fmt/format.h>

#include "base/text.h"
#include "notify/channel_fixture.h"

namespace tocsin::notify {
namespace {

using catalog::Contact;
using net::testing::HttpCatcher;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::page_to;
using ::testing::Pair;
using ::testing::SizeIs;

const Contact kSms{.kind = Contact::Kind::kSms, .address = "+4930123456"};
const Contact kVoice{.kind = Contact::Kind::kVoice, .address = "+4930123456"};
constexpr const char* kQueued =
    R"({"sid": "SM0123", "status": "queued", "error_code": null, "price": null})";

class PhoneChannel : public testing::ChannelTest {
 protected:
  PhoneChannel() {
    use(fmt::format(R"(
twilio:
  twilio-a: {{account: AC123, token: tok-secret, from: "+15005550006", url: "{}"}}
http:
  generic-b:
    url: {}/send?key=k
    headers: {{Content-Type: application/json}}
    body: '{{"to": "{{{{to}}}}", "text": "{{{{text}}}}"}}'
    id_path: message.id
sms: [twilio-a, generic-b]
voice: [twilio-a]
)",
                    catcher_.url(""), second_.url("")));
  }
  HttpCatcher second_;
};

TEST_F(PhoneChannel, AnSmsIsTwiliosForm) {
  catcher_.answer_next({.status = 201, .body = kQueued});
  const auto taken = send(page_to(kSms));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->provider, "twilio-a");
  EXPECT_EQ(taken->message_id, "SM0123");
  EXPECT_GT(taken->receipts_within, minutes(1));
  const net::Request request = last();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/2010-04-01/Accounts/AC123/Messages.json");
  EXPECT_EQ(request.headers.get("authorization"), "Basic " + base64("AC123:tok-secret"));
  EXPECT_EQ(request.headers.get("content-type"), "application/x-www-form-urlencoded");
  EXPECT_THAT(
      request.form(),
      ElementsAre(Pair("Body", HasSubstr("Reply 4a acknowledge")), Pair("From", "+15005550006"),
                  Pair("StatusCallback",
                       "https://tocsin.example.org/hooks/twilio/twilio-a/"
                       "status?delivery=dlv_1&try=1"),
                  Pair("To", "+4930123456"), Pair("ValidityPeriod", "600")));
}

TEST_F(PhoneChannel, ACallCarriesWhatItSays) {
  catcher_.answer_next({.status = 201, .body = R"({"sid": "CA9", "status": "queued"})"});
  ASSERT_TRUE(send(page_to(kVoice)));
  EXPECT_EQ(last().path, "/2010-04-01/Accounts/AC123/Calls.json");
  const auto form = last().form();
  EXPECT_THAT(form.at("Twiml"), HasSubstr("hooks/twilio/twilio-a/voice?delivery=dlv_1&amp;try=1"));
  EXPECT_EQ(form.at("To"), "+4930123456");
  EXPECT_THAT(last().body, HasSubstr("StatusCallbackEvent=answered&StatusCallbackEvent=completed"));
}

TEST_F(PhoneChannel, ARefusalGoesToTheNextProvider) {
  catcher_.answer_next({.status = 401, .body = R"({"code": 20003, "message": "tok-secret?"})"});
  second_.answer_next({.status = 200, .body = R"({"message": {"id": 77}})"});
  const auto taken = send(page_to(kSms));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->provider, "generic-b");
  EXPECT_EQ(taken->message_id, "77");
  const auto body = codec::read_own_json(second_.requests().at(0).body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("to").as_string(), "+4930123456");
  EXPECT_THAT(std::string(body->at("text").as_string()), Not(HasSubstr("4a")))
      << "this provider brings no answers back";
}

TEST_F(PhoneChannel, WhoIsAwayIsAskedLastForAWhile) {
  catcher_.answer_always(503);
  ASSERT_TRUE(send(page_to(kSms)));
  ASSERT_TRUE(send(page_to(kSms)));
  EXPECT_THAT(catcher_.requests(), SizeIs(1));
  EXPECT_THAT(second_.requests(), SizeIs(2));
  clock_.advance(minutes(6));
  catcher_.answer_always({.status = 201, .body = kQueued});
  EXPECT_EQ(send(page_to(kSms))->provider, "twilio-a");
}

TEST_F(PhoneChannel, WhenAllRefuseAllAreNamed) {
  catcher_.answer_always(
      {.status = 400, .body = R"({"code": 21211, "message": "bad tok-secret"})"});
  second_.answer_always(403);
  const Error error = refusal(page_to(kSms));
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("sms generic-b answered 403"));
  EXPECT_THAT(error.message, HasSubstr("sms twilio-a answered 400"));
  EXPECT_THAT(error.message, Not(HasSubstr("tok-secret")));
  EXPECT_THAT(error.message, Not(HasSubstr("+4930123456")));
  const auto health = transport().health();
  ASSERT_THAT(health, SizeIs(3));
  EXPECT_EQ(health[0].provider, "generic-b");
  EXPECT_EQ(health[0].failures_in_row, 1);
  EXPECT_EQ(health[2].channel, "voice");
  EXPECT_FALSE(health[2].last_failure);
}

// Another provider would send it a second time, unmarked.
TEST_F(PhoneChannel, WhatMayHaveArrivedGoesToNobodyElseInThisTry) {
  catcher_.answer_next({.hang_up = true});
  EXPECT_EQ(refusal(page_to(kSms)).code, Code::kDeadlineExceeded);
  EXPECT_THAT(second_.requests(), SizeIs(0));
}

TEST_F(PhoneChannel, ATakenMessageThatFailedAtOnceIsRefused) {
  catcher_.answer_next(
      {.status = 201, .body = R"({"sid": "SM1", "status": "failed", "error_code": 30007})"});
  second_.answer_always(500);
  EXPECT_THAT(refusal(page_to(kSms)).message, HasSubstr("status failed, error 30007"));
}

TEST_F(PhoneChannel, RetryAfterIsKept) {
  second_.answer_always({.status = 429, .headers = {{"Retry-After", "7"}}});
  catcher_.answer_always({.status = 429, .headers = {{"Retry-After", "90"}}});
  EXPECT_EQ(refusal(page_to(kSms)).code, Code::kResourceExhausted);
  EXPECT_EQ(transport().wait_asked_by(kSms), seconds(7));
  EXPECT_EQ(transport().wait_asked_by(kVoice), Duration(0));
}

TEST_F(PhoneChannel, PollsWhatBecameOfIt) {
  catcher_.answer_next(
      {.status = 200, .body = R"({"sid": "SM1", "status": "undelivered", "error_code": 30005})"});
  const SentMessage sms{Contact::Kind::kSms, "twilio-a", "SM1"};
  auto answer = poll(sms);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->receipt, Receipt::kUndelivered);
  EXPECT_EQ(answer->detail, "status undelivered, error 30005");
  EXPECT_EQ(last().method, "GET");
  EXPECT_EQ(last().path, "/2010-04-01/Accounts/AC123/Messages/SM1.json");
  EXPECT_EQ(last().headers.get("authorization"), "Basic " + base64("AC123:tok-secret"));

  catcher_.answer_next({.status = 200, .body = R"({"sid": "CA1", "status": "in-progress"})"});
  EXPECT_EQ(poll({Contact::Kind::kVoice, "twilio-a", "CA1"})->receipt, Receipt::kDelivered);
  catcher_.answer_next({.status = 200, .body = R"({"sid": "SM1", "status": "sent"})"});
  EXPECT_EQ(poll(sms)->receipt, std::nullopt);
  catcher_.answer_next(503);
  EXPECT_FALSE(poll(sms));
  EXPECT_EQ(poll({Contact::Kind::kSms, "generic-b", "1"})->receipt, std::nullopt);
  EXPECT_EQ(poll({Contact::Kind::kSms, "gone", "1"})->receipt, std::nullopt);
}

TEST_F(PhoneChannel, AContactOfKindHttpUsesItsTemplate) {
  const Contact contact{
      .kind = Contact::Kind::kHttp, .address = "room \"5\"", .provider = "generic-b"};
  ASSERT_TRUE(send(page_to(contact)));
  const auto body = codec::read_own_json(second_.requests().at(0).body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("to").as_string(), "room \"5\"");
  EXPECT_THAT(std::string(body->at("text").as_string()), HasSubstr("Incident: inc_1"));
  const Contact gone{.kind = Contact::Kind::kHttp, .address = "x", .provider = "gone"};
  EXPECT_THAT(refusal(page_to(gone)).message, HasSubstr("there is no notify.http.gone"));
}

TEST_F(PhoneChannel, OnlyListedStatusesAreSuccess) {
  use(fmt::format(R"(
http: {{x: {{url: "{}", body: "{{}}", ok_status: [202]}}}}
)",
                  second_.url("/")));
  const Contact contact{.kind = Contact::Kind::kHttp, .address = "x", .provider = "x"};
  second_.answer_next(202);
  EXPECT_TRUE(send(page_to(contact)));
  second_.answer_next(200);
  EXPECT_THAT(refusal(page_to(contact)).message, HasSubstr("not in ok_status"));
}

TEST_F(PhoneChannel, WithoutProvidersItSaysWhatToSet) {
  use("{}");
  EXPECT_THAT(refusal(page_to(kSms)).message, HasSubstr("set notify.sms in tocsin.yaml"));
  EXPECT_THAT(refusal(page_to(kVoice)).message, HasSubstr("set notify.voice"));
}

TEST_F(PhoneChannel, ProvidersOfTheConfigurationLeadAnywhere) {
  use(fmt::format(R"(
allow_private_webhooks: false
twilio: {{a: {{account: AC1, token: t, from: "+1", url: "{0}"}}}}
http: {{b: {{url: "{0}", body: "{{}}"}}}}
sms: [a]
)",
                  catcher_.url("")));
  const Contact http{.kind = Contact::Kind::kHttp, .address = "x", .provider = "b"};
  for (const Contact& contact : {kSms, http}) {
    catcher_.answer_next({.status = 201, .body = R"({"sid": "SM1", "status": "queued"})"});
    EXPECT_TRUE(send(page_to(contact))) << name_of(contact.kind);
  }
  EXPECT_THAT(catcher_.requests(), SizeIs(2));
}

}  // namespace
}  // namespace tocsin::notify
