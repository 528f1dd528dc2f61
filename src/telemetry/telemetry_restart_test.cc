#include <gtest/gtest.h>

#include "telemetry/testing/house.h"

// What survives kill -9, and what reading back says.

namespace tocsin::telemetry {
namespace {

using testing::House;
using testing::requests;

struct Kept : House {
  Kept() : House(true) { again(); }
  void again() {
    std::vector<SignalSpec> specs;
    specs.push_back(testing::shop_ratio());
    configure(std::move(specs));
  }
  void scrape(double ok, Duration after = seconds(15)) {
    clock.advance(after);
    ASSERT_EQ(write({requests("200", now_ms(), ok)}).status, 204);
  }
  void flush() { ASSERT_TRUE(telemetry->flush(clock.now())); }
  std::vector<RatioSlot> slots(RollupLevel level) const {
    return telemetry->ratio(SignalName("shop"), level, Time(), clock.now() + hours(1)).value();
  }
  double total(RollupLevel level = RollupLevel::kTenSeconds) const {
    double sum = 0;
    for (const RatioSlot& slot : slots(level)) sum += slot.total;
    return sum;
  }
};

TEST(TelemetryRestart, EventsWhileWeWereDownAreCountedAndSpread) {
  Kept kept;
  kept.scrape(1000);
  kept.scrape(1100);
  kept.flush();
  kept.scrape(1150);  // not flushed
  kept.crash();
  kept.again();
  kept.heard.all.clear();
  kept.scrape(2100, minutes(10));
  EXPECT_EQ(kept.total(), 1100);
  EXPECT_EQ(kept.total(RollupLevel::kTenMinutes), 1100);
  EXPECT_EQ(kept.heard.total(*kept.telemetry->index_of(SignalName("shop"))), 1000);
  // Even: after the last slot that was kept, each has its share of the 615 s.
  const auto slots = kept.slots(RollupLevel::kTenSeconds);
  EXPECT_GT(slots.size(), 60U);
  for (size_t i = 3; i + 1 < slots.size(); ++i) EXPECT_NEAR(slots[i].total, 10 / 0.615, 1);
}

TEST(TelemetryRestart, ReadsPendingAndStoredSlotsAsOne) {
  Kept kept;
  kept.scrape(1000);
  for (int i = 1; i <= 50; ++i) {
    kept.scrape(1000 + i);
    if (i % 7 == 0) kept.flush();
    EXPECT_EQ(kept.total(), i);
    EXPECT_EQ(kept.total(RollupLevel::kMinute), i);
  }
}

TEST(TelemetryRestart, ReadsJustTheSlotsThatWereAskedFor) {
  Kept kept;
  kept.scrape(1000);
  for (int i = 1; i <= 40; ++i) kept.scrape(1000 + i, seconds(10));
  kept.flush();
  const Time to = kept.clock.now() - minutes(1);
  const Time from = to - minutes(2);
  const auto slots =
      kept.telemetry->ratio(SignalName("shop"), RollupLevel::kTenSeconds, from, to).value();
  EXPECT_EQ(slots.size(), 12U);
  for (const RatioSlot& slot : slots) {
    EXPECT_GE(slot.start, from);
    EXPECT_LT(slot.start, to);
  }
  EXPECT_TRUE(kept.telemetry->ratio(SignalName("none"), RollupLevel::kMinute, from, to)->empty());
}

TEST(TelemetryRestart, ASeriesBornWhileWeWereDownCountsFromZero) {
  Kept kept;
  for (int i = 0; i < 3; ++i) kept.scrape(1000);
  kept.flush();
  kept.crash();
  kept.again();
  kept.clock.advance(minutes(1));
  kept.write({requests("500", kept.now_ms(), 5)});
  EXPECT_EQ(kept.heard.bad(*kept.telemetry->index_of(SignalName("shop"))), 5);
}

TEST(TelemetryRestart, AfterAChangeOfTheSignalAnUnknownSeriesIsNotBorn) {
  House house(true);
  std::vector<SignalSpec> narrow;
  narrow.push_back(testing::ratio("shop", "", "http_requests_total{job=\"shop\",code=\"500\"}",
                                  "http_requests_total{job=\"shop\",code=\"200\"}"));
  house.configure(std::move(narrow));
  for (int i = 0; i < 3; ++i) {
    house.clock.advance(seconds(15));
    house.write({requests("200", house.now_ms(), 1000), requests("503", house.now_ms(), 7000)});
  }
  ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
  house.crash();
  std::vector<SignalSpec> wide;
  wide.push_back(testing::shop_ratio());
  house.configure(std::move(wide));
  house.clock.advance(seconds(15));
  house.write({requests("503", house.now_ms(), 7000)});
  EXPECT_EQ(house.heard.bad(*house.telemetry->index_of(SignalName("shop"))), 0);
}

TEST(TelemetryRestart, RetiresWhatIsOlderThanItsLevelKeeps) {
  Kept kept;
  kept.scrape(1000);
  kept.scrape(1100);
  kept.flush();
  kept.clock.advance(hours(7));
  kept.flush();
  EXPECT_TRUE(kept.slots(RollupLevel::kTenSeconds).empty());
  EXPECT_FALSE(kept.slots(RollupLevel::kMinute).empty());
  kept.clock.advance(days(9));
  kept.flush();
  EXPECT_TRUE(kept.slots(RollupLevel::kMinute).empty());
  EXPECT_EQ(kept.total(RollupLevel::kTenMinutes), 100);
  kept.clock.advance(days(402));
  kept.flush();
  EXPECT_TRUE(kept.slots(RollupLevel::kTenMinutes).empty());
}

TEST(TelemetryRestart, TheFlushThreadFlushesWhenItStops) {
  Kept kept;
  kept.telemetry->start();
  kept.scrape(1000);
  kept.scrape(1100);
  kept.telemetry->stop();
  kept.crash();
  kept.again();
  EXPECT_EQ(kept.total(), 100);
}

TEST(TelemetryRestart, BucketsKeepTheirColumns) {
  House house(true);
  const auto configure = [&] {
    SignalSpec spec;
    spec.name = SignalName("slow");
    spec.kind = SignalKind::kLatency;
    spec.of = {{{"__name__", Matcher::Op::kEqual, "d_bucket"}}};
    spec.latency_bound = 1;
    std::vector<SignalSpec> specs;
    specs.push_back(std::move(spec));
    house.configure(std::move(specs));
  };
  const auto send = [&](std::vector<std::string> bounds, double v) {
    house.clock.advance(seconds(10));
    std::vector<testing::TestSeries> all;
    for (const auto& le : bounds) {
      all.push_back({{{"__name__", "d_bucket"}, {"job", "j"}, {"le", le}}, {{house.now_ms(), v}}});
    }
    house.write(all);
  };
  configure();
  send({"1", "+Inf"}, 0);
  send({"1", "+Inf"}, 5);
  ASSERT_TRUE(house.telemetry->flush(house.clock.now()));
  house.crash();
  configure();
  send({"0.5", "1", "+Inf"}, 7);
  const std::vector<double> bounds = house.telemetry->bounds_of(SignalName("slow"));
  ASSERT_EQ(bounds.size(), 3U);
  EXPECT_EQ(bounds[0], 1);
  EXPECT_EQ(bounds[2], 0.5);
}

}  // namespace
}  // namespace tocsin::telemetry
