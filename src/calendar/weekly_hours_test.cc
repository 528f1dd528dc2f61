#include "calendar/weekly_hours.h"

#include <gtest/gtest.h>

#include <random>

namespace tocsin::calendar {
namespace {

Zone zone(const std::string& name) { return *Zone::find(name); }
CivilSecond civil(const char* text) { return *parse_civil(text); }

WeeklyHours::Piece piece(const char* days, const char* from, const char* until) {
  return {*parse_days(days), *parse_clock(from), *parse_clock(until)};
}

TEST(WeeklyHours, HoldTheirHours) {
  const WeeklyHours work({piece("mon-fri", "09:00", "17:00")});
  EXPECT_FALSE(work.contains(civil("2026-11-27 08:59:59")));  // a Friday
  EXPECT_TRUE(work.contains(civil("2026-11-27 09:00")));
  EXPECT_TRUE(work.contains(civil("2026-11-27 16:59:59")));
  EXPECT_FALSE(work.contains(civil("2026-11-27 17:00")));
  EXPECT_FALSE(work.contains(civil("2026-11-28 12:00")));
  EXPECT_FALSE(WeeklyHours().contains(civil("2026-11-27 12:00")));
  EXPECT_TRUE(WeeklyHours::always().contains(civil("2026-11-28 23:59:59")));
}

TEST(WeeklyHours, GoOnBehindMidnight) {
  const WeeklyHours night({piece("fri", "22:00", "06:00")});
  EXPECT_FALSE(night.contains(civil("2026-11-27 05:00")));
  EXPECT_TRUE(night.contains(civil("2026-11-27 22:00")));
  EXPECT_TRUE(night.contains(civil("2026-11-28 05:59:59")));
  EXPECT_FALSE(night.contains(civil("2026-11-28 06:00")));
  EXPECT_FALSE(night.contains(civil("2026-11-28 22:00")));
  const WeeklyHours day({piece("sun", "09:00", "09:00")});
  EXPECT_TRUE(day.contains(civil("2026-11-30 08:59")));
  EXPECT_FALSE(day.contains(civil("2026-11-30 09:00")));
}

TEST(WeeklyHours, ChangeAtTheirEdges) {
  const WeeklyHours work({piece("mon-fri", "09:00", "17:00")});
  const Zone berlin = zone("Europe/Berlin");
  const Time friday_evening = berlin.to_time(civil("2026-11-27 17:00"));
  EXPECT_EQ(work.next_change(berlin, friday_evening - seconds(1)), friday_evening);
  EXPECT_EQ(work.next_change(berlin, friday_evening), berlin.to_time(civil("2026-11-30 09:00")));
  EXPECT_EQ(WeeklyHours::always().next_change(berlin, friday_evening), std::nullopt);
  EXPECT_EQ(WeeklyHours().next_change(berlin, friday_evening), std::nullopt);
}

// Against counting the minutes, in weeks in which clocks are set forward and back, also by half an
// hour, and in one that leaves out a day.
TEST(WeeklyHours, NextChangeAgreesWithCountingMinutes) {
  std::mt19937 random(20261126);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const struct {
    const char* zone;
    const char* around;
  } places[] = {{"Europe/Berlin", "2026-03-29"},       {"Europe/Berlin", "2026-10-25"},
                {"America/New_York", "2026-11-01"},    {"Australia/Lord_Howe", "2026-04-05"},
                {"Australia/Lord_Howe", "2026-10-04"}, {"Pacific/Apia", "2011-12-30"},
                {"America/Sao_Paulo", "2018-11-04"},   {"UTC", "2026-01-01"}};
  for (const auto& place : places) {
    const Zone where = zone(place.zone);
    const Time middle = where.to_time(civil(place.around));
    for (int run = 0; run < 60; ++run) {
      std::vector<WeeklyHours::Piece> pieces(static_cast<size_t>(1 + below(3)));
      for (auto& p : pieces) {
        for (bool& day : p.days) day = below(2) == 0;
        p.from = below(4) == 0 ? 60 * (1 + below(3)) : 15 * below(96);
        p.until = below(4) == 0 ? 60 * (1 + below(3)) : 15 * (1 + below(96));
      }
      const WeeklyHours hours(pieces);
      const Time from = middle + minutes(below(4 * 1440) - 2 * 1440) + seconds(below(60));
      Time expected = std::chrono::floor<minutes>(from) + minutes(1);
      const Time end = from + days(9);
      while (expected < end && hours.contains(where, expected) == hours.contains(where, from)) {
        expected += minutes(1);
      }
      const auto change = hours.next_change(where, from);
      if (expected >= end) {
        EXPECT_TRUE(!change || *change >= end) << place.zone << " " << to_text(hours);
      } else {
        ASSERT_TRUE(change) << place.zone << " " << to_text(hours) << " " << to_rfc3339(from);
        EXPECT_EQ(*change, expected)
            << place.zone << " " << to_text(hours) << " from " << to_rfc3339(from) << ": "
            << to_rfc3339(*change) << " not " << to_rfc3339(expected);
      }
    }
  }
}

TEST(WeeklyHours, AreReadAndWritten) {
  EXPECT_EQ(*parse_clock("00:00"), 0);
  EXPECT_EQ(*parse_clock("24:00"), 1440);
  for (const char* wrong : {"9:00", "24:01", "12:60", "", "ab:cd", "12:000"}) {
    EXPECT_FALSE(parse_clock(wrong)) << wrong;
  }
  for (const char* wrong : {"", "monday", "mon-", "-fri", "mon-fri-sat", "MON"}) {
    EXPECT_FALSE(parse_days(wrong)) << wrong;
  }
  EXPECT_EQ(
      to_text(WeeklyHours({piece("mon-fri", "09:00", "17:00"), piece("sat", "10:00", "24:00")})),
      "mon-fri 09:00-17:00, sat 10:00-24:00");
  EXPECT_EQ(to_text(WeeklyHours({piece("sat-mon", "22:00", "06:00")})), "mon,sat-sun 22:00-06:00");
  EXPECT_EQ(to_text(WeeklyHours()), "never");
  EXPECT_EQ(to_text(WeeklyHours::always()), "always");
}

}  // namespace
}  // namespace tocsin::calendar
