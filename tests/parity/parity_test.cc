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

  // Where events are few no traffic is even, and the bound is that of single events. It is derived
  // step by step from the scrapes of a service of one instance whose counters never start anew:
  //   - rate() gives B of T: what the counters grew by from the first to the last scrape within
  //     (at - W, at]. Both are extrapolated by the same factor, which cancels out; but one that
  //     would fall below zero before the window begins is extrapolated to its zero only, which
  //     changes its factor by at most 1.1 scrapes of what lies between the first and last scrape
  //     (promql/functions.go, extrapolatedRate).
  //   - We count each step at its later scrape: the one that ends with the first scrape in the
  //     window, too, and those in the slot that the window's edge cuts by the share of the slot
  //     that lies in the window. So we differ from B and T by at most the steps that end between
  //     that slot's begin and its end or the first scrape, whichever is later.
  struct Interval {
    double least = 0, most = 1;
  };
  // Nothing: no events in rate()'s part of the window.
  std::optional<Interval> derived(const Service& service, const WindowSpec& window, Time at) {
    const Time from = at - window.length;
    const Time slot(window.slot * (from.time_since_epoch() / window.slot));
    const auto counts_of = [](const Scrape& s) { return Counts{s.bad, s.bad + s.good}; };
    auto scrape = std::upper_bound(service.scrapes.begin(), service.scrapes.end(), slot,
                                   [](Time t, const Scrape& s) { return t < s.at; });
    Counts inside, at_edge;
    bool is_before = true;  // the first scrape of the window
    for (; scrape != service.scrapes.end() && scrape->at <= at; ++scrape) {
      const Counts step = counts_of(*scrape) - counts_of(*std::prev(scrape));
      const bool is_first = is_before && scrape->at > from;
      if (scrape->at > from && !is_first) inside += step;
      if (is_first || scrape->at <= slot + window.slot) at_edge += step;
      is_before = is_before && !is_first;
    }
    if (inside.total <= 0) return std::nullopt;
    const double clamped =
        1.1 * to_seconds(kScrape) / to_seconds(window.length - kScrape - kScrape) + 1e-9;
    const double ratio = inside.ratio();
    Interval ours{ratio, ratio};
    if (at_edge.total > 0) {
      // Good and bad steps are counted or left out by themselves.
      const double good = inside.total - inside.bad, good_at_edge = at_edge.total - at_edge.bad;
      const auto of = [](double bad, double well) {
        return bad + well > 0 ? bad / (bad + well) : 0;
      };
      ours.least = of(std::max(0.0, inside.bad - at_edge.bad), good + good_at_edge);
      ours.most = of(inside.bad + at_edge.bad, std::max(0.0, good - good_at_edge));
    }
    return Interval{ours.least * (1 - clamped), ours.most * (1 + clamped)};
  }

  // That rate() is what is derived of it from the scrapes, and that ours is near it.
  void expect_within_derived(const Service& service, const WindowSpec& window) {
    SCOPED_TRACE(service.name + " " + window.text);
    const auto theirs =
        prometheus_->range(ratio_of(service.name, window.text), kLookedFrom, kEnd, window.step);
    int compared = 0, alike = 0;
    for (const auto& [at, counts] : ours_->at(service.name).windows.at(window.length)) {
      if ((at - kLookedFrom) % window.step != Duration(0)) continue;
      const auto value = theirs.find(at);
      const auto bounds = derived(service, window, at);
      ASSERT_EQ(value != theirs.end(), bounds.has_value()) << to_rfc3339(at);
      if (!bounds) continue;
      ++compared;
      alike += std::abs(counts.ratio() - value->second) < 1e-3 * value->second + 1e-9 ? 1 : 0;
      EXPECT_GE(value->second, bounds->least) << to_rfc3339(at);
      EXPECT_LE(value->second, bounds->most) << to_rfc3339(at);
      EXPECT_GE(counts.ratio(), bounds->least) << to_rfc3339(at);
      EXPECT_LE(counts.ratio(), bounds->most) << to_rfc3339(at);
    }
    fmt::print("  {:<13} {:>3}: {:>4} steps, {} of them alike\n", service.name, window.text,
               compared, alike);
    EXPECT_GE(compared, 30);
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
      if (service.name == "few") continue;  // single events: the next test
      EXPECT_LE(d.of_bound, 1) << service.name << " " << window.text;
    }
}

// Few requests, and for comparison many of which all fail for a while.
TEST_F(Parity, RatiosOfOneInstanceDifferByTheSingleEventsAtTheirEdges) {
  for (const Service& service : *services_) {
    if (service.name != "few" && service.name != "outage") continue;
    for (const WindowSpec& window : kWindows) expect_within_derived(service, window);
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
