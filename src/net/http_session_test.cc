#include "net/http_session.h"

#include <gmock/gmock.h>

#include <cstring>

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Want = HttpSession::Want;

class Host final : public SessionHost {
 public:
  Host() {
    options_.max_header_bytes = 500;
    options_.max_body_memory = 1000;
    const Handler none = [](const Request&) { return Response::empty(); };
    router_.add("POST", "/small", none, {.max_body = 20});
    router_.add("POST", "/big", none, {.max_body = 1 << 20});
  }
  const Router& router() const override { return router_; }
  const ServerOptions& options() const override { return options_; }
  Time wall() const override { return from_micros(1'767'571'200'000'000); }
  std::string new_request_id() override { return "r" + std::to_string(++ids_); }
  bool reserve(size_t bytes) override {
    if (held_ + bytes > memory_) return false;
    held_ += bytes;
    return true;
  }
  void release(size_t bytes) override { held_ -= bytes; }
  void answered(const Answered& answered) override { statuses_.push_back(answered.status); }

  Router router_;
  ServerOptions options_;
  int ids_ = 0;
  size_t held_ = 0;
  size_t memory_ = 1 << 20;
  std::vector<int> statuses_;
};

// Drives a session as a loop would, answering each request with its method, path and body.
class Driver {
 public:
  explicit Driver(Host& host) : session(host, "peer", false, now) {}

  // Hands over as many bytes as the session has room for at a time, at most `step`.
  void feed(std::string_view bytes, size_t step = 1 << 20) {
    while (!bytes.empty() && session.want() == Want::kRead) {
      const auto space = session.input_space();
      const size_t n = std::min({space.size(), bytes.size(), step});
      std::memcpy(space.data(), bytes.data(), n);
      bytes.remove_prefix(n);
      session.received(n, now);
      run();
    }
  }
  void run() {
    for (;;) {
      if (session.want() == Want::kWrite) {
        const auto [head, body] = session.output();
        output.append(head).append(body);
        session.sent(head.size() + body.size(), now);
      } else if (session.want() == Want::kHandle) {
        Request request = session.take_request();
        handled.push_back(request.method + " " + request.path + " " + request.body);
        session.answer(Response::text(200, "[" + request.body + "]"), now);
      } else {
        return;
      }
    }
  }
  void pass(Duration by) {
    now += by;
    if (session.deadline() && *session.deadline() <= now) session.expire(now);
    run();
  }

  Duration now{};
  HttpSession session;
  std::string output;
  std::vector<std::string> handled;
};

TEST(HttpSession, AnswersPipelinedRequestsInOrderHoweverTheyArrive) {
  const std::string bytes =
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "\r\nPOST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
      "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
      "HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::vector<std::string> expected{"GET /a ", "POST /small hello", "POST /small abcde",
                                          "POST /small ", "HEAD /b "};
  for (size_t step = 1; step < 80; ++step) {
    Host host;
    Driver driver(host);
    driver.feed(bytes, step);
    ASSERT_EQ(driver.handled, expected) << "step " << step;
    EXPECT_EQ(driver.session.want(), Want::kRead);
    EXPECT_EQ(host.held_, 0u);
    EXPECT_EQ(host.statuses_, std::vector<int>(5, 200));
  }
}

TEST(HttpSession, HeadHasTheLengthButNoBody) {
  Host host;
  Driver driver(host);
  driver.feed("HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(driver.output, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_TRUE(driver.output.ends_with("\r\n\r\n"));
}

TEST(HttpSession, ReadsALargeBodyIntoItsOwnStorage) {
  Host host;
  Driver driver(host);
  const std::string body(500'000, 'b');
  driver.feed("POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + body, 100'000);
  ASSERT_EQ(driver.handled.size(), 1u);
  EXPECT_EQ(driver.handled[0], "POST /big " + body);
}

TEST(HttpSession, Says100ContinueOnlyWhenTheClientWaits) {
  const std::string head =
      "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  Host host;
  Driver waits(host);
  waits.feed(head);
  EXPECT_EQ(waits.output, "HTTP/1.1 100 Continue\r\n\r\n");
  waits.feed("ab");
  EXPECT_THAT(waits.output, HasSubstr("[ab]"));
  Driver hurries(host);
  hurries.feed(head + "ab");
  EXPECT_THAT(hurries.output, StartsWith("HTTP/1.1 200"));
}

TEST(HttpSession, RefusesLargeBodiesWithoutReadingThem) {
  Host host;
  Driver driver(host);
  driver.feed(
      "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(driver.output, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(driver.output, HasSubstr("Connection: close"));
  EXPECT_EQ(driver.session.want(), Want::kLinger);
  Driver chunked(host);
  chunked.feed("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n");
  EXPECT_THAT(chunked.output, StartsWith("HTTP/1.1 413"));
}

TEST(HttpSession, HoldsTheMemoryOfAllBodiesTogether) {
  Host host;
  host.memory_ = 100'000;
  Driver first(host);
  Driver second(host);
  const std::string request = "POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\nx";
  first.feed(request);
  EXPECT_GT(host.held_, 0u);
  second.feed(request);
  EXPECT_THAT(second.output, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(second.output, HasSubstr("Retry-After: 1"));
  EXPECT_LE(host.held_, 100'000u);
}

TEST(HttpSession, EachPartHasItsTime) {
  Host host;
  Driver idle(host);
  idle.pass(host.options_.idle_timeout);
  EXPECT_EQ(idle.session.want(), Want::kClose);
  EXPECT_EQ(idle.output, "");

  Driver head(host);
  head.feed("GET / HT");
  head.pass(host.options_.header_timeout - Duration(1));
  EXPECT_EQ(head.output, "");
  head.feed("TP");  // more bytes do not give more time
  head.pass(Duration(1));
  EXPECT_THAT(head.output, StartsWith("HTTP/1.1 408"));

  Driver body(host);
  body.feed("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  body.pass(host.options_.body_timeout);
  EXPECT_THAT(body.output, StartsWith("HTTP/1.1 408"));
  body.pass(std::chrono::seconds(2));  // lingering
  EXPECT_EQ(body.session.want(), Want::kClose);
}

TEST(HttpSession, GarbageIsAnsweredAndClosed) {
  Host host;
  Driver driver(host);
  driver.feed("\x16\x03\x01");
  EXPECT_THAT(driver.output, StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(driver.session.want(), Want::kLinger);
  Driver large(host);
  large.feed("GET /" + std::string(600, 'a'));
  EXPECT_THAT(large.output, StartsWith("HTTP/1.1 431"));
}

TEST(HttpSession, AHalfClosedPeerStillGetsItsAnswer) {
  Host host;
  Driver driver(host);
  driver.feed("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  driver.session.input_ended(driver.now);
  EXPECT_EQ(driver.session.want(), Want::kClose);
  EXPECT_THAT(driver.output, StartsWith("HTTP/1.1 200"));

  Driver cut(host);
  cut.feed("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  cut.session.input_ended(cut.now);
  cut.run();
  EXPECT_THAT(cut.output, StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(cut.session.want(), Want::kClose);
}

TEST(HttpSession, DrainingFinishesTheRequestUnderWay) {
  Host host;
  Driver driver(host);
  driver.feed("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na");
  driver.session.drain(driver.now);
  driver.feed("b");
  EXPECT_THAT(driver.output, HasSubstr("Connection: close"));
  EXPECT_EQ(driver.session.want(), Want::kLinger);
  Driver idle(host);
  idle.session.drain(idle.now);
  EXPECT_EQ(idle.session.want(), Want::kClose);
}

TEST(HttpSession, Http10IsToldThatTheConnectionStays) {
  Host host;
  Driver driver(host);
  driver.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(driver.output, HasSubstr("Connection: keep-alive"));
  EXPECT_EQ(driver.session.want(), Want::kRead);
}

struct Words final : EventSource {
  explicit Words(std::string& next, const bool* is_over = nullptr)
      : next_(next), is_over_(is_over) {}
  std::string take() override { return std::exchange(next_, ""); }
  bool is_over() const override { return is_over_ != nullptr && *is_over_; }
  std::string& next_;
  const bool* is_over_;
};

// A session that streams what `source` says.
void begin_stream(Driver& driver, std::unique_ptr<EventSource> source) {
  const auto space = driver.session.input_space();
  const std::string get = "GET /s HTTP/1.1\r\nHost: x\r\n\r\n";
  std::memcpy(space.data(), get.data(), get.size());
  driver.session.received(get.size(), driver.now);
  driver.session.take_request();
  Response response;
  response.body = "event: hello\n\n";
  response.events = std::move(source);
  driver.session.answer(std::move(response), driver.now);
  driver.run();
}

TEST(HttpSession, StreamsEventsHeartbeatsAndCutsASlowReader) {
  Host host;
  std::string next;
  Driver driver(host);
  begin_stream(driver, std::make_unique<Words>(next));
  EXPECT_THAT(driver.output, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(driver.output, HasSubstr("event: hello\n\n"));
  EXPECT_EQ(driver.session.want(), Want::kStream);

  driver.output.clear();
  next = "data: 1\n\n";
  driver.session.tick(driver.now);
  driver.run();
  EXPECT_EQ(driver.output, "data: 1\n\n");
  driver.session.tick(driver.now += std::chrono::seconds(14));
  EXPECT_EQ(driver.session.want(), Want::kStream);
  driver.session.tick(driver.now += std::chrono::seconds(1));
  driver.run();
  EXPECT_THAT(driver.output, HasSubstr("\n: still here\n\n"));

  next = "data: 2\n\n";
  driver.session.tick(driver.now);
  ASSERT_EQ(driver.session.want(), Want::kWrite);
  next = "data: 3\n\n";
  driver.session.tick(driver.now);
  EXPECT_EQ(next, "data: 3\n\n") << "not asked while a piece is being sent";
  driver.now += host.options_.write_timeout;
  driver.session.expire(driver.now);
  EXPECT_EQ(driver.session.want(), Want::kClose);
}

TEST(HttpSession, AStreamThatIsOverEndsWithoutAnotherWord) {
  Host host;
  std::string next;
  bool is_over = false;
  Driver driver(host);
  begin_stream(driver, std::make_unique<Words>(next, &is_over));
  driver.output.clear();
  next = "data: 1\n\n";
  driver.session.tick(driver.now);
  driver.run();
  EXPECT_EQ(driver.output, "data: 1\n\n");

  driver.output.clear();
  next = "data: not for them any more\n\n";
  is_over = true;
  driver.session.tick(driver.now);
  driver.run();
  EXPECT_EQ(driver.output, "retry: 2000\n\n");
  EXPECT_EQ(driver.session.want(), Want::kLinger);
  driver.session.input_ended(driver.now);
  EXPECT_EQ(driver.session.want(), Want::kClose);
}

}  // namespace
}  // namespace tocsin::net
