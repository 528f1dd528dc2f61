#include <gmock/gmock.h>
#include <poll.h>

#include <future>

#include "net/server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using testing::RawAnswer;
using testing::RawClient;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

class ServerLimits : public ::testing::Test {
 protected:
  void SetUp() override {
    test_.router.add("GET", "/hello", [](const Request&) { return Response::text(200, "hello"); });
    test_.router.add("POST", "/small", [](const Request& r) { return Response::text(200, r.body); },
                     {.max_body = 1000});
  }
  testing::TestServer test_;
};

TEST_F(ServerLimits, ALargeBodyIsRefusedAndTheAnswerArrives) {
  test_.start();
  RawClient client(test_.port());
  // The client sends on although it was refused: the answer must not be lost to a reset.
  client.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
  client.send(std::string(4'000'000, 'x'));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("1000"));
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(ServerLimits, ALargeHeadIsRefused) {
  test_.start();
  RawClient client(test_.port());
  client.send("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x'));
  EXPECT_EQ(client.read_answer().status, 431);
}

TEST_F(ServerLimits, ASlowHeadAndASlowBodyAre408) {
  test_.options.header_timeout = std::chrono::milliseconds(50);
  test_.options.body_timeout = std::chrono::milliseconds(50);
  test_.start();
  RawClient head(test_.port());
  head.send("GET /hel");
  EXPECT_EQ(head.read_answer().status, 408);
  EXPECT_TRUE(head.is_closed_by_peer());
  RawClient body(test_.port());
  body.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
  EXPECT_EQ(body.read_answer().status, 408);
  EXPECT_THAT(test_.metrics.to_text(), HasSubstr("tocsin_http_timeouts_total 2"));
}

TEST_F(ServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  test_.options.idle_timeout = std::chrono::milliseconds(50);
  test_.start();
  RawClient client(test_.port());
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_to_end(), "");
  RawClient silent(test_.port());
  EXPECT_TRUE(silent.is_closed_by_peer());
}

TEST_F(ServerLimits, AClientThatDoesNotReadIsCut) {
  test_.options.write_timeout = std::chrono::milliseconds(100);
  test_.router.add("GET", "/huge",
                   [](const Request&) { return Response::text(200, std::string(64 << 20, 'x')); });
  test_.start();
  RawClient client(test_.port());
  client.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
  while (test_.metrics.to_text().find("tocsin_http_connections 1") == std::string::npos) {
  }
  while (test_.metrics.to_text().find("tocsin_http_connections 0") == std::string::npos) {
  }
  EXPECT_LT(client.read_to_end().size(), size_t{64} << 20);
}

TEST_F(ServerLimits, AFullQueueIs503WithRetryAfter) {
  std::promise<void> entered;
  std::promise<void> go_on;
  const std::shared_future<void> may_go = go_on.get_future().share();
  test_.router.add("GET", "/block", [&](const Request&) {
    entered.set_value();
    may_go.wait();
    return Response::text(200, "unblocked");
  });
  test_.options.workers = 1;
  test_.options.max_queue = 1;
  test_.start();
  RawClient blocker(test_.port());
  blocker.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  RawClient a(test_.port());
  RawClient b(test_.port());
  a.send(kGet);
  b.send(kGet);
  pollfd watched[] = {{a.fd(), POLLIN, 0}, {b.fd(), POLLIN, 0}};
  ASSERT_EQ(::poll(watched, 2, 20'000), 1) << "one waits in the queue, the other is refused";
  RawClient& refused = watched[0].revents != 0 ? a : b;
  RawClient& queued = watched[0].revents != 0 ? b : a;
  const RawAnswer refusal = refused.read_answer();
  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.header("Retry-After"), "1");
  EXPECT_THAT(test_.metrics.to_text(),
              HasSubstr(R"(tocsin_http_refused_total{limit="worker_queue"} 1)"));
  go_on.set_value();
  EXPECT_EQ(queued.read_answer().status, 200);
  EXPECT_EQ(blocker.read_answer().body, "unblocked");
  refused.send(kGet);
  EXPECT_EQ(refused.read_answer().status, 200) << "the connection goes on";
}

TEST_F(ServerLimits, TooManyConnectionsAre503) {
  test_.options.max_connections = 1;
  test_.start();
  RawClient first(test_.port());
  first.send(kGet);
  EXPECT_EQ(first.read_answer().status, 200);
  RawClient second(test_.port());
  EXPECT_THAT(second.read_to_end(), HasSubstr("503"));
  first.send(kGet);
  EXPECT_EQ(first.read_answer().status, 200);
}

// Streams.

struct Feed {
  std::mutex mutex;
  std::string next;
  std::promise<void> gone;
};
struct FeedSource final : EventSource {
  explicit FeedSource(std::shared_ptr<Feed> feed) : feed_(std::move(feed)) {}
  ~FeedSource() override { feed_->gone.set_value(); }
  std::string take() override {
    const std::lock_guard lock(feed_->mutex);
    return feed_->next;
  }
  std::shared_ptr<Feed> feed_;
};

class ServerStreams : public ServerLimits {
 protected:
  void SetUp() override {
    test_.router.add("GET", "/stream", [this](const Request&) {
      Response response;
      response.body = "event: hello\n\n";
      response.events = std::make_unique<FeedSource>(feed_);
      return response;
    });
  }
  std::shared_ptr<Feed> feed_ = std::make_shared<Feed>();
};

TEST_F(ServerStreams, AReaderGetsEventsAndItsLeavingIsNoticed) {
  feed_->next = "data: x\n\n";
  test_.start();
  {
    RawClient client(test_.port());
    client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
    EXPECT_EQ(client.read_until("\n\n"), "event: hello\n\n");
    EXPECT_EQ(client.read_until("\n\n"), "data: x\n\n");
    EXPECT_EQ(client.read_until("\n\n"), "data: x\n\n");
  }
  EXPECT_EQ(feed_->gone.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(ServerStreams, ASlowReaderIsCutAndItsSourceFreed) {
  feed_->next = std::string(1 << 20, 'x');
  test_.options.write_timeout = std::chrono::milliseconds(100);
  test_.start();
  RawClient client(test_.port());
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(feed_->gone.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(ServerStreams, StopTellsTheReaderToComeBack) {
  test_.start();
  RawClient client(test_.port());
  client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("hello\n\n");
  std::thread stopper([&] { test_.server().stop(std::chrono::seconds(20)); });
  EXPECT_EQ(client.read_to_end(), "retry: 2000\n\n");
  client.half_close();
  stopper.join();
}

}  // namespace
}  // namespace tocsin::net
