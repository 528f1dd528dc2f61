#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <future>
#include <sstream>

#include "base/text.h"
#include "net/client.h"
#include "net/smtp_dialog.h"
#include "net/testing/http_catcher.h"
#include "net/testing/mailbox.h"
#include "net/testing/test_certificate.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using testing::HttpCatcher;
using testing::Mailbox;
using ::testing::Not;

std::string content_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

class ClientOptions : public ::testing::Test {
 protected:
  Result<HttpAnswer> call(HttpCall call) { return client_->call_and_wait(std::move(call)); }
  Result<> send(Mail mail) {
    std::promise<Result<>> sent;
    client_->send(std::move(mail), [&](Result<> result) { sent.set_value(std::move(result)); });
    return sent.get_future().get();
  }
  Metrics metrics_;
  HttpCatcher catcher_;
  std::unique_ptr<Client> client_ = Client::start(metrics_);
};

class ClientTlsOptions : public ClientOptions {
 protected:
  ClientTlsOptions() {
    server_.router.add("GET", "/", [](const Request&) { return Response::empty(204); });
    server_.router.add("GET", "/host", [](const Request& request) {
      return Response::text(200, std::string(request.headers.get("host").value_or("")));
    });
    server_.options.tls = TlsFiles{certificate_.certificate(), certificate_.key()};
    server_.start();
  }
  HttpCall to_server() {
    HttpCall call;
    call.url = server_.url("/");
    call.ca_file = certificate_.certificate();
    return call;
  }
  testing::TestCertificate certificate_;
  testing::TestServer server_;
};

TEST_F(ClientTlsOptions, AnAuthorityMayBeAText) {
  HttpCall http = to_server();
  http.ca_file.clear();
  EXPECT_FALSE(call(http));
  http.tls.ca_pem = content_of(certificate_.certificate());
  const auto answer = call(http);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 204);
}

TEST_F(ClientTlsOptions, ACertificateOfOnesOwnNeedsItsKey) {
  HttpCall http = to_server();
  http.tls.cert_file = certificate_.certificate();
  http.tls.key_file = certificate_.key();
  EXPECT_TRUE(call(http));
  http.tls = {.cert_pem = content_of(certificate_.certificate()),
              .key_pem = Secret(content_of(certificate_.key()))};
  EXPECT_TRUE(call(http));
  client_ = Client::start(metrics_);  // no connection to be used again
  const testing::TestCertificate other;
  http.tls.key_pem = Secret(content_of(other.key()));
  const auto mismatch = call(http);
  ASSERT_FALSE(mismatch);
  EXPECT_THAT(mismatch.error().message, Not(HasSubstr("BEGIN")));
  http.tls = {.cert_file = "/nowhere/cert.pem", .key_file = "/nowhere/key.pem"};
  EXPECT_FALSE(call(http));
}

TEST_F(ClientTlsOptions, VersionsHaveBounds) {
  HttpCall http = to_server();
  http.tls.min_version = "TLS13";
  EXPECT_TRUE(call(http));
  http.tls.min_version = "TLS12";
  http.tls.max_version = "TLS12";
  EXPECT_TRUE(call(http));
  http.tls.min_version = "SSL3";
  const auto unknown = call(http);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kInvalidArgument);
}

TEST_F(ClientTlsOptions, TheCertificateMayBeOfAnotherNameThanTheHost) {
  HttpCall http = to_server();
  http.tls.server_name = "localhost";  // which the certificate has, too
  http.url = server_.url("/host");
  const auto answer = call(http);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ("https://" + answer->body + "/host", http.url);

  http.tls.server_name = "other.example.org";
  const auto other = call(http);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("other.example.org"));
  EXPECT_THAT(other.error().message, HasSubstr("127.0.0.1"));
  http.verify_tls = false;
  EXPECT_TRUE(call(http));
  http.tls.server_name = "no name";
  EXPECT_EQ(call(http).error().code, Code::kInvalidArgument);
}

TEST_F(ClientOptions, AProxyIsAskedForTheWholeUrl) {
  HttpCall http;
  http.url = "http://nowhere.invalid/x";
  http.proxy.url = Secret("http://user:sesame@127.0.0.1:" + std::to_string(catcher_.port()));
  http.proxy.connect_headers = {{"X-Proxy", Secret("opens")}};
  // The name means nothing to us: only the proxy can have answered.
  const auto answer = call(http);
  ASSERT_TRUE(answer) << answer.error().message;

  http.url = catcher_.url("/direct");
  http.proxy.url = Secret("http://user:sesame@127.0.0.1:1");
  const auto refused = call(http);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("sesame")));
  http.proxy.no_proxy = "127.0.0.1";
  EXPECT_TRUE(call(http));
  http.proxy.connect_headers = {{"X-Proxy", Secret("a\r\nb")}};
  EXPECT_EQ(call(http).error().code, Code::kInvalidArgument);
}

TEST_F(ClientOptions, ARedirectKeepsMethodAndBody) {
  HttpCall http;
  http.method = "POST";
  http.url = catcher_.url("/old");
  http.body = "all of it";
  http.follow_redirects = true;
  for (const int status : {301, 302, 303, 307, 308}) {
    catcher_.answer_next({.status = status, .headers = {{"Location", "/new"}}});
    const auto answer = call(http);
    ASSERT_TRUE(answer) << answer.error().message;
    const Request last = catcher_.requests().back();
    EXPECT_EQ(last.path, "/new");
    EXPECT_EQ(last.method, "POST") << status;
    EXPECT_EQ(last.body, "all of it") << status;
  }
}

TEST_F(ClientOptions, AMailGoesToSeveral) {
  const Mailbox mailbox;
  Mail mail;
  mail.server = mailbox.url();
  mail.hello = "bell.example.org";
  mail.from = "a@example.org";
  mail.to = "b@example.org";
  mail.also_to = {"c@example.org", "d@example.org"};
  mail.message = "Subject: x\r\n\r\ny\r\n";
  const auto sent = send(mail);
  ASSERT_TRUE(sent) << sent.error().message;
  ASSERT_TRUE(mailbox.wait_for(1));
  EXPECT_EQ(mailbox.mails()[0].to, "b@example.org, c@example.org, d@example.org");
  mail.also_to = {"c@example.org>\r\nRCPT TO:<e@example.org"};
  EXPECT_EQ(send(mail).error().code, Code::kInvalidArgument);
  mail.also_to.clear();
  mail.hello = "a b";
  EXPECT_EQ(send(mail).error().code, Code::kInvalidArgument);
}

// RFC 2195: the digest is HMAC-MD5 of the challenge with the secret.
TEST_F(ClientOptions, CramMd5ProvesTheSecretWithoutSayingIt) {
  const Mailbox mailbox({.tls = {}, .wants_cram_md5 = true});
  Mail mail;
  mail.server = mailbox.url();
  mail.user = "bell";
  mail.password = Secret("sesame");
  mail.cram_md5 = true;
  mail.from = "a@example.org";
  mail.to = "b@example.org";
  mail.message = "Subject: x\r\n\r\ny\r\n";
  const auto sent = send(mail);
  ASSERT_TRUE(sent) << sent.error().message;
  ASSERT_TRUE(mailbox.wait_for(1));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const std::string_view challenge = SmtpDialog::kChallenge;
  HMAC(EVP_md5(), "sesame", 6, reinterpret_cast<const unsigned char*>(challenge.data()),
       challenge.size(), digest, &size);
  EXPECT_EQ(mailbox.mails()[0].user, "bell");
  EXPECT_EQ(mailbox.mails()[0].password, hex({reinterpret_cast<const char*>(digest), size}));
}

}  // namespace
}  // namespace tocsin::net
