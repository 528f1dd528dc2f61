#include "slo/onset.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/rng.h"

namespace tocsin::slo {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);

double poisson(Rng& rng, double mean) {
  double count = 0;
  for (double product = rng.unit(); product > std::exp(-mean); product *= rng.unit()) ++count;
  return count;
}

// A service that is scraped every `scrape`, lives for two hours and fails with `ratio_at` of the
// seconds since the second hour's begin. Returns the estimate's error in seconds.
struct Trial {
  Duration scrape = seconds(5);
  double per_second = 20;
  Duration after = minutes(3);  // looked at so long after the onset
  std::function<double(double since)> ratio_at;
};

std::optional<double> estimate(const Trial& trial, uint64_t seed) {
  SeededRng rng(seed);
  WindowTable table(kStart);
  table.resize(1);
  const Time onset = kStart + hours(2) + milliseconds(static_cast<int64_t>(rng.below(30'000)));
  Counts pending;
  Time next = kStart + trial.scrape;
  for (Time t = kStart; t < onset + trial.after; t += seconds(1)) {
    const double since = to_seconds(t + milliseconds(500) - onset);
    const double ratio = since < 0 ? 0.0002 : trial.ratio_at(since);
    const double bad = poisson(rng, trial.per_second * ratio);
    pending += {bad, bad + poisson(rng, trial.per_second * (1 - ratio))};
    table.advance(t + seconds(1));
    if (t + seconds(1) < next) continue;
    table.add(0, next, pending);
    pending = {};
    next += trial.scrape;
  }
  const auto found = find_onset(table.slots(0, hours(1)), normal_ratio(table, 0, hours(1), 0.999));
  if (!found) return std::nullopt;
  return to_seconds(*found - onset);
}

TEST(Onset, OfATotalOutageIsFoundWithinASlot) {
  for (Duration scrape : {seconds(5), seconds(15)})
    for (uint64_t seed = 1; seed <= 12; ++seed) {
      const auto error = estimate(
          {.scrape = scrape, .after = seconds(40), .ratio_at = [](double) { return 1; }}, seed);
      ASSERT_TRUE(error) << seed;
      EXPECT_LE(std::abs(*error), 5) << "scrape " << to_text(scrape) << " seed " << seed;
    }
}

TEST(Onset, OfATenthIsFoundWithinTwoScrapes) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto error =
        estimate({.scrape = seconds(15), .ratio_at = [](double) { return 0.1; }}, seed);
    ASSERT_TRUE(error) << seed;
    EXPECT_LE(std::abs(*error), 30) << "seed " << seed;
  }
}

// A ratio that rises evenly from nothing to a fifth in ten minutes: the estimate finds the foot of
// the ramp, not its middle.
TEST(Onset, OfASlowRampIsFoundNearItsFoot) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto error = estimate({.scrape = seconds(15),
                                 .per_second = 50,
                                 .after = minutes(12),
                                 .ratio_at = [](double s) { return std::min(0.2, s / 600 * 0.2); }},
                                seed);
    ASSERT_TRUE(error) << seed;
    EXPECT_LE(std::abs(*error), 60) << "seed " << seed;
  }
}

// At little traffic the one failure that is always somewhere is far above normal in its slot.
TEST(Onset, SingleFailuresBeforeItAreNotTakenForTheBeginning) {
  WindowTable table(kStart);
  table.resize(1);
  const Time onset = kStart + minutes(110);
  for (Time t = kStart + seconds(5); t <= onset + minutes(1); t += seconds(5)) {
    const bool is_single = t == onset - seconds(5) || t == onset - seconds(25);
    table.advance(t);
    table.add(0, t, {t > onset ? 80.0 : is_single ? 1.0 : 0.0, 80});
  }
  EXPECT_EQ(find_onset(table.slots(0, hours(1)), 0.0002), onset);
}

TEST(Onset, AnEarlierBlipIsNotTakenForTheBeginning) {
  WindowTable table(kStart);
  table.resize(1);
  const Time blip = kStart + minutes(90), onset = kStart + minutes(110);
  for (Time t = kStart + seconds(5); t <= onset + minutes(1); t += seconds(5)) {
    const bool is_bad = t > onset || (t > blip && t <= blip + seconds(10));
    table.advance(t);
    table.add(0, t, {is_bad ? 100.0 : 0.0, 100});
  }
  const auto found = find_onset(table.slots(0, hours(1)), 0.0002);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, onset);
}

TEST(Onset, NothingIsFoundWhereAllIsNormal) {
  int found = 0;
  for (uint64_t seed = 1; seed <= 25; ++seed)
    found += estimate({.ratio_at = [](double) { return 0.0002; }}, seed).has_value() ? 1 : 0;
  EXPECT_LE(found, 2);
}

TEST(Onset, WithoutEventsThereIsNone) { EXPECT_EQ(find_onset({}, 0.001), std::nullopt); }

}  // namespace
}  // namespace tocsin::slo
