#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "slo/slo_testing.h"
#include "telemetry/testing/house.h"

// Objectives that begin to watch signals which are fed while they do: every event counts once.

namespace tocsin::slo {
namespace {

using telemetry::SignalName;
using telemetry::testing::House;
using telemetry::testing::TestSeries;

// Three ways in which bad and total come: in one request; the total before its good events; and two
// counters that are not read at one moment, so that at times more has failed than was asked.
constexpr const char* kSignals[] = {"together", "apart", "askew"};
constexpr double kBad[] = {2, 2, 9};

class HandOver : public testing::Test {
 protected:
  HandOver() : house_(true), book_(house_.clock.now(), recorder_, house_.log, *house_.metrics) {
    house_.telemetry->set_listener(&book_);
    declare();
    scrape();  // where counting begins
    fed_ = 0;
  }

  void declare() {
    std::vector<telemetry::SignalSpec> specs;
    specs.push_back(telemetry::testing::shop_ratio(kSignals[0]));
    specs.push_back(telemetry::testing::ratio(kSignals[1], "ok_total", "", "all_total"));
    specs.push_back(telemetry::testing::ratio(kSignals[2], "", "failed_total", "asked_total"));
    house_.configure(std::move(specs));
  }

  static TestSeries counter(const std::string& name, int64_t t_ms, double v) {
    return {{{"__name__", name}, {"instance", "a:80"}, {"job", "shop"}}, {{t_ms, v}}};
  }

  // Each signal counts ten events, and kBad of them are bad. What failed of the third is 24 in one
  // scrape, none in the next and three in the next.
  void scrape() {
    house_.clock.advance(milliseconds(1));
    const int64_t t = house_.now_ms();
    ++scrapes_;
    ++fed_;
    const double n = scrapes_, ahead = scrapes_ % 3 == 1 ? 15 : scrapes_ % 3 == 2 ? 6 : 0;
    house_.write({telemetry::testing::requests("200", t, 8 * n),
                  telemetry::testing::requests("500", t, 2 * n),
                  counter("failed_total", t, 9 * n + ahead), counter("asked_total", t, 10 * n)});
    house_.write({counter("all_total", t, 10 * n)});
    house_.write({counter("ok_total", t, 8 * n)});
  }

  void watch(std::vector<std::string> names, const std::string& calendar = "") {
    std::vector<SloBook::Entry> entries;
    const auto add = [&](const std::string& name, const std::string& signal) -> Objective& {
      entries.push_back({objective_of(name), *house_.telemetry->index_of(SignalName(signal))});
      entries.back().objective.signal = SignalName(signal);
      return entries.back().objective;
    };
    for (const std::string& name : names) add(name, name);
    if (!calendar.empty()) add("calendar", calendar).window.is_calendar = true;
    ASSERT_TRUE(book_.configure(std::move(entries), *house_.telemetry, house_.clock.now()));
  }

  // Runs `action` in the midst of scrapes, and lets the counters come even behind it.
  template <class Action>
  void while_fed(Action&& action) {
    std::atomic<int> begun = 0;
    std::atomic<bool> is_done = false;
    std::thread feeder([&] {
      for (int after = 0; after < 6; after += is_done ? 1 : 0) {
        scrape();
        ++begun;
        begun.notify_one();
      }
      while (scrapes_ % 3 != 0) scrape();
    });
    for (int n = 0; n < 4; n = begun) begun.wait(n);
    action();
    is_done = true;
    feeder.join();
  }

  Counts counted(const std::string& name) { return book_.objective(ObjectiveName(name))->last_5m; }

  House house_;
  Recorder recorder_;
  SloBook book_;
  int scrapes_ = -1;
  int fed_ = 0;  // since counting began
};

TEST_F(HandOver, EveryEventCountsOnceAcrossReloads) {
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const bool is_calendar_new = round % 2 == 1;
    while_fed([&] {
      if (round % 3 == 0) declare();
      if (round % 4 == 0) {
        EXPECT_TRUE(house_.telemetry->flush(house_.clock.now()));
      }
      watch({kSignals[0], kSignals[1], kSignals[2]}, is_calendar_new ? kSignals[1] : "");
    });
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(counted(kSignals[i]).total, 10.0 * fed_) << kSignals[i];
      EXPECT_EQ(counted(kSignals[i]).bad, kBad[i] * fed_) << kSignals[i];
    }
    if (is_calendar_new) {
      const Counts spent = book_.objective(ObjectiveName("calendar"))->budget.spent;
      EXPECT_EQ(spent.total, 10.0 * fed_);
      EXPECT_EQ(spent.bad, 2.0 * fed_);
    }
    if (round % 5 != 0) watch({});
  }
}

// The same, one step at a time: what is held back or did not fit when the past is cut.
TEST_F(HandOver, WhatIsUntoldWhenThePastIsCutIsToldLaterAndCountsOnce) {
  for (int i = 0; i < 3; ++i) scrape();
  house_.clock.advance(milliseconds(1));
  const int64_t t = house_.now_ms();
  const double n = ++scrapes_;
  ++fed_;
  // The total waits for its good events; more failed than was asked.
  house_.write({counter("all_total", t, 10 * n)});
  house_.write({counter("failed_total", t, 9 * n + 15), counter("asked_total", t, 10 * n)});
  watch({kSignals[1], kSignals[2]});
  EXPECT_EQ(counted(kSignals[1]).total, 10.0 * (fed_ - 1));
  EXPECT_EQ(counted(kSignals[2]).bad, 9.0 * (fed_ - 1) + 10);  // of 24 no more than was asked
  house_.write({counter("ok_total", t, 8 * n)});
  EXPECT_EQ(counted(kSignals[1]).total, 10.0 * fed_);
  EXPECT_EQ(counted(kSignals[1]).bad, 2.0 * fed_);
  while (scrapes_ % 3 != 0) scrape();
  EXPECT_EQ(counted(kSignals[2]).total, 10.0 * fed_);
  EXPECT_EQ(counted(kSignals[2]).bad, 9.0 * fed_);
}

// A reload in the midst of a scrape made all of its requests look failed.
TEST_F(HandOver, AReloadTellsNoTotalBeforeItsGoodEvents) {
  watch({kSignals[1]});
  scrape();
  house_.clock.advance(milliseconds(1));
  const double n = ++scrapes_;
  ++fed_;
  house_.write({counter("all_total", house_.now_ms(), 10 * n)});
  declare();
  EXPECT_EQ(counted(kSignals[1]).bad, 2.0 * (fed_ - 1));
  house_.write({counter("ok_total", house_.now_ms(), 8 * n)});
  EXPECT_EQ(counted(kSignals[1]).bad, 2.0 * fed_);
  EXPECT_EQ(counted(kSignals[1]).total, 10.0 * fed_);
}

}  // namespace
}  // namespace tocsin::slo
