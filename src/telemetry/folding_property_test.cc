#include <gtest/gtest.h>

#include <map>
#include <random>

#include "telemetry/testing/house.h"

// Random samples, resets, duplicates, retries, disorder and crashes against a small plain model.

namespace tocsin::telemetry {
namespace {

using testing::House;
using testing::TestSeries;

double increase(double a, double b) { return b >= a ? b - a : b; }

// The model: a series is the set of samples that were taken and not lost. Its events are the
// increases between neighbours, and its first value too if it was born.
struct ModelSeries {
  std::map<int64_t, double> samples;
  bool is_born = false;
  double events() const {
    double sum = 0;
    for (auto at = samples.begin(); at != samples.end(); ++at) {
      if (at != samples.begin()) sum += increase(std::prev(at)->second, at->second);
    }
    if (is_born && !samples.empty()) sum += samples.begin()->second;
    return sum;
  }
};

struct World {
  explicit World(unsigned seed) : random(seed), house(true) {
    house.configure([] {
      std::vector<SignalSpec> specs;
      specs.push_back(testing::shop_ratio());
      return specs;
    }());
  }

  unsigned below(unsigned n) { return static_cast<unsigned>(random() % n); }

  // A scrape at `t`: each counter moves or is reset; a new one may be born.
  std::vector<TestSeries> scrape(int64_t t, bool may_reset) {
    if (scrapes >= 3 && codes.size() < 6 && below(10) == 0) {
      codes.push_back(below(2) == 0 ? fmt::format("50{}", codes.size())
                                    : fmt::format("20{}", codes.size()));
      model[codes.back()].is_born = true;
      value[codes.back()] = 0;
    }
    ++scrapes;
    std::vector<TestSeries> out;
    for (const std::string& code : codes) {
      double& v = value[code];
      if (may_reset && below(12) == 0) v = 0;
      v += below(40);
      out.push_back(testing::requests(code, t, v));
    }
    return out;
  }

  void send(const std::vector<TestSeries>& request) {
    const WriteOutcome outcome = house.write(request);
    ASSERT_EQ(outcome.status, 204) << outcome.message;
    for (const TestSeries& s : request) {
      for (const Sample& sample : s.samples) {
        model[s.labels[1].second].samples.emplace(sample.t_ms, sample.v);
      }
    }
  }

  std::mt19937 random;
  House house;
  std::vector<std::string> codes{"200", "500"};
  std::map<std::string, double> value{{"200", 1000}, {"500", 10}};
  std::map<std::string, ModelSeries> model;
  int scrapes = 0;
};

void expect_totals(World& world) {
  ASSERT_TRUE(world.house.telemetry->flush(world.house.clock.now()));
  double bad = 0, total = 0;
  for (const auto& [code, series] : world.model) {
    total += series.events();
    if (code[0] == '5') bad += series.events();
  }
  for (const RollupLevel level : kRollupLevels) {
    const auto slots = world.house.telemetry->ratio(SignalName("shop"), level, Time(),
                                                    world.house.clock.now() + hours(1));
    ASSERT_TRUE(slots);
    double kept_bad = 0, kept_total = 0;
    for (const RatioSlot& slot : *slots) {
      kept_bad += slot.bad;
      kept_total += slot.total;
      EXPECT_LE(slot.bad, slot.total);
    }
    EXPECT_EQ(kept_total, total) << "level " << static_cast<int>(level);
    EXPECT_EQ(kept_bad, bad) << "level " << static_cast<int>(level);
  }
}

TEST(FoldingProperty, EveryEventIsCountedOnceThroughDisorderAndRetries) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    std::vector<std::vector<TestSeries>> waiting;
    for (int i = 0; i < 40; ++i) {
      world.house.clock.advance(seconds(15));
      waiting.push_back(world.scrape(world.house.now_ms(), true));
      // Sometimes a request is held up and overtaken by the next ones. The first three are not:
      // they are what the born rule rests on.
      if (i >= 4 && waiting.size() < 4 && world.below(3) == 0) continue;
      if (i >= 4) std::shuffle(waiting.begin(), waiting.end(), world.random);
      for (const auto& request : waiting) {
        world.send(request);
        if (world.below(4) == 0) world.send(request);  // a retry
      }
      waiting.clear();
      if (world.below(5) == 0) {
        ASSERT_TRUE(world.house.telemetry->flush(world.house.clock.now()));
      }
    }
    for (const auto& request : waiting) world.send(request);
    expect_totals(world);
    const SignalIndex shop = *world.house.telemetry->index_of(SignalName("shop"));
    double total = 0;
    for (const auto& [code, series] : world.model) total += series.events();
    EXPECT_EQ(world.house.heard.total(shop), total);
  }
}

TEST(FoldingProperty, CrashesLoseNothingThatTheCountersStillShow) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    std::map<std::string, ModelSeries> flushed;
    for (int i = 0; i < 40; ++i) {
      world.house.clock.advance(seconds(15));
      // Between a checkpoint and a crash a reset would hide events for good, so there is none.
      const auto request = world.scrape(world.house.now_ms(), false);
      world.send(request);
      if (world.below(3) == 0) {
        ASSERT_TRUE(world.house.telemetry->flush(world.house.clock.now()));
        flushed = world.model;
      }
      if (i > 4 && world.below(4) == 0) {
        world.house.crash();
        world.house.configure([] {
          std::vector<SignalSpec> specs;
          specs.push_back(testing::shop_ratio());
          return specs;
        }());
        // What was not flushed is forgotten, also that a series was there; births stay births only
        // where the target was known from before.
        for (auto& [code, series] : world.model) {
          series.samples =
              flushed.contains(code) ? flushed[code].samples : std::map<int64_t, double>{};
          if (flushed.empty()) series.is_born = false;
        }
        if (world.below(2) == 0) world.send(request);  // the sender tries again
      }
    }
    expect_totals(world);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
