#include "receiver/http_call.h"

#include <fstream>
#include <utility>

#include "base/text.h"
#include "net/testing/test_certificate.h"
#include "receiver/check.h"
#include "receiver/testing.h"
#include "routing/alertmanager_config.h"

namespace tocsin::receiver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

std::string write_file(const std::string& name, std::string_view text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

class HttpCallTest : public testing::IntegrationTest {
 protected:
  Sent send_with(const routing::HttpSettings& http) {
    routing::WebhookSettings settings;
    settings.http = http;
    settings.url = url();
    routing::Receiver receiver;
    receiver.webhook = {settings};
    return send(*made(receiver), testing::group());
  }
  net::Request sent_with(const routing::HttpSettings& http) {
    const Sent sent = send_with(http);
    EXPECT_TRUE(sent) << sent.error().error.message;
    return last();
  }
};

TEST_F(HttpCallTest, SignsInWithBasicAuth) {
  routing::HttpSettings http;
  http.basic_auth = {.username = "ada", .username_file = "", .password = {Secret("pa:ss"), ""}};
  EXPECT_EQ(sent_with(http).headers.get("authorization"), "Basic " + base64("ada:pa:ss"));
  http.basic_auth->username_file = write_file("basic_user", "grace\n");
  http.basic_auth->password = {Secret(), write_file("basic_password", " word ")};
  EXPECT_EQ(sent_with(http).headers.get("authorization"), "Basic " + base64("grace:word"));
}

TEST_F(HttpCallTest, ReadsATokenAnewAtEachSend) {
  routing::HttpSettings http;
  const std::string file = write_file("token", "first");
  http.authorization = {.type = "Bearer", .credentials = {Secret(), file}};
  EXPECT_EQ(sent_with(http).headers.get("authorization"), "Bearer first");
  write_file("token", "second");
  EXPECT_EQ(sent_with(http).headers.get("authorization"), "Bearer second");
  write_file("token", "");
  const Sent empty = send_with(http);
  ASSERT_FALSE(empty);
  EXPECT_FALSE(empty.error().retry);
  EXPECT_THAT(empty.error().error.message, HasSubstr(file));
}

TEST_F(HttpCallTest, AddsHeaders) {
  routing::HttpSettings http;
  http.headers["X-Team"] = {.values = {"db"}, .secrets = {}, .files = {}};
  http.headers["X-Key"] = {.values = {}, .secrets = {Secret("sesame")}, .files = {}};
  http.headers["X-File"] = {.values = {}, .secrets = {}, .files = {write_file("header", "abc\n")}};
  const net::Request request = sent_with(http);
  EXPECT_EQ(request.headers.get("x-team"), "db");
  EXPECT_EQ(request.headers.get("x-key"), "sesame");
  EXPECT_EQ(request.headers.get("x-file"), "abc");
}

TEST_F(HttpCallTest, WhatAProviderRepeatsOfASecretIsMasked) {
  routing::HttpSettings http;
  http.authorization = {.type = "Bearer", .credentials = {Secret("open-sesame"), ""}};
  catcher_.answer_next({.status = 401, .body = "open-sesame is no token"});
  const Sent sent = send_with(http);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().error.message, "answered 401: <secret> is no token");
}

TEST_F(HttpCallTest, ARedirectedMessageArrivesWhole) {
  catcher_.answer_next({.status = 302, .headers = {{"Location", "/moved"}}});
  ASSERT_TRUE(send_with({}));
  const auto requests = catcher_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].path, "/moved");
  EXPECT_EQ(requests[1].method, "POST");
  EXPECT_EQ(requests[1].body, requests[0].body);

  catcher_.answer_next({.status = 302, .headers = {{"Location", "/moved"}}});
  routing::HttpSettings stays;
  stays.follow_redirects = false;
  const Sent sent = send_with(stays);
  ASSERT_FALSE(sent);
  EXPECT_FALSE(sent.error().retry);
  EXPECT_EQ(catcher_.requests().size(), 3u);
}

TEST_F(HttpCallTest, ATokenDoesNotFollowToAnotherHost) {
  net::testing::HttpCatcher other;
  catcher_.answer_next({.status = 307, .headers = {{"Location", other.url("/taken")}}});
  routing::HttpSettings http;
  http.authorization = {.type = "Bearer", .credentials = {Secret("open-sesame"), ""}};
  ASSERT_TRUE(send_with(http));
  EXPECT_EQ(last().headers.get("authorization"), "Bearer open-sesame");
  ASSERT_EQ(other.requests().size(), 1u);
  EXPECT_FALSE(other.requests()[0].headers.get("authorization"));
}

TEST_F(HttpCallTest, HandsTlsAndProxyToTheClient) {
  routing::HttpSettings http;
  http.tls.ca_file = "/ca.pem";
  http.tls.cert = "CERT";
  http.tls.key = {Secret("KEY-OF-CERT"), ""};
  http.tls.insecure_skip_verify = true;
  http.tls.min_version = "TLS12";
  http.proxy.url = Secret("http://user:proxypass@proxy:3128");
  http.proxy.no_proxy = "localhost";
  http.proxy.connect_header["X-Proxy"] = {Secret("opens")};
  http.enable_http2 = false;
  SecretMask mask;
  const auto call = make_call(http, {.url = Secret("https://a/b"), .headers = {}, .body = {}},
                              seconds(3), "UA", mask);
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->ca_file, "/ca.pem");
  EXPECT_EQ(call->tls.cert_pem, "CERT");
  EXPECT_EQ(call->tls.key_pem.reveal(), "KEY-OF-CERT");
  EXPECT_EQ(call->tls.min_version, "TLS12");
  EXPECT_FALSE(call->verify_tls);
  EXPECT_FALSE(call->http2);
  EXPECT_EQ(call->timeout, seconds(3));
  EXPECT_FALSE(call->proxy.from_environment);
  EXPECT_EQ(call->proxy.url.reveal(), "http://user:proxypass@proxy:3128");
  EXPECT_THAT(call->proxy.connect_headers, ElementsAre(Pair("X-Proxy", Secret("opens"))));
  EXPECT_EQ(mask.masked("proxypass KEY-OF-CERT opens"), "<secret> <secret> <secret>");
}

TEST_F(HttpCallTest, WhatCannotBeDoneIsSaidAndNotSent) {
  routing::HttpSettings http;
  http.tls.next_protos = {"h3"};
  const Sent sent = send_with(http);
  ASSERT_FALSE(sent);
  EXPECT_FALSE(sent.error().retry);
  EXPECT_EQ(sent.error().error.code, Code::kUnimplemented);
  EXPECT_THAT(sent.error().error.message, HasSubstr("next_protos"));
  EXPECT_THAT(catcher_.requests(), IsEmpty());
}

TEST_F(HttpCallTest, AServersNameBesideHostsWithoutProxyIsRefused) {
  routing::HttpSettings http;
  http.tls.server_name = "other.example.org";
  http.proxy.url = Secret("http://proxy:3128");
  EXPECT_THAT(unsupported_http(http), IsEmpty());
  http.proxy.no_proxy = "10.0.0.1";
  EXPECT_THAT(unsupported_http(http),
              ElementsAre(HasSubstr("tls_config.server_name cannot stand beside no_proxy")));
  http.proxy = {.url = Secret(), .no_proxy = "", .from_environment = true, .connect_header = {}};
  EXPECT_THAT(unsupported_http(http), ElementsAre(HasSubstr("beside proxy_from_environment")));
  const Sent sent = send_with(http);
  ASSERT_FALSE(sent);
  EXPECT_FALSE(sent.error().retry);
  EXPECT_THAT(catcher_.requests(), IsEmpty());

  http.oauth2.emplace();
  http.oauth2->proxy = http.proxy;
  http.oauth2->tls = std::exchange(http.tls, {});
  EXPECT_THAT(unsupported_http(http),
              ElementsAre(HasSubstr("oauth2: tls_config.server_name cannot stand beside")));
  http.oauth2->tls = {};
  EXPECT_THAT(unsupported_http(http), IsEmpty());
}

TEST(CheckIntegrations, NamesWhatCannotBeDelivered) {
  codec::Problems problems;
  const auto config =
      routing::read_alertmanager_config(R"(
route: {receiver: a}
receivers:
- name: a
  webhook_configs:
  - url: http://x.example.org
  - url: http://y.example.org
    http_config: {tls_config: {next_protos: [z]}}
  email_configs:
  - {to: a@example.org, from: b@example.org, smarthost: 'm.example.org:25', auth_username: b}
- name: fine
  webhook_configs: [{url: 'http://x.example.org'}]
)",
                                        "am.yml", "/", routing::MatcherSyntax::kFallback, problems);
  ASSERT_NE(config, nullptr) << problems.as_result().error().message;
  EXPECT_THAT(check_integrations(*config),
              ElementsAre(HasSubstr("receiver 'a': webhook_configs[1]: tls_config.next_protos"),
                          HasSubstr("receiver 'a': email_configs[0]: auth_username needs")));
}

}  // namespace
}  // namespace tocsin::receiver
