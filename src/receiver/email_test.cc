#include "base/text.h"
#include "net/testing/mailbox.h"
#include "net/testing/test_certificate.h"
#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using net::testing::Mailbox;
using testing::group;
using ::testing::HasSubstr;
using ::testing::Not;

class EmailTest : public testing::IntegrationTest {
 protected:
  static routing::EmailSettings to(const Mailbox& box) {
    routing::EmailSettings settings;
    settings.to = "Ada <ada@example.org>, grace@example.org";
    settings.from = "{{ .CommonLabels.alertname }} <alerts@example.org>";
    settings.smarthost = {"127.0.0.1", std::to_string(box.port())};
    settings.require_tls = false;
    settings.html = "<p>{{ .CommonAnnotations.summary }}</p>";
    settings.text = "{{ .CommonAnnotations.summary }}";
    return settings;
  }
  std::unique_ptr<Integration> email(routing::EmailSettings settings) {
    routing::Receiver receiver;
    receiver.email = {std::move(settings)};
    return made(receiver);
  }
  net::CaughtMail sent(const Mailbox& box, routing::EmailSettings settings,
                       const GroupMessage& message = group()) {
    const size_t before = box.mails().size();
    auto mailer = email(std::move(settings));
    const Sent result = send(*mailer, message);
    EXPECT_TRUE(result) << result.error().error.message;
    if (!result || !box.wait_for(before + 1)) return {};
    return box.mails().back();
  }
};

TEST_F(EmailTest, IsTextAndHtml) {
  Mailbox box;
  const net::CaughtMail mail = sent(box, to(box));
  EXPECT_EQ(mail.from, "alerts@example.org");
  EXPECT_EQ(mail.to, "ada@example.org, grace@example.org");
  EXPECT_EQ(mail.user, "");
  EXPECT_THAT(mail.message, HasSubstr("From: \"Slow\" <alerts@example.org>\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("To: \"Ada\" <ada@example.org>,\r\n grace@example.org\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("Subject: [FIRING:1] Slow\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("Date: Fri, 02 Jan 2026 03:20:00 +0000\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("MIME-Version: 1.0\r\n"));
  EXPECT_THAT(mail.message, Not(HasSubstr("References:")));
  EXPECT_THAT(mail.message, Not(HasSubstr("X-Tocsin-Maybe-Duplicate")));
  // Readers show the last part that they can.
  const size_t text =
      mail.message.find("Content-Type: text/plain; charset=UTF-8\r\n\r\nit is <slow>\r\n--");
  const size_t html = mail.message.find(
      "Content-Type: text/html; charset=UTF-8\r\n\r\n<p>it is &lt;slow&gt;</p>\r\n--");
  EXPECT_NE(text, std::string::npos) << mail.message;
  EXPECT_NE(html, std::string::npos) << mail.message;
  EXPECT_LT(text, html);
}

TEST_F(EmailTest, AStormIsToldWithTheDefaultTemplate) {
  Mailbox box;
  routing::EmailSettings settings = to(box);
  settings.html = routing::EmailSettings().html;
  const std::string coded = sent(box, settings, testing::storm()).message;
  EXPECT_THAT(coded.substr(0, 1000), HasSubstr("[FIRING:5000] Slow"));
  std::string message;
  for (size_t i = 0; i < coded.size(); ++i) {
    if (coded.compare(i, 3, "=\r\n") == 0) {
      i += 2;  // a line that was folded
    } else {
      message += coded[i];
    }
  }
  const size_t end = message.rfind("host-4999");
  ASSERT_NE(end, std::string::npos) << "the last one is in it";
  EXPECT_GT(end, size_t{2} << 20) << "it is a large mail";
}

TEST_F(EmailTest, ATryAndTheNextAreTheSameMail) {
  Mailbox box;
  const auto id_of = [](const std::string& message) {
    const size_t at = message.find("Message-Id: ");
    return message.substr(at, message.find("\r\n", at) - at);
  };
  const std::string first = id_of(sent(box, to(box)).message);
  EXPECT_THAT(first, ::testing::MatchesRegex("Message-Id: <[0-9a-f]{32}@example.org>"));
  GroupMessage again = group();
  again.maybe_duplicate = true;
  const std::string message = sent(box, to(box), again).message;
  EXPECT_EQ(id_of(message), first);
  EXPECT_THAT(message, HasSubstr("X-Tocsin-Maybe-Duplicate: 1\r\n"));
  again.now += minutes(5);
  EXPECT_NE(id_of(sent(box, to(box), again).message), first);
}

TEST_F(EmailTest, HeadersAreTemplates) {
  Mailbox box;
  routing::EmailSettings settings = to(box);
  settings.headers = {{"Subject", "{{ .Status }} für alle"},
                      {"To", "team"},
                      {"X-Alert", "{{ .CommonLabels.alertname }}\r\nBcc: evil@example.org"},
                      {"Message-Id", "<own@example.org>"}};
  const std::string message = sent(box, settings).message;
  EXPECT_THAT(message, HasSubstr("Subject: =?UTF-8?B?" + base64("firing für alle") + "?=\r\n"));
  EXPECT_THAT(message, HasSubstr("To: team\r\n"));
  EXPECT_THAT(message, Not(HasSubstr("\r\nBcc")));
  EXPECT_THAT(message, HasSubstr("Message-Id: <own@example.org>\r\n"));
}

TEST_F(EmailTest, AGroupIsAThread) {
  Mailbox box;
  routing::EmailSettings settings = to(box);
  settings.threading = true;
  const std::string key(testing::kGroupHash.substr(0, 16));
  EXPECT_THAT(sent(box, settings).message,
              HasSubstr("References: <alert-" + key + "-@alertmanager>\r\nIn-Reply-To: <alert-" +
                        key + "-@alertmanager>\r\n"));
  settings.thread_by_day = true;
  EXPECT_THAT(sent(box, settings).message,
              HasSubstr("References: <alert-" + key + "-2026-01-02@alertmanager>\r\n"));
}

TEST_F(EmailTest, SignsIn) {
  Mailbox box;
  routing::EmailSettings settings = to(box);
  settings.auth_username = "bell";
  settings.auth_password = {Secret("sesame"), ""};
  const net::CaughtMail mail = sent(box, settings);
  EXPECT_EQ(mail.user, "bell");
  EXPECT_EQ(mail.password, "sesame");
}

TEST_F(EmailTest, ASecretForCramMd5IsNeverSentItself) {
  Mailbox box;  // offers PLAIN and LOGIN alone
  routing::EmailSettings settings = to(box);
  settings.auth_username = "bell";
  settings.auth_secret = {Secret("sesame"), ""};
  auto mailer = email(settings);
  const SendFailure failure = refused(*mailer, group());
  EXPECT_THAT(failure.error.message, Not(HasSubstr("sesame")));
  EXPECT_TRUE(box.mails().empty());

  Mailbox proving({.tls = {}, .wants_cram_md5 = true});
  settings.smarthost.port = std::to_string(proving.port());
  const net::CaughtMail mail = sent(proving, settings);
  EXPECT_EQ(mail.user, "bell");
  EXPECT_EQ(mail.password.size(), 32u);  // a digest
}

TEST_F(EmailTest, TlsIsRequiredUnlessSwitchedOff) {
  net::testing::TestCertificate certificate;
  Mailbox plain;
  routing::EmailSettings settings = to(plain);
  settings.require_tls = true;
  auto mailer = email(settings);
  EXPECT_TRUE(refused(*mailer, group()).retry);
  EXPECT_TRUE(plain.mails().empty());

  Mailbox secure({.tls = net::TlsFiles{certificate.certificate(), certificate.key()}});
  settings = to(secure);
  settings.require_tls = true;
  mailer = email(settings);
  EXPECT_THAT(refused(*mailer, group()).error.message, HasSubstr("certificate"));
  settings.tls.ca_file = certificate.certificate();
  EXPECT_TRUE(sent(secure, settings).was_tls);
  settings.tls.ca_file.clear();
  settings.tls.insecure_skip_verify = true;
  EXPECT_TRUE(sent(secure, settings).was_tls);
}

TEST_F(EmailTest, ImplicitTlsDoesNotSpeakFirst) {
  Mailbox box;  // speaks plain SMTP: a TLS hello is no greeting for it
  routing::EmailSettings settings = to(box);
  settings.force_implicit_tls = true;
  auto mailer = email(settings);
  EXPECT_TRUE(refused(*mailer, group(), seconds(2)).retry);
  EXPECT_TRUE(box.mails().empty());
}

TEST_F(EmailTest, AServersNoIsFinalAndItsLaterIsNot) {
  Mailbox box({.mood = net::SmtpMood::kPermanent});
  auto mailer = email(to(box));
  const SendFailure no = refused(*mailer, group());
  EXPECT_FALSE(no.retry);
  EXPECT_THAT(no.error.message, HasSubstr("550"));
  box.set_mood(net::SmtpMood::kTemporary);
  EXPECT_TRUE(refused(*mailer, group()).retry);
  box.set_mood(net::SmtpMood::kStall);
  EXPECT_EQ(refused(*mailer, group(), milliseconds(50)).reason, "contextDeadlineExceeded");
}

TEST_F(EmailTest, WhatCannotBeSentNamesItsField) {
  Mailbox box;
  struct Case {
    std::string field;
    std::function<void(routing::EmailSettings&)> spoil;
  };
  for (const auto& [field, spoil] :
       {Case{"to: ", [](auto& s) { s.to = "{{ .CommonLabels.nobody }}"; }},
        Case{"to: ", [](auto& s) { s.to = "{{ .Nothing }}"; }},
        Case{"from: ", [](auto& s) { s.from = "a@x.org, b@x.org"; }},
        Case{"headers.X-A: ", [](auto& s) { s.headers["X-A"] = "{{ .Nothing }}"; }},
        Case{"html: ", [](auto& s) { s.html = "{{ .Nothing }}"; }},
        Case{"text: ", [](auto& s) { s.text = "{{ template \"none\" . }}"; }}}) {
    routing::EmailSettings settings = to(box);
    spoil(settings);
    auto mailer = email(settings);
    const SendFailure failure = refused(*mailer, group());
    EXPECT_FALSE(failure.retry) << field;
    EXPECT_THAT(failure.error.message, ::testing::StartsWith(field));
  }
  EXPECT_TRUE(box.mails().empty());
}

TEST_F(EmailTest, TheDefaultPageIsRendered) {
  Mailbox box;
  routing::EmailSettings settings = to(box);
  settings.html = routing::EmailSettings{}.html;
  settings.text.clear();
  const std::string message = sent(box, settings).message;
  EXPECT_THAT(message, HasSubstr("text/html"));
  EXPECT_THAT(message, Not(HasSubstr("text/plain")));
  EXPECT_THAT(message, HasSubstr("Slow"));
}

}  // namespace
}  // namespace tocsin::receiver
