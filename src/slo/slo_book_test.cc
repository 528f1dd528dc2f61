#include "slo/slo_book.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <thread>

#include "base/rng.h"
#include "slo/slo_testing.h"

namespace tocsin::slo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Time kStart = from_micros(1'767'571'200'000'000);

// A book and a world that is scraped every five seconds.
class Book : public testing::Test {
 protected:
  void watch(std::vector<Objective> objectives, Time now = kStart) {
    std::vector<SloBook::Entry> entries;
    for (size_t i = 0; i < objectives.size(); ++i)
      entries.push_back({std::move(objectives[i]), static_cast<telemetry::SignalIndex>(i)});
    ASSERT_TRUE(bench_->book.configure(std::move(entries), bench_->rollups, now));
    now_ = std::max(now_, now);
  }
  // Runs `length` with this ratio failing of `total` requests each five seconds.
  void run(Duration length, double ratio, double total = 200, telemetry::SignalIndex signal = 0) {
    for (const Time end = now_ + length; now_ < end;) {
      now_ += seconds(5);
      const Counts counts{total * ratio, total};
      const telemetry::RatioIncrement increment{signal, now_, counts.bad, counts.total};
      bench_->rollups.add(names_[signal], now_, counts);
      bench_->book.on_increments({&increment, 1}, now_);
      bench_->book.advance(now_);
    }
  }
  void silence(Duration length) {
    for (const Time end = now_ + length; now_ < end;) {
      now_ += seconds(5);
      bench_->book.advance(now_);
    }
  }
  void restart() {
    auto next = std::make_unique<BookBench>(now_);
    next->rollups = bench_->rollups;
    bench_ = std::move(next);
  }
  ObjectiveView shop() { return *bench_->book.objective(ObjectiveName("shop")); }
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const auto& change : bench_->recorder.changes)
      lines.push_back(change.tier + (change.state == TierState::kFiring   ? " fires"
                                     : change.state == TierState::kNoData ? " silent"
                                                                          : " clears"));
    return lines;
  }

  void begin_anew() {
    bench_ = std::make_unique<BookBench>(kStart);
    now_ = kStart;
  }

  std::unique_ptr<BookBench> bench_ = std::make_unique<BookBench>(kStart);
  Time now_ = kStart;
  std::vector<telemetry::SignalName> names_{telemetry::SignalName("shop"),
                                            telemetry::SignalName("cart")};
};

TEST_F(Book, TellsOfATotalOutageAndOfItsEnd) {
  watch({objective_of("shop")});
  run(hours(2), 0);
  const Time outage = now_;
  run(minutes(3), 1);
  EXPECT_THAT(told(), ElementsAre("fast fires", "page-1h fires", "page-6h fires"));
  const TierChange& fast = bench_->recorder.changes[0];
  EXPECT_EQ(fast.severity, Severity::kPage);
  EXPECT_LE(fast.at - outage, seconds(25));
  EXPECT_EQ(fast.evidence.impact_started, outage);
  EXPECT_EQ(fast.evidence.failed_since_start, 200 * to_seconds(fast.at - outage) / 5);
  EXPECT_EQ(fast.evidence.total_since_start, fast.evidence.failed_since_start);
  EXPECT_EQ(fast.evidence.budget_left, std::nullopt) << "too early to judge";
  EXPECT_EQ(shop().state, ObjectiveState::kBurning);

  const Time healed = now_;
  run(minutes(40), 0);
  const auto* clear = bench_->recorder.first("fast", TierState::kClear);
  ASSERT_TRUE(clear);
  EXPECT_LE(clear->at - healed, minutes(2));
  EXPECT_EQ(clear->evidence.impact_started, outage) << "the end still knows the beginning";
  const auto* clear_1h = bench_->recorder.first("page-1h", TierState::kClear);
  ASSERT_TRUE(clear_1h);
  EXPECT_LE(clear_1h->at - healed, minutes(6));
  ASSERT_TRUE(bench_->recorder.first("page-6h", TierState::kClear));
  for (const auto& tier : shop().tiers)
    EXPECT_TRUE(tier.state == TierShown::kClear || tier.tier->severity == Severity::kTicket);
}

TEST_F(Book, ATenthThatFailsIsSeenAtTheTimesOfTheDocumentation) {
  watch({objective_of("shop")});
  run(hours(2), 0);
  const Time outage = now_;
  run(minutes(10), 0.1);
  const auto* fast = bench_->recorder.first("fast", TierState::kFiring);
  const auto* page = bench_->recorder.first("page-1h", TierState::kFiring);
  ASSERT_TRUE(fast && page);
  EXPECT_NEAR(to_seconds(fast->at - outage), 218, 10);
  EXPECT_NEAR(to_seconds(page->at - outage), 518, 10);
}

TEST_F(Book, ABlipIsNotTold) {
  watch({objective_of("shop")});
  run(minutes(3), 0);  // hardly any history yet
  run(seconds(10), 1);
  run(hours(1), 0);
  EXPECT_THAT(told(), ElementsAre());
}

TEST_F(Book, SilenceIsToldAndNeverTakenForHealth) {
  watch({objective_of("shop")});
  run(hours(2), 0);
  run(minutes(3), 1);
  bench_->recorder.changes.clear();
  const Time silent = now_;
  silence(hours(8));
  EXPECT_THAT(told(), ElementsAre("no-data silent"));
  EXPECT_EQ(bench_->recorder.changes[0].severity, Severity::kTicket);
  EXPECT_EQ(bench_->recorder.changes[0].evidence.impact_started, silent);
  EXPECT_LE(bench_->recorder.changes[0].at - silent, seconds(65));
  EXPECT_EQ(shop().state, ObjectiveState::kNoData);
  EXPECT_EQ(shop().tiers[0].state, TierShown::kFiring);
  EXPECT_EQ(shop().tiers[3].state, TierShown::kNoData);
  EXPECT_EQ(bench_->book.without_data(), 1u);

  run(minutes(5), 0);
  EXPECT_THAT(told(), ElementsAre("no-data silent", "no-data clears", "page-1h clears",
                                  "fast clears", "page-6h clears"));
}

TEST_F(Book, WhatNeverSpokeIsShownWithoutDataButNotAlerted) {
  watch({objective_of("shop")});
  silence(days(1));
  EXPECT_EQ(shop().state, ObjectiveState::kNoData);
  EXPECT_THAT(told(), ElementsAre());
}

TEST_F(Book, SilenceMayPageOrBeLeftAlone) {
  auto page = objective_of("shop");
  page.no_data = Severity::kPage;
  auto off = objective_of("cart");
  off.no_data.reset();
  watch({page, off});
  for (int i = 0; i < 20; ++i) {
    run(seconds(5), 0, 200, 0);
    run(seconds(5), 0, 200, 1);
  }
  silence(minutes(10));
  ASSERT_THAT(told(), ElementsAre("no-data silent"));
  EXPECT_EQ(bench_->recorder.changes[0].severity, Severity::kPage);
}

TEST_F(Book, FewFailuresOfFewRequestsAreShownAsTooFew) {
  watch({objective_of("shop")});
  for (int i = 0; i < 400; ++i) {
    run(seconds(5), 0, i % 40 == 0 ? 1 : 0);
  }
  run(seconds(5), 1, 1);
  EXPECT_THAT(told(), ElementsAre());
  EXPECT_EQ(shop().tiers[1].state, TierShown::kTooFewEvents);
  EXPECT_GT(shop().tiers[1].nearness, 1);
  run(seconds(5), 1, 1);
  run(seconds(5), 1, 1);
  EXPECT_EQ(told().at(0), "page-1h fires");
}

TEST_F(Book, TheBudgetOfACalendarMonthBeginsAnew) {
  auto objective = objective_of("shop");
  objective.window.is_calendar = true;
  objective.window.zone = "Europe/Berlin";
  const Time january_end = kStart + days(27) - hours(1);  // midnight in Berlin
  const Time before = january_end - hours(2);
  watch({objective}, before);
  run(minutes(10), 0.01);
  EXPECT_NEAR(shop().budget.spent.bad, 240, 1e-6);
  EXPECT_EQ(shop().budget.period_end, january_end);
  silence(january_end - now_);
  run(minutes(1), 0);
  EXPECT_EQ(shop().budget.spent.bad, 0);
  EXPECT_EQ(shop().budget.spent.total, 12 * 200);
  EXPECT_EQ(shop().budget.period_start, january_end);
}

TEST_F(Book, AnUnknownZoneChangesNothing) {
  watch({objective_of("shop")});
  auto odd = objective_of("cart");
  odd.window.is_calendar = true;
  odd.window.zone = "Europe/Atlantis";
  std::vector<SloBook::Entry> entries;
  entries.push_back({odd, 1});
  const auto result = bench_->book.configure(std::move(entries), bench_->rollups, now_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("objective 'cart'"));
  EXPECT_EQ(bench_->book.size(), 1u);
}

TEST_F(Book, TimeslicesCountMinutesNotRequests) {
  auto objective = objective_of("shop");
  objective.budgeting = Budgeting::kTimeslices;
  objective.slice_target = 0.95;
  objective.slice_window = minutes(1);
  watch({objective});
  run(hours(2), 0.01);  // each minute is good
  EXPECT_EQ(shop().budget.spent.bad, 0);
  EXPECT_EQ(shop().budget.spent.total, 120);
  run(minutes(2), 0.06);
  EXPECT_EQ(shop().budget.spent.bad, 2);
  EXPECT_EQ(shop().budget.spent.total, 122);
  EXPECT_THAT(told(), ElementsAre("page-1h fires")) << "two bad minutes of an hour";
  EXPECT_EQ(bench_->recorder.changes[0].evidence.bad_long, 1) << "it fired at the first";
}

TEST_F(Book, TimeslicesAreFilledFromThePast) {
  auto objective = objective_of("shop");
  objective.budgeting = Budgeting::kTimeslices;
  objective.slice_target = 0.95;
  watch({objective});
  run(hours(1), 0);
  run(minutes(3), 0.5);
  run(hours(1), 0);
  const Budget before = shop().budget;
  restart();
  watch({objective}, now_);
  EXPECT_EQ(before.spent.bad, 3);
  EXPECT_EQ(shop().budget.spent.bad, 3);
  EXPECT_NEAR(shop().budget.spent.total, before.spent.total, 1);
}

TEST_F(Book, AReloadKeepsCountsAndStatesAndClearsWhatIsTakenAway) {
  watch({objective_of("shop"), objective_of("cart")});
  run(hours(1), 0);
  run(minutes(2), 1);
  ASSERT_EQ(told().at(0), "fast fires");
  bench_->recorder.changes.clear();
  auto changed = objective_of("shop");
  changed.description = "changed";
  watch({changed, objective_of("cart")}, now_);
  EXPECT_THAT(told(), ElementsAre());
  EXPECT_EQ(shop().last_5m.bad, 24 * 200);
  EXPECT_EQ(shop().objective->description, "changed");

  std::erase_if(changed.tiers, [](const Tier& tier) { return tier.name == "fast"; });
  watch({changed, objective_of("cart")}, now_);
  EXPECT_THAT(told(), ElementsAre("fast clears"));
  watch({}, now_);
  EXPECT_THAT(told(), ElementsAre("fast clears", "page-1h clears"));
  EXPECT_EQ(bench_->book.size(), 0u);
  run(seconds(5), 1);  // nobody counts it now
}

TEST_F(Book, ASignalThatIsWatchedAgainIsFilledFromItsRollups) {
  watch({objective_of("shop")});
  run(hours(1), 0.01);
  watch({}, now_);
  watch({objective_of("shop")}, now_);
  EXPECT_NEAR(shop().budget.spent.bad, 720 * 2, 1e-6);
}

TEST_F(Book, ABrokenPastIsLoggedAndTheWatchBegins) {
  bench_->rollups.broken = true;
  watch({objective_of("shop")});
  EXPECT_THAT(bench_->errors, HasSubstr("rollups are damaged"));
  run(minutes(1), 0);
  EXPECT_EQ(shop().budget.spent.total, 12 * 200);
}

TEST_F(Book, AfterARestartWhatFiredStillFiresAndClearsOnEvidence) {
  watch({objective_of("shop")});
  run(hours(2), 0);
  const Time outage = now_;
  run(minutes(2), 1);
  restart();
  watch({objective_of("shop")}, now_);
  const SloBook::Firing firing[] = {{ObjectiveName("shop"), "fast", outage},
                                    {ObjectiveName("shop"), "page-1h", outage},
                                    {ObjectiveName("gone"), "page-1h", outage},
                                    {ObjectiveName("shop"), "old-tier", outage}};
  bench_->book.restore(firing);
  EXPECT_THAT(told(), ElementsAre("page-1h clears", "old-tier clears"));
  EXPECT_EQ(bench_->recorder.changes[0].objective, ObjectiveName("gone"));
  bench_->recorder.changes.clear();
  run(minutes(2), 1);
  EXPECT_THAT(told(), ElementsAre("page-6h fires")) << "what fired is not told again";
  const auto evidence = bench_->book.evidence(ObjectiveName("shop"), "page-1h");
  ASSERT_TRUE(evidence);
  EXPECT_NEAR(evidence->failed_since_start, 48 * 200, 1);
  run(minutes(10), 0);
  EXPECT_TRUE(bench_->recorder.first("page-1h", TierState::kClear));
  EXPECT_TRUE(bench_->recorder.first("fast", TierState::kClear));
}

TEST_F(Book, SilenceIsNotJudgedRightAfterARestart) {
  watch({objective_of("shop")});
  run(hours(1), 0);
  now_ += hours(2);
  restart();
  watch({objective_of("shop")}, now_);
  EXPECT_THAT(told(), ElementsAre());
  silence(seconds(55));
  EXPECT_THAT(told(), ElementsAre());
  silence(seconds(30));
  EXPECT_THAT(told(), ElementsAre("no-data silent"));
}

TEST_F(Book, PulsesNameOnlyWhatChanged) {
  watch({objective_of("shop"), objective_of("cart")});
  const auto first = bench_->book.pulses_since(0);
  EXPECT_EQ(first.pulses.size(), 2u);
  EXPECT_TRUE(bench_->book.pulses_since(first.token).pulses.empty());
  run(seconds(5), 0.5, 200, 1);
  const auto next = bench_->book.pulses_since(first.token);
  ASSERT_EQ(next.pulses.size(), 1u);
  EXPECT_EQ(next.pulses[0].objective->name, ObjectiveName("cart"));
  EXPECT_EQ(next.pulses[0].last_5m, (Counts{100, 200}));
  EXPECT_TRUE(bench_->book.pulses_since(next.token).pulses.empty());
}

// Against exact counts of a list of events: no tier's nearness is off by more than the events of
// the slots at the edges of its windows explain.
TEST_F(Book, AgreesWithANaiveEvaluatorWithinTheDocumentedBound) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    begin_anew();
    watch({objective_of("shop")});
    struct Event {
      Time at;
      Counts counts;
    };
    std::vector<Event> events;
    double ratio = 0, checked = 0;
    for (int step = 0; step < 20'000; ++step) {
      now_ += seconds(15);
      if (rng.below(200) == 0) ratio = rng.below(3) == 0 ? rng.unit() * rng.unit() * 0.2 : 0.0005;
      const double total = 50 + static_cast<double>(rng.below(100));
      const Counts counts{std::floor(total * ratio + rng.unit()), total};
      events.push_back({now_, counts});
      const telemetry::RatioIncrement increment{0, now_, counts.bad, counts.total};
      bench_->book.on_increments({&increment, 1}, now_);
      bench_->book.advance(now_);
      if (step % 50 != 0 || step < 18'000) continue;
      const auto sum = [&](Time from) {
        Counts counted;
        for (auto event = events.rbegin(); event != events.rend() && event->at > from; ++event)
          counted += event->counts;
        return counted;
      };
      const auto nearest = [&](Duration window, Duration slot, double burn) {
        const Counts least = sum(now_ - window + slot), most = sum(now_ - window - slot);
        const double scale = 1 / 0.001 / burn;
        return std::pair(least.bad / most.total * scale, most.bad / least.total * scale);
      };
      for (const TierView& tier : shop().tiers) {
        if (tier.tier->kind == Tier::Kind::kFast) continue;
        const Duration slots[] = {seconds(5), seconds(30), minutes(4), minutes(20), hours(1)};
        const auto slot_of = [&](Duration window) {
          return window <= minutes(5)  ? slots[0]
                 : window <= hours(1)  ? slots[1]
                 : window <= hours(6)  ? slots[2]
                 : window <= hours(24) ? slots[3]
                                       : slots[4];
        };
        const auto in_long =
            nearest(tier.tier->long_window, slot_of(tier.tier->long_window), tier.tier->burn);
        const auto in_short =
            nearest(tier.tier->short_window, slot_of(tier.tier->short_window), tier.tier->burn);
        ASSERT_GE(tier.nearness, std::min(in_long.first, in_short.first) - 1e-9);
        ASSERT_LE(tier.nearness, std::min(in_long.second, in_short.second) + 1e-9);
        ++checked;
      }
    }
    EXPECT_GE(checked, 150);
  }
}

// A restart at any moment: windows are filled from rollups and every tier says the same, but for
// the events of the rollup slot at the edge.
TEST_F(Book, ARestartAtAnyMomentGivesTheSameVerdicts) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    begin_anew();
    watch({objective_of("shop")});
    for (int part = 0; part < 12; ++part) {
      const double ratio = rng.below(2) == 0 ? 0.0005 : rng.unit() * rng.unit();
      run(seconds(60 + static_cast<int64_t>(rng.below(3000))), ratio, 100);
      if (part < 3) continue;
      const ObjectiveView before = shop();
      BookBench again(now_);
      again.rollups = bench_->rollups;
      std::vector<SloBook::Entry> entries;
      entries.push_back({objective_of("shop"), 7});
      ASSERT_TRUE(again.book.configure(std::move(entries), again.rollups, now_));
      const ObjectiveView after = *again.book.objective(ObjectiveName("shop"));
      EXPECT_DOUBLE_EQ(before.budget.spent.bad, after.budget.spent.bad);
      EXPECT_DOUBLE_EQ(before.budget.spent.total, after.budget.spent.total);
      for (size_t i = 1; i < before.tiers.size(); ++i) {
        const Evidence &a = before.tiers[i].evidence, &b = after.tiers[i].evidence;
        EXPECT_NEAR(a.total_long, b.total_long, 200) << i;
        EXPECT_NEAR(a.bad_long, b.bad_long, 200) << i;
        EXPECT_NEAR(a.total_short, b.total_short, 200) << i;
        EXPECT_NEAR(a.bad_short, b.bad_short, 200) << i;
      }
    }
  }
}

TEST_F(Book, ListsManyObjectivesByName) {
  std::vector<SloBook::Entry> entries;
  for (int i = 0; i < 1000; ++i)
    entries.push_back({objective_of(fmt::format("o{:04}", 999 - i)), static_cast<uint32_t>(i)});
  ASSERT_TRUE(bench_->book.configure(std::move(entries), bench_->rollups, kStart));
  const auto views = bench_->book.objectives();
  ASSERT_EQ(views.size(), 1000u);
  for (size_t i = 0; i < views.size(); ++i)
    EXPECT_EQ(views[i].objective->name.value(), fmt::format("o{:04}", i));
}

// Several threads push, look and advance; the listener hears each tier's changes in turn.
TEST_F(Book, TellsInOrderWhileManyThreadsPushAndLook) {
  std::vector<SloBook::Entry> entries;
  constexpr uint32_t kSignals = 40;
  for (uint32_t i = 0; i < kSignals; ++i)
    entries.push_back({objective_of(fmt::format("o{}", i)), i});
  ASSERT_TRUE(bench_->book.configure(std::move(entries), bench_->rollups, kStart));
  const auto push = [&](uint32_t first) {
    for (int step = 1; step <= 600; ++step) {
      const Time at = kStart + seconds(5 * step);
      const bool is_bad = step / 100 % 2 == 1;
      std::vector<telemetry::RatioIncrement> increments;
      for (uint32_t i = first; i < kSignals; i += 2)
        increments.push_back({i, at, is_bad ? 100.0 : 0.0, 100});
      bench_->book.on_increments(increments, at);
    }
  };
  std::thread even(push, 0), odd(push, 1);
  std::thread looking([&] {
    for (int i = 0; i < 200; ++i) {
      bench_->book.advance(kStart + seconds(15 * i));
      EXPECT_EQ(bench_->book.objectives().size(), kSignals);
      bench_->book.pulses_since(static_cast<uint64_t>(i));
    }
  });
  even.join();
  odd.join();
  looking.join();
  std::map<std::pair<std::string, std::string>, TierState> states;
  EXPECT_FALSE(bench_->recorder.changes.empty());
  for (const auto& change : bench_->recorder.changes) {
    auto [at, is_new] =
        states.try_emplace({change.objective.value(), change.tier}, TierState::kClear);
    EXPECT_NE(at->second, change.state) << change.objective << " " << change.tier;
    at->second = change.state;
  }
}

}  // namespace
}  // namespace tocsin::slo
