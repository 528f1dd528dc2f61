#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "net/server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_certificate.h"
#include "net/testing/test_server.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using testing::RawAnswer;
using testing::RawClient;

class ServerTls : public ::testing::Test {
 protected:
  void SetUp() override {
    test_.router.add("POST", "/echo", [](const Request& request) {
      return Response::text(200, (request.is_tls ? "tls " : "plain ") + request.body);
    });
    test_.options.tls = TlsFiles{certificate_.certificate(), certificate_.key()};
  }
  testing::TestCertificate certificate_;
  testing::TestServer test_;
};

std::string post(std::string_view body) {
  return fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                     body);
}

TEST_F(ServerTls, TalksTlsAndKeepsTheConnection) {
  test_.start();
  RawClient client(test_.port(), true);
  ASSERT_TRUE(client.is_connected());
  client.send(post("one"));
  EXPECT_EQ(client.read_answer().body, "tls one");
  const std::string large(900'000, 'x');
  client.send(post(large));
  EXPECT_EQ(client.read_answer().body, "tls " + large);
}

TEST_F(ServerTls, RefusalsArriveOverTlsToo) {
  test_.start();
  RawClient client(test_.port(), true);
  client.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 400);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(ServerTls, APlainClientAndAStalledHandshakeAreClosed) {
  test_.options.header_timeout = std::chrono::milliseconds(50);
  test_.start();
  RawClient plain(test_.port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(plain.is_closed_by_peer());
  RawClient silent(test_.port());
  EXPECT_TRUE(silent.is_closed_by_peer());
}

TEST_F(ServerTls, StopUnderLoadEnds) {
  test_.start();
  std::atomic<bool> stopped = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stopped) {
        RawClient client(test_.port(), true);
        if (!client.is_connected()) continue;
        client.send(post(std::string(100'000, 'y')));
        if (client.read_answer().status == 200) ++answered;
      }
    });
  }
  while (answered < 10) std::this_thread::yield();
  test_.server().stop(std::chrono::milliseconds(50));
  stopped = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(TlsFiles, AreNamedWhenTheyCannotBeUsed) {
  const testing::TestCertificate one;
  const testing::TestCertificate other;
  const auto start = [](TlsFiles files) {
    const Router router;
    SystemClock clock;
    SystemRng rng;
    Metrics metrics;
    Log log(clock, LogLevel::kError, LogFormat::kLogfmt, [](LogLevel, std::string_view) {});
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.tls = std::move(files);
    return Server::start(router, options, clock, rng, log, metrics).error();
  };
  EXPECT_THAT(start({"/nowhere.pem", one.key()}).message, HasSubstr("/nowhere.pem"));
  EXPECT_THAT(start({one.certificate(), one.certificate()}).message, HasSubstr("cert.pem"));
  const Error mismatch = start({one.certificate(), other.key()});
  EXPECT_EQ(mismatch.code, Code::kInvalidArgument);
  EXPECT_THAT(mismatch.message, HasSubstr(other.key()));
}

}  // namespace
}  // namespace tocsin::net
