#include "net/client.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "net/testing/gzip_bytes.h"
#include "net/testing/http_catcher.h"
#include "net/testing/test_certificate.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using testing::HttpCatcher;
using ::testing::Not;

class ClientTest : public ::testing::Test {
 protected:
  Result<HttpAnswer> get(const std::string& url) {
    HttpCall call;
    call.url = url;
    return client_->call_and_wait(std::move(call));
  }
  Metrics metrics_;
  HttpCatcher catcher_;
  std::unique_ptr<Client> client_ = Client::start(metrics_);
};

TEST_F(ClientTest, GivesStatusHeadersAndBodyOfAnyAnswer) {
  catcher_.answer_next({.status = 418, .headers = {{"X-Tea", "Green"}}, .body = "no coffee"});
  const auto answer = get(catcher_.url("/pot?size=1"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->headers.at("x-tea"), "Green");
  EXPECT_EQ(answer->body, "no coffee");
  const Request seen = catcher_.requests().at(0);
  EXPECT_EQ(seen.path, "/pot");
  EXPECT_EQ(seen.query_value("size"), "1");
  EXPECT_EQ(seen.headers.get("User-Agent"), "Tocsin");
  EXPECT_FALSE(seen.headers.get("Content-Type"));
}

TEST_F(ClientTest, SendsMethodHeadersAndLargeBodies) {
  HttpCall call;
  call.method = "PUT";
  call.url = catcher_.url("/x");
  call.headers = {{"Content-Type", "text/plain"}, {"X-Empty", ""}, {"User-Agent", "mine"}};
  call.body = std::string(3 << 20, 'b');
  ASSERT_EQ(client_->call_and_wait(call)->status, 200);
  const Request seen = catcher_.requests().at(0);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.body, call.body);
  EXPECT_EQ(seen.headers.get("User-Agent"), "mine");
  EXPECT_EQ(seen.headers.get("X-Empty"), "");
  EXPECT_FALSE(seen.headers.get("Expect"));
}

TEST_F(ClientTest, UndoesGzip) {
  catcher_.answer_next(
      {.headers = {{"Content-Encoding", "gzip"}}, .body = testing::gzip_bytes("plain")});
  EXPECT_EQ(get(catcher_.url())->body, "plain");
}

TEST_F(ClientTest, ALargeAnswerIsRefused) {
  HttpCall call;
  call.url = catcher_.url();
  call.max_answer = 1000;
  catcher_.answer_next({.body = std::string(1000, 'x')});
  EXPECT_EQ(client_->call_and_wait(call)->body.size(), 1000u);
  catcher_.answer_next({.headers = {{"Content-Encoding", "gzip"}},
                        .body = testing::gzip_bytes(std::string(1001, 'x'))});
  EXPECT_EQ(client_->call_and_wait(call).error().code, Code::kResourceExhausted);
}

TEST_F(ClientTest, TellsRefusedStalledAndHungUpApart) {
  catcher_.answer_next({.stall = true});
  HttpCall call;
  call.url = catcher_.url("/hooks/very-secret-path?token=hunter2");
  call.timeout = std::chrono::milliseconds(100);
  const Error late = client_->call_and_wait(call).error();
  EXPECT_EQ(late.code, Code::kDeadlineExceeded);
  EXPECT_THAT(late.message, HasSubstr(fmt::format("http://127.0.0.1:{}", catcher_.port())));
  EXPECT_THAT(late.message, Not(HasSubstr("secret")));
  EXPECT_THAT(late.message, Not(HasSubstr("hunter2")));

  catcher_.answer_next({.hang_up = true});
  EXPECT_EQ(get(catcher_.url()).error().code, Code::kUnavailable);

  int closed_port = 0;
  {
    const HttpCatcher gone;
    closed_port = gone.port();
  }
  EXPECT_EQ(get(fmt::format("http://127.0.0.1:{}/", closed_port)).error().code, Code::kUnavailable);
  EXPECT_EQ(get("http://nothing.invalid/").error().code, Code::kUnavailable);
}

TEST_F(ClientTest, RefusesWhatItCannotSend) {
  EXPECT_EQ(get("file:///etc/passwd").error().code, Code::kInvalidArgument);
  EXPECT_EQ(get("smtp://127.0.0.1/").error().code, Code::kInvalidArgument);
  EXPECT_EQ(get("not a url").error().code, Code::kInvalidArgument);
  HttpCall call;
  call.url = catcher_.url();
  call.headers = {{"X-A", "1\r\nX-B: 2"}};
  EXPECT_EQ(client_->call_and_wait(call).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(catcher_.requests().empty());
}

TEST_F(ClientTest, PublicOnlyReachesNothingInside) {
  // First a connection that may be reused is left open.
  EXPECT_TRUE(get(catcher_.url()));
  const std::string port = std::to_string(catcher_.port());
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                                 "169.254.169.254", "10.0.0.1", "2130706433", "0x7f.1"}) {
    HttpCall call;
    call.url = "http://" + host + ":" + port + "/latest/meta-data";
    call.reach = Reach::kPublicOnly;
    const auto answer = client_->call_and_wait(call);
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().code, Code::kPermissionDenied)
        << host << ": " << answer.error().message;
  }
  EXPECT_EQ(catcher_.requests().size(), 1u);
}

TEST_F(ClientTest, FollowsRedirectsOnlyWhenAsked) {
  catcher_.answer_next({.status = 302, .headers = {{"Location", "/there"}, {"X-First", "1"}}});
  EXPECT_EQ(get(catcher_.url())->status, 302);
  catcher_.answer_next({.status = 302, .headers = {{"Location", "/there"}, {"X-First", "1"}}});
  HttpCall call;
  call.url = catcher_.url();
  call.follow_redirects = true;
  const auto answer = client_->call_and_wait(call);
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->headers.contains("x-first"));
  catcher_.answer_next({.status = 302, .headers = {{"Location", "file:///etc/passwd"}}});
  EXPECT_FALSE(client_->call_and_wait(call));
}

TEST_F(ClientTest, ManyCallsEachEndOnce) {
  constexpr int kCalls = 300;
  std::atomic<int> ended = 0;
  std::promise<void> all;
  for (int i = 0; i < kCalls; ++i) {
    HttpCall call;
    call.url = catcher_.url("/" + std::to_string(i));
    client_->call(std::move(call), [&](Result<HttpAnswer> answer) {
      EXPECT_TRUE(answer);
      if (++ended == kCalls) all.set_value();
    });
  }
  ASSERT_EQ(all.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_EQ(catcher_.requests().size(), size_t{kCalls});
  EXPECT_THAT(metrics_.to_text(),
              HasSubstr(R"(tocsin_client_calls_total{outcome="answered"} 300)"));
}

TEST_F(ClientTest, StoppingCancelsWhatIsUnderWay) {
  catcher_.answer_always({.stall = true});
  std::promise<Result<HttpAnswer>> ended;
  HttpCall call;
  call.url = catcher_.url();
  client_->call(std::move(call),
                [&](Result<HttpAnswer> answer) { ended.set_value(std::move(answer)); });
  ASSERT_TRUE(catcher_.wait_for(1));
  client_.reset();
  EXPECT_EQ(ended.get_future().get().error().code, Code::kCancelled);
}

TEST(ClientTls, ChecksTheCertificate) {
  const testing::TestCertificate certificate;
  testing::TestServer server;
  server.options.tls = TlsFiles{certificate.certificate(), certificate.key()};
  server.router.add("GET", "/", [](const Request&) { return Response::text(200, "safe"); });
  server.start();
  Metrics metrics;
  const auto client = Client::start(metrics);
  HttpCall call;
  call.url = server.url("/");
  EXPECT_EQ(client->call_and_wait(call).error().code, Code::kUnavailable);
  call.verify_tls = false;
  EXPECT_EQ(client->call_and_wait(call)->body, "safe");
  call.verify_tls = true;
  EXPECT_FALSE(client->call_and_wait(call)) << "not over the connection that was not checked";
  call.ca_file = certificate.certificate();
  EXPECT_EQ(client->call_and_wait(call)->body, "safe");
  call.ca_file = "/nowhere.pem";
  EXPECT_FALSE(client->call_and_wait(call));
}

}  // namespace
}  // namespace tocsin::net
