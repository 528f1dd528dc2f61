#include "oncall/schedule_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/testing.h"
#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = ScheduleFault::Kind;
using testing::civil;
using testing::participants;
using testing::person;
using testing::schedule_of;
using testing::weekly;
using testing::zone;

Time berlin(std::string_view text) { return zone("Europe/Berlin").to_time(civil(text)); }

// ada, grace and alan can be reached.
std::vector<ScheduleFault> faults(const Schedule& schedule, std::string_view begin,
                                  std::string_view end) {
  return find_faults(schedule, *alert::testing::small_catalog(), berlin(begin), berlin(end));
}

std::vector<std::string> texts(const std::vector<ScheduleFault>& all) {
  std::vector<std::string> out;
  for (const ScheduleFault& fault : all) out.push_back(fault.text);
  return out;
}

TEST(ScheduleFaults, AreNoneWhereSomebodyIsAlwaysThere) {
  EXPECT_THAT(faults(schedule_of({weekly()}), "2026-02-01", "2026-02-15"), IsEmpty());
  EXPECT_THAT(faults(schedule_of({weekly()}), "2026-02-15", "2026-02-15"), IsEmpty());
}

TEST(ScheduleFaults, NameWhomNothingVerifiedReachesOnceAndOnlyWhenAsked) {
  const Schedule schedule = schedule_of({weekly()});
  const auto found = find_faults(
      schedule, *alert::testing::small_catalog(), berlin("2026-02-01"), berlin("2026-03-15"),
      [](const catalog::Person& person) { return person.id.value() != "grace"; });
  ASSERT_THAT(found, SizeIs(1)) << "she has several shifts, but one is told";
  EXPECT_EQ(found[0].kind, Kind::kUnverified);
  EXPECT_EQ(found[0].person, person("grace"));
  EXPECT_THAT(found[0].text, HasSubstr("none of their contacts is verified; send a code: tocsin "
                                       "contact verify grace "));
}

TEST(ScheduleFaults, WhoHasNoContactIsNotUnverifiedToo) {
  auto catalog = *alert::testing::small_catalog();
  catalog.people.at(person("grace")).contacts.clear();
  const auto found =
      find_faults(schedule_of({weekly()}), catalog, berlin("2026-02-01"), berlin("2026-03-15"),
                  [](const catalog::Person& person) { return person.id.value() != "grace"; });
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kUnreachable);
}

TEST(ScheduleFaults, NameTheGapAndWhatToDo) {
  Layer layer = weekly();
  layer.hours = calendar::WeeklyHours({{.days = calendar::parse_days("mon-fri").value()}});
  Schedule schedule = schedule_of({layer});
  EXPECT_THAT(texts(faults(schedule, "2026-02-08", "2026-02-16")),
              ElementsAre("Nobody is on call in Payments from Sat 2026-02-07 00:00 to Mon "
                          "2026-02-09 00:00 (Europe/Berlin); add an override, or a layer that "
                          "covers this time",
                          HasSubstr("from Sat 2026-02-14 00:00 to Mon 2026-02-16 00:00")))
      << "the first one began before the window";
  schedule.overrides = {{.id = "ovr_1",
                         .kind = Override::Kind::kAdd,
                         .person = person("grace"),
                         .replaces = {},
                         .begin = berlin("2026-02-14 12:00"),
                         .end = berlin("2026-02-16"),
                         .note = "",
                         .by = ""}};
  const auto found = faults(schedule, "2026-02-10", "2026-02-16");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kGap);
  EXPECT_EQ(found[0].begin, berlin("2026-02-14"));
  EXPECT_EQ(found[0].end, berlin("2026-02-14 12:00"));
}

TEST(ScheduleFaults, TimeOutsideOfTheVersionsIsNoGap) {
  Schedule schedule = schedule_of({weekly()});
  schedule.versions.front().from = berlin("2026-02-03");
  schedule.versions.push_back({berlin("2026-02-10"), {}});
  EXPECT_THAT(faults(schedule, "2026-02-01", "2026-02-15"), IsEmpty());
  schedule.plans = {{.id = "fix_1",
                     .begin = berlin("2026-02-09"),
                     .end = berlin("2026-02-12"),
                     .shifts = {},
                     .note = "",
                     .by = ""}};
  const auto found = faults(schedule, "2026-02-01", "2026-02-15");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].begin, berlin("2026-02-09"));
  EXPECT_EQ(found[0].end, berlin("2026-02-10"));
}

TEST(ScheduleFaults, NameEachPersonWhomNothingReachesOnce) {
  Layer layer = weekly();
  layer.rotation.unit = Rotation::Unit::kDay;
  layer.rotation.participants = participants({"ada", "grace", "linus"});
  auto catalog = *alert::testing::small_catalog();
  catalog.people.at(person("grace")).contacts.clear();
  const auto found =
      find_faults(schedule_of({layer}), catalog, berlin("2026-02-04 09:00"), berlin("2026-02-18"));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].kind, Kind::kUnreachable);
  EXPECT_EQ(found[0].person, person("grace"));
  EXPECT_EQ(found[0].begin, berlin("2026-02-05 09:00"));
  EXPECT_EQ(found[0].text,
            "grace is on call in Payments from Thu 2026-02-05 09:00 to Fri 2026-02-06 09:00 "
            "(Europe/Berlin), but nothing reaches them; add spec.contacts to the person");
  EXPECT_EQ(found[1].kind, Kind::kUnknownPerson);
  EXPECT_THAT(found[1].text, HasSubstr("linus is on call in Payments from Fri 2026-02-06 09:00"));
  EXPECT_THAT(found[1].text, HasSubstr("is not in the catalog"));
}

TEST(ScheduleFaults, ShadowsAreNotLookedAt) {
  Layer shadow = weekly("new-people");
  shadow.is_shadow = true;
  shadow.rotation.participants = participants({"linus"});
  EXPECT_THAT(faults(schedule_of({weekly(), shadow}), "2026-02-01", "2026-02-15"), IsEmpty());
}

TEST(ScheduleFaults, ALongShiftCountsWhole) {
  Schedule schedule = schedule_of({weekly()});
  schedule.longest_shift = days(7);
  EXPECT_THAT(faults(schedule, "2026-02-01", "2026-02-15"), IsEmpty());
  // grace is away when her week begins, so alan has hers beside his own.
  schedule.absences = {{"abs_1", person("grace"), berlin("2026-02-01"), berlin("2026-02-12"), ""}};
  const auto found = faults(schedule, "2026-02-10", "2026-02-11");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLongShift);
  EXPECT_EQ(found[0].person, person("alan"));
  EXPECT_EQ(found[0].begin, berlin("2026-02-02 09:00"));
  EXPECT_EQ(found[0].end, berlin("2026-02-16 09:00"));
  EXPECT_EQ(found[0].text,
            "alan is on call in Payments without a break from Mon 2026-02-02 09:00 to Mon "
            "2026-02-16 09:00 (Europe/Berlin), which is more than 7d; share the time, or raise "
            "longest_shift");
}

TEST(ScheduleFaults, AShiftWithoutEndIsSeenHoweverLongIsAllowed) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada"});
  Schedule schedule = schedule_of({layer});
  schedule.longest_shift = days(100);
  const auto found = faults(schedule, "2027-02-01", "2027-02-02");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, Kind::kLongShift);
}

}  // namespace
}  // namespace tocsin::oncall
