#include "incident/logbook_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "incident/http_testing.h"
#include "slo/slo_testing.h"

namespace tocsin::incident {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct Event {
  std::string name, data, id;
};

std::vector<Event> events_in(const std::string& text) {
  std::vector<Event> events;
  Event current;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("event: ")) current.name = line.substr(7);
    if (line.starts_with("data: ")) current.data = line.substr(6);
    if (line.starts_with("id: ")) current.id = line.substr(4);
    if (line.empty() && !current.name.empty()) events.push_back(std::exchange(current, {}));
  }
  return events;
}

std::vector<int64_t> seqs_of(const Event& event) {
  std::vector<int64_t> seqs;
  const auto json = codec::read_own_json(event.data);
  for (const auto& entry : json->as_array()) {
    seqs.push_back(entry.at("seq").as_int64());
  }
  return seqs;
}

class LogbookStream : public ::testing::Test {
 protected:
  void open(LogbookTail::Limits limits = {}) {
    auto opened = LogbookTail::open(t_.engine(), t_.database(), t_.log(), limits);
    ASSERT_TRUE(opened) << opened.error().message;
    tail_ = *std::move(opened);
    add_stream_routes(router_, {gate_, *tail_, t_.clock(), [this] { return source(); }, "b1"});
  }
  PulseSource source() {
    return [this] { return std::exchange(pulse_, ""); };
  }
  void write(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(t_.run([&](engine::Tx& tx) {
        return tx.append({.happened = tx.now(),
                          .actor = {"user", "ada"},
                          .kind = "test.written",
                          .subject_kind = "test",
                          .subject_id = "x",
                          .data = {{"text", "a\nb"}}});
      }));
    }
  }
  net::Response connect(std::optional<std::string> since = {},
                        std::optional<std::string> last_event_id = {}) {
    net::Request request;
    request.method = "GET";
    request.path = "/api/v1/stream";
    if (since) request.query.emplace_back("since", *since);
    if (last_event_id) request.headers.add("Last-Event-ID", *last_event_id);
    return router_.handle(request);
  }

  engine::testing::TestEngine t_;
  std::unique_ptr<LogbookTail> tail_;
  testing::FakeGate gate_;
  net::Router router_;
  std::string pulse_;
};

TEST_F(LogbookStream, IsOverWhenTheOneWhoAskedIsNotLetInAnyMore) {
  open();
  auto response = connect();
  ASSERT_NE(response.events, nullptr);
  EXPECT_FALSE(response.events->is_over());
  gate_.is_open = false;
  EXPECT_TRUE(response.events->is_over());
}

TEST_F(LogbookStream, GreetsAndThenSendsWhatIsNew) {
  open();
  write(3);
  auto response = connect();
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  ASSERT_NE(response.events, nullptr);
  EXPECT_EQ(response.events->take(), "event: hello\ndata: {\"seq\":3,\"build\":\"b1\"}\n\n");
  EXPECT_EQ(response.events->take(), "");
  write(2);
  EXPECT_EQ(response.events->take(), "") << "the loop reads memory only";
  ASSERT_TRUE(tail_->pull());
  const std::string text = response.events->take();
  const auto events = events_in(text);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].name, "entries");
  EXPECT_EQ(events[0].id, "5");
  EXPECT_THAT(seqs_of(events[0]), ElementsAre(4, 5));
  EXPECT_THAT(events[0].data, HasSubstr("a\\nb")) << "one line";
  EXPECT_EQ(response.events->take(), "");
}

TEST_F(LogbookStream, ResumesAfterANumber) {
  open();
  write(5);
  const auto by_query = events_in(connect("3").events->take());
  ASSERT_THAT(by_query, SizeIs(2));
  EXPECT_THAT(seqs_of(by_query[1]), ElementsAre(4, 5));
  const auto by_header = events_in(connect("1", "4").events->take());
  ASSERT_THAT(by_header, SizeIs(2)) << "a browser that reconnects sends both; the header is newer";
  EXPECT_THAT(seqs_of(by_header[1]), ElementsAre(5));
  EXPECT_THAT(events_in(connect("5").events->take()), SizeIs(1));
  EXPECT_THAT(seqs_of(events_in(connect("0").events->take())[1]), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(LogbookStream, SeesWhatWasCommittedBeforeTheConnection) {
  open();
  write(4);  // the tail has not been woken yet
  const auto events = events_in(connect("4").events->take());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(events[0].data, HasSubstr("\"seq\":4"));
}

TEST_F(LogbookStream, TooLongAGapIsAReset) {
  open({.entries = 3});
  write(10);
  auto response = connect("6");
  const auto events = events_in(response.events->take());
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[1].name, "reset");
  EXPECT_EQ(events[1].data, "{\"seq\":10}");
  write(1);
  ASSERT_TRUE(tail_->pull());
  const auto after = events_in(response.events->take());
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_THAT(seqs_of(after[0]), ElementsAre(11));
  EXPECT_THAT(seqs_of(events_in(connect("8").events->take())[1]), ElementsAre(9, 10, 11));
}

TEST_F(LogbookStream, NumberOfAnotherDatabaseIsAReset) {
  open();
  write(2);
  const auto events = events_in(connect("7").events->take());
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[1].name, "reset");
}

TEST_F(LogbookStream, SlowTakerGetsLargerPiecesAndAResetWhenItIsTooSlow) {
  open({.entries = 50});
  auto response = connect();
  (void)response.events->take();
  write(40);
  ASSERT_TRUE(tail_->pull());
  EXPECT_THAT(seqs_of(events_in(response.events->take())[0]), SizeIs(40));
  write(60);
  ASSERT_TRUE(tail_->pull());
  const auto events = events_in(response.events->take());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].name, "reset");
}

TEST_F(LogbookStream, PiecesAreBounded) {
  open();
  write(20);
  ASSERT_TRUE(tail_->pull());
  const auto all = tail_->after(0, 1 << 20);
  EXPECT_EQ(all.last_seq, 20);
  int64_t at = 0;
  int pieces = 0;
  while (at < 20) {
    const auto piece = tail_->after(at, all.entries.size() / 4);
    ASSERT_GT(piece.last_seq, at);
    EXPECT_LE(piece.entries.size(), all.entries.size() / 4 + 2);
    at = piece.last_seq;
    ++pieces;
  }
  EXPECT_GE(pieces, 4);
  EXPECT_EQ(tail_->after(3, 1).last_seq, 4) << "one entry goes whatever its size";
}

TEST_F(LogbookStream, MemoryOfTheTailIsBounded) {
  open({.entries = 1000, .bytes = 1000});
  write(50);
  ASSERT_TRUE(tail_->pull());
  EXPECT_TRUE(tail_->after(0, 1).is_gap);
  EXPECT_TRUE(tail_->after(44, 1).is_gap);
  EXPECT_FALSE(tail_->after(48, 1).is_gap);
}

TEST_F(LogbookStream, StartsWithWhatWasThereBefore) {
  write(1005);
  open();
  EXPECT_EQ(tail_->last_seq(), 1005);
  EXPECT_FALSE(tail_->after(5, 1).is_gap);
  EXPECT_TRUE(tail_->after(4, 1).is_gap);
}

TEST_F(LogbookStream, PulsesAtMostEveryTwoSeconds) {
  open();
  auto response = connect();
  (void)response.events->take();
  pulse_ = "{\"objectives\":[1]}";
  EXPECT_EQ(response.events->take(), "event: pulse\ndata: {\"objectives\":[1]}\n\n");
  pulse_ = "{\"objectives\":[2]}";
  t_.clock().advance(milliseconds(1999));
  EXPECT_EQ(response.events->take(), "");
  t_.clock().advance(milliseconds(1));
  EXPECT_THAT(response.events->take(), HasSubstr("[2]"));
}

TEST_F(LogbookStream, RefusesNumbersThatAreNone) {
  open();
  EXPECT_EQ(connect("-1").status, 400);
  EXPECT_EQ(connect("x").status, 400);
  EXPECT_EQ(connect({}, "1e3").status, 400);
  EXPECT_EQ(connect("99999999999999999999").status, 400);
  EXPECT_EQ(connect({}, "").status, 200);
}

TEST_F(LogbookStream, AsksWhoCalls) {
  open();
  gate_.is_open = false;
  const auto response = connect();
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.events, nullptr);
}

TEST_F(LogbookStream, UnreadableLogbookRefusesTheConnection) {
  open();
  t_.faults().before = [](std::string_view) -> std::optional<Error> {
    return Error{Code::kUnavailable, "the database is away"};
  };
  EXPECT_EQ(connect().status, 503);
  t_.faults().before = {};
  EXPECT_EQ(connect().status, 200);
}

TEST(Pulses, HaveTheShapeOfTheDescriptionAndComeOnce) {
  slo::BookBench bench{ManualClock().now()};
  ASSERT_TRUE(
      bench.book.configure({{slo::objective_of("checkout"), 0}, {slo::objective_of("stock"), 1}},
                           bench.rollups, bench.clock.now()));
  const auto sources = pulses_of(bench.book);
  const auto one = sources();
  const auto first = codec::read_own_json(one())->at("objectives").as_array();
  ASSERT_THAT(first, SizeIs(2));
  const auto& pulse = first[0].as_object();
  EXPECT_EQ(pulse.at("name").as_string(), "checkout");
  EXPECT_TRUE(pulse.at("state").is_string());
  for (const char* field : {"burn_now", "bad_5m", "total_5m"}) {
    EXPECT_TRUE(pulse.at(field).is_number()) << field;
  }
  EXPECT_TRUE(pulse.at("budget_left").is_null()) << "nothing was seen yet";
  EXPECT_TRUE(pulse.at("budget_too_early").is_string());
  EXPECT_EQ(one(), "");
  EXPECT_NE(sources()(), "") << "each connection has its own place";
  const telemetry::RatioIncrement increment{0, bench.clock.now(), 3, 10};
  bench.book.on_increments({&increment, 1}, bench.clock.now());
  bench.clock.advance(seconds(5));
  bench.book.advance(bench.clock.now());
  const std::string next = one();
  EXPECT_THAT(next, AllOf(HasSubstr("\"checkout\""), HasSubstr("\"bad_5m\":3")));
}

// With its thread and the engine's: entries arrive without anybody pulling.
TEST(LogbookTailThread, FollowsTheEngineByItself) {
  engine::testing::TestEngine t;
  auto tail = *LogbookTail::open(t.engine(), t.database(), t.log());
  tail->start();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(t.run([&](engine::Tx& tx) {
      return tx.append({.happened = tx.now(),
                        .actor = {"user", "ada"},
                        .kind = "test.written",
                        .subject_kind = "test",
                        .subject_id = "x"});
    }));
  }
  while (tail->last_seq() < 100) std::this_thread::yield();
  EXPECT_EQ(tail->after(0, 1 << 20).last_seq, 100);
  tail->stop();
  tail->stop();
}

}  // namespace
}  // namespace tocsin::incident
