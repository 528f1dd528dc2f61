#include "net/server.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "net/testing/gzip_bytes.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawAnswer;
using testing::RawClient;

std::string get(std::string_view path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path);
}
std::string post(std::string_view path, std::string_view body, std::string_view extra = "") {
  return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n{}", path,
                     body.size(), extra, body);
}

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test_.router.add("GET", "/hello", [](const Request& request) {
      return Response::text(200, "hello " + std::string(request.query_value("name").value_or("")));
    });
    test_.router.add("POST", "/echo", [](const Request& r) { return Response::text(200, r.body); },
                     {.max_body = 8 << 20});
    test_.router.add("GET", "/throws",
                     [](const Request&) -> Response { throw std::runtime_error("oops"); });
    test_.router.add("GET", "/p/{token}", [](const Request&) { return Response::text(500, ""); });
    test_.router.add("GET", "/large",
                     [](const Request&) { return Response::text(200, std::string(3 << 20, 'L')); });
  }
  testing::TestServer test_;
};

TEST_F(ServerTest, KeepsTheConnectionAndGivesEachRequestAnId) {
  test_.start();
  RawClient client(test_.port());
  ASSERT_TRUE(client.send(get("/hello?name=ada%20b")));
  const RawAnswer first = client.read_answer();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "hello ada b");
  client.send(get("/hello"));
  const RawAnswer second = client.read_answer();
  EXPECT_EQ(second.status, 200);
  EXPECT_FALSE(first.header("X-Request-Id").empty());
  EXPECT_NE(first.header("X-Request-Id"), second.header("X-Request-Id"));
  EXPECT_THAT(test_.server().address(), ::testing::StartsWith("127.0.0.1:"));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  test_.start();
  RawClient client(test_.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += post("/echo", std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read_answer().body, std::to_string(i));
}

TEST_F(ServerTest, TakesLargeChunkedAndCompressedBodies) {
  test_.start();
  RawClient client(test_.port());
  std::string body;
  for (int i = 0; i < 500'000; ++i) body += std::to_string(i % 977);
  client.send(post("/echo", body));
  EXPECT_EQ(client.read_answer().body, body);
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(fmt::format("{:x}\r\n{}\r\n3\r\nend\r\n0\r\n\r\n", body.size(), body));
  EXPECT_EQ(client.read_answer().body, body + "end");
  client.send(post("/echo", testing::gzip_bytes(body), "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(client.read_answer().body, body);
}

TEST_F(ServerTest, HeadGetsNoBody) {
  test_.start();
  RawClient client(test_.port());
  client.send("HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
  EXPECT_EQ(client.read_answer(true).header("Content-Length"), std::to_string(3 << 20));
  EXPECT_EQ(client.read_answer().body, "hello ");
}

TEST_F(ServerTest, AnswersGarbageWith400AndCloses) {
  test_.start();
  for (const char* garbage : {"\x16\x03\x01\x02\x00", "hello\r\n\r\n", "GET / HTTP/1.1\n\n"}) {
    RawClient client(test_.port());
    client.send(garbage);
    EXPECT_EQ(client.read_answer().status, 400) << garbage;
    EXPECT_TRUE(client.is_closed_by_peer());
  }
  RawClient after(test_.port());
  after.send(get("/hello"));
  EXPECT_EQ(after.read_answer().status, 200);
}

TEST_F(ServerTest, AHalfClosedClientGetsItsAnswer) {
  test_.start();
  RawClient client(test_.port());
  client.send(post("/echo", "a") + post("/echo", "b"));
  client.half_close();
  EXPECT_EQ(client.read_answer().body, "a");
  EXPECT_EQ(client.read_answer().body, "b");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(ServerTest, AnExceptionIsA500WithItsRequestIdInTheLog) {
  test_.start();
  RawClient client(test_.port());
  client.send(get("/throws"));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr(answer.header("X-Request-Id")));
  EXPECT_THAT(test_.logged(), HasSubstr("request_id=" + answer.header("X-Request-Id")));
  client.send(get("/hello"));
  EXPECT_EQ(client.read_answer().status, 200) << "the connection goes on";
}

TEST_F(ServerTest, LogsRequestsWithoutQueriesAndLinkSecrets) {
  test_.start();
  RawClient client(test_.port());
  client.send(get("/hello?password=hunter2") + get("/p/hunter3"));
  client.read_answer();
  client.read_answer();
  const std::string logged = test_.logged();
  EXPECT_THAT(logged, HasSubstr("path=/hello"));
  EXPECT_THAT(logged, HasSubstr("status=500"));
  EXPECT_THAT(logged, Not(HasSubstr("hunter")));
}

TEST_F(ServerTest, CountsRequestsByRouteAndClass) {
  test_.start();
  RawClient client(test_.port());
  client.send(get("/hello") + get("/nowhere") + get("/nowhere/else"));
  for (int i = 0; i < 3; ++i) client.read_answer();
  const std::string metrics = test_.metrics.to_text();
  EXPECT_THAT(metrics, HasSubstr(R"(tocsin_http_requests_total{code="2xx",route="/hello"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(tocsin_http_requests_total{code="4xx",route="none"} 2)"));
  EXPECT_THAT(metrics, HasSubstr(R"(tocsin_http_request_seconds_count{route="/hello"} 1)"));
  EXPECT_THAT(metrics, HasSubstr("tocsin_http_connections 1"));
}

TEST_F(ServerTest, AnswersManyConnectionsAtOnce) {
  test_.start();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      RawClient client(test_.port());
      for (int i = 0; i < 100; ++i) {
        const std::string body = fmt::format("{}-{}", t, i);
        client.send(post("/echo", body));
        if (client.read_answer().body != body) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ServerTest, ATakenAddressIsNamed) {
  test_.start();
  ServerOptions options;
  options.listen = test_.server().address();
  Log log(test_.clock, LogLevel::kError, LogFormat::kLogfmt, [](LogLevel, std::string_view) {});
  const auto second =
      Server::start(test_.router, options, test_.clock, test_.rng, log, test_.metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(test_.server().address()));
  options.listen = "nonsense";
  EXPECT_EQ(
      Server::start(test_.router, options, test_.clock, test_.rng, log, test_.metrics).error().code,
      Code::kInvalidArgument);
}

TEST_F(ServerTest, StopFinishesWhatIsUnderWayAndClosesTheRest) {
  test_.options.loops = 1;  // so that both connections learn of the stop at once
  std::promise<void> entered;
  std::promise<void> go_on;
  test_.router.add("GET", "/slow", [&](const Request&) {
    entered.set_value();
    go_on.get_future().wait();
    return Response::text(200, "done");
  });
  test_.start();
  RawClient idle(test_.port());
  idle.send(get("/hello"));
  idle.read_answer();
  RawClient busy(test_.port());
  busy.send(get("/slow"));
  entered.get_future().wait();
  std::thread stopper([&] { test_.server().stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.is_closed_by_peer());
  go_on.set_value();
  const RawAnswer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("Connection"), "close");
  busy.half_close();
  EXPECT_TRUE(busy.is_closed_by_peer());
  stopper.join();
  EXPECT_FALSE(RawClient(test_.port()).is_connected());
}

TEST_F(ServerTest, StopUnderLoadEnds) {
  test_.start();
  std::atomic<bool> stopped = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!stopped) {
        RawClient client(test_.port());
        client.send(get("/large"));
        if (client.read_answer().status == 200) ++answered;
      }
    });
  }
  while (answered < 20) std::this_thread::yield();
  test_.server().stop(std::chrono::milliseconds(50));
  stopped = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(test_.metrics.to_text(), HasSubstr("tocsin_http_connections 0"));
}

}  // namespace
}  // namespace tocsin::net
