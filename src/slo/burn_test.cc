#include "slo/burn.h"

#include <gmock/gmock.h>

#include "calendar/period.h"
#include "slo/fast_tier.h"

namespace tocsin::slo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const std::vector<Tier>& tiers) {
  std::vector<std::string> all;
  for (const Tier& tier : tiers) all.push_back(tier.name);
  return all;
}

TEST(Burn, DerivesTheRowsOfTheWorkbookForThirtyDays) {
  const auto tiers = default_tiers(0.999, days(30));
  ASSERT_THAT(names(tiers), ElementsAre("fast", "page-1h", "page-6h", "ticket-1d", "ticket-3d"));
  EXPECT_NEAR(tiers[1].burn, 14.4, 1e-9);
  EXPECT_NEAR(tiers[2].burn, 6, 1e-9);
  EXPECT_NEAR(tiers[3].burn, 3, 1e-9);
  EXPECT_NEAR(tiers[4].burn, 1, 1e-9);
  EXPECT_EQ(tiers[1].short_window, minutes(5));
  EXPECT_EQ(tiers[2].short_window, minutes(30));
  EXPECT_EQ(tiers[3].short_window, hours(2));
  EXPECT_EQ(tiers[4].short_window, hours(6));
  EXPECT_EQ(tiers[2].severity, Severity::kPage);
  EXPECT_EQ(tiers[3].severity, Severity::kTicket);
}

TEST(Burn, ScalesWithTheLengthOfThePeriod) {
  const auto tiers = default_tiers(0.999, days(28));
  ASSERT_EQ(tiers.size(), 5u);
  EXPECT_NEAR(tiers[1].burn, 13.44, 1e-9);
  EXPECT_NEAR(tiers[4].burn, 0.9333, 1e-4);
  EXPECT_NEAR(default_tiers(0.999, days(90))[1].burn, 43.2, 1e-9);
}

TEST(Burn, LeavesOutRowsThatWouldFireWhileTheBudgetLasts) {
  EXPECT_THAT(names(default_tiers(0.999, days(7))), ElementsAre("fast", "page-1h", "page-6h"));
  const auto day = default_tiers(0.999, days(1));
  ASSERT_THAT(names(day), ElementsAre("fast", "page-1h"));
  EXPECT_NEAR(day[1].burn, 14.4, 1e-9);
  EXPECT_NEAR(day[1].budget_fraction, 0.6, 1e-9);
}

TEST(Burn, LeavesOutRowsThatCouldNeverFire) {
  EXPECT_THAT(names(default_tiers(0.93, days(30))),
              ElementsAre("fast", "page-6h", "ticket-1d", "ticket-3d"));
  EXPECT_THAT(names(default_tiers(0.83, days(30))), ElementsAre("fast", "ticket-1d", "ticket-3d"));
}

TEST(Burn, SaysWhyATierCanNeverFireAndWhatToDo) {
  Tier tier{.name = "page", .long_window = hours(1), .short_window = minutes(5), .burn = 14.4};
  EXPECT_EQ(why_useless(tier, 0.999, days(30)), std::nullopt);
  const auto why = why_useless(tier, 0.9, days(30));
  ASSERT_TRUE(why);
  EXPECT_THAT(*why, HasSubstr("can never fire"));
  EXPECT_THAT(*why, HasSubstr("use a burn below 10"));
}

TEST(Burn, RefusesWindowsThatDoNotFit) {
  Tier tier{.name = "odd", .long_window = minutes(5), .short_window = minutes(5), .burn = 2};
  EXPECT_THAT(*why_useless(tier, 0.999, days(30)), HasSubstr("not shorter than the long one"));
  tier.short_window = seconds(10);
  EXPECT_THAT(*why_useless(tier, 0.999, days(30)), HasSubstr("shorter than 30s"));
  tier.short_window = hours(6);
  tier.long_window = days(40);
  EXPECT_THAT(*why_useless(tier, 0.999, days(30)), HasSubstr("longer than the objective's period"));
}

TEST(Burn, FractionAndBurnAreInverse) {
  EXPECT_NEAR(fraction_for(burn_for(0.02, days(30), hours(1)), days(30), hours(1)), 0.02, 1e-12);
}

TEST(Burn, NoPeriodOfTheCalendarIsLongerThanTheLongest) {
  using Unit = Window::Unit;
  const auto zone = calendar::Zone::find("Europe/Berlin");
  ASSERT_TRUE(zone);
  for (const Unit unit : {Unit::kDay, Unit::kWeek, Unit::kMonth, Unit::kQuarter, Unit::kYear})
    for (const int count : {1, 4, 12}) {
      if (unit == Unit::kYear && count > 1) continue;
      Window window{.is_calendar = true, .unit = unit, .count = count};
      calendar::Periods periods;
      periods.unit = static_cast<calendar::Periods::Unit>(unit);
      periods.count = count;
      periods.zone = *zone;
      Time at = from_micros(1'600'000'000'000'000);
      for (int i = 0; i < 40; ++i) {
        const auto period = calendar::period_at(periods, at);
        EXPECT_LE(period.end - period.begin, longest_period_of(window)) << count;
        at = period.end;
      }
    }
}

TEST(Burn, FastTierFiresOnATotalOutageForEveryTarget) {
  for (double target : {0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999}) {
    const Tier tier = fast_tier(target, days(30));
    EXPECT_EQ(why_useless(tier, target, days(30)), std::nullopt) << target;
    EXPECT_EQ(fast_detection_time(tier, target, days(30), 1.0), kLeastSpent) << target;
  }
}

TEST(Burn, FastTierWithTooLargeAShareIsRefused) {
  Tier tier = fast_tier(0.99, days(30));
  tier.budget_fraction = 0.05;
  ASSERT_TRUE(why_useless(tier, 0.99, days(30)));
  EXPECT_THAT(*why_useless(tier, 0.99, days(30)), HasSubstr("budget fraction of at most 0.02315"));
}

}  // namespace
}  // namespace tocsin::slo
