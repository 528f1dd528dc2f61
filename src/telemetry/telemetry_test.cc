#include "telemetry/telemetry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "telemetry/testing/house.h"

namespace tocsin::telemetry {
namespace {

using ::testing::HasSubstr;
using testing::House;
using testing::requests;
using testing::TestSeries;

std::vector<SignalSpec> just(SignalSpec spec) {
  std::vector<SignalSpec> specs;
  specs.push_back(std::move(spec));
  return specs;
}

Selector metric(const std::string& name) { return {{"__name__", Matcher::Op::kEqual, name}}; }

SignalSpec latency(double bound, std::vector<std::string> by = {}) {
  SignalSpec spec;
  spec.name = SignalName("slow");
  spec.kind = SignalKind::kLatency;
  spec.of = {metric("d_seconds_bucket")};
  spec.latency_bound = bound;
  spec.by = std::move(by);
  return spec;
}

TestSeries bucket(const std::string& le, int64_t t_ms, double v) {
  return {{{"__name__", "d_seconds_bucket"}, {"instance", "a:80"}, {"job", "shop"}, {"le", le}},
          {{t_ms, v}}};
}

// The first scrape of a House's clock, then one each 15 s.
struct Shop : House {
  Shop() { configure(just(testing::shop_ratio())); }
  SignalIndex shop() const { return *telemetry->index_of(SignalName("shop")); }
  WriteOutcome scrape(double ok, double bad) {
    clock.advance(seconds(15));
    return write({requests("200", now_ms(), ok), requests("500", now_ms(), bad)});
  }
};

TEST(Telemetry, CountsARatioAndTellsItOncePerRequest) {
  Shop shop;
  shop.scrape(1000, 10);
  const int calls = shop.heard.calls;
  EXPECT_EQ(shop.scrape(1090, 20).status, 204);
  EXPECT_EQ(shop.heard.calls, calls + 1);
  EXPECT_EQ(shop.heard.bad(shop.shop()), 10);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
  EXPECT_EQ(shop.heard.all.back().at, shop.clock.now());
}

TEST(Telemetry, ARetryOfTheSameRequestChangesNothing) {
  Shop shop;
  shop.scrape(1000, 10);
  const std::vector<TestSeries> request{requests("200", shop.now_ms() + 15'000, 1100)};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(shop.write(request).status, 204);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
  EXPECT_EQ(shop.metric("tocsin_ingest_unused_samples_total{reason=\"duplicate\"}"), 2U);
}

TEST(Telemetry, BothProtocolsFeedTheSameSeries) {
  Shop shop;
  shop.scrape(1000, 10);
  shop.clock.advance(seconds(15));
  const auto outcome = shop.telemetry->write(
      testing::kV2Type, "snappy",
      testing::snappy(testing::v2_request({requests("200", shop.now_ms(), 1100)})));
  EXPECT_EQ(outcome.status, 204);
  EXPECT_EQ(outcome.samples, 1U);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
}

TEST(Telemetry, ASeriesBornInAWatchedTargetCountsFromZero) {
  Shop shop;
  for (int i = 0; i < 3; ++i) shop.scrape(1000, 10);
  shop.clock.advance(seconds(15));
  shop.write({requests("503", shop.now_ms(), 4)});
  EXPECT_EQ(shop.heard.bad(shop.shop()), 4);
}

TEST(Telemetry, ASeriesOfATargetSeenOnceIsABaseline) {
  Shop shop;
  shop.scrape(1000, 10);
  shop.clock.advance(seconds(15));
  shop.write({requests("503", shop.now_ms(), 4000)});
  EXPECT_EQ(shop.heard.bad(shop.shop()), 0);
}

TEST(Telemetry, ATargetIsWatchedThroughSeriesThatFeedNothing) {
  Shop shop;
  for (int i = 0; i < 3; ++i) {
    shop.clock.advance(seconds(15));
    shop.write(
        {{{{"__name__", "up"}, {"instance", "a:80"}, {"job", "shop"}}, {{shop.now_ms(), 1}}}});
  }
  shop.clock.advance(seconds(15));
  shop.write({requests("500", shop.now_ms(), 3)});
  EXPECT_EQ(shop.heard.bad(shop.shop()), 3);
}

TEST(Telemetry, ATargetThatIsDownIsNotWatched) {
  Shop shop;
  const auto report = [&](double up) -> std::vector<TestSeries> {
    const auto series = [&](const char* name, double v) -> TestSeries {
      return {{{"__name__", name}, {"instance", "a:80"}, {"job", "shop"}}, {{shop.now_ms(), v}}};
    };
    return {series("scrape_duration_seconds", 0.2), series("up", up)};
  };
  for (int i = 0; i < 4; ++i) {
    shop.clock.advance(seconds(15));
    shop.write(report(0));
  }
  // It is reached at last: what it counted before is old.
  shop.clock.advance(seconds(15));
  std::vector<TestSeries> first = report(1);
  first.push_back(requests("500", shop.now_ms(), 9000));
  shop.write(first);
  EXPECT_EQ(shop.heard.bad(shop.shop()), 0);
  shop.scrape(100, 9004);
  EXPECT_EQ(shop.heard.bad(shop.shop()), 4);
  // Now it is watched, and a new series is born.
  shop.clock.advance(seconds(15));
  shop.write({requests("503", shop.now_ms(), 2)});
  EXPECT_EQ(shop.heard.bad(shop.shop()), 6);
}

TEST(Telemetry, ASeriesThatWasDroppedBeforeAReloadIsNotBorn) {
  House house;
  house.configure({});
  for (int i = 0; i < 4; ++i) {
    house.clock.advance(seconds(15));
    house.write({requests("500", house.now_ms(), 1000 + i)});
  }
  house.configure(just(testing::shop_ratio()));
  house.clock.advance(seconds(15));
  house.write({requests("500", house.now_ms(), 1010)});
  const SignalIndex shop = *house.telemetry->index_of(SignalName("shop"));
  EXPECT_EQ(house.heard.bad(shop), 0);
  house.clock.advance(seconds(15));
  house.write({requests("500", house.now_ms(), 1012)});
  EXPECT_EQ(house.heard.bad(shop), 2);
}

TEST(Telemetry, ReloadKeepsCountersAndIndexes) {
  Shop shop;
  shop.scrape(1000, 10);
  const SignalIndex before = shop.shop();
  std::vector<SignalSpec> specs;
  specs.push_back(testing::shop_ratio("another"));
  specs.push_back(testing::shop_ratio());
  shop.configure(std::move(specs));
  EXPECT_EQ(shop.shop(), before);
  shop.scrape(1100, 10);
  EXPECT_EQ(shop.heard.total(before), 100);
  EXPECT_EQ(shop.heard.total(*shop.telemetry->index_of(SignalName("another"))), 100);
}

TEST(Telemetry, ABadReloadLeavesTheOldSignals) {
  Shop shop;
  SignalSpec wrong = testing::shop_ratio("wrong");
  wrong.total = {{{"x", Matcher::Op::kMatch, "("}}};
  const auto outcome = shop.telemetry->configure(just(std::move(wrong)));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("wrong"));
  shop.scrape(1000, 10);
  shop.scrape(1100, 10);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
}

TEST(Telemetry, OfAnHaPairOneReplicaCounts) {
  IngestLimits limits;
  limits.replica_label = "replica";
  House house(false, limits);
  house.configure(just(testing::shop_ratio()));
  const auto send = [&](const std::string& replica, double v) {
    TestSeries series = requests("200", house.now_ms(), v);
    series.labels.insert(series.labels.begin(), {"cluster", "eu"});
    series.labels.emplace_back("replica", replica);
    EXPECT_EQ(house.write({series}).status, 204);
  };
  const auto total = [&] {
    return house.heard.total(*house.telemetry->index_of(SignalName("shop")));
  };
  send("a", 1000);
  for (int i = 1; i <= 4; ++i) {
    house.clock.advance(seconds(10));
    send("a", 1000 + 10 * i);
    house.clock.advance(seconds(1));
    send("b", 1000 + 10 * i + 1);
  }
  EXPECT_EQ(total(), 40);
  // a falls silent; b goes on from where a was.
  house.clock.advance(seconds(31));
  send("b", 1100);
  EXPECT_EQ(total(), 100);
  house.clock.advance(seconds(1));
  send("a", 1150);
  EXPECT_EQ(total(), 100);
}

TEST(Telemetry, StalenessEndsNoCounterAndOtherNanCountsNothing) {
  Shop shop;
  shop.scrape(1000, 10);
  shop.scrape(stale_marker(), std::nan(""));
  shop.scrape(1100, 10);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
  EXPECT_EQ(shop.metric("tocsin_ingest_unused_samples_total{reason=\"not_a_count\"}"), 1U);
}

TEST(Telemetry, ASampleFromBeforeItsEndRevivesNoLevel) {
  House house;
  SignalSpec spec;
  spec.name = SignalName("queue");
  spec.kind = SignalKind::kLevel;
  spec.of = {metric("queue_length")};
  house.configure(just(std::move(spec)));
  const auto send = [&](int64_t t_ms, double v) {
    house.write({{{{"__name__", "queue_length"}}, {{t_ms, v}}}});
  };
  send(house.now_ms() - 30'000, 6);
  send(house.now_ms(), stale_marker());
  send(house.now_ms() - 15'000, 7);
  ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
  const auto slots = house.telemetry->slots(SignalName("queue"), RollupLevel::kTenSeconds, Time(),
                                            house.clock.now() + hours(1));
  EXPECT_TRUE(slots->empty() || slots->front().slots.empty());
}

TEST(Telemetry, GoodEventsFromAnotherMetricAreJoinedBeforeTheyAreTold) {
  House house;
  house.configure(
      just(testing::ratio("x", "sum(rate(ok_total[5m]))", "", "sum(rate(all_total[5m]))")));
  const SignalIndex x = *house.telemetry->index_of(SignalName("x"));
  const auto send = [&](const std::string& name, double v) {
    house.write({{{{"__name__", name}, {"instance", "a"}, {"job", "j"}}, {{house.now_ms(), v}}}});
  };
  send("all_total", 100);
  send("ok_total", 100);
  house.clock.advance(seconds(15));
  send("all_total", 200);
  EXPECT_EQ(house.heard.total(x), 0);  // not a total outage: the good events are on their way
  send("ok_total", 198);
  EXPECT_EQ(house.heard.total(x), 100);
  EXPECT_EQ(house.heard.bad(x), 2);
}

TEST(Telemetry, ErrorsOfTheSameMetricAreToldWithTheirScrape) {
  House house;
  house.configure(just(testing::ratio("x", "sum(rate(http_requests_total{code!~\"5..\"}[5m]))", "",
                                      "sum(rate(http_requests_total[5m]))")));
  const SignalIndex x = *house.telemetry->index_of(SignalName("x"));
  for (int i = 0; i < 3; ++i) {
    house.write({requests("500", house.now_ms(), 2 * i), requests("200", house.now_ms(), 9 * i)});
    EXPECT_EQ(house.heard.bad(x), 2 * i);
    EXPECT_EQ(house.heard.total(x), 11 * i);
    house.clock.advance(seconds(15));
  }
}

TEST(Telemetry, ErrorsAndRequestsOfTwoMetricsAreToldTogether) {
  House house;
  house.configure(just(testing::ratio("x", "", "errors_total", "requests_total")));
  const SignalIndex x = *house.telemetry->index_of(SignalName("x"));
  const auto send = [&](const std::string& name, double v) {
    house.write({{{{"__name__", name}, {"instance", "a"}, {"job", "j"}}, {{house.now_ms(), v}}}});
  };
  for (int i = 0; i < 4; ++i) {
    // Which of the two requests comes first differs.
    send(i % 2 == 0 ? "errors_total" : "requests_total", i % 2 == 0 ? 3 * i : 100 * i);
    send(i % 2 == 1 ? "errors_total" : "requests_total", i % 2 == 1 ? 3 * i : 100 * i);
    EXPECT_EQ(house.heard.bad(x), 3 * i);
    EXPECT_EQ(house.heard.total(x), 100 * i);
    house.clock.advance(seconds(15));
  }
  for (const RatioIncrement& i : house.heard.all) EXPECT_LE(i.bad, i.total);
}

TEST(Telemetry, LatencyCountsWhatIsSlowerThanItsBound) {
  House house;
  house.configure(just(latency(0.3)));
  const SignalIndex slow = *house.telemetry->index_of(SignalName("slow"));
  for (int i = 0; i <= 1; ++i) {
    house.write({bucket("0.1", house.now_ms(), 50 * i), bucket("0.3", house.now_ms(), 90 * i),
                 bucket("1", house.now_ms(), 99 * i), bucket("+Inf", house.now_ms(), 100 * i)});
    house.clock.advance(seconds(10));
  }
  EXPECT_EQ(house.heard.total(slow), 100);
  EXPECT_EQ(house.heard.bad(slow), 10);
  const auto slots =
      house.telemetry->slots(SignalName("slow"), RollupLevel::kMinute, Time(), house.clock.now());
  ASSERT_TRUE(slots);
  ASSERT_EQ(slots->size(), 1U);
  EXPECT_EQ(slots->front().slots[0].more, (std::vector<double>{50, 90, 99, 100}));
  EXPECT_EQ(house.telemetry->bounds_of(SignalName("slow")).size(), 4U);
}

TEST(Telemetry, ABoundThatNoBucketHasIsNoData) {
  House house;
  house.configure(just(latency(0.35)));
  for (int i = 0; i <= 10; ++i) {
    house.write({bucket("0.3", house.now_ms(), 90 * i), bucket("+Inf", house.now_ms(), 100 * i)});
    house.clock.advance(seconds(15));
  }
  EXPECT_EQ(house.heard.total(*house.telemetry->index_of(SignalName("slow"))), 0);
  // Nor is it a past in which all was slow, for objectives that begin to watch it.
  const auto past = house.telemetry->ratio(SignalName("slow"), RollupLevel::kMinute, Time(),
                                           house.clock.now() + hours(1));
  ASSERT_TRUE(past);
  EXPECT_TRUE(past->empty());
}

TEST(Telemetry, LevelsFoldTheNewestValuesOfLiveSeries) {
  for (const auto& [fold, expected] :
       {std::pair(SignalSpec::LevelFold::kSum, 4.0), std::pair(SignalSpec::LevelFold::kMax, 6.0),
        std::pair(SignalSpec::LevelFold::kAverage, 2.0)}) {
    House house;
    SignalSpec spec;
    spec.name = SignalName("queue");
    spec.kind = SignalKind::kLevel;
    spec.of = {metric("queue_length")};
    spec.fold = fold;
    house.configure(just(std::move(spec)));
    const auto send = [&](const std::string& instance, double v) {
      house.write(
          {{{{"__name__", "queue_length"}, {"instance", instance}}, {{house.now_ms(), v}}}});
    };
    send("a", 6);
    send("b", -2);
    send("c", 50);
    send("c", stale_marker());
    house.clock.advance(seconds(1));
    ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
    const auto slots = house.telemetry->slots(SignalName("queue"), RollupLevel::kTenSeconds, Time(),
                                              house.clock.now() + hours(1));
    ASSERT_TRUE(slots);
    ASSERT_EQ(slots->front().slots.size(), 1U);
    EXPECT_EQ(slots->front().slots[0].head[0] / slots->front().slots[0].head[1], expected);
    // Five minutes later nobody is alive, and the level is nothing rather than zero.
    house.clock.advance(minutes(6));
    ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
    EXPECT_EQ(house.telemetry
                  ->slots(SignalName("queue"), RollupLevel::kTenSeconds, Time(),
                          house.clock.now() + hours(1))
                  ->front()
                  .slots.size(),
              1U);
  }
}

TEST(Telemetry, GroupsAreStreamsAndAreNotTold) {
  House house;
  SignalSpec spec = testing::shop_ratio("by-code");
  spec.by = {"code"};
  house.configure(just(std::move(spec)));
  for (int i = 0; i < 2; ++i) {
    house.write({requests("200", house.now_ms(), 10 * i), requests("500", house.now_ms(), i)});
    house.clock.advance(seconds(15));
  }
  EXPECT_TRUE(house.heard.all.empty());
  const auto slots = house.telemetry->slots(SignalName("by-code"), RollupLevel::kTenMinutes, Time(),
                                            house.clock.now());
  ASSERT_EQ(slots->size(), 2U);
  EXPECT_EQ((*slots)[0].labels.at("code"), "200");
  EXPECT_EQ((*slots)[0].slots[0].head[1], 10);
  EXPECT_EQ((*slots)[1].slots[0].head[0], 1);
  const auto ratio = house.telemetry->ratio(SignalName("by-code"), RollupLevel::kTenMinutes, Time(),
                                            house.clock.now());
  EXPECT_EQ(ratio->front().total, 11);
}

TEST(Telemetry, HoldsTheLimitOfGroups) {
  House house;
  SignalSpec spec = testing::shop_ratio("by-instance");
  spec.by = {"instance"};
  house.configure(just(std::move(spec)));
  std::vector<TestSeries> many;
  for (int i = 0; i < 1010; ++i) {
    many.push_back(requests("200", house.now_ms(), 1, fmt::format("host{}:80", i)));
  }
  EXPECT_EQ(house.write(many).status, 204);
  EXPECT_EQ(house.metric("tocsin_ingest_refused_total{reason=\"group_limit\"}"), 10U);
  EXPECT_EQ(house.telemetry->signal_status()[0].streams, 1000U);
}

TEST(Telemetry, RefusesSeriesOverTheLimitAndTakesTheOthers) {
  IngestLimits limits;
  limits.max_series = 2;
  House house(false, limits);
  house.configure(just(testing::shop_ratio()));
  const auto outcome =
      house.write({requests("200", house.now_ms(), 1), requests("201", house.now_ms(), 1),
                   requests("202", house.now_ms(), 1)});
  EXPECT_EQ(outcome.status, 400);
  EXPECT_EQ(outcome.samples, 2U);
  EXPECT_THAT(outcome.message, HasSubstr("1 of 3 samples"));
  EXPECT_THAT(outcome.message, HasSubstr("telemetry.limits.max_series"));
  EXPECT_EQ(house.metric("tocsin_ingest_refused_total{reason=\"series_limit\"}"), 1U);
  // An hour of silence makes room.
  house.clock.advance(hours(2));
  ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
  EXPECT_EQ(house.telemetry->status().series, 0U);
  EXPECT_EQ(house.write({requests("202", house.now_ms(), 1)}).status, 204);
}

TEST(Telemetry, RefusesASeriesWithLabelsOverTheLimit) {
  Shop shop;
  TestSeries series = requests("200", shop.now_ms(), 1);
  series.labels.emplace_back("x", std::string(5000, 'y'));
  const auto outcome = shop.write({series, requests("500", shop.now_ms(), 1)});
  EXPECT_EQ(outcome.status, 400);
  EXPECT_EQ(outcome.samples, 1U);
  EXPECT_EQ(shop.metric("tocsin_ingest_refused_total{reason=\"label_value\"}"), 1U);
}

TEST(Telemetry, RefusesSamplesFromTheFuture) {
  Shop shop;
  shop.scrape(1000, 10);
  const auto outcome = shop.write({requests("200", shop.now_ms() + 3'600'000, 1)});
  EXPECT_EQ(outcome.status, 400);
  EXPECT_THAT(outcome.message, HasSubstr("future"));
  shop.scrape(1100, 10);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
}

TEST(Telemetry, SamplesFromLongAgoCountNothing) {
  Shop shop;
  for (const int64_t t : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1}}) {
    EXPECT_EQ(shop.write({requests("200", t, 5)}).status, 204);
  }
  EXPECT_EQ(shop.write({requests("200", INT64_MAX, 5)}).status, 400);
  EXPECT_EQ(shop.metric("tocsin_ingest_unused_samples_total{reason=\"too_late\"}"), 4U);
  shop.scrape(1000, 10);
  shop.scrape(1100, 10);
  EXPECT_EQ(shop.heard.total(shop.shop()), 100);
}

TEST(Telemetry, RefusesWhatIsNoRequestWithTheRightStatus) {
  IngestLimits limits;
  limits.max_request_bytes = 1000;
  House house(false, limits);
  const auto status = [&](std::string_view type, std::string_view encoding,
                          const std::string& body) {
    return house.telemetry->write(type, encoding, body).status;
  };
  EXPECT_EQ(status("text/plain", "snappy", ""), 415);
  EXPECT_EQ(status(testing::kV1Type, "zstd", ""), 415);
  EXPECT_EQ(status(testing::kV1Type, "snappy", "garbage"), 400);
  EXPECT_EQ(status(testing::kV1Type, "snappy", testing::snappy("\x0a\xff\x01")), 400);
  EXPECT_EQ(status(testing::kV1Type, "snappy", testing::snappy(std::string(2000, 'x'))), 413);
  EXPECT_EQ(status(testing::kV1Type, "snappy", testing::snappy("")), 204);
  EXPECT_EQ(house.metric("tocsin_ingest_refused_total{reason=\"request_too_large\"}"), 1U);
  EXPECT_EQ(house.metric("tocsin_ingest_refused_total{reason=\"unsupported\"}"), 2U);
}

TEST(Telemetry, StatusTellsWhatCameIn) {
  Shop shop;
  EXPECT_FALSE(shop.telemetry->status().last_sample_at);
  shop.scrape(1, 1);
  const IngestStatus status = shop.telemetry->status();
  EXPECT_EQ(status.series, 2U);
  EXPECT_EQ(status.samples_total, 2U);
  EXPECT_EQ(status.last_sample_at, shop.clock.now());
  EXPECT_EQ(shop.telemetry->signal_status()[0].series, 2U);
}

}  // namespace
}  // namespace tocsin::telemetry
