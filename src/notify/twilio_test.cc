#include "notify/twilio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/channel_fixture.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The worked example of Twilio's own libraries.
const std::map<std::string, std::string> kForm{{"CallSid", "CA1234567890ABCDE"},
                                               {"Digits", "1234"},
                                               {"From", "+14158675309"},
                                               {"To", "+18005551212"},
                                               {"Caller", "+14158675309"}};
constexpr const char* kUrl = "https://mycompany.com/myapp.php?foo=1&bar=2";
constexpr const char* kSignature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

TEST(Twilio, SignsAsPublished) { EXPECT_EQ(sign_twilio(Secret("12345"), kUrl, kForm), kSignature); }

TEST(Twilio, ChecksTheSignatureWithAndWithoutThePort) {
  const Secret token("12345");
  EXPECT_TRUE(is_from_twilio(token, kUrl, kForm, kSignature));
  EXPECT_TRUE(
      is_from_twilio(token, "https://mycompany.com:443/myapp.php?foo=1&bar=2", kForm, kSignature));
  const std::string with_port =
      sign_twilio(token, "https://mycompany.com:443/myapp.php?foo=1&bar=2", kForm);
  EXPECT_TRUE(is_from_twilio(token, kUrl, kForm, with_port));
  EXPECT_FALSE(is_from_twilio(Secret("12346"), kUrl, kForm, kSignature));
  EXPECT_FALSE(is_from_twilio(token, "https://mycompany.com/other?foo=1&bar=2", kForm, kSignature));
  auto changed = kForm;
  changed["Digits"] = "1";
  EXPECT_FALSE(is_from_twilio(token, kUrl, changed, kSignature));
  EXPECT_FALSE(is_from_twilio(token, kUrl, kForm, ""));
}

TEST(Twilio, SaysWhatAStatusMeans) {
  EXPECT_EQ(receipt_of_message("delivered"), Receipt::kDelivered);
  EXPECT_EQ(receipt_of_message("undelivered"), Receipt::kUndelivered);
  EXPECT_EQ(receipt_of_message("failed"), Receipt::kUndelivered);
  EXPECT_EQ(receipt_of_message("read"), Receipt::kRead);
  EXPECT_EQ(receipt_of_message("sent"), std::nullopt);
  EXPECT_EQ(receipt_of_call("no-answer"), Receipt::kUndelivered);
  EXPECT_EQ(receipt_of_call("busy"), Receipt::kUndelivered);
  EXPECT_EQ(receipt_of_call("completed"), Receipt::kDelivered);
  EXPECT_EQ(receipt_of_call("ringing"), std::nullopt);
}

TEST(Twilio, ACallAsksForAKey) {
  Delivery page = testing::page_to({});
  page.message.title = "a <b> & \"c\"\x01";
  const std::string twiml = twiml_call(page, "https://t.example.org/hooks?a=1&b=2");
  EXPECT_THAT(twiml, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Gather "));
  EXPECT_THAT(twiml, HasSubstr("numDigits=\"1\""));
  EXPECT_THAT(twiml, HasSubstr("action=\"https://t.example.org/hooks?a=1&amp;b=2\""));
  EXPECT_THAT(twiml, HasSubstr("a &lt;b&gt; &amp; &quot;c&quot; ."));
  EXPECT_THAT(twiml, HasSubstr("Press 1 to acknowledge, 2 to escalate"));
  page.language = "de";
  EXPECT_THAT(twiml_call(page, "x"), HasSubstr("<Say language=\"de-DE\">Hier ist Tocsin."));
  page.message.is_page = false;
  EXPECT_THAT(twiml_call(page, "x"), Not(HasSubstr("Gather")));
}

TEST(Twilio, AnswersBySms) {
  EXPECT_THAT(twiml_sms("ada & grace"),
              HasSubstr("<Response><Message>ada &amp; grace</Message></Response>"));
  EXPECT_THAT(twiml_sms(""), HasSubstr("<Response/>"));
}

}  // namespace
}  // namespace tocsin::notify
