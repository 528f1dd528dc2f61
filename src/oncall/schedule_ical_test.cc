#include "oncall/schedule_ical.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::participants;
using testing::person;
using testing::schedule_of;
using testing::utc;
using testing::weekly;
using testing::zone;

// "2026-01-05T08:00Z 2026-01-12T08:00Z summary uid"
std::vector<std::string> read_back(const std::string& text) {
  const auto read = calendar::read_ical(text, zone("UTC"), utc("2025-01-01T00:00:00Z"),
                                        utc("2030-01-01T00:00:00Z"));
  if (!read) return {read.error().message};
  EXPECT_THAT(read->notes, IsEmpty());
  std::vector<std::string> out;
  for (const auto& one : read->events) {
    out.push_back(to_rfc3339(one.begin).substr(0, 16) + "Z " + to_rfc3339(one.end).substr(0, 16) +
                  "Z " + one.summary + " " + one.uid);
  }
  return out;
}

TEST(ScheduleIcal, HasOneEntryForEachStretch) {
  Schedule schedule = schedule_of({weekly()});
  const Time now = utc("2026-01-10T00:00:00Z");
  const std::string text = ical_of(schedule, now, now + days(10), now, "tocsin.shop.test");
  EXPECT_THAT(read_back(text),
              ElementsAre("2026-01-05T08:00Z 2026-01-12T08:00Z Payments: ada on call "
                          "payments-1767600000-ada@tocsin.shop.test",
                          "2026-01-12T08:00Z 2026-01-19T08:00Z Payments: grace on call "
                          "payments-1768204800-grace@tocsin.shop.test",
                          "2026-01-19T08:00Z 2026-01-26T08:00Z Payments: alan on call "
                          "payments-1768809600-alan@tocsin.shop.test"));
  EXPECT_THAT(text, HasSubstr("DESCRIPTION:ada is on call from Mon 2026-01-05"));
  EXPECT_EQ(text, ical_of(schedule, now + hours(5), now + days(10), now, "tocsin.shop.test"))
      << "the window moves, the entries stay";
}

TEST(ScheduleIcal, CanBeOfOnePerson) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "grace", "alan"});
  const Schedule schedule = schedule_of({layer});
  const Time now = utc("2026-01-10T00:00:00Z");
  EXPECT_THAT(read_back(ical_of(schedule, now, now + days(20), now, "x", person("grace"))),
              ElementsAre("2026-01-05T08:00Z 2026-01-19T08:00Z Payments: grace on call "
                          "payments-1767600000-grace@x",
                          "2026-01-26T08:00Z 2026-02-09T08:00Z Payments: grace on call "
                          "payments-1769414400-grace@x"));
  EXPECT_THAT(read_back(ical_of(schedule, now, now, now, "x")), IsEmpty());
}

TEST(ScheduleIcal, DaysThatOverlapAreOneInterval) {
  const auto at = [](int hour) { return utc("2026-01-01T00:00:00Z") + hours(hour); };
  calendar::IcalCalendar read;
  for (const auto& [begin, end] :
       {std::pair(0, 24), std::pair(3, 5), std::pair(24, 30), std::pair(31, 40)}) {
    read.events.push_back({at(begin), at(end), false, "", "", {}});
  }
  EXPECT_THAT(intervals_of(read), ElementsAre(Interval{at(0), at(30)}, Interval{at(31), at(40)}));
}

}  // namespace
}  // namespace tocsin::oncall
