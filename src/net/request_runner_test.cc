#include "net/request_runner.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "net/testing/gzip_bytes.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RequestRunner : public ::testing::Test {
 protected:
  void SetUp() override {
    const Handler echo = [](const Request& request) {
      return Response::text(
          200,
          request.body + "|" + std::string(request.headers.get("Content-Encoding").value_or("")));
    };
    router_.add("POST", "/echo", echo, {.max_body = 10});
    router_.add("POST", "/raw", echo, {.accept_gzip = false});
    router_.add("GET", "/p/{token}",
                [](const Request&) -> Response { throw std::runtime_error("secret inside"); });
  }
  Response run(std::string method, std::string path, std::string body, std::string coding) {
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    request.request_id = "r7";
    if (!coding.empty()) request.headers.add("Content-Encoding", std::move(coding));
    return run_request(router_, std::move(request), log_, exceptions_);
  }
  ManualClock clock_;
  std::string logged_;
  Log log_{clock_, LogLevel::kDebug, LogFormat::kLogfmt,
           [this](LogLevel, std::string_view line) { logged_ += line; }};
  Counter exceptions_;
  Router router_;
};

TEST_F(RequestRunner, UndoesGzipAndSaysSo) {
  EXPECT_EQ(run("POST", "/echo", testing::gzip_bytes("hello"), "GZIP").body, "hello|");
  EXPECT_EQ(run("POST", "/echo", "hello", "snappy").body, "hello|snappy");
  const std::string bytes = testing::gzip_bytes("hello");
  EXPECT_EQ(run("POST", "/raw", bytes, "gzip").body, bytes + "|gzip");
}

TEST_F(RequestRunner, HoldsTheLimitAfterDecompression) {
  EXPECT_EQ(run("POST", "/echo", testing::gzip_bytes("0123456789"), "gzip").status, 200);
  EXPECT_EQ(run("POST", "/echo", testing::gzip_bytes("0123456789x"), "gzip").status, 413);
  EXPECT_EQ(run("POST", "/echo", "nonsense", "gzip").status, 400);
}

TEST_F(RequestRunner, AnException500sIsCountedAndLoggedWithoutTheLinkSecret) {
  const Response response = run("GET", "/p/topsecret", "", "");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("r7"));
  EXPECT_THAT(response.body, Not(HasSubstr("secret inside")));
  EXPECT_EQ(exceptions_.value(), 1u);
  EXPECT_THAT(logged_, HasSubstr("level=error"));
  EXPECT_THAT(logged_, HasSubstr("secret inside"));
  EXPECT_THAT(logged_, Not(HasSubstr("topsecret")));
}

TEST(LoggablePath, HidesTheSecretOfLinks) {
  EXPECT_EQ(loggable_path("/p/abc"), "/p/<secret>");
  EXPECT_EQ(loggable_path("/p/abc/more"), "/p/<secret>/more");
  EXPECT_EQ(loggable_path("/ical/abc.ics"), "/ical/<secret>");
  EXPECT_EQ(loggable_path("/api/v1/p/x"), "/api/v1/p/x");
}

}  // namespace
}  // namespace tocsin::net
