#include "calendar/period.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace tocsin::calendar {
namespace {

using Unit = Periods::Unit;

Time utc(std::string_view text) { return parse_rfc3339(text).value(); }
Zone zone(std::string_view name) { return Zone::find(name).value(); }

std::string at(const Periods& periods, std::string_view time) {
  const Period period = period_at(periods, utc(time));
  return to_rfc3339(period.begin).substr(0, 16) + " " + to_rfc3339(period.end).substr(0, 16);
}

TEST(Period, BeginsWherePeopleExpectIt) {
  EXPECT_EQ(at({.unit = Unit::kDay}, "2026-05-20T10:00:00Z"), "2026-05-20T00:00 2026-05-21T00:00");
  EXPECT_EQ(at({.unit = Unit::kWeek}, "2026-05-20T10:00:00Z"), "2026-05-18T00:00 2026-05-25T00:00");
  EXPECT_EQ(at({.unit = Unit::kWeek}, "2026-05-18T00:00:00Z"), "2026-05-18T00:00 2026-05-25T00:00");
  EXPECT_EQ(at({.unit = Unit::kWeek}, "2026-05-17T23:59:59Z"), "2026-05-11T00:00 2026-05-18T00:00");
  EXPECT_EQ(at({.unit = Unit::kMonth}, "2028-02-29T10:00:00Z"),
            "2028-02-01T00:00 2028-03-01T00:00");
  EXPECT_EQ(at({.unit = Unit::kQuarter}, "2026-05-20T10:00:00Z"),
            "2026-04-01T00:00 2026-07-01T00:00");
  EXPECT_EQ(at({.unit = Unit::kYear}, "2026-05-20T10:00:00Z"), "2026-01-01T00:00 2027-01-01T00:00");
  EXPECT_EQ(at({.unit = Unit::kMonth, .count = 2}, "2026-02-20T10:00:00Z"),
            "2026-01-01T00:00 2026-03-01T00:00");
}

TEST(Period, ReachesBackBeforeItsStart) {
  EXPECT_EQ(at({.unit = Unit::kWeek}, "1999-12-31T12:00:00Z"), "1999-12-27T00:00 2000-01-03T00:00");
  EXPECT_EQ(at({.unit = Unit::kQuarter, .count = 2}, "1969-01-01T00:00:00Z"),
            "1969-01-01T00:00 1969-07-01T00:00");
}

TEST(Period, KeepsTheStartsDayAndHour) {
  const Periods noon = {.unit = Unit::kDay, .start = CivilSecond(2026, 1, 21, 12, 30, 0)};
  EXPECT_EQ(at(noon, "2026-05-20T12:29:59Z"), "2026-05-19T12:30 2026-05-20T12:30");
  EXPECT_EQ(at(noon, "2026-05-20T12:30:00Z"), "2026-05-20T12:30 2026-05-21T12:30");
  const Periods wednesday = {.unit = Unit::kWeek, .start = CivilSecond(2026, 1, 21)};
  EXPECT_EQ(at(wednesday, "2026-05-19T00:00:00Z"), "2026-05-13T00:00 2026-05-20T00:00");
}

TEST(Period, AShortMonthDoesNotMoveTheLaterOnes) {
  const Periods last = {.unit = Unit::kMonth, .start = CivilSecond(2026, 1, 31)};
  EXPECT_EQ(at(last, "2026-02-15T00:00:00Z"), "2026-01-31T00:00 2026-02-28T00:00");
  EXPECT_EQ(at(last, "2026-02-28T00:00:00Z"), "2026-02-28T00:00 2026-03-31T00:00");
  EXPECT_EQ(at(last, "2026-04-30T00:00:00Z"), "2026-04-30T00:00 2026-05-31T00:00");
  EXPECT_EQ(at(last, "2028-02-29T00:00:00Z"), "2028-02-29T00:00 2028-03-31T00:00");
}

TEST(Period, ADayIsShorterOrLongerWhereClocksChange) {
  const Periods berlin = {.unit = Unit::kDay, .zone = zone("Europe/Berlin")};
  EXPECT_EQ(at(berlin, "2026-03-29T12:00:00Z"), "2026-03-28T23:00 2026-03-29T22:00");
  EXPECT_EQ(at(berlin, "2026-10-25T12:00:00Z"), "2026-10-24T22:00 2026-10-25T23:00");
  const Periods howe = {.unit = Unit::kDay, .zone = zone("Australia/Lord_Howe")};
  EXPECT_EQ(at(howe, "2026-04-04T18:00:00Z"), "2026-04-04T13:00 2026-04-05T13:30");
}

TEST(Period, ABoundaryInTheGapIsTheJump) {
  const Periods early = {.unit = Unit::kDay,
                         .zone = zone("Europe/Berlin"),
                         .start = CivilSecond(2026, 1, 1, 2, 30, 0)};
  EXPECT_EQ(at(early, "2026-03-29T00:59:59Z"), "2026-03-28T01:30 2026-03-29T01:00");
  EXPECT_EQ(at(early, "2026-03-29T01:00:00Z"), "2026-03-29T01:00 2026-03-30T00:30");
  // Santiago's midnight of 2026-09-06 does not exist: its day begins at 01:00.
  const Periods santiago = {.unit = Unit::kDay, .zone = zone("America/Santiago")};
  EXPECT_EQ(at(santiago, "2026-09-06T12:00:00Z"), "2026-09-06T04:00 2026-09-07T03:00");
}

TEST(Period, AMidnightShownTwiceCountsOnce) {
  // Havana 2026-11-01: 01:00 becomes 00:00.
  const Periods havana = {.unit = Unit::kDay, .zone = zone("America/Havana")};
  EXPECT_EQ(at(havana, "2026-11-01T04:30:00Z"), "2026-11-01T04:00 2026-11-02T05:00");
  EXPECT_EQ(at(havana, "2026-11-01T05:30:00Z"), "2026-11-01T04:00 2026-11-02T05:00");
  // St. John's 2010-11-07: one minute after midnight it was 23:01 of the day before again; the new
  // day had begun all the same.
  const Periods johns = {.unit = Unit::kDay, .zone = zone("America/St_Johns")};
  EXPECT_EQ(at(johns, "2010-11-07T03:00:00Z"), "2010-11-07T02:30 2010-11-08T03:30");
}

TEST(Period, ADayThatAZoneSkippedIsNoPeriod) {
  // Apia went from the end of 2011-12-29 to 2011-12-31.
  const Periods apia = {.unit = Unit::kDay, .zone = zone("Pacific/Apia")};
  EXPECT_EQ(at(apia, "2011-12-30T09:59:59Z"), "2011-12-29T10:00 2011-12-30T10:00");
  EXPECT_EQ(at(apia, "2011-12-30T10:00:00Z"), "2011-12-30T10:00 2011-12-31T10:00");
}

// Walking from period to period meets each moment exactly once, and a moment anywhere finds the
// period that the walk gave.
void expect_tiles(const Periods& periods, Time from, Time to, Rng& rng) {
  Period now = period_at(periods, from);
  ASSERT_LE(now.begin, from);
  ASSERT_LT(from, now.end);
  while (now.begin < to) {
    ASSERT_LT(now.begin, now.end);
    const Period next = period_at(periods, now.end);
    ASSERT_EQ(next.begin, now.end) << to_rfc3339(now.end);
    if (rng.below(16) == 0) {
      const auto length = static_cast<uint64_t>((now.end - now.begin).count());
      const Time inside = now.begin + Duration(rng.below(length));
      ASSERT_EQ(period_at(periods, inside), now) << to_rfc3339(inside);
      ASSERT_EQ(period_at(periods, now.end - microseconds(1)), now) << to_rfc3339(now.end);
    }
    now = next;
  }
}

TEST(Period, TilesTimeInEveryZone) {
  constexpr Unit kUnits[] = {Unit::kDay, Unit::kWeek, Unit::kMonth, Unit::kQuarter, Unit::kYear};
  const Time from = utc("2020-01-01T00:00:00Z"), to = utc("2036-01-01T00:00:00Z");
  uint64_t seed = 1;
  for (const std::string& name : zone_names()) {
    SeededRng rng(++seed);
    SCOPED_TRACE(name + " seed " + std::to_string(seed));
    Periods periods = {.unit = Unit::kDay, .zone = zone(name)};
    expect_tiles(periods, from, to, rng);
    for (const Unit unit : kUnits) {
      periods.unit = unit;
      periods.count = 1 + static_cast<int>(rng.below(5)) + (unit == Unit::kDay ? 3 : 0);
      periods.start = CivilSecond(2026, 1, 1) + static_cast<int>(rng.below(365 * 86'400));
      SCOPED_TRACE(to_text(periods.start));
      expect_tiles(periods, from, to, rng);
    }
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tocsin::calendar
