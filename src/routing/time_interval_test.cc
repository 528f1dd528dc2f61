#include "routing/time_interval.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/rng.h"
#include "codec/yaml.h"

namespace tocsin::routing {
namespace {

struct Read {
  NamedTimeInterval interval;
  std::string problems;
};

Read read(const std::string& yaml) {
  auto documents = codec::parse_yaml(yaml);
  codec::Problems problems;
  codec::Fields fields(documents.value().front(), "alertmanager.yml", problems);
  Read out{read_time_interval(fields), ""};
  for (const codec::Problem& problem : problems.all()) out.problems += problem.to_text() + "\n";
  return out;
}

// One interval with these fields, in YAML's flow style.
Read read_one(const std::string& fields) {
  return read("name: x\ntime_intervals:\n  - {" + fields + "}\n");
}

bool contains(const std::string& fields, std::string_view time) {
  const Read one = read_one(fields);
  EXPECT_EQ(one.problems, "") << fields;
  return one.interval.contains(parse_rfc3339(time).value());
}

TEST(TimeInterval, ContainsTheMinutesOfTheDayButNotTheLast) {
  const std::string night = "times: [{start_time: 09:00, end_time: 17:30}]";
  EXPECT_FALSE(contains(night, "2026-03-04T08:59:59.999Z"));
  EXPECT_TRUE(contains(night, "2026-03-04T09:00:00Z"));
  EXPECT_TRUE(contains(night, "2026-03-04T17:29:59Z"));
  EXPECT_FALSE(contains(night, "2026-03-04T17:30:00Z"));
  EXPECT_TRUE(
      contains("times: [{start_time: '23:00', end_time: '24:00'}]", "2026-03-04T23:59:59Z"));
}

TEST(TimeInterval, WeekdaysCountFromSunday) {
  EXPECT_TRUE(contains("weekdays: ['monday:friday']", "2026-03-02T00:00:00Z"));
  EXPECT_TRUE(contains("weekdays: ['Monday:FRIDAY']", "2026-03-06T23:59:59Z"));
  EXPECT_FALSE(contains("weekdays: ['monday:friday']", "2026-03-07T00:00:00Z"));
  EXPECT_TRUE(contains("weekdays: [saturday, sunday]", "2026-03-08T00:00:00Z"));
}

TEST(TimeInterval, DaysOfTheMonthMayCountFromItsEnd) {
  EXPECT_TRUE(contains("days_of_month: ['-1']", "2026-02-28T12:00:00Z"));
  EXPECT_TRUE(contains("days_of_month: ['-1']", "2028-02-29T12:00:00Z"));
  EXPECT_FALSE(contains("days_of_month: ['-1']", "2028-02-28T12:00:00Z"));
  EXPECT_TRUE(contains("days_of_month: ['-3:-1']", "2026-04-28T12:00:00Z"));
  EXPECT_FALSE(contains("days_of_month: ['-3:-1']", "2026-04-27T12:00:00Z"));
  EXPECT_TRUE(contains("days_of_month: ['25:-2']", "2026-04-29T12:00:00Z"));
  EXPECT_FALSE(contains("days_of_month: ['31']", "2026-04-30T12:00:00Z"))
      << "not clamped into the month";
  EXPECT_TRUE(contains("days_of_month: ['28:31']", "2026-02-28T12:00:00Z"));
  EXPECT_TRUE(contains("days_of_month: [1:5]", "2026-04-05T12:00:00Z"));
}

// The reference divides the hours of a month by 24, and a month that loses one loses its last day.
TEST(TimeInterval, AMonthInWhichClocksGoForwardHasAllItsDays) {
  EXPECT_TRUE(contains("days_of_month: ['-1'], location: Europe/Berlin", "2026-03-31T12:00:00Z"));
  EXPECT_FALSE(contains("days_of_month: ['-1'], location: Europe/Berlin", "2026-03-30T12:00:00Z"));
}

TEST(TimeInterval, MonthsHaveNamesOrNumbers) {
  EXPECT_TRUE(contains("months: ['may:august']", "2026-05-01T00:00:00Z"));
  EXPECT_TRUE(contains("months: ['1:3', December]", "2026-12-01T00:00:00Z"));
  EXPECT_FALSE(contains("months: ['1:3', december]", "2026-04-01T00:00:00Z"));
  EXPECT_TRUE(contains("years: ['2025:2027', 2030]", "2026-04-01T00:00:00Z"));
  EXPECT_FALSE(contains("years: ['2025:2027', 2030]", "2029-04-01T00:00:00Z"));
}

TEST(TimeInterval, IsReadOnItsOwnClock) {
  const std::string morning =
      "times: [{start_time: 09:00, end_time: 10:00}], weekdays: [monday], location: Asia/Tokyo";
  EXPECT_TRUE(contains(morning, "2026-03-02T00:30:00Z"));
  EXPECT_FALSE(contains(morning, "2026-03-02T09:30:00Z"));
  EXPECT_TRUE(contains("weekdays: [monday], location: Asia/Tokyo", "2026-03-01T15:00:00Z"));
  EXPECT_TRUE(contains("weekdays: [sunday], location: ''", "2026-03-01T15:00:00Z")) << "UTC";
}

TEST(TimeInterval, LocalIsTheZoneOfThisMachine) {
  ASSERT_EQ(setenv("TZ", ":Asia/Tokyo", 1), 0);
  EXPECT_TRUE(contains("weekdays: [monday], location: Local", "2026-03-01T15:00:00Z"));
  ASSERT_EQ(setenv("TZ", "", 1), 0);
  EXPECT_FALSE(contains("weekdays: [monday], location: Local", "2026-03-01T15:00:00Z"));
  ASSERT_EQ(unsetenv("TZ"), 0);
}

TEST(TimeInterval, AllListsMustContainTheMoment) {
  EXPECT_TRUE(contains("", "2026-03-01T15:00:00Z"));
  EXPECT_FALSE(contains("weekdays: [sunday], months: [april]", "2026-03-01T15:00:00Z"));
  EXPECT_FALSE(contains("weekdays: []", "2026-03-01T15:00:00Z")) << "a list of nothing";
  EXPECT_FALSE(contains("times: []", "2026-03-01T15:00:00Z"));
  EXPECT_TRUE(contains("times: ", "2026-03-01T15:00:00Z")) << "no list";
}

TEST(TimeInterval, ANameIsForAnyOfItsIntervals) {
  const Read two = read("name: x\ntime_intervals:\n  - weekdays: [sunday]\n  - months: [march]\n");
  EXPECT_EQ(two.problems, "");
  EXPECT_EQ(two.interval.name, "x");
  EXPECT_TRUE(two.interval.contains(parse_rfc3339("2026-03-04T00:00:00Z").value()));
  EXPECT_FALSE(two.interval.contains(parse_rfc3339("2026-04-01T00:00:00Z").value()));
  EXPECT_FALSE(read("name: x\n").interval.contains(parse_rfc3339("2026-04-01T00:00:00Z").value()));
}

TEST(TimeInterval, WhatIsWrongIsSaidWithItsPlaceAndTheWayOut) {
  const auto says = [](const std::string& fields, const std::string& what) {
    const std::string problems = read_one(fields).problems;
    EXPECT_NE(problems.find(what), std::string::npos) << fields << ": " << problems;
    EXPECT_NE(problems.find("alertmanager.yml:3:"), std::string::npos) << problems;
  };
  says("weekdays: [mon]", "time_intervals[0].weekdays: 'mon' is not a weekday such as monday");
  says("weekdays: ['friday:monday']", "'friday:monday' ends before it starts");
  says("weekdays: ['a:b:c']", "'a:b:c' is no range");
  says("weekdays: monday", "must be a list of texts");
  says("days_of_month: ['0']", "day 0 is in no month");
  says("days_of_month: ['-5:5']", "must end at one, too");
  says("days_of_month: ['-1:-5']", "ends before it starts in every month");
  says("days_of_month: ['30:-3']", "ends before it starts in every month");
  says("months: [smarch]", "'smarch' is not a month such as may or 5");
  says("years: ['2030:2020']", "ends before it starts");
  says("times: [{start_time: 9:00, end_time: 10:00}]", "'9:00' is not a time of day");
  says("times: [{start_time: 10:00, end_time: 24:01}]", "'24:01' is not a time of day");
  says("times: [{start_time: 10:00}]", "times[0].end_time: is missing");
  says("times: [{start_time: 22:00, end_time: 06:00}]", "a range over midnight is written as two");
  says("location: Europe/Berlni", "did you mean 'Europe/Berlin'?");
  says("weekday: [monday]", "did you mean 'weekdays'?");
  EXPECT_NE(read("time_intervals: []").problems.find("name: is missing"), std::string::npos);
}

// Every hour of two years, against the fields of the date said one by one.
TEST(TimeInterval, AgreesWithTheCalendar) {
  const TimeInterval interval{.minutes = {{90, 600}},
                              .weekdays = {{1, 3}, {6, 6}},
                              .days_of_month = {{2, 9}, {-4, -2}},
                              .months = {{2, 3}, {10, 12}},
                              .years = {{2028, 2028}},
                              .zone = calendar::Zone::find("America/New_York").value()};
  int found = 0;
  for (Time time = parse_rfc3339("2027-01-01T00:30:00Z").value();
       time < parse_rfc3339("2029-01-01T00:00:00Z").value(); time += hours(1)) {
    const Time local = time + interval.zone.offset(time);
    const std::chrono::year_month_day date(std::chrono::floor<days>(local));
    const auto weekday = std::chrono::weekday(std::chrono::floor<days>(local)).c_encoding();
    const unsigned day = static_cast<unsigned>(date.day()),
                   month = static_cast<unsigned>(date.month());
    const unsigned last =
        static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
    const auto minute =
        std::chrono::floor<minutes>(local - std::chrono::floor<days>(local)).count();
    const bool wanted = minute >= 90 && minute < 600 &&
                        ((weekday >= 1 && weekday <= 3) || weekday == 6) &&
                        ((day >= 2 && day <= 9) || (day + 3 >= last && day < last)) &&
                        (month == 2 || month == 3 || month >= 10) && int{date.year()} == 2028;
    ASSERT_EQ(interval.contains(time), wanted) << to_rfc3339(time);
    found += wanted ? 1 : 0;
  }
  EXPECT_GT(found, 100);
}

}  // namespace
}  // namespace tocsin::routing
