#include "calendar/recurrence.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/rng.h"
#include "base/text.h"

namespace tocsin::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Zone zone(std::string_view name) { return Zone::find(name).value(); }
CivilSecond civil(std::string_view text) { return parse_civil(text).value(); }

Recurrence rule(std::string_view text, std::string_view start,
                std::string_view in = "Europe/Berlin", std::vector<CivilSecond> exceptions = {}) {
  auto parsed = Recurrence::parse(text, civil(start), zone(in), std::move(exceptions));
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return *parsed;
}

std::vector<std::string> moments(const Recurrence& recurrence, Time from, size_t limit) {
  std::vector<std::string> out;
  for (const auto& one : recurrence.next(from, limit)) {
    out.push_back(to_rfc3339(one.time).substr(0, 16) + "Z");
  }
  return out;
}
Time utc(std::string_view text) { return Zone().to_time(civil(text)); }

std::string error(std::string_view text) {
  const auto parsed = Recurrence::parse(text, civil("2026-01-01"), Zone());
  return parsed ? "" : parsed.error().message;
}

TEST(Recurrence, ComesEveryWeekendInTheZonesTime) {
  const auto backup = rule("FREQ=WEEKLY;BYDAY=SA,SU", "2026-01-01 02:00");
  EXPECT_THAT(moments(backup, Time::min(), 3),
              ElementsAre("2026-01-03T01:00Z", "2026-01-04T01:00Z", "2026-01-10T01:00Z"));
  EXPECT_THAT(moments(backup, utc("2026-07-04 00:00:00"), 2),
              ElementsAre("2026-07-04T00:00Z", "2026-07-05T00:00Z"))
      << "from itself on, in summer time";
  EXPECT_THAT(moments(backup, utc("2026-07-04 00:00:01"), 1), ElementsAre("2026-07-05T00:00Z"));
}

TEST(Recurrence, ATimeThatTheClocksSkipIsTheMomentOfTheJump) {
  const auto nightly = rule("FREQ=DAILY", "2026-03-28 02:30");
  EXPECT_THAT(moments(nightly, Time::min(), 3),
              ElementsAre("2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"));
}

TEST(Recurrence, ATimeThatTheClocksShowTwiceIsTheFirst) {
  const auto nightly = rule("FREQ=DAILY", "2026-10-24 02:30");
  EXPECT_THAT(moments(nightly, Time::min(), 3),
              ElementsAre("2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"));
}

TEST(Recurrence, TwoThatTheClocksPutTogetherAreOne) {
  const auto often = rule("FREQ=DAILY;BYHOUR=2;BYMINUTE=0,15,30", "2026-03-29 00:00");
  EXPECT_THAT(moments(often, Time::min(), 2),
              ElementsAre("2026-03-29T01:00Z", "2026-03-30T00:00Z"));
}

TEST(Recurrence, EndsByCountByADayAndByAMoment) {
  EXPECT_THAT(moments(rule("FREQ=DAILY;COUNT=2", "2026-01-01 12:00"), Time::min(), 9),
              ElementsAre("2026-01-01T11:00Z", "2026-01-02T11:00Z"));
  EXPECT_THAT(moments(rule("FREQ=DAILY;COUNT=2", "2026-01-01 12:00"), utc("2026-01-02"), 9),
              ElementsAre("2026-01-02T11:00Z"))
      << "it counts from the start, not from where one asks";
  EXPECT_THAT(moments(rule("FREQ=DAILY;UNTIL=20260102", "2026-01-01 23:59"), Time::min(), 9),
              ElementsAre("2026-01-01T22:59Z", "2026-01-02T22:59Z"))
      << "the whole day counts";
  EXPECT_THAT(
      moments(rule("FREQ=DAILY;UNTIL=20260102T110000Z", "2026-01-01 12:00"), Time::min(), 9),
      ElementsAre("2026-01-01T11:00Z", "2026-01-02T11:00Z"));
  EXPECT_THAT(
      moments(rule("FREQ=DAILY;UNTIL=20260102T105959Z", "2026-01-01 12:00"), Time::min(), 9),
      ElementsAre("2026-01-01T11:00Z"));
  EXPECT_THAT(moments(rule("FREQ=DAILY;UNTIL=20260102T115959", "2026-01-01 12:00"), Time::min(), 9),
              ElementsAre("2026-01-01T11:00Z"))
      << "without a Z the zone's clock is meant";
  EXPECT_THAT(moments(rule("FREQ=DAILY;COUNT=2", "2026-01-01"), utc("2027-01-01"), 1), IsEmpty());
}

TEST(Recurrence, LeavesOutExceptionsWhichCount) {
  const auto some = rule("FREQ=DAILY;COUNT=3", "2026-01-01 12:00", "UTC",
                         {civil("2026-01-02 12:00"), civil("2026-01-03 13:00")});
  EXPECT_THAT(moments(some, Time::min(), 9), ElementsAre("2026-01-01T12:00Z", "2026-01-03T12:00Z"));
}

TEST(Recurrence, AStartThatDoesNotFitTheRuleIsNoOccurrence) {
  EXPECT_THAT(moments(rule("FREQ=WEEKLY;BYDAY=MO", "2026-01-01", "UTC"), Time::min(), 1),
              ElementsAre("2026-01-05T00:00Z"));
}

TEST(Recurrence, KnowsTheLastFridayAndTheLastDay) {
  EXPECT_THAT(moments(rule("RRULE:freq=monthly;byday=-1fr", "2026-01-01", "UTC"), Time::min(), 2),
              ElementsAre("2026-01-30T00:00Z", "2026-02-27T00:00Z"));
  EXPECT_THAT(moments(rule("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-01", "UTC"), Time::min(), 3),
              ElementsAre("2026-01-31T00:00Z", "2026-02-28T00:00Z", "2026-03-31T00:00Z"));
  EXPECT_THAT(moments(rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01", "UTC"),
                      Time::min(), 2),
              ElementsAre("2026-01-30T00:00Z", "2026-02-27T00:00Z"));
  EXPECT_THAT(moments(rule("FREQ=YEARLY", "2024-02-29", "UTC"), utc("2025-01-01"), 2),
              ElementsAre("2028-02-29T00:00Z", "2032-02-29T00:00Z"));
}

// Section 3.8.5.3 of RFC 5545.
TEST(Recurrence, GivesTheExamplesOfTheRfc) {
  const auto days = [](std::string_view text, std::string_view start, size_t limit) {
    std::vector<std::string> out;
    for (const auto& one : rule(text, start, "America/New_York").next(Time::min(), limit)) {
      out.push_back(to_text(one.civil).substr(0, 10));
    }
    return out;
  };
  EXPECT_THAT(days("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12 09:00", 3),
              ElementsAre("1997-05-12", "1998-05-11", "1999-05-17"));
  EXPECT_THAT(days("FREQ=YEARLY;INTERVAL=3;COUNT=5;BYYEARDAY=1,100,200", "1997-01-01 09:00", 9),
              ElementsAre("1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01", "2000-04-09"));
  EXPECT_THAT(days("FREQ=YEARLY;BYDAY=20MO", "1997-05-19 09:00", 3),
              ElementsAre("1997-05-19", "1998-05-18", "1999-05-17"));
  EXPECT_THAT(days("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04 09:00", 9),
              ElementsAre("1997-09-04", "1997-10-07", "1997-11-06"));
  EXPECT_THAT(days("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02 09:00", 3),
              ElementsAre("1998-02-13", "1998-03-13", "1998-11-13"));
  EXPECT_THAT(days("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                   "1996-11-05 09:00", 3),
              ElementsAre("1996-11-05", "2000-11-07", "2004-11-02"));
  EXPECT_THAT(days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05 09:00", 9),
              ElementsAre("1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"));
  EXPECT_THAT(days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05 09:00", 9),
              ElementsAre("1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"));
  EXPECT_THAT(days("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15 09:00", 9),
              ElementsAre("2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"));
}

// libical 3.0 leaves out the first Sunday (recurrence_libical_test.cc).
TEST(Recurrence, CountsIntervalsFromTheWeekOfTheStart) {
  EXPECT_THAT(moments(rule("FREQ=WEEKLY;INTERVAL=3;BYDAY=SU", "2026-04-02", "UTC"), Time::min(), 3),
              ElementsAre("2026-04-05T00:00Z", "2026-04-26T00:00Z", "2026-05-17T00:00Z"));
}

TEST(Recurrence, AnswersWithABound) {
  const auto daily = rule("FREQ=DAILY", "2026-01-01");
  EXPECT_THAT(daily.next(Time::min(), 0), IsEmpty());
  EXPECT_EQ(daily.next(Time::min(), 1'000'000).size(), Recurrence::kMostAtOnce);
  EXPECT_EQ(daily.first_from(utc("2125-12-31 23:00:00"))->civil, civil("2126-01-01"))
      << "also far ahead";
  EXPECT_EQ(daily.rule(), "FREQ=DAILY");
}

TEST(RecurrenceErrors, NameThePartAndTheFix) {
  EXPECT_THAT(error(""), HasSubstr("write it as FREQ=WEEKLY"));
  EXPECT_THAT(error("BYDAY=MO"), HasSubstr("FREQ is missing"));
  EXPECT_THAT(error("FREQ=HOURLY"), HasSubstr("FREQ=HOURLY is wrong; use DAILY"));
  EXPECT_THAT(error("FREQ=DAILY;FREQ=DAILY"), HasSubstr("FREQ stands there twice"));
  EXPECT_THAT(error("FREQ=DAILY;"), HasSubstr("'' is no part"));
  EXPECT_THAT(error("FREQ=WEEKLY;BYDAYS=MO"), HasSubstr("did you mean 'BYDAY'?"));
  EXPECT_THAT(error("FREQ=DAILY;BYSECOND=3"), HasSubstr("BYSECOND is not supported"));
  EXPECT_THAT(error("FREQ=DAILY;INTERVAL=0"),
              HasSubstr("INTERVAL=0 is wrong; use a number from 1"));
  EXPECT_THAT(error("FREQ=DAILY;COUNT=99999999999"), HasSubstr("from 1 to 100000"));
  EXPECT_THAT(error("FREQ=WEEKLY;BYDAY=XX"), HasSubstr("BYDAY=XX is wrong"));
  EXPECT_THAT(error("FREQ=WEEKLY;BYDAY=1MO"), HasSubstr("needs FREQ=MONTHLY"));
  EXPECT_THAT(error("FREQ=MONTHLY;BYDAY=0MO"), HasSubstr("1 to 53"));
  EXPECT_THAT(error("FREQ=MONTHLY;BYMONTHDAY=32"), HasSubstr("use 1 to 31, or with -"));
  EXPECT_THAT(error("FREQ=YEARLY;BYMONTH=-1"), HasSubstr("use 1 to 12"));
  EXPECT_THAT(error("FREQ=DAILY;BYHOUR=24"), HasSubstr("use 0 to 23"));
  EXPECT_THAT(error("FREQ=DAILY;BYHOUR=" + std::string(99, '1')), HasSubstr("BYHOUR"));
  std::string hourly = "FREQ=DAILY;BYMINUTE=0,1,2,3,4;BYHOUR=0";
  for (int hour = 1; hour < 24; ++hour) hourly += fmt::format(",{}", hour);
  EXPECT_THAT(error(hourly), HasSubstr("more than 96 times a day"));
  EXPECT_THAT(error("FREQ=WEEKLY;BYMONTHDAY=3"), HasSubstr("use FREQ=MONTHLY"));
  EXPECT_THAT(error("FREQ=DAILY;BYWEEKNO=3"), HasSubstr("needs FREQ=YEARLY"));
  EXPECT_THAT(error("FREQ=YEARLY;BYWEEKNO=3"), HasSubstr("BYWEEKNO needs BYDAY"));
  EXPECT_THAT(error("FREQ=DAILY;BYSETPOS=1"), HasSubstr("another part to choose from"));
  EXPECT_THAT(error("FREQ=DAILY;COUNT=1;UNTIL=20270101"), HasSubstr("exclude each other"));
  EXPECT_THAT(error("FREQ=DAILY;UNTIL=20270230"), HasSubstr("UNTIL=20270230 is wrong"));
  EXPECT_THAT(error("FREQ=DAILY;UNTIL=tomorrow"), HasSubstr("write it as 20261231T120000Z"));
  EXPECT_THAT(error("FREQ=DAILY;UNTIL=20200101"), HasSubstr("no date from 2026-01-01 00:00:00 on"));
  EXPECT_THAT(error("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), HasSubstr("no date"));
  EXPECT_THAT(error("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), HasSubstr("no date"));
  EXPECT_THAT(error(std::string(600, 'A')), HasSubstr("longer than 500 bytes"));
  const std::vector<CivilSecond> many(Recurrence::kMostExceptions + 1, civil("2026-01-01"));
  EXPECT_THAT(Recurrence::parse("FREQ=DAILY", civil("2026-01-01"), Zone(), many).error().message,
              HasSubstr("more than 1000 dates"));
}

TEST(RecurrenceErrors, NoTextMakesItStumble) {
  SeededRng rng(7);
  const std::vector<std::string> words = {
      "FREQ",     "=",        ";",  "DAILY",     "YEARLY", "BYDAY",   "MO",
      ",",        "-1",       "0",  "UNTIL",     "COUNT",  "9",       "\xff",
      "BYSETPOS", "BYWEEKNO", "53", "BYYEARDAY", "366",    "MONTHLY", "INTERVAL"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text = rng.below(2) == 0 ? "FREQ=" : "";
    for (uint64_t i = rng.below(12); i > 0; --i) text += words[rng.below(words.size())];
    const auto parsed = Recurrence::parse(text, civil("2026-01-01"), Zone());
    if (parsed) {
      ASSERT_TRUE(parsed->first_from(Time::min())) << text;
    } else {
      ASSERT_EQ(parsed.error().code, Code::kInvalidArgument) << text;
    }
  }
}

// --- against a plain model: every day of the calendar is asked whether it fits

struct Plain {
  std::string freq;
  int interval = 1;
  std::set<int> months, monthdays, hours, minutes;
  std::set<std::pair<int, int>> days;  // ordinal (0: each) and weekday, Monday 0
  int week_start = 0;
  CivilSecond start;

  static int weekday(const CivilDay& day) { return static_cast<int>(cctz::get_weekday(day)); }
  CivilDay week_of(const CivilDay& day) const { return day - (weekday(day) - week_start + 7) % 7; }

  bool fits_interval(const CivilDay& day) const {
    const CivilDay first(start);
    if (freq == "DAILY") return (day - first) % interval == 0;
    if (freq == "WEEKLY") return (week_of(day) - week_of(first)) / 7 % interval == 0;
    if (freq == "MONTHLY") {
      return (cctz::civil_month(day) - cctz::civil_month(first)) % interval == 0;
    }
    return (day.year() - first.year()) % interval == 0;
  }
  bool fits_days(const CivilDay& day) const {
    return std::ranges::any_of(days, [&](const auto& wanted) {
      if (wanted.second != weekday(day)) return false;
      if (wanted.first == 0) return true;
      // Within the month, or within the year where no month is named.
      const bool in_year = freq == "YEARLY" && months.empty();
      const CivilDay begin =
          in_year ? CivilDay(cctz::civil_year(day)) : CivilDay(cctz::civil_month(day));
      const CivilDay end =
          in_year ? CivilDay(cctz::civil_year(day) + 1) : CivilDay(cctz::civil_month(day) + 1);
      const auto place = wanted.first > 0 ? (day - begin) / 7 + 1 : -((end - 1 - day) / 7 + 1);
      return place == wanted.first;
    });
  }
  bool fits(const CivilDay& day) const {
    if (!fits_interval(day)) return false;
    if (!months.empty() && !months.contains(day.month())) return false;
    const int length =
        static_cast<int>(CivilDay(cctz::civil_month(day) + 1) - CivilDay(cctz::civil_month(day)));
    if (!monthdays.empty() && !monthdays.contains(day.day()) &&
        !monthdays.contains(day.day() - length - 1)) {
      return false;
    }
    if (!days.empty() && !fits_days(day)) return false;
    if (!days.empty() || !monthdays.empty()) return true;
    if (freq == "WEEKLY") return weekday(day) == weekday(CivilDay(start));
    if (freq == "MONTHLY") return day.day() == start.day();
    if (freq == "YEARLY") {
      return day.day() == start.day() && (!months.empty() || day.month() == start.month());
    }
    return true;
  }
  std::vector<CivilSecond> all(const CivilDay& until) const {
    const std::set<int> at_hours = hours.empty() ? std::set<int>{start.hour()} : hours;
    const std::set<int> at_minutes = minutes.empty() ? std::set<int>{start.minute()} : minutes;
    std::vector<CivilSecond> out;
    for (CivilDay day(start); day < until; ++day) {
      if (!fits(day)) continue;
      for (const int hour : at_hours) {
        for (const int minute : at_minutes) {
          const CivilSecond at(day.year(), day.month(), day.day(), hour, minute, start.second());
          if (at >= start) out.push_back(at);
        }
      }
    }
    return out;
  }
};

// The first moment at which the zone's clock shows at least this: what is skipped is the jump.
Time plain_moment(const Zone& zone, const CivilSecond& civil) {
  const Time guess = Zone().to_time(civil);
  for (Time at = guess - hours(15); at <= guess + hours(15); at += minutes(15)) {
    if (zone.to_civil(at) < civil) continue;
    while (zone.to_civil(at - minutes(1)) >= civil && at > guess - hours(15)) at -= minutes(1);
    return at;
  }
  throw std::runtime_error("no such moment");
}

std::string random_rule(SeededRng& rng, Plain& plain) {
  constexpr const char* kNames[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  constexpr const char* kFreqs[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
  plain.freq = kFreqs[rng.below(4)];
  plain.interval = 1 + static_cast<int>(rng.below(3));
  std::string text = fmt::format("FREQ={};INTERVAL={}", plain.freq, plain.interval);
  const auto list = [&](const char* name, std::set<int>& into, auto pick) {
    for (uint64_t i = 1 + rng.below(3); i > 0; --i) into.insert(pick());
    std::vector<std::string> texts;
    for (const int value : into) texts.push_back(std::to_string(value));
    text += fmt::format(";{}={}", name, join(texts, ","));
  };
  if (rng.below(3) == 0) {
    list("BYMONTH", plain.months, [&] { return 1 + static_cast<int>(rng.below(12)); });
  }
  if (plain.freq != "WEEKLY" && rng.below(3) == 0) {
    list("BYMONTHDAY", plain.monthdays, [&] {
      const int day = 1 + static_cast<int>(rng.below(28));
      return rng.below(3) == 0 ? -day : day;
    });
  } else if (rng.below(2) == 0) {
    std::vector<std::string> texts;
    for (uint64_t i = 1 + rng.below(3); i > 0; --i) {
      const int day = static_cast<int>(rng.below(7));
      const bool counts = (plain.freq == "MONTHLY" || plain.freq == "YEARLY") && rng.below(2) == 0;
      const int ordinal =
          counts ? (rng.below(2) == 0 ? 1 : -1) * (1 + static_cast<int>(rng.below(4))) : 0;
      if (!plain.days.emplace(ordinal, day).second) continue;
      texts.push_back((ordinal == 0 ? "" : std::to_string(ordinal)) + kNames[day]);
    }
    text += ";BYDAY=" + join(texts, ",");
  }
  if (rng.below(4) == 0) {
    list("BYHOUR", plain.hours, [&] { return static_cast<int>(rng.below(24)); });
  }
  if (rng.below(4) == 0) {
    list("BYMINUTE", plain.minutes, [&] { return 15 * static_cast<int>(rng.below(4)); });
  }
  if (rng.below(3) == 0) {
    plain.week_start = static_cast<int>(rng.below(7));
    text += fmt::format(";WKST={}", kNames[plain.week_start]);
  }
  return text;
}

TEST(Recurrence, IsWhatAPlainWalkOverTheCalendarFinds) {
  constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "America/New_York",
                                    "Australia/Lord_Howe", "Asia/Kathmandu"};
  SeededRng rng(11);
  const CivilDay until(2032, 1, 1);
  for (int round = 0; round < 600; ++round) {
    Plain plain;
    const CivilDay first = CivilDay(2026, 1, 1) + static_cast<int64_t>(rng.below(400));
    plain.start =
        CivilSecond(first.year(), first.month(), first.day(), static_cast<int>(rng.below(5)),
                    15 * static_cast<int>(rng.below(4)), 0);
    std::string text = random_rule(rng, plain);
    const Zone in = zone(kZones[rng.below(std::size(kZones))]);
    auto wanted = plain.all(until);
    if (wanted.empty()) continue;
    bool is_bounded = true;
    if (rng.below(4) == 0) {
      const size_t count = 1 + rng.below(wanted.size());
      text += fmt::format(";COUNT={}", count);
      wanted.resize(count);
    } else if (rng.below(3) == 0) {
      const CivilSecond last = wanted[rng.below(wanted.size())];
      text += fmt::format(";UNTIL={:04}{:02}{:02}T{:02}{:02}00", last.year(), last.month(),
                          last.day(), last.hour(), last.minute());
      std::erase_if(wanted, [&](const CivilSecond& at) { return at > last; });
    } else {
      is_bounded = false;
    }
    std::vector<CivilSecond> exceptions;
    if (rng.below(3) == 0) exceptions.push_back(wanted[rng.below(wanted.size())]);
    std::erase_if(wanted, [&](const CivilSecond& at) {
      return std::ranges::find(exceptions, at) != exceptions.end();
    });
    const std::string what =
        fmt::format("round {}: {} from {} in {}", round, text, to_text(plain.start), in.name());
    const auto parsed = Recurrence::parse(text, plain.start, in, exceptions);
    ASSERT_EQ(parsed.has_value(), !wanted.empty() || !is_bounded) << what;
    if (!parsed) continue;

    // From some moment on, those of the model that are not before it.
    const Time from = in.to_time(plain.start) + hours(rng.below(24L * 365 * 3));
    std::vector<std::string> expected;
    std::optional<Time> last;
    for (const CivilSecond& at : wanted) {
      if (at < in.to_civil(from - hours(30))) continue;
      const Time moment = plain_moment(in, at);
      if (moment >= from && last != moment) expected.push_back(to_rfc3339(moment));
      last = moment;
      if (expected.size() == 40) break;
    }
    std::vector<std::string> got;
    for (const auto& one : parsed->next(from, is_bounded ? 40 : expected.size())) {
      got.push_back(to_rfc3339(one.time));
    }
    EXPECT_EQ(got, expected) << what << " asked from " << to_rfc3339(from);
  }
}

}  // namespace
}  // namespace tocsin::calendar
