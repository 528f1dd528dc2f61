#include "telemetry/query_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "net/testing/http_catcher.h"
#include "telemetry/testing/house.h"

namespace tocsin::telemetry {
namespace {

using net::testing::HttpCatcher;
using ::testing::HasSubstr;
using testing::House;

std::string vector_of(const std::string& value, const std::string& metric = "{}") {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":)" + metric +
         R"(,"value":[1767571200,")" + value + R"("]}]}})";
}

std::string matrix_of(const std::vector<std::pair<Time, int>>& points) {
  std::string values;
  for (const auto& [at, value] : points) {
    values += fmt::format("{}[{},\"{}\"]", values.empty() ? "" : ",", to_millis(at) / 1000, value);
  }
  return R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[)" +
         values + "]}]}}";
}

SignalSpec asked(const std::string& name, SignalKind kind, SignalSpec::Query query) {
  SignalSpec spec;
  spec.name = SignalName(name);
  spec.kind = kind;
  query.source = "mimir";
  spec.query = std::make_unique<SignalSpec::Query>(std::move(query));
  return spec;
}

// A server on loopback that is asked for one signal.
struct Asked : House {
  explicit Asked(SignalSpec spec) {
    std::vector<SignalSpec> specs;
    specs.push_back(std::move(spec));
    configure(std::move(specs));
    source.name = "mimir";
    source.url = fmt::format("http://127.0.0.1:{}", server.port());
  }
  void answer(const std::string& body, int status = 200) {
    server.answer_next({.status = status, .body = body});
  }
  SourceStatus ask(Duration after = seconds(30)) {
    if (!asker) {
      for (const CompiledSignal& signal : telemetry->signals()->signals())
        known->set(signal.spec->name, clock.now());
      asker = std::make_shared<QueryAsker>(source, *telemetry, *client, known);
    }
    clock.advance(after);
    std::promise<std::move_only_function<void()>> answered;
    asker->ask([&](std::move_only_function<void()> then) { answered.set_value(std::move(then)); });
    answered.get_future().get()();
    return asker->status();
  }
  std::string question(size_t i) const { return server.requests().at(i).form().at("query"); }

  HttpCatcher server;
  QuerySource source;
  std::unique_ptr<net::Client> client = net::Client::start(*metrics);
  std::shared_ptr<KnownUntil> known = std::make_shared<KnownUntil>();
  std::shared_ptr<QueryAsker> asker;
};

SignalSpec only_total_and_bad() {
  return asked("shop", SignalKind::kRatio, {.bad = "bad[$step]", .total = "total[$step]"});
}

TEST(QuerySource, AsksEachStepAndTellsTheIncrease) {
  Asked asked(only_total_and_bad());
  // Two questions are under way at once and each gets 7: all seven were bad.
  asked.server.answer_always({.body = vector_of("7")});
  const SourceStatus status = asked.ask();
  EXPECT_EQ(status.state, SourceState::kUp) << status.last_error;
  EXPECT_EQ(status.name, "mimir");
  const SignalIndex shop = *asked.telemetry->index_of(SignalName("shop"));
  EXPECT_EQ(asked.heard.total(shop), 7);
  EXPECT_EQ(asked.heard.bad(shop), 7);
  EXPECT_THAT(asked.question(0) + asked.question(1), HasSubstr("bad[30s]"));
  EXPECT_THAT(asked.question(0) + asked.question(1), HasSubstr("total[30s]"));
  EXPECT_EQ(asked.server.requests()[0].path, "/api/v1/query");
}

TEST(QuerySource, AFailedStepIsMadeGoodByTheNext) {
  Asked asked(only_total_and_bad());
  asked.server.answer_always({.body = vector_of("7")});
  asked.ask();
  asked.server.answer_always({.status = 503, .body = "busy"});
  const SourceStatus status = asked.ask();
  EXPECT_EQ(status.state, SourceState::kDown);
  EXPECT_THAT(status.last_error, HasSubstr("503"));
  asked.server.answer_always({.body = vector_of("20")});
  asked.ask();
  EXPECT_THAT(asked.question(4), HasSubstr("[60s]"));
  EXPECT_EQ(asked.heard.total(*asked.telemetry->index_of(SignalName("shop"))), 27);
}

TEST(QuerySource, ReadsRatesByGroup) {
  SignalSpec spec = asked("by-route", SignalKind::kRate, {.of = "n[$step]"});
  spec.by = {"route"};
  Asked asked(std::move(spec));
  asked.server.answer_always({.body = vector_of("12", R"({"route":"/pay","__name__":"n"})")});
  EXPECT_EQ(asked.ask().state, SourceState::kUp);
  const auto streams = asked.telemetry->slots(SignalName("by-route"), RollupLevel::kMinute, Time(),
                                              asked.clock.now() + hours(1));
  ASSERT_EQ(streams->size(), 1U);
  EXPECT_EQ(streams->front().labels.at("route"), "/pay");
  double sum = 0;
  for (const SlotValues& slot : streams->front().slots) sum += slot.head[0];
  EXPECT_EQ(sum, 12);
}

TEST(QuerySource, AGroupsLevelFoldsAsTheSignalSays) {
  const std::string three = R"({"status":"success","data":{"resultType":"vector","result":[)"
                            R"({"metric":{"pod":"a","zone":"eu"},"value":[1,"-5"]},)"
                            R"({"metric":{"pod":"b","zone":"eu"},"value":[1,"-2"]},)"
                            R"({"metric":{"pod":"c","zone":"eu"},"value":[1,"NaN"]},)"
                            R"({"metric":{"pod":"d","zone":"us"},"value":[1,"9"]}]}})";
  for (const auto& [fold, eu] :
       {std::pair(SignalSpec::LevelFold::kSum, -7.0), std::pair(SignalSpec::LevelFold::kMax, -2.0),
        std::pair(SignalSpec::LevelFold::kAverage, -3.5)}) {
    SignalSpec spec = asked("queue", SignalKind::kLevel, {.of = "q"});
    spec.fold = fold;
    spec.by = {"zone"};
    Asked asked(std::move(spec));
    asked.server.answer_always({.body = three});
    EXPECT_EQ(asked.ask().state, SourceState::kUp);
    const auto streams = asked.telemetry->slots(SignalName("queue"), RollupLevel::kTenSeconds,
                                                Time(), asked.clock.now() + hours(1));
    ASSERT_EQ(streams->size(), 2U);
    EXPECT_EQ(streams->at(0).slots.at(0).head[0], eu);
    EXPECT_EQ(streams->at(1).slots.at(0).head[0], 9);
  }
}

TEST(QuerySource, FillsThePastWithoutTellingItAndGoesOnFromItsEnd) {
  Asked asked(only_total_and_bad());
  asked.source.backfill = hours(1);
  asked.clock.advance(hours(2));
  const Time now = asked.clock.now();
  asked.answer(matrix_of({{now - minutes(30), 60}, {now, 40}}));
  asked.answer(matrix_of({{now, 4}}));
  const auto fill = [&] {
    KnownUntil known;
    backfill_from(asked.source, *asked.telemetry, *asked.client, asked.log, known);
    return known.of(SignalName("shop"));
  };
  EXPECT_EQ(fill(), now);
  EXPECT_TRUE(asked.heard.all.empty());
  const auto sum_bad_total = [&] {
    std::pair<double, double> sum;
    const auto slots =
        asked.telemetry->ratio(SignalName("shop"), RollupLevel::kMinute, Time(), now + hours(1));
    for (const RatioSlot& slot : *slots) {
      sum.first += slot.bad;
      sum.second += slot.total;
    }
    return sum;
  };
  EXPECT_EQ(sum_bad_total(), std::pair(4.0, 100.0));
  EXPECT_EQ(asked.server.requests()[0].path, "/api/v1/query_range");
  EXPECT_EQ(asked.server.requests()[0].form().at("step"), "60");
  EXPECT_EQ(asked.question(0), "total[60s]");

  // Again, ten minutes later: only what came since is asked for.
  asked.clock.advance(minutes(10));
  asked.answer(matrix_of({{now + minutes(5), 50}}));
  asked.answer(matrix_of({}));
  fill();
  EXPECT_EQ(asked.server.requests()[2].form().at("start"),
            fmt::format("{}.000", to_millis(now + minutes(1)) / 1000));
  EXPECT_EQ(sum_bad_total(), std::pair(4.0, 150.0));
}

TEST(QuerySource, AnEmptyPastIsFilledCoarselyBeforeItsLastHours) {
  Asked asked(only_total_and_bad());
  asked.source.backfill = days(2);
  asked.clock.advance(days(3));
  asked.server.answer_always({.body = matrix_of({})});
  backfill_from(asked.source, *asked.telemetry, *asked.client, asked.log, *asked.known);
  const auto requests = asked.server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].form().at("step"), "600");
  EXPECT_EQ(requests[2].form().at("step"), "60");
}

TEST(QuerySource, APastThatCannotBeReadIsLoggedAndLeft) {
  Asked asked(only_total_and_bad());
  asked.source.backfill = hours(1);
  asked.server.answer_always({.status = 400, .body = R"({"status":"error","error":"bad query"})"});
  backfill_from(asked.source, *asked.telemetry, *asked.client, asked.log, *asked.known);
  // It is asked for from here on all the same.
  EXPECT_EQ(asked.known->of(SignalName("shop")), asked.clock.now() - asked.source.step);
  EXPECT_THAT(asked.log_text, HasSubstr("bad query"));
}

TEST(QuerySource, AReloadFillsOnlyWhatWasNotAskedForAndAsksForNothingBefore) {
  Asked asked(only_total_and_bad());
  asked.source.backfill = hours(1);
  asked.clock.advance(hours(2));
  asked.asker =
      std::make_shared<QueryAsker>(asked.source, *asked.telemetry, *asked.client, asked.known);
  // Nobody has filled its past: it is not asked for, or the two would overlap.
  asked.ask();
  EXPECT_EQ(asked.server.requests().size(), 0U);
  asked.server.answer_always({.body = matrix_of({})});
  const auto fill = [&] {
    backfill_from(asked.source, *asked.telemetry, *asked.client, asked.log, *asked.known);
    return asked.server.requests().size();
  };
  EXPECT_EQ(fill(), 2U);
  const Time filled = *asked.known->of(SignalName("shop"));
  asked.server.answer_always({.body = vector_of("7")});
  asked.ask();
  ASSERT_EQ(asked.server.requests().size(), 4U);
  EXPECT_THAT(asked.question(2),
              HasSubstr(fmt::format("[{:.0f}s]", to_seconds(asked.clock.now() - filled))));
  EXPECT_EQ(fill(), 4U);  // as at the next reload
  // A signal that was gone for a while begins anew.
  asked.known->keep_only({});
  asked.server.answer_always({.body = matrix_of({})});
  asked.clock.advance(minutes(10));
  EXPECT_GT(fill(), 4U);
}

TEST(QueryAnswer, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(read_query_answer(502, "<html>").error().message, HasSubstr("502"));
  EXPECT_THAT(read_query_answer(422, R"({"status":"error","error":"parse error"})").error().message,
              HasSubstr("parse error"));
  EXPECT_FALSE(read_query_answer(200, "[]"));
  EXPECT_FALSE(
      read_query_answer(200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})"));
  EXPECT_FALSE(read_query_answer(200, vector_of("seven")));
  EXPECT_EQ(read_query_answer(200, vector_of("+Inf"))->front().value, HUGE_VAL);
  EXPECT_EQ(read_query_answer(
                200, R"({"status":"success","data":{"resultType":"scalar","result":[1,"5"]}})")
                ->front()
                .value,
            5);
  EXPECT_FALSE(read_range_answer(
      200, R"({"status":"success","data":{"resultType":"matrix","result":[{},{}]}})"));
}

}  // namespace
}  // namespace tocsin::telemetry
