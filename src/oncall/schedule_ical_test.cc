#include "oncall/schedule_ical.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using testing::utc;

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
