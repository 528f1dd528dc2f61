#include "notify/preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "codec/yaml.h"

namespace tocsin::notify {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Kind = catalog::Contact::Kind;

class Preview : public ::testing::Test {
 protected:
  Preview() {
    config_.external_url = "https://tocsin.example.org";
    config_.smtp = SmtpConfig{.server = "smtp://mail.example.org:587",
                              .from = "tocsin@example.org",
                              .password = Secret("relay-word")};
    config_.twilio["twilio-a"] = {
        .account = "AC1", .token = Secret("twilio-word"), .from = "+15005550006"};
    config_.sms = config_.voice = {"twilio-a"};
    config_.telegram = TelegramConfig{.token = Secret("bot-word"), .webhook_secret = Secret("w")};
    config_.pushover = PushoverConfig{.token = Secret("app-word")};
    config_.slack = SlackAppConfig{.token = Secret("xoxb-word"), .signing_secret = Secret("s")};
  }
  // notify.http.generic-b.
  void set_template(const std::string& yaml) {
    codec::Problems problems;
    const auto documents = codec::parse_yaml(yaml);
    ASSERT_TRUE(documents) << documents.error().message;
    config_.http["generic-b"] =
        read_http_template(codec::Fields(documents->at(0), "tocsin.yaml", problems));
    ASSERT_TRUE(problems.empty()) << problems.as_result().error().message;
  }
  ContactPreview of(Kind kind, const std::string& address, const std::string& secret = "") {
    const Delivery delivery{.id = "dlv_preview",
                            .subject = {kPageSubject, "pag_preview"},
                            .person = catalog::PersonId("ada"),
                            .contact = {.kind = kind,
                                        .name = "it",
                                        .address = address,
                                        .provider = kind == Kind::kHttp ? "generic-b" : "",
                                        .secret = Secret(secret)},
                            .message = sample_message(clock_.now(), config_.external_url),
                            .reply_code = kind == Kind::kSms ? 4 : 0,
                            .attempts = 1};
    return preview_contact(delivery, config_, clock_, nullptr);
  }
  ManualClock clock_;
  NotifyConfig config_;
};

TEST_F(Preview, OfAWebhookIsItsBodyWithoutKeyAndPath) {
  const ContactPreview shown =
      of(Kind::kWebhook, "https://hooks.example.org/in/very-secret", "key");
  EXPECT_EQ(shown.format, "json");
  EXPECT_EQ(shown.method, "POST");
  EXPECT_EQ(shown.host, "hooks.example.org");
  EXPECT_THAT(shown.text, AllOf(HasSubstr(R"("type":"page")"), HasSubstr("customers cannot pay")));
  const std::string all = codec::to_text(to_json(shown));
  EXPECT_THAT(all, Not(HasSubstr("very-secret")));
  EXPECT_THAT(all, HasSubstr(R"("X-Tocsin-Signature":"<secret>")"));
}

TEST_F(Preview, OfAMailIsItsSubjectAndText) {
  const ContactPreview shown = of(Kind::kMail, "ada@example.org");
  EXPECT_EQ(shown.format, "mail");
  EXPECT_THAT(shown.text, HasSubstr("Subject: SEV-1 checkout: customers cannot pay\n\n"));
  EXPECT_THAT(shown.text, HasSubstr("/p/PREVIEW"));
}

TEST_F(Preview, OfAnSmsHasItsCodesAndMasksTheNumber) {
  const ContactPreview shown = of(Kind::kSms, "+4930123456");
  EXPECT_EQ(shown.format, "form");
  EXPECT_THAT(shown.text, AllOf(HasSubstr("Body: "), HasSubstr("4a"), HasSubstr("To: +49...56")));
  EXPECT_THAT(codec::to_text(to_json(shown)),
              AllOf(Not(HasSubstr("30123")), Not(HasSubstr("twilio-word"))));
}

TEST_F(Preview, OfEveryChannelShowsNoSecret) {
  const std::vector<std::pair<Kind, std::string>> contacts{
      {Kind::kVoice, "+4930123456"},
      {Kind::kSlack, "https://hooks.slack.com/services/T0/B0/hidden-part"},
      {Kind::kTeams, "https://flow.example.org/workflows/hidden-part"},
      {Kind::kSlackUser, "U123"},
      {Kind::kTelegram, "-100hidden-part"},
      {Kind::kNtfy, "https://ntfy.example.org/hidden-part"},
      {Kind::kPushover, "hidden-part"}};
  for (const auto& [kind, address] : contacts) {
    const ContactPreview shown = of(kind, address, "contact-word");
    SCOPED_TRACE(shown.channel);
    EXPECT_THAT(shown.problem, IsEmpty());
    EXPECT_THAT(shown.text, HasSubstr("cannot pay"));
    const std::string all = codec::to_text(to_json(shown));
    EXPECT_THAT(all, AllOf(Not(HasSubstr("-word")), Not(HasSubstr("hidden-part")),
                           Not(HasSubstr("30123"))));
  }
}

TEST_F(Preview, OfAnHttpProviderIsTheBodyOfItsTemplate) {
  ::setenv("TOCSIN_PREVIEW_TEST", "json-word", 1);
  set_template(R"(
url: https://sms.example.net/v1/messages
headers: {Authorization: "Bearer ${TOCSIN_PREVIEW_TEST}"}
body: '{"to": "{{to}}", "key": "${TOCSIN_PREVIEW_TEST}", "text": "{{text}}"}'
)");
  const ContactPreview shown = of(Kind::kHttp, "+4930123456");
  EXPECT_THAT(shown.problem, IsEmpty());
  EXPECT_EQ(shown.format, "json");
  EXPECT_EQ(shown.host, "sms.example.net");
  EXPECT_THAT(shown.text, AllOf(HasSubstr("cannot pay"), HasSubstr(R"("key": "<secret>")")));
  EXPECT_THAT(codec::to_text(to_json(shown)),
              AllOf(Not(HasSubstr("json-word")), Not(HasSubstr("30123"))));
}

TEST_F(Preview, OfAFormDoesNotDecodeASecret) {
  // Of a form the environment holds what is sent, so an encoded word.
  ::setenv("TOCSIN_PREVIEW_TEST", "form%2Fword", 1);
  set_template(R"(
url: https://sms.example.net/v1/messages
headers: {Content-Type: application/x-www-form-urlencoded}
body: key=${TOCSIN_PREVIEW_TEST}&to={{to}}&text={{text}}
)");
  const ContactPreview shown = of(Kind::kHttp, "+4930123456");
  EXPECT_EQ(shown.format, "form");
  EXPECT_THAT(shown.text, AllOf(HasSubstr("key: <secret>\n"), HasSubstr("cannot pay")));
  EXPECT_THAT(codec::to_text(to_json(shown)),
              AllOf(Not(HasSubstr("word")), Not(HasSubstr("30123"))));
}

TEST_F(Preview, OfAChannelThatIsNotSetUpSaysSo) {
  config_.smtp.reset();
  EXPECT_THAT(of(Kind::kMail, "ada@example.org").problem, HasSubstr("no mail relay is configured"));
  EXPECT_THAT(of(Kind::kHttp, "x").problem, HasSubstr("there is no notify.http."));
}

TEST_F(Preview, OfAPushIsWhatTheBrowserShows) {
  const ContactPreview shown = of(Kind::kPush, "");
  EXPECT_EQ(shown.format, "push");
  EXPECT_THAT(shown.text, HasSubstr("customers cannot pay"));
  EXPECT_EQ(shown.problem, "ada has subscribed no browser");
}

}  // namespace
}  // namespace tocsin::notify
