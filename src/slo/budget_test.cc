#include "slo/budget.h"

#include <gtest/gtest.h>

#include "slo/slices.h"

namespace tocsin::slo {
namespace {

const Time kNow = from_micros(1'767'571'200'000'000);

BudgetInput rolling(Counts period, Counts hour) {
  return {.target = 0.999,
          .in_period = period,
          .in_last_hour = hour,
          .now = kNow,
          .first_seen = kNow - days(60),
          .period_start = kNow - days(30),
          .period_end = {},
          .rolling = days(30)};
}

TEST(Budget, CountsWhatIsLeft) {
  const Budget budget = budget_of(rolling({250, 1'000'000}, {1, 1000}));
  EXPECT_DOUBLE_EQ(budget.allowed, 1000 * (1 - 0.999) / 0.001);
  EXPECT_NEAR(*budget.left, 0.75, 1e-9);
  EXPECT_NEAR(*budget.left_events, 750, 1e-6);
  EXPECT_NEAR(budget.burn_now, 1, 1e-9);
  EXPECT_NEAR(to_seconds(*budget.exhausted_in), 0.75 * 30 * 86400, 1);
}

TEST(Budget, GoesBelowZeroAndIsThenExhaustedNow) {
  const Budget budget = budget_of(rolling({2500, 1'000'000}, {0, 1000}));
  EXPECT_NEAR(*budget.left, -1.5, 1e-9);
  EXPECT_NEAR(*budget.left_events, -1500, 1e-6);
  EXPECT_EQ(budget.exhausted_in, Duration(0));
}

TEST(Budget, IsNeverExhaustedWithoutFailures) {
  EXPECT_EQ(budget_of(rolling({0, 1000}, {0, 100})).exhausted_in, std::nullopt);
}

TEST(Budget, WithoutTrafficIsWhole) {
  const Budget budget = budget_of(rolling({0, 0}, {0, 0}));
  EXPECT_EQ(budget.left, 1);
  EXPECT_EQ(budget.exhausted_in, std::nullopt);
}

TEST(Budget, OfACalendarPeriodGrowsWithTraffic) {
  BudgetInput input = rolling({500, 1'000'000}, {36, 3600});
  input.period_end = kNow + days(10);
  const Budget budget = budget_of(input);
  // 500 failures left; 36 come in an hour, 3.6 more are allowed in it.
  EXPECT_NEAR(to_seconds(*budget.exhausted_in), 500 / (32.4 / 3600), 1);
  input.period_end = kNow + hours(15);
  EXPECT_EQ(budget_of(input).exhausted_in, std::nullopt) << "the period ends before";
  input.in_last_hour = {3, 3600};
  input.period_end = kNow + days(10);
  EXPECT_EQ(budget_of(input).exhausted_in, std::nullopt) << "it burns below 1";
}

TEST(Budget, SaysNothingOfWhatIsLeftBeforeAQuarterOfThePeriodWasSeen) {
  BudgetInput input = rolling({3301.8, 10'000}, {3301.8, 10'000});
  input.first_seen = kNow - hours(2) - minutes(10);
  const Budget young = budget_of(input);
  EXPECT_EQ(young.left, std::nullopt);
  EXPECT_EQ(young.left_events, std::nullopt);
  EXPECT_EQ(young.exhausted_in, std::nullopt);
  EXPECT_EQ(young.spent, input.in_period) << "the counts are facts";
  EXPECT_NEAR(young.burn_now, 330.18, 1e-6);
  EXPECT_EQ(too_early_text(young), "too early to judge: 2h of 30d seen");

  input.first_seen = kNow - hours(180) + seconds(1);
  EXPECT_EQ(too_early_text(budget_of(input)), "too early to judge: 7d of 30d seen");
  input.first_seen = kNow - hours(180);
  EXPECT_NEAR(*budget_of(input).left, 1 - 330.18, 1e-6);
  EXPECT_EQ(too_early_text(budget_of(input)), "");
  input.first_seen = kNow;
  EXPECT_EQ(too_early_text(budget_of(input)), "too early to judge: 0s of 30d seen");
}

TEST(Budget, OfACalendarPeriodIsSeenFromItsBeginOrTheFirstEvent) {
  BudgetInput input = rolling({1, 1000}, {1, 1000});
  input.period_start = kNow - days(8);
  input.period_end = kNow + days(23);
  EXPECT_TRUE(budget_of(input).left);
  input.first_seen = kNow - minutes(90);
  EXPECT_EQ(too_early_text(budget_of(input)), "too early to judge: 1h of 31d seen");
  input.first_seen = kNow - days(60);
  input.period_start = kNow - days(7);
  input.period_end = kNow + days(24);
  EXPECT_EQ(too_early_text(budget_of(input)), "too early to judge: 7d of 31d seen");
}

TEST(Slices, CountBadOnesOfAllThatEnded) {
  Slices slices(minutes(1), days(30), kNow);
  slices.seen_since(kNow);
  Time now = kNow;
  for (int i = 0; i < 3000; ++i) {
    now += minutes(1);
    slices.advance(now, [i](Time, Time) { return i % 10 == 0; });
  }
  EXPECT_EQ(slices.since(now - minutes(10)), (Counts{1, 10}));
  EXPECT_EQ(slices.since(now - minutes(1000)), (Counts{100, 1000}));
  EXPECT_EQ(slices.since(now - days(30)).bad, 300);
  EXPECT_NEAR(slices.since(now - days(30)).total, 3000, 1);
}

TEST(Slices, AgreeWithAPlainListWhateverTheStepOfTime) {
  for (int64_t step : {7, 60, 400}) {
    Slices slices(minutes(1), days(2), kNow);
    slices.seen_since(kNow);
    const auto is_bad = [](Time start, Time) {
      return (to_micros(start) / 60'000'000 * 2654435761) >> 4 & 1;
    };
    Time now = kNow;
    for (int i = 0; i < 300; ++i) {
      now += seconds(step);
      slices.advance(now, is_bad);
      for (Duration window : {Duration(minutes(5)), Duration(hours(3)), Duration(hours(47))}) {
        Counts plain;
        const Time from = now - window;
        for (Time start = kNow; start + minutes(1) <= now; start += minutes(1))
          if (start >= from) plain += Counts{is_bad(start, start) ? 1.0 : 0.0, 1};
        const Counts got = slices.since(from);
        ASSERT_EQ(got.bad, plain.bad) << step << " " << i;
        ASSERT_NEAR(got.total, plain.total, from <= kNow ? 1 : 0) << step << " " << i;
      }
    }
  }
}

TEST(Slices, ALateEventIsJudgedAgain) {
  Slices slices(minutes(1), days(1), kNow);
  slices.seen_since(kNow);
  slices.advance(kNow + minutes(5), [](Time, Time) { return false; });
  slices.touch(kNow + seconds(130));
  std::vector<Time> judged;
  slices.advance(kNow + minutes(5) + seconds(1), [&](Time start, Time) {
    judged.push_back(start);
    return true;
  });
  EXPECT_EQ(judged, std::vector<Time>{kNow + minutes(2)});
  EXPECT_EQ(slices.since(kNow).bad, 1);
}

}  // namespace
}  // namespace tocsin::slo
