// Simulated weeks of shops: daily rhythm, noise, blips, brown-outs and real outages. What does the
// fast tier see sooner than the standard tiers, and what does it page for that they do not? The
// figures that this prints are those of docs/detection.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numbers>
#include <set>

#include "base/rng.h"
#include "slo/enough.h"
#include "slo/slo_testing.h"

namespace tocsin::slo {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);
constexpr int kWeeks = 4;
constexpr uint64_t kFirstSeed = 20'260'105;
constexpr size_t kSeeds = 5;
constexpr double kNormal = 0.0002;  // the share that always fails

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

// Requests a second at a moment of the day, 16 to 64, and those of the seconds before `at`.
double traffic(double at) {
  const double hour = at / 3600;
  return 40 * (1 + 0.6 * std::sin((hour - 9) / 12 * std::numbers::pi));
}
double traffic_until(double at) {
  const double turn = 12 * 3600 / std::numbers::pi;
  return 40 * (at - 0.6 * turn * std::cos((at / 3600 - 9) / 12 * std::numbers::pi));
}

// A shop of one seed, lived through scrape by scrape by one instance.
struct Life {
  explicit Life(uint64_t seed) : dice(seed), world(world_of(dice)), blips(world.blips) {
    std::sort(blips.begin(), blips.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
  }

  double ratio_at(double at) const {
    double ratio = kNormal;
    if (outage < world.outages.size() && world.outages[outage].begin <= at &&
        at < world.outages[outage].end)
      ratio = std::max(ratio, world.outages[outage].ratio);
    for (size_t i = blip; i < blips.size() && blips[i].begin <= at; ++i)
      if (at < blips[i].end) ratio = std::max(ratio, blips[i].ratio);
    return ratio;
  }

  // The share that fails of what comes in (begin, begin + length].
  double mean_ratio(double begin, double length) {
    while (outage < world.outages.size() && world.outages[outage].end <= begin) ++outage;
    while (blip < blips.size() && blips[blip].end <= begin) ++blip;
    const auto is_under_way = [&](const std::vector<Trouble>& all, size_t next) {
      return next < all.size() && all[next].begin < begin + length;
    };
    if (!is_under_way(world.outages, outage) && !is_under_way(blips, blip)) return kNormal;
    double sum = 0;
    for (double s = 0.5; s < length; ++s) sum += ratio_at(begin + s);
    return sum / length;
  }

  Dice dice;
  World world;
  std::vector<Trouble> blips;  // by begin
  size_t outage = 0, blip = 0;
};

// All shops live through the same weeks beside each other, in one book.
std::vector<TierChange> live(std::deque<Life>& lives, Duration scrape) {
  BookBench bench(kStart);
  std::vector<SloBook::Entry> entries;
  for (uint32_t i = 0; i < lives.size(); ++i)
    entries.push_back({objective_of("shop-" + std::to_string(i)), i});
  EXPECT_TRUE(bench.book.configure(std::move(entries), bench.rollups, kStart));
  const double length = to_seconds(scrape);
  std::vector<double> of_a_day;  // requests of each scrape
  for (double at = 0; at < 86'400; at += length)
    of_a_day.push_back(traffic_until(at + length) - traffic_until(at));
  std::vector<telemetry::RatioIncrement> increments(lives.size());
  for (size_t step = 0; step < kWeeks * 7 * of_a_day.size(); ++step) {
    const double begin = static_cast<double>(step) * length;
    const Time now = kStart + scrape * static_cast<int64_t>(step + 1);
    const double requests = of_a_day[step % of_a_day.size()];
    for (uint32_t i = 0; i < lives.size(); ++i) {
      const double ratio = lives[i].mean_ratio(begin, length);
      const double bad = lives[i].dice.count(requests * ratio);
      increments[i] = {i, now, bad, bad + lives[i].dice.count(requests * (1 - ratio))};
    }
    bench.book.on_increments(increments, now);
    bench.book.advance(now);
  }
  return bench.recorder.changes;
}

struct Seen {
  Trouble outage;
  double delay;        // seconds from its begin
  double onset_error;  // seconds that its begin was estimated too late
};

struct Score {
  std::map<double, std::vector<Seen>> seen;  // by the outage's ratio
  std::map<double, size_t> missed;
  int false_pages = 0;

  void add(const Score& other) {
    for (const auto& [ratio, more] : other.seen)
      seen[ratio].insert(seen[ratio].end(), more.begin(), more.end());
    for (const auto& [ratio, count] : other.missed) missed[ratio] += count;
    false_pages += other.false_pages;
  }
  double worst(double ratio) const {
    double most = 0;
    for (const Seen& one : seen.at(ratio)) most = std::max(most, one.delay);
    return most;
  }
  double mean(double ratio) const {
    double sum = 0;
    for (const Seen& one : seen.at(ratio)) sum += one.delay;
    return sum / static_cast<double>(seen.at(ratio).size());
  }
};

Score score_of(const World& world, const std::vector<TierChange>& changes,
               const ObjectiveName& name, const std::set<std::string>& tiers) {
  Score score;
  const auto counts = [&](const TierChange& change) {
    return change.objective == name && change.state == TierState::kFiring &&
           tiers.contains(change.tier);
  };
  for (const Trouble& outage : world.outages) {
    const auto seen = std::find_if(changes.begin(), changes.end(), [&](const TierChange& change) {
      const double at = to_seconds(change.at - kStart);
      return counts(change) && at >= outage.begin && at <= outage.end + 60;
    });
    if (seen == changes.end()) {
      ++score.missed[outage.ratio];
      continue;
    }
    score.seen[outage.ratio].push_back(
        {outage, to_seconds(seen->at - kStart) - outage.begin,
         to_seconds(*seen->evidence.impact_started - kStart) - outage.begin});
  }
  for (const TierChange& change : changes)
    if (counts(change) && !is_near(world.outages, to_seconds(change.at - kStart), 60)) {
      ++score.false_pages;
      fmt::print("  for nothing: {} {} at {:.0f} s, {} of {} in the long window\n", name.value(),
                 change.tier, to_seconds(change.at - kStart), change.evidence.bad_long,
                 change.evidence.total_long);
    }
  return score;
}

// When page-1h has seen an outage at the latest. What is derived for even traffic, burn x (1 -
// target) x window / ratio (docs/detection.md), becomes with an uneven one and with chance: of the
// requests since the outage began the ratio e fails, of those before it in the window the normal
// share g, and the row wants theta of all. With D = failures - theta x all requests it fires when
// D >= 0. After T seconds
//   E(D) = (e - theta) x requests since - (theta - g) x requests before,
//   V(D) = (1 - theta)^2 x failures + theta^2 x successes, both counts being Poisson's;
// and it has fired, but for one outage in 300,000, at the first T with E(D) >= 4.5 sqrt(V(D)).
// Blips in the hour before only add to D. The window reaches back further by as much as its edge is
// uncertain: a slot that is shared out and a scrape that is counted whole. What happened since the
// last scrape is seen with the next one. (The short window is over theta long before, and there are
// hundreds of failures.)
double latest_page_1h(const Trouble& outage, double scrape) {
  const double theta = 14.4 * 0.001, e = outage.ratio;
  const double window = 3600 + 30 + scrape;
  for (double t = 1; t < window; ++t) {
    const double at = outage.begin;
    const double since = traffic_until(at + t) - traffic_until(at);
    const double before = traffic_until(at) - traffic_until(at + t - window);
    const double failed = e * since + kNormal * before;
    const double mean = (e - theta) * since - (theta - kNormal) * before;
    const double variance =
        (1 - theta) * (1 - theta) * failed + theta * theta * (since + before - failed);
    if (mean >= 4.5 * std::sqrt(variance)) return t + scrape;
  }
  return window;
}

// How far the estimated begin may lie from an outage's that begins at once, in seconds. The
// estimate knows scrapes (here every slot's edge is one, and the begin lies in the fine slots: the
// tier fires within 325 s). Call the one in which it began the mixed one.
//   Early: it errs by less than a scrape when the mixed one is taken for the first. One scrape more
// is taken in when that makes "failing since" likelier, that is when it holds at least
// n (e - g) / log(e / g) failures by chance: two at 10% and the least traffic here (n = 80, mean
// 0.016), once in 8,000 outages. Two scrapes more want three failures (mean 0.032): once in
// 180,000.
//   Late: whole failing scrapes are left out when they look normal, so when m of them hold fewer
// than the c failures whose Poisson tail at the normal ratio is kChance; with m as below that
// happens once in 100,000 outages, and the begin is put m scrapes behind the end of the mixed one
// at most. The normal ratio is that of the three hours before the last one; twice its mean, blips
// and all, covers the noise and the rhythm of traffic within three hours.
struct OnsetBounds {
  double early, late;
};
OnsetBounds onset_bounds(const World& world, const Trouble& outage, double scrape) {
  const double from = outage.begin - 4 * 3600, to = outage.begin - 3600 + 325;
  double failed = kNormal * (to - from);
  for (const Trouble& blip : world.blips)
    failed += blip.ratio * std::max(0.0, std::min(to, blip.end) - std::max(from, blip.begin));
  const double normal = 2 * failed / (to - from);
  const double requests = traffic(outage.begin) * 0.97 * scrape;  // it falls by 1.6% in 5 min
  for (int m = 1;; ++m) {
    double least = 1;
    while (poisson_tail(least, m * requests * normal) > kChance) ++least;
    if (1 - poisson_tail(least, m * requests * outage.ratio) <= kChance)
      return {2 * scrape, (1 + m) * scrape};
  }
}

void print(const char* name, const Score& score, int64_t scrape) {
  for (const auto& [ratio, seen] : score.seen) {
    const auto [early, late] = std::minmax_element(
        seen.begin(), seen.end(),
        [](const Seen& a, const Seen& b) { return a.onset_error < b.onset_error; });
    fmt::print(
        "  scrape {:>2} s  {:<14} failing {:>4.0f}%: seen {} of {}, mean {:>6.0f} s, worst "
        "{:>6.0f} s, its begin {:+.0f} to {:+.0f} s\n",
        scrape, name, ratio * 100, seen.size(),
        seen.size() + (score.missed.contains(ratio) ? score.missed.at(ratio) : 0),
        score.mean(ratio), score.worst(ratio), early->onset_error, late->onset_error);
  }
  fmt::print("  scrape {:>2} s  {:<14} pages for nothing: {}\n", scrape, name, score.false_pages);
}

class FastTierWeeks : public testing::TestWithParam<int64_t> {};

TEST_P(FastTierWeeks, SeesOutagesSoonerThanTheWindowsAndPagesForNoBlip) {
  std::deque<Life> lives;
  for (uint64_t seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) lives.emplace_back(seed);
  const auto changes = live(lives, seconds(GetParam()));
  const auto scrape = static_cast<double>(GetParam());
  Score all_fast, all_standard;
  for (size_t i = 0; i < lives.size(); ++i) {
    SCOPED_TRACE(kFirstSeed + i);
    const World& world = lives[i].world;
    const ObjectiveName name("shop-" + std::to_string(i));
    Score fast = score_of(world, changes, name, {"fast"});
    Score standard = score_of(world, changes, name, {"page-1h", "page-6h"});
    all_fast.add(fast);
    all_standard.add(standard);

    EXPECT_EQ(fast.false_pages, 0);
    // The long windows are still hot hours after an outage; a blip that heats the short one then
    // fires them once more. That is how pairs of windows are; the fast tier does not add to it.
    EXPECT_LE(standard.false_pages, 2);
    for (double ratio : {1.0, 0.5, 0.25}) {
      ASSERT_EQ(fast.seen[ratio].size(), static_cast<size_t>(kWeeks)) << ratio;
      EXPECT_LT(fast.mean(ratio), standard.mean(ratio)) << ratio;
    }
    EXPECT_LE(fast.worst(1.0), 30 + scrape);
    EXPECT_LE(standard.worst(1.0), 52 + 2 * scrape);
    EXPECT_FALSE(fast.seen.contains(0.02)) << "2% is the windows' business";
    EXPECT_TRUE(standard.missed.empty());
    for (const auto& [ratio, seen] : standard.seen)
      for (const Seen& one : seen)
        EXPECT_LE(one.delay, latest_page_1h(one.outage, scrape)) << "failing " << ratio;
    for (const auto& [ratio, seen] : fast.seen)
      for (const Seen& one : seen) {
        const OnsetBounds bounds = onset_bounds(world, one.outage, scrape);
        EXPECT_GE(one.onset_error, -bounds.early) << "failing " << ratio;
        EXPECT_LE(one.onset_error, bounds.late) << "failing " << ratio;
      }
  }
  fmt::print("  {} seeds of {} weeks\n", kSeeds, kWeeks);
  print("fast", all_fast, GetParam());
  print("page-1h, -6h", all_standard, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Scrapes, FastTierWeeks, testing::Values(5, 15));

}  // namespace
}  // namespace tocsin::slo
