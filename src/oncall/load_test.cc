#include "oncall/load.h"

#include <gtest/gtest.h>

namespace tocsin::oncall {
namespace {

TEST(Load, CountsByTheHoursOfThePersonsZone) {
  catalog::Person ada{.id = catalog::PersonId("ada")};
  ada.zone = *calendar::Zone::find("Asia/Tokyo");  // nine hours ahead
  ada.working = calendar::WeeklyHours({{{true, true, true, true, true, false, false}, 540, 1020}});
  const auto at = [](const char* text) { return *parse_rfc3339(text); };
  const Load load = load_of(ada, {
                                     at("2026-11-25T01:00:00Z"),  // Wednesday 10:00
                                     at("2026-11-25T10:00:00Z"),  // 19:00
                                     at("2026-11-25T13:00:00Z"),  // 22:00
                                     at("2026-11-25T22:59:00Z"),  // 07:59
                                     at("2026-11-28T03:00:00Z"),  // Saturday noon
                                 });
  EXPECT_EQ(load.pages, 5);
  EXPECT_EQ(load.working, 1);
  EXPECT_EQ(load.sleeping, 2);
  EXPECT_EQ(load.free, 2);
  EXPECT_EQ(load.interruptions, 5);
}

TEST(Load, WhoWorksAtNightDoesNotSleepThen) {
  catalog::Person ada{.id = catalog::PersonId("ada")};
  ada.working = calendar::WeeklyHours::always();
  const Load load = load_of(ada, {*parse_rfc3339("2026-11-25T01:00:00Z")});
  EXPECT_EQ(load.working, 1);
  EXPECT_EQ(load.sleeping, 0);
}

TEST(Load, WhatComesAtOnceInterruptsOnce) {
  const Time start = *parse_rfc3339("2026-11-25T01:00:00Z");
  std::vector<Time> times;
  for (const int at : {0, 3, 9, 10, 19, 20, 45}) times.push_back(start + minutes(at));
  EXPECT_EQ(load_of({}, times).interruptions, 4) << "at 0, 10, 20 and 45";
}

}  // namespace
}  // namespace tocsin::oncall
