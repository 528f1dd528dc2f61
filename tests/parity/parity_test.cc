// Real Prometheus and Tocsin on the same samples: the ratios of all windows at every step and the
// times at which the rows fire and clear. What differs, by how much at most and why:
// docs/detection.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "parity/prometheus.h"
#include "parity/replay.h"
#include "slo/burn.h"

namespace tocsin::parity {
namespace {

using slo::Counts;

// The looked-at hours, the slot that cuts a window's edge, and how densely Prometheus is asked.
struct WindowSpec {
  Duration length, slot, step;
  const char* text;
};
const WindowSpec kWindows[] = {
    {minutes(5), seconds(5), seconds(15), "5m"}, {minutes(30), seconds(30), seconds(15), "30m"},
    {hours(1), seconds(30), seconds(15), "1h"},  {hours(2), minutes(4), seconds(60), "2h"},
    {hours(6), minutes(4), seconds(60), "6h"},   {hours(24), minutes(20), minutes(10), "1d"},
    {hours(72), hours(1), minutes(10), "3d"}};
constexpr double kTarget = 0.999;

std::string ratio_of(const std::string& job, const std::string& window) {
  return fmt::format(
      "sum(rate(http_requests_total{{job=\"{0}\",code=~\"5..\"}}[{1}])) / "
      "sum(rate(http_requests_total{{job=\"{0}\"}}[{1}]))",
      job, window);
}

std::string alert_of(const std::string& job, const char* in_long, const char* in_short,
                     double burn) {
  return fmt::format("({}) >= {} and ({}) >= {}", ratio_of(job, in_long), burn * (1 - kTarget),
                     ratio_of(job, in_short), burn * (1 - kTarget));
}

class Parity : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    services_ = new std::vector<Service>(make_world());
    prometheus_ = new Prometheus(openmetrics(*services_));
    ours_ = new std::map<std::string, Ours>();
    for (const Service& service : *services_) (*ours_)[service.name] = replay(service);
  }
  static void TearDownTestSuite() {
    delete prometheus_;
    delete ours_;
    delete services_;
  }

  // By how much the two ratios differ at most, and by what share of the bound.
  struct Difference {
    double most = 0, of_bound = 0;
    int compared = 0;
  };
  // The bound: both edges of a window may be off by the events of one slot of ours or one scrape of
  // theirs. With traffic that is even over such a short time that is (slot + scrape) / window of
  // the events; it moves the ratio by that share of how far the ratio of those events is from the
  // window's.
  Difference compare(const Service& service, const WindowSpec& window, double spread) {
    const auto theirs =
        prometheus_->range(ratio_of(service.name, window.text), kLookedFrom, kEnd, window.step);
    const auto& mine = ours_->at(service.name).windows.at(window.length);
    Difference difference;
    for (const auto& [at, value] : theirs) {
      const auto found = mine.find(at);
      if (found == mine.end() || found->second.total <= 0) continue;
      const double apart = std::abs(found->second.ratio() - value);
      difference.most = std::max(difference.most, apart);
      ++difference.compared;
    }
    const double bound =
        to_seconds(window.slot + kScrape) / to_seconds(window.length) * spread + 1e-9;
    difference.of_bound = difference.most / bound;
    return difference;
  }

  struct Times {
    std::optional<Time> fired, cleared;  // cleared: the first step at which it did not fire
  };
  Times theirs(const Service& service, const char* in_long, const char* in_short, double burn) {
    const auto values = prometheus_->range(alert_of(service.name, in_long, in_short, burn),
                                           kLookedFrom, kEnd, kScrape);
    Times times;
    for (const auto& [at, value] : values) {
      if (!times.fired) times.fired = at;
      if (times.cleared && at > *times.cleared) break;  // a second episode
      times.cleared = at + kScrape;
    }
    return times;
  }
  Times mine(const Service& service, const std::string& tier) {
    Times times;
    for (const slo::TierChange& change : ours_->at(service.name).changes) {
      if (change.tier != tier || change.at < kLookedFrom) continue;
      auto& time = change.state == slo::TierState::kFiring ? times.fired : times.cleared;
      if (!time) time = change.at;
    }
    return times;
  }

  static std::vector<Service>* services_;
  static Prometheus* prometheus_;
  static std::map<std::string, Ours>* ours_;
};
std::vector<Service>* Parity::services_ = nullptr;
Prometheus* Parity::prometheus_ = nullptr;
std::map<std::string, Ours>* Parity::ours_ = nullptr;

TEST_F(Parity, RatiosOfAllWindowsDifferByLessThanTheEventsAtTheirEdges) {
  // The largest ratio that ever falls into an edge of the window.
  const std::map<std::string, double> spread = {
      {"steady", 0.02},      {"outage", 1}, {"ramp", 0.15},        {"resets", 0.1},
      {"one-of-five", 0.15}, {"few", 1},    {"late-counter", 0.25}};
  for (const Service& service : *services_)
    for (const WindowSpec& window : kWindows) {
      const Difference d = compare(service, window, spread.at(service.name));
      fmt::print(
          "  {:<13} {:>3}: {:>4} steps, ratios differ by at most {:.6f}, {:>5.1f}% of the bound\n",
          service.name, window.text, d.compared, d.most, d.of_bound * 100);
      EXPECT_GE(d.compared, service.name == "few" ? 10 : 30);
      if (service.name == "few") continue;  // single events: both sides are right in their own way
      EXPECT_LE(d.of_bound, 1) << service.name << " " << window.text;
    }
}

TEST_F(Parity, RowsFireAtTheSameTimeAndClearLaterByTheHoldAtMost) {
  const struct {
    const char* tier;
    const char *in_long, *in_short;
    double burn;
    Duration apart;  // firing: a step, a scrape and a slot of the long window's edge
    Duration hold;   // of our clearing, with the way from the threshold down to 80% of it
  } rows[] = {{"page-1h", "1h", "5m", 14.4, seconds(60), minutes(6)},
              {"page-6h", "6h", "30m", 6, seconds(60), minutes(15)}};
  int compared = 0;
  for (const Service& service : *services_) {
    if (service.name == "few") continue;
    for (const auto& row : rows) {
      const Times a = theirs(service, row.in_long, row.in_short, row.burn);
      const Times b = mine(service, row.tier);
      ASSERT_EQ(a.fired.has_value(), b.fired.has_value()) << service.name << " " << row.tier;
      if (!a.fired) continue;
      ++compared;
      const double later = to_seconds(*b.fired - *a.fired);
      fmt::print("  {:<13} {}: fires {:+.1f} s", service.name, row.tier, later);
      EXPECT_LE(std::abs(later), to_seconds(row.apart)) << service.name << " " << row.tier;
      if (b.cleared) {
        const double held = to_seconds(*b.cleared - *a.cleared);
        fmt::print(", clears {:+.1f} s", held);
        EXPECT_GE(held, -to_seconds(row.apart)) << service.name << " " << row.tier;
        EXPECT_LE(held, to_seconds(row.hold)) << service.name << " " << row.tier;
      }
      fmt::print(" after Prometheus\n");
    }
  }
  EXPECT_GE(compared, 8);
}

// Where a few requests an hour come, a single failure fires Prometheus' rows and none of ours.
TEST_F(Parity, OneFailureOfFewRequestsFiresThemAndNotUs) {
  const auto few = std::find_if(services_->begin(), services_->end(),
                                [](const Service& s) { return s.name == "few"; });
  const auto values = prometheus_->range("max_over_time((" + ratio_of("few", "1h") + ")[80h:1m])",
                                         kEnd, kEnd, kScrape);
  ASSERT_EQ(values.size(), 1u);
  EXPECT_GE(values.begin()->second, 14.4 * (1 - kTarget)) << "the world lacks its failure";
  for (const slo::TierChange& change : ours_->at(few->name).changes)
    EXPECT_EQ(change.state, slo::TierState::kClear) << change.tier;
}

// The first failures of a counter that appears with them: increase() never sees the step from
// nothing to the first sample and makes up for it by extrapolation. We know the target and count
// from zero.
TEST_F(Parity, FailuresOfACounterThatAppearsWithThemAreCountedExactly) {
  const auto late = std::find_if(services_->begin(), services_->end(),
                                 [](const Service& s) { return s.name == "late-counter"; });
  const Time at = kLookedFrom + hours(2);
  double last = 0;
  for (const Scrape& scrape : late->scrapes) {
    if (scrape.at > at || !scrape.has_bad) continue;
    last = scrape.bad;
  }
  const auto theirs = prometheus_->range(
      "sum(increase(http_requests_total{job=\"late-counter\",code=\"500\"}[2h]))", at, at, kScrape);
  const Counts ours = ours_->at("late-counter").windows.at(hours(2)).at(at);
  EXPECT_NEAR(ours.bad, last, 1e-6) << "each of them";
  ASSERT_EQ(theirs.size(), 1u);
  fmt::print("  {} failures: {} counted here, {:.1f} by increase()\n", last, ours.bad,
             theirs.begin()->second);
  EXPECT_NEAR(theirs.begin()->second, last, last * 0.02);
}

}  // namespace
}  // namespace tocsin::parity
