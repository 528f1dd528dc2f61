#include "telemetry/pair_hold.h"

#include <gtest/gtest.h>

namespace tocsin::telemetry {
namespace {

using Kind = PairHold::Kind;
using Side = PairHold::Side;
constexpr int64_t kNow = 1'767'571'200'000;

struct Told {
  double bad = 0, total = 0;
};

Told release(PairHold& pairs) {
  IncrementBatch batch;
  pairs.release(batch);
  Told told;
  for (const RatioIncrement& i : batch.take(from_millis(kNow))) {
    told.bad += i.bad;
    told.total += i.total;
  }
  return told;
}

CounterStep step(int64_t to_ms, double count) { return {to_ms - 15'000, to_ms, count}; }

TEST(PairHold, TotalWaitsForTheGoodEventsOfTheSameScrape) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kGoodAndTotal);
  pairs.hold(pair, Side::kTotal, step(kNow, 100), 100, 100);
  EXPECT_EQ(release(pairs).total, 0);
  pairs.hold(pair, Side::kPart, step(kNow, 99), -99, 0);
  const Told told = release(pairs);
  EXPECT_EQ(told.bad, 1);
  EXPECT_EQ(told.total, 100);
  EXPECT_EQ(pairs.held(), 0U);
}

TEST(PairHold, BadWaitsForTotalAndThenTotalForBad) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kBadAndTotal);
  pairs.hold(pair, Side::kPart, step(kNow - 15'000, 5), 5, 0);
  EXPECT_EQ(release(pairs).total, 0);
  pairs.hold(pair, Side::kTotal, step(kNow - 15'000, 50), 0, 50);
  Told told = release(pairs);
  EXPECT_EQ(told.bad, 5);
  EXPECT_EQ(told.total, 50);
  // Bad events of this target are known to exist: they are waited for.
  pairs.hold(pair, Side::kTotal, step(kNow, 50), 0, 50);
  EXPECT_EQ(release(pairs).total, 0);
  pairs.hold(pair, Side::kPart, step(kNow, 7), 7, 0);
  told = release(pairs);
  EXPECT_EQ(told.bad, 7);
  EXPECT_EQ(told.total, 50);
}

TEST(PairHold, TotalIsToldAtOnceWhereNothingBadWasEverSeen) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kBadAndTotal);
  pairs.hold(pair, Side::kTotal, step(kNow, 50), 0, 50);
  EXPECT_EQ(release(pairs).total, 50);
}

TEST(PairHold, WhereNothingGoodWasEverSeenTotalWaitsForItsNextSample) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kGoodAndTotal);
  pairs.hold(pair, Side::kTotal, step(kNow - 15'000, 100), 100, 100);
  EXPECT_EQ(release(pairs).total, 0);
  pairs.hold(pair, Side::kTotal, step(kNow, 7), 7, 7);
  const Told told = release(pairs);
  EXPECT_EQ(told.total, 100);
  EXPECT_EQ(told.bad, 100);
}

TEST(PairHold, AGoodSideThatFallsBehindIsWaitedForAMinute) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kGoodAndTotal);
  pairs.mark(pair, Side::kPart, kNow - 75'000);
  for (int64_t t = kNow - 60'000; t < kNow; t += 15'000) {
    pairs.hold(pair, Side::kTotal, step(t, 100), 100, 100);
    EXPECT_EQ(release(pairs).total, 0);
  }
  pairs.hold(pair, Side::kTotal, step(kNow, 100), 100, 100);
  EXPECT_EQ(release(pairs).total, 100);
}

TEST(PairHold, ASeriesThatIsBothSidesLetsTheOthersGo) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kGoodAndTotal);
  pairs.hold(pair, Side::kTotal, step(kNow, 3), 3, 3);
  EXPECT_EQ(release(pairs).total, 0);
  pairs.mark(pair, Side::kPart, kNow);
  EXPECT_EQ(release(pairs).bad, 3);
}

TEST(PairHold, AHistogramWithoutTheBoundIsNotMeasuredAndNotBad) {
  PairHold pairs;
  const uint32_t pair = pairs.make_pair(0, Kind::kLatency);
  for (int64_t t = kNow - 600'000; t <= kNow; t += 15'000) {
    pairs.hold(pair, Side::kTotal, step(t, 100), 100, 100);
    EXPECT_EQ(release(pairs).total, 0);
  }
  EXPECT_LE(pairs.held(), 5U);
}

TEST(PairHold, DissolveTellsWhatIsHeldOfSignalsThatAreNotKept) {
  PairHold pairs;
  for (const SignalIndex signal : {0U, 1U}) {
    const uint32_t pair = pairs.make_pair(signal, Kind::kGoodAndTotal);
    pairs.hold(pair, Side::kTotal, step(kNow, 100), 100, 100);
  }
  IncrementBatch batch;
  pairs.dissolve(batch, [](SignalIndex signal) { return signal == 1; });
  const auto told = batch.take(from_millis(kNow));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].signal, 0U);
  EXPECT_EQ(pairs.held(), 1U);
  // The place of what was forgotten is used again, and the kept pair goes on.
  EXPECT_EQ(pairs.make_pair(2, Kind::kBadAndTotal), 0U);
  pairs.hold(1, Side::kPart, step(kNow, 100), -100, 0);
  const auto kept = release(pairs);
  EXPECT_EQ(kept.total, 100);
  EXPECT_EQ(kept.bad, 0);
}

}  // namespace
}  // namespace tocsin::telemetry
