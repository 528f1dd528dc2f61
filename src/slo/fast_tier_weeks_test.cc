// Four simulated weeks of a shop: daily rhythm, noise, blips, brown-outs and real outages. What
// does the fast tier see sooner than the standard tiers, and what does it page for that they do
// not? The figures that this prints are those of docs/detection.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "base/rng.h"
#include "slo/slo_testing.h"

namespace tocsin::slo {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);
constexpr int kWeeks = 4;

struct Trouble {
  double begin, end;  // seconds since the start
  double ratio;
};

struct World {
  std::vector<Trouble> outages;  // somebody should be told
  std::vector<Trouble> blips;    // nobody should
};

class Dice {
 public:
  explicit Dice(uint64_t seed) : rng_(seed) {}
  double between(double a, double b) { return a + (b - a) * rng_.unit(); }
  double count(double mean) {  // Poisson
    if (mean <= 0) return 0;
    if (mean > 30) {
      const double gauss =
          std::sqrt(-2 * std::log(1 - rng_.unit())) * std::cos(2 * std::numbers::pi * rng_.unit());
      return std::max(0.0, std::round(mean + std::sqrt(mean) * gauss));
    }
    double count = 0;
    for (double p = rng_.unit(); p > std::exp(-mean); p *= rng_.unit()) ++count;
    return count;
  }

 private:
  SeededRng rng_;
};

bool is_near(const std::vector<Trouble>& all, double at, double margin) {
  return std::any_of(all.begin(), all.end(), [&](const Trouble& t) {
    return at > t.begin - margin && at < t.end + margin;
  });
}

World world_of(Dice& dice) {
  World world;
  const double ratios[] = {1.0, 0.5, 0.25, 0.1, 0.02};
  for (int i = 0; i < kWeeks * 5; ++i) {  // every 34 hours
    const double ratio = ratios[i % 5];
    const double begin = (i + 0.2) * 121'000 + dice.between(0, 40'000);
    world.outages.push_back({begin, begin + (ratio < 0.1 ? 7200 : dice.between(900, 2400)), ratio});
  }
  for (double at = 3600; at < kWeeks * 604'800.0; at += dice.between(0, 2) * 86'400 / 8) {
    if (is_near(world.outages, at, 5400)) continue;
    world.blips.push_back({at, at + dice.between(1, 10), dice.between(0.3, 1)});
  }
  for (double at = 7200; at < kWeeks * 604'800.0;
       at += dice.between(0, 2) * 86'400) {  // brown-outs
    if (is_near(world.outages, at, 5400)) continue;
    world.blips.push_back({at, at + dice.between(60, 180), dice.between(0.005, 0.03)});
  }
  return world;
}

double ratio_at(const World& world, size_t& outage, size_t& blip, const std::vector<Trouble>& blips,
                double at) {
  while (outage < world.outages.size() && world.outages[outage].end <= at) ++outage;
  while (blip < blips.size() && blips[blip].end <= at) ++blip;
  double ratio = 0.0002;
  if (outage < world.outages.size() && world.outages[outage].begin <= at)
    ratio = std::max(ratio, world.outages[outage].ratio);
  if (blip < blips.size() && blips[blip].begin <= at) ratio = std::max(ratio, blips[blip].ratio);
  return ratio;
}

// Lives through the weeks with one instance that is scraped every `scrape`.
std::vector<TierChange> live(const World& world, Duration scrape, Dice& dice) {
  BookBench bench(kStart);
  std::vector<SloBook::Entry> entries;
  entries.push_back({objective_of("shop"), 0});
  EXPECT_TRUE(bench.book.configure(std::move(entries), bench.rollups, kStart));
  std::vector<Trouble> blips = world.blips;
  std::sort(blips.begin(), blips.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
  size_t outage = 0, blip = 0;
  const auto every = static_cast<int64_t>(to_seconds(scrape));
  Counts mean;  // of the scrape under way: a sum of Poisson counts is one of their summed means
  for (int64_t s = 0; s < kWeeks * 604'800; ++s) {
    const double hour = static_cast<double>(s % 86'400) / 3600;
    const double requests = 40 * (1 + 0.6 * std::sin((hour - 9) / 12 * std::numbers::pi));
    const double ratio = ratio_at(world, outage, blip, blips, static_cast<double>(s) + 0.5);
    mean += {requests * ratio, requests};
    if ((s + 1) % every != 0) continue;
    const Time now = kStart + seconds(s + 1);
    const double bad = dice.count(mean.bad);
    const double total = bad + dice.count(mean.total - mean.bad);
    const telemetry::RatioIncrement increment{0, now, bad, total};
    bench.book.on_increments({&increment, 1}, now);
    bench.book.advance(now);
    mean = {};
  }
  return bench.recorder.changes;
}

struct Score {
  std::map<double, std::vector<double>> delays;  // by ratio; of those that were seen
  std::map<double, int> missed;
  int false_pages = 0;
  std::vector<double> onset_errors;
};

Score score_of(const World& world, const std::vector<TierChange>& changes,
               const std::set<std::string>& tiers) {
  Score score;
  for (const Trouble& outage : world.outages) {
    const TierChange* seen = nullptr;
    for (const TierChange& change : changes) {
      const double at = to_seconds(change.at - kStart);
      if (change.state != TierState::kFiring || !tiers.contains(change.tier)) continue;
      if (at < outage.begin || at > outage.end + 60) continue;
      seen = &change;
      break;
    }
    if (!seen) {
      ++score.missed[outage.ratio];
      continue;
    }
    score.delays[outage.ratio].push_back(to_seconds(seen->at - kStart) - outage.begin);
    score.onset_errors.push_back(to_seconds(*seen->evidence.impact_started - kStart) -
                                 outage.begin);
  }
  for (const TierChange& change : changes)
    if (change.state == TierState::kFiring && tiers.contains(change.tier) &&
        !is_near(world.outages, to_seconds(change.at - kStart), 60)) {
      ++score.false_pages;
      fmt::print("  for nothing: {} at {:.0f} s, {} of {} in the long window\n", change.tier,
                 to_seconds(change.at - kStart), change.evidence.bad_long,
                 change.evidence.total_long);
    }
  return score;
}

double worst(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}
double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

void print(const char* name, const Score& score, int64_t scrape) {
  for (const auto& [ratio, delays] : score.delays)
    fmt::print(
        "  scrape {:>2} s  {:<14} failing {:>4.0f}%: seen {} of {}, mean {:>6.0f} s, worst "
        "{:>6.0f} s\n",
        scrape, name, ratio * 100, delays.size(),
        static_cast<int>(delays.size()) +
            (score.missed.contains(ratio) ? score.missed.at(ratio) : 0),
        mean(delays), worst(delays));
  fmt::print("  scrape {:>2} s  {:<14} pages for nothing: {}\n", scrape, name, score.false_pages);
}

class FastTierWeeks : public testing::TestWithParam<int64_t> {};

TEST_P(FastTierWeeks, SeesOutagesSoonerThanTheWindowsAndPagesForNoBlip) {
  const uint64_t seed = 20'260'105;
  SCOPED_TRACE(seed);
  Dice dice(seed);
  const World world = world_of(dice);
  const auto changes = live(world, seconds(GetParam()), dice);
  const Score fast = score_of(world, changes, {"fast"});
  const Score standard = score_of(world, changes, {"page-1h", "page-6h"});
  fmt::print("  {} outages, {} blips and brown-outs in {} weeks\n", world.outages.size(),
             world.blips.size(), kWeeks);
  print("fast", fast, GetParam());
  print("page-1h, -6h", standard, GetParam());

  const auto scrape = static_cast<double>(GetParam());
  EXPECT_EQ(fast.false_pages, 0);
  // The long windows are still hot hours after an outage; a blip that heats the short one then
  // fires them once more. That is how pairs of windows are; the fast tier does not add to it.
  EXPECT_LE(standard.false_pages, 2);
  for (double ratio : {1.0, 0.5, 0.25}) {
    ASSERT_EQ(fast.delays.at(ratio).size(), static_cast<size_t>(kWeeks)) << ratio;
    EXPECT_LT(mean(fast.delays.at(ratio)), mean(standard.delays.at(ratio))) << ratio;
  }
  EXPECT_LE(worst(fast.delays.at(1.0)), 30 + scrape);
  EXPECT_LE(worst(standard.delays.at(1.0)), 52 + 2 * scrape);
  EXPECT_LE(worst(standard.delays.at(0.1)), 518 + 80);
  EXPECT_EQ(standard.delays.at(0.02).size(), static_cast<size_t>(kWeeks));
  EXPECT_FALSE(fast.delays.contains(0.02)) << "2% is the windows' business";
  for (double error : fast.onset_errors) EXPECT_LE(std::abs(error), 2 * scrape + 15);
}

INSTANTIATE_TEST_SUITE_P(Scrapes, FastTierWeeks, testing::Values(5, 15));

}  // namespace
}  // namespace tocsin::slo
