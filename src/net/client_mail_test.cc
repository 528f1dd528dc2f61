#include <gmock/gmock.h>

#include <future>

#include "net/client.h"
#include "net/smtp_dialog.h"
#include "net/testing/mailbox.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_certificate.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using testing::Mailbox;

class ClientMail : public ::testing::Test {
 protected:
  static Mail mail_to(const std::string& server) {
    Mail mail;
    mail.server = server;
    mail.from = "tocsin@example.org";
    mail.to = "ada@example.org";
    mail.message = "Subject: SEV-1\r\n\r\nPayments fail.\r\n.\r\n..two dots\r\n";
    return mail;
  }
  Result<> send(Mail mail) {
    std::promise<Result<>> sent;
    client_->send(std::move(mail), [&](Result<> result) { sent.set_value(std::move(result)); });
    return sent.get_future().get();
  }
  Metrics metrics_;
  std::unique_ptr<Client> client_ = Client::start(metrics_);
};

TEST_F(ClientMail, Arrives) {
  const Mailbox mailbox;
  const Mail mail = mail_to(mailbox.url());
  const auto sent = send(mail);
  ASSERT_TRUE(sent) << sent.error().message;
  ASSERT_TRUE(mailbox.wait_for(1));
  const CaughtMail caught = mailbox.mails().at(0);
  EXPECT_EQ(caught.from, "tocsin@example.org");
  EXPECT_EQ(caught.to, "ada@example.org");
  EXPECT_EQ(caught.message, mail.message);
  EXPECT_EQ(caught.user, "");
  EXPECT_FALSE(caught.was_tls);
}

TEST_F(ClientMail, SignsIn) {
  const Mailbox mailbox;
  Mail mail = mail_to(mailbox.url());
  mail.user = "relay";
  mail.password = Secret("pass word");
  ASSERT_TRUE(send(mail));
  EXPECT_EQ(mailbox.mails().at(0).user, "relay");
  EXPECT_EQ(mailbox.mails().at(0).password, "pass word");
}

TEST_F(ClientMail, StarttlsIsCheckedWhenItIsRequired) {
  const testing::TestCertificate certificate;
  const Mailbox mailbox({.tls = TlsFiles{certificate.certificate(), certificate.key()}});
  Mail mail = mail_to(mailbox.url());
  ASSERT_TRUE(send(mail)) << "taken when offered, whoever it is";
  EXPECT_TRUE(mailbox.mails().at(0).was_tls);
  mail.require_starttls = true;
  EXPECT_EQ(send(mail).error().code, Code::kUnavailable) << "not signed by anybody we know";
  mail.ca_file = certificate.certificate();
  ASSERT_TRUE(send(mail));
  EXPECT_EQ(mailbox.mails().size(), 2u);

  const Mailbox plain;
  mail.server = plain.url();
  EXPECT_FALSE(send(mail)) << "required but not offered";
  EXPECT_TRUE(plain.mails().empty());
}

TEST_F(ClientMail, TellsTemporaryFromFinalRefusals) {
  Mailbox mailbox;
  mailbox.set_mood(SmtpMood::kTemporary);
  const Error busy = send(mail_to(mailbox.url())).error();
  EXPECT_EQ(busy.code, Code::kUnavailable);
  EXPECT_THAT(busy.message, HasSubstr("451"));
  mailbox.set_mood(SmtpMood::kPermanent);
  const Error refused = send(mail_to(mailbox.url())).error();
  EXPECT_EQ(refused.code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.message, HasSubstr("no such mailbox"));
  mailbox.set_mood(SmtpMood::kAccept);
  EXPECT_TRUE(send(mail_to(mailbox.url())));
}

TEST_F(ClientMail, AStalledOrBrokenServerEndsTheSend) {
  Mailbox mailbox;
  mailbox.set_mood(SmtpMood::kStall);
  Mail mail = mail_to(mailbox.url());
  mail.timeout = std::chrono::milliseconds(100);
  EXPECT_EQ(send(mail).error().code, Code::kDeadlineExceeded);
  mailbox.set_mood(SmtpMood::kHangUp);
  EXPECT_EQ(send(mail_to(mailbox.url())).error().code, Code::kUnavailable);
}

TEST_F(ClientMail, RefusesAddressesThatWouldAddCommands) {
  const Mailbox mailbox;
  for (const char* to : {"", "a@b>\r\nRCPT TO:<c@d", "a@b> X=<", "a b@c", "a@b\n"}) {
    Mail mail = mail_to(mailbox.url());
    mail.to = to;
    EXPECT_EQ(send(mail).error().code, Code::kInvalidArgument) << to;
  }
  Mail mail = mail_to("http://127.0.0.1/");
  EXPECT_EQ(send(mail).error().code, Code::kInvalidArgument);
}

TEST(SmtpDialog, KeepsTheOrderOfCommands) {
  SmtpDialog dialog(false, false);
  const auto code = [&](std::string_view line) {
    return dialog.take(line, SmtpMood::kAccept).reply.substr(0, 3);
  };
  EXPECT_EQ(code("EHLO x"), "250");
  EXPECT_EQ(code("DATA"), "503");
  EXPECT_EQ(code("STARTTLS"), "502");
  EXPECT_EQ(code("MAIL FROM:a@b"), "501");
  EXPECT_EQ(code("mail from:<a@b> SIZE=5"), "250");
  EXPECT_EQ(code("RCPT TO:<c@d>"), "250");
  EXPECT_EQ(code("RCPT TO:<e@f>"), "250");
  EXPECT_EQ(code("DATA"), "354");
  EXPECT_EQ(code("..dot"), "");
  const auto done = dialog.take(".", SmtpMood::kAccept);
  ASSERT_TRUE(done.mail);
  EXPECT_EQ(done.mail->to, "c@d, e@f");
  EXPECT_EQ(done.mail->message, ".dot\r\n");
  EXPECT_EQ(code("AUTH LOGIN"), "334");
  EXPECT_EQ(code("YWRh"), "334");
  EXPECT_EQ(code("cHc="), "235");
  EXPECT_EQ(code("AUTH CRAM-MD5"), "504");
  EXPECT_EQ(code("AUTH PLAIN ###"), "501");
  EXPECT_TRUE(dialog.take("QUIT", SmtpMood::kAccept).close);
}

TEST(SmtpCatcher, NamesATakenPortAndEndsWithOpenConnections) {
  Mailbox mailbox;
  testing::RawClient client(mailbox.port());
  EXPECT_EQ(client.read_until("\r\n"), "220 catcher ESMTP\r\n");
  EXPECT_EQ(SmtpCatcher::start(mailbox.port(), [](CaughtMail) {}).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace tocsin::net
