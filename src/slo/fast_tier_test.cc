#include "slo/fast_tier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "slo/burn.h"

namespace tocsin::slo {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);
constexpr Duration kPeriod = days(30);

// A service scraped at an interval; each instance at a phase of its own.
struct Service {
  double target = 0.999;
  Duration scrape = seconds(5);
  std::vector<Duration> phases{seconds(0)};
  std::vector<double> shares{1.0};  // of the traffic, by instance
  double per_second = 50;
};
struct Failure {
  Duration begin{0}, end{0};  // since the sixth minute
  double ratio = 1;
  int instance = -1;  // all
};

// Feeds the table scrape by scrape and returns when the tier is first met, since the failure began.
std::optional<double> first_met(const Service& service, const std::vector<Failure>& failures,
                                Duration until) {
  WindowTable table(kStart);
  table.resize(1);
  const Tier tier = fast_tier(service.target, kPeriod);
  const Time begin = kStart + minutes(6);
  std::vector<Time> last(service.phases.size(), kStart);
  for (Time now = kStart; now <= begin + until; now += milliseconds(500)) {
    table.advance(now);
    bool is_new = false;
    for (size_t i = 0; i < service.phases.size(); ++i) {
      const Duration since = now - kStart - service.phases[i];
      if (since.count() < 0 || since % service.scrape != Duration(0)) continue;
      const double total = to_seconds(now - last[i]) * service.per_second * service.shares[i];
      double bad = 0;
      for (const Failure& failure : failures) {
        if (failure.instance >= 0 && failure.instance != static_cast<int>(i)) continue;
        const Time from = std::max(last[i], begin + failure.begin);
        const Time to = std::min(now, begin + failure.end);
        if (to > from)
          bad += to_seconds(to - from) * service.per_second * service.shares[i] * failure.ratio;
      }
      table.add(0, now, {bad, total});
      last[i] = now;
      is_new = true;
    }
    if (is_new && read_fast(tier, service.target, kPeriod, table, 0).is_met)
      return to_seconds(now - begin - failures[0].begin);
  }
  return std::nullopt;
}

TEST(FastTier, SeesATotalOutageWithinHalfAMinuteAndOneScrapeForEveryTarget) {
  for (double target : {0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999})
    for (Duration scrape : {seconds(5), seconds(10), seconds(15)})
      for (int64_t phase = 0; phase < 30; ++phase) {
        const Failure outage{.begin = milliseconds(phase * 500), .end = hours(1)};
        const auto at = first_met({.target = target, .scrape = scrape}, {outage}, minutes(3));
        ASSERT_TRUE(at) << target;
        EXPECT_GE(*at, 15) << target;
        EXPECT_LE(*at, 30 + to_seconds(scrape)) << target << " " << to_text(scrape) << " " << phase;
      }
}

TEST(FastTier, AtFiveSecondsOfScrapingATotalOutageIsSeenWithinTwentySixSeconds) {
  for (int64_t phase = 0; phase < 10; ++phase) {
    const Failure outage{.begin = milliseconds(phase * 500), .end = hours(1)};
    const auto at = first_met({}, {outage}, minutes(3));
    ASSERT_TRUE(at);
    EXPECT_LE(*at, 26);
  }
}

TEST(FastTier, ABlipOfTenSecondsNeverPages) {
  for (double target : {0.9, 0.99, 0.999, 0.9999})
    for (Duration scrape : {seconds(1), seconds(5), seconds(15), seconds(30), seconds(60)})
      for (int64_t phase = 0; phase<to_seconds(scrape) * 2; phase += scrape> seconds(5) ? 3 : 1) {
        const Failure blip{.begin = milliseconds(phase * 500),
                           .end = milliseconds(phase * 500) + seconds(10)};
        EXPECT_EQ(first_met({.target = target, .scrape = scrape}, {blip}, minutes(8)), std::nullopt)
            << target << " " << to_text(scrape) << " " << phase;
      }
}

TEST(FastTier, AgreesWithItsFormula) {
  const Tier tier = fast_tier(0.999, kPeriod);
  EXPECT_NEAR(least_fast_ratio(tier, 0.999, kPeriod), 0.0864, 1e-4);
  EXPECT_EQ(fast_detection_time(tier, 0.999, kPeriod, 0.08), std::nullopt);
  for (double ratio : {1.0, 0.5, 0.3, 0.2, 0.1}) {
    const double formula = to_seconds(*fast_detection_time(tier, 0.999, kPeriod, ratio));
    const Failure failure{.begin = seconds(0), .end = hours(1), .ratio = ratio};
    const auto at = first_met({}, {failure}, minutes(10));
    ASSERT_TRUE(at) << ratio;
    EXPECT_GE(*at, formula - 5) << ratio;
    EXPECT_LE(*at, formula + 10) << ratio;
  }
}

TEST(FastTier, AFifteenthThatFailsIsLeftToTheWindows) {
  const Failure failure{.begin = seconds(0), .end = hours(1), .ratio = 0.06};
  EXPECT_EQ(first_met({}, {failure}, minutes(30)), std::nullopt);
}

// Instances are scraped at moments of their own; one that is dead fails its share.
TEST(FastTier, OneOfThreeInstancesThatFailsIsAThirdOfAnOutage) {
  const Service three{.scrape = seconds(15),
                      .phases = {seconds(1), seconds(6), seconds(11)},
                      .shares = {0.34, 0.33, 0.33}};
  const Failure dead{.begin = seconds(2), .end = hours(1), .ratio = 1, .instance = 1};
  const auto at = first_met(three, {dead}, minutes(10));
  ASSERT_TRUE(at);
  EXPECT_GE(*at, 50);
  EXPECT_LE(*at, 85);
}

TEST(FastTier, ASmallInstanceThatFailsAloneIsNotTakenForTheService) {
  for (Duration scrape : {seconds(15), seconds(60)})
    for (int64_t phase = 0; phase < 15; ++phase) {
      const Service canary{
          .scrape = scrape, .phases = {seconds(0), seconds(phase)}, .shares = {0.98, 0.02}};
      const Failure dead{.begin = seconds(3), .end = hours(1), .ratio = 1, .instance = 1};
      EXPECT_EQ(first_met(canary, {dead}, minutes(20)), std::nullopt)
          << to_text(scrape) << " " << phase;
    }
}

TEST(FastTier, FewFailuresAreNotEnough) {
  const Failure outage{.begin = seconds(0), .end = hours(1)};
  const auto at = first_met({.per_second = 0.1}, {outage}, minutes(10));
  ASSERT_TRUE(at);
  EXPECT_GE(*at, 95) << "ten failures at six a minute";
}

// Retries triple the traffic: still ten seconds of outage.
TEST(FastTier, ABlipWithAStormOfRetriesIsStillABlip) {
  WindowTable table(kStart);
  table.resize(1);
  const Tier tier = fast_tier(0.999, kPeriod);
  for (Time now = kStart; now < kStart + minutes(20); now += seconds(5)) {
    table.advance(now);
    const bool is_bad = now > kStart + minutes(10) && now <= kStart + minutes(10) + seconds(10);
    table.add(0, now, is_bad ? Counts{750, 750} : Counts{0, 250});
    EXPECT_FALSE(read_fast(tier, 0.999, kPeriod, table, 0).is_met);
  }
}

TEST(FastTier, AnOutageThatIsOverDoesNotFireOnceMoreForTheUsualFewFailures) {
  WindowTable table(kStart);
  table.resize(1);
  const Tier tier = fast_tier(0.999, kPeriod);
  const Time begin = kStart + minutes(10), end = begin + minutes(3);
  for (Time now = kStart; now < end + minutes(6); now += seconds(5)) {
    table.advance(now);
    table.add(0, now, now > begin && now <= end ? Counts{250, 250} : Counts{1, 250});
    if (now > end + seconds(10)) {
      EXPECT_FALSE(read_fast(tier, 0.999, kPeriod, table, 0).is_met) << to_seconds(now - end);
    }
  }
}

TEST(FastTier, AnOutageInWhichTrafficHalvesIsSeenAsSoon) {
  WindowTable table(kStart);
  table.resize(1);
  const Tier tier = fast_tier(0.999, kPeriod);
  std::optional<Time> met;
  const Time begin = kStart + minutes(10);
  for (Time now = kStart; now < begin + minutes(2) && !met; now += seconds(5)) {
    table.advance(now);
    table.add(0, now, now > begin ? Counts{125, 125} : Counts{0, 250});
    if (read_fast(tier, 0.999, kPeriod, table, 0).is_met) met = now;
  }
  ASSERT_TRUE(met);
  EXPECT_LE(*met - begin, seconds(30));
}

}  // namespace
}  // namespace tocsin::slo
