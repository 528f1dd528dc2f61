#include "calendar/zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace tocsin::calendar {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Time utc(std::string_view text) { return parse_rfc3339(text).value(); }
Zone zone(std::string_view name) { return Zone::find(name).value(); }

class TzDir {  // points the database elsewhere for the length of a test
 public:
  explicit TzDir(const char* dir) { ::setenv("TZDIR", dir, 1); }
  ~TzDir() { ::unsetenv("TZDIR"); }
};

TEST(Zone, ConvertsBothWays) {
  const Zone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.name(), "Europe/Berlin");
  EXPECT_EQ(berlin.to_civil(utc("2026-07-01T12:00:00.9Z")), CivilSecond(2026, 7, 1, 14, 0, 0));
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 7, 1, 14, 0, 0)), utc("2026-07-01T12:00:00Z"));
  EXPECT_EQ(berlin.offset(utc("2026-01-01T00:00:00Z")), hours(1));
  EXPECT_EQ(berlin.abbreviation(utc("2026-01-01T00:00:00Z")), "CET");
  EXPECT_EQ(berlin.abbreviation(utc("2026-07-01T00:00:00Z")), "CEST");
  EXPECT_EQ(zone("UTC").to_civil(utc("1969-12-31T23:59:59.5Z")),
            CivilSecond(1969, 12, 31, 23, 59, 59));
  EXPECT_EQ(zone("Asia/Kathmandu").offset(utc("2026-01-01T00:00:00Z")), minutes(345));
  EXPECT_EQ(Zone(), zone("UTC"));
}

TEST(Zone, AGapShiftsForwardToTheJump) {
  // Berlin 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
  const Zone berlin = zone("Europe/Berlin");
  const Time jump = utc("2026-03-29T01:00:00Z");
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 3, 29, 1, 59, 59)), jump - seconds(1));
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 3, 29, 2, 0, 0)), jump);
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 3, 29, 2, 30, 0)), jump);
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 3, 29, 3, 0, 0)), jump);
  EXPECT_EQ(berlin.to_time(CivilSecond(2026, 3, 29, 3, 0, 1)), jump + seconds(1));
  // Lord Howe Island moves by half an hour: 02:00 becomes 02:30.
  EXPECT_EQ(zone("Australia/Lord_Howe").to_time(CivilSecond(2026, 10, 4, 2, 15, 0)),
            utc("2026-10-03T15:30:00Z"));
}

TEST(Zone, AnOverlapMeansTheFirstTime) {
  // New York 2026-11-01: 02:00 becomes 01:00 at 06:00 UTC.
  const Zone york = zone("America/New_York");
  EXPECT_EQ(york.to_time(CivilSecond(2026, 11, 1, 1, 30, 0)), utc("2026-11-01T05:30:00Z"));
  EXPECT_EQ(york.to_time(CivilSecond(2026, 11, 1, 2, 0, 0)), utc("2026-11-01T07:00:00Z"));
  EXPECT_EQ(york.to_civil(utc("2026-11-01T06:30:00Z")), CivilSecond(2026, 11, 1, 1, 30, 0));
  // Havana shows midnight twice.
  EXPECT_EQ(zone("America/Havana").to_time(CivilSecond(2026, 11, 1, 0, 0, 0)),
            utc("2026-11-01T04:00:00Z"));
}

TEST(Zone, UnknownNamesGiveTheNearest) {
  const auto wrong = Zone::find("Europe/Berln");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kInvalidArgument);
  EXPECT_EQ(wrong.error().message,
            "time zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?");
  for (const std::string name :
       {"", "europe/berlin!", "/etc/localtime", "../../etc/passwd", "localtime", "right/UTC",
        "Fixed/UTC+05:00:00", "file:/usr/share/zoneinfo/UTC", "Europe", "Europe/", "UTC+2"}) {
    const auto result = Zone::find(name);
    ASSERT_FALSE(result) << name;
    EXPECT_THAT(result.error().message, HasSubstr("is not known"));
  }
  EXPECT_FALSE(Zone::find(std::string(1 << 20, 'A')));
}

TEST(Zone, WithoutADatabaseItSaysWhatToInstall) {
  const TzDir nowhere("/nonexistent/zoneinfo");
  const auto missing = Zone::find("Europe/Nowhere");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(missing.error().message, HasSubstr("install the package tzdata"));
  EXPECT_TRUE(Zone::find("UTC"));
}

TEST(ZoneNames, AreThoseThatCanBeFound) {
  const std::vector<std::string> names = zone_names();
  EXPECT_THAT(names, Contains("Pacific/Apia"));
  EXPECT_THAT(names, Not(Contains("localtime")));
  for (const std::string& name : names) EXPECT_TRUE(Zone::find(name)) << name;
}

TEST(Civil, ReadsDatesAndTimes) {
  EXPECT_EQ(parse_civil("2026-01-31"), CivilSecond(2026, 1, 31));
  EXPECT_EQ(parse_civil("2026-01-31 12:30"), CivilSecond(2026, 1, 31, 12, 30, 0));
  EXPECT_EQ(parse_civil("2026-01-31T12:30:05"), CivilSecond(2026, 1, 31, 12, 30, 5));
  EXPECT_EQ(to_text(CivilSecond(2026, 1, 31, 2, 3, 4)), "2026-01-31 02:03:04");
}

TEST(Civil, RefusesWhatTheCalendarDoesNotHave) {
  for (const std::string text :
       {"", "2026", "2026-01", "2026-1-31", "2026-02-30", "2026-13-01", "2026-00-10", "1969-12-31",
        "3000-01-01", "2026-01-31 ", "2026-01-31 12", "2026-01-31 24:00:00", "2026-01-31 12:60",
        "2026-01-31 12:30:60", "2026-01-31 12:30:05Z", "2026-01-31x12:30", "+026-01-31"}) {
    const auto civil = parse_civil(text);
    ASSERT_FALSE(civil) << text;
    EXPECT_EQ(civil.error().code, Code::kInvalidArgument);
  }
}

TEST(Zone, KnowsWhenTheClocksAreSetNext) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  const Time winter = *parse_rfc3339("2026-10-25T01:00:00Z");
  EXPECT_EQ(berlin.next_transition(*parse_rfc3339("2026-06-01T00:00:00Z")), winter);
  EXPECT_EQ(berlin.next_transition(winter - seconds(1)), winter);
  EXPECT_EQ(berlin.next_transition(winter), *parse_rfc3339("2027-03-28T01:00:00Z"));
  EXPECT_EQ(Zone().next_transition(winter), std::nullopt);
}

}  // namespace
}  // namespace tocsin::calendar
