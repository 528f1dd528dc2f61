#include "oncall/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/rotation.h"
#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using testing::civil;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines;
using testing::names;
using testing::participants;
using testing::person;
using testing::reasons;
using testing::schedule_of;
using testing::utc;
using testing::weekly;
using testing::zone;
using Unit = Rotation::Unit;

Time berlin(std::string_view text) { return zone("Europe/Berlin").to_time(civil(text)); }

calendar::WeeklyHours hours_of(std::string_view days_text, std::string_view from,
                               std::string_view until) {
  return calendar::WeeklyHours({{.days = calendar::parse_days(days_text).value(),
                                 .from = calendar::parse_clock(from).value(),
                                 .until = calendar::parse_clock(until).value()}});
}

Override override_of(std::string id, Override::Kind kind, std::string_view who,
                     std::string_view begin, std::string_view end, std::string_view replaces = "") {
  return {.id = std::move(id),
          .kind = kind,
          .person = person(who),
          .replaces = person(replaces),
          .begin = berlin(begin),
          .end = berlin(end),
          .note = "",
          .by = ""};
}

Absence absence_of(std::string id, std::string_view who, std::string_view begin,
                   std::string_view end) {
  return {std::move(id), person(who), berlin(begin), berlin(end), ""};
}

// --- rotations

TEST(Rotation, HandsOverInItsOrderAndBeginsAgain) {
  EXPECT_THAT(lines(schedule_of({weekly()}), "2026-01-01", "2026-02-01"),
              ElementsAre("01-01 00:00 -", "01-05 09:00 ada", "01-12 09:00 grace",
                          "01-19 09:00 alan", "01-26 09:00 ada"));
}

TEST(Rotation, BeginsWithTheOneWhoIsNamedFirst) {
  Layer layer = weekly();
  layer.rotation.first = 2;
  EXPECT_THAT(lines(schedule_of({layer}), "2026-01-05 09:00", "2026-01-20"),
              ElementsAre("01-05 09:00 alan", "01-12 09:00 ada", "01-19 09:00 grace"));
}

TEST(Rotation, KeepsItsHourWhenTheClocksAreSet) {
  EXPECT_THAT(
      lines(schedule_of({weekly()}), "2026-03-20", "2026-04-10"),
      ElementsAre("03-20 00:00 grace", "03-23 09:00 alan", "03-30 09:00 ada", "04-06 09:00 grace"));
}

TEST(Rotation, AnHourThatTheClocksSkipIsNobodysTurn) {
  Layer layer = weekly();
  layer.rotation.unit = Unit::kHour;
  layer.rotation.start = civil("2026-03-29 00:00");
  EXPECT_THAT(
      lines(schedule_of({layer}), "2026-03-29 00:00", "2026-03-29 05:00"),
      ElementsAre("03-29 00:00 ada", "03-29 01:00 grace", "03-29 03:00 ada", "03-29 04:00 grace"))
      << "02:00 would have been alan's";
}

TEST(Rotation, AnHourThatTheClocksShowTwiceIsOneTurn) {
  Layer layer = weekly();
  layer.rotation.unit = Unit::kHour;
  layer.rotation.start = civil("2026-10-25 00:00");
  const Schedule schedule = schedule_of({layer});
  const auto found = turns(schedule, berlin("2026-10-25 01:00"), berlin("2026-10-25 04:00"));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(names(found[1].people), "alan");
  EXPECT_EQ(found[1].end - found[1].begin, hours(2));
  EXPECT_EQ(names(found[2].people), "ada");
}

TEST(Rotation, AMonthWithoutTheDayHandsOffOnItsLast) {
  Layer layer = weekly();
  layer.rotation.unit = Unit::kMonth;
  layer.rotation.start = civil("2026-01-31 09:00");
  EXPECT_THAT(
      lines(schedule_of({layer}), "2026-01-31 09:00", "2026-05-01"),
      ElementsAre("01-31 09:00 ada", "02-28 09:00 grace", "03-31 09:00 alan", "04-30 09:00 ada"));
}

TEST(Rotation, FollowsARule) {
  Layer layer = weekly();
  layer.rotation.unit = Unit::kRule;
  layer.rotation.rule =
      calendar::Recurrence::parse("FREQ=WEEKLY;BYDAY=MO,FR", layer.rotation.start, layer.zone)
          .value();
  EXPECT_THAT(lines(schedule_of({layer}), "2026-01-04", "2026-01-20"),
              ElementsAre("01-04 00:00 -", "01-05 09:00 ada", "01-09 09:00 grace",
                          "01-12 09:00 alan", "01-16 09:00 ada", "01-19 09:00 grace"));
}

TEST(Rotation, TheLastTurnOfARuleThatEndsGoesOn) {
  Rotation rotation = weekly().rotation;
  rotation.unit = Unit::kRule;
  rotation.rule =
      calendar::Recurrence::parse("FREQ=WEEKLY;COUNT=2", rotation.start, zone("UTC")).value();
  const auto last = rotation_turn_at(rotation, zone("UTC"), utc("2030-01-01T00:00:00Z"));
  ASSERT_TRUE(last);
  EXPECT_EQ(*last, (RotationTurn{1, utc("2026-01-12T09:00:00Z"), Time::max()}));
  EXPECT_EQ(rotation_turn_at(rotation, zone("UTC"), utc("2026-01-05T08:59:59Z")), std::nullopt);
}

TEST(Rotation, AGroupIsOnCallTogether) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "alan"});
  EXPECT_THAT(lines(schedule_of({layer}), "2026-01-05 09:00", "2026-01-13"),
              ElementsAre("01-05 09:00 ada+grace", "01-12 09:00 alan"));
}

// --- layers

TEST(Layers, TheLastOneThatHasSomebodyCounts) {
  Layer nights = weekly("nights");
  nights.rotation.participants = participants({"linus"});
  Layer days_only = weekly("days");
  days_only.hours = hours_of("mon-fri", "09:00", "17:00");
  const Schedule schedule = schedule_of({nights, days_only});
  EXPECT_THAT(lines(schedule, "2026-01-09 08:00", "2026-01-12 10:00"),
              ElementsAre("01-09 08:00 linus", "01-09 09:00 ada", "01-09 17:00 linus",
                          "01-12 09:00 grace"));
}

TEST(Layers, FollowTheSunEachByItsOwnClock) {
  Layer berlin_day = weekly("berlin");
  berlin_day.hours = hours_of("daily", "08:00", "20:00");
  berlin_day.rotation.participants = participants({"ada"});
  Layer new_york = weekly("new-york");
  new_york.zone = zone("America/New_York");
  new_york.rotation.participants = participants({"grace"});
  // From 8 March to 29 March New York is an hour nearer than usual.
  const Schedule schedule = schedule_of({new_york, berlin_day});
  EXPECT_THAT(lines(schedule, "2026-03-07 12:00", "2026-03-08 12:00"),
              ElementsAre("03-07 12:00 ada", "03-07 20:00 grace", "03-08 08:00 ada"));
}

TEST(Layers, HaveNobodyOnTheirDaysOff) {
  Layer above = weekly("office");
  above.off = {"holidays-de", "not-imported"};
  Layer below = weekly("standby");
  below.rotation.participants = participants({"linus"});
  Schedule schedule = schedule_of({below, above});
  schedule.calendars["holidays-de"] = {"holidays-de",
                                       {{berlin("2026-01-06"), berlin("2026-01-07")}}};
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-10"),
              ElementsAre("01-05 09:00 ada", "01-06 00:00 linus", "01-07 00:00 ada"));
}

TEST(Layers, ShadowsLearnAndCoverNothing) {
  Layer shadow = weekly("new-people");
  shadow.is_shadow = true;
  shadow.rotation.participants = participants({"linus", "grace"});
  Layer primary = weekly();
  primary.hours = hours_of("mon-thu", "00:00", "24:00");
  const Schedule schedule = schedule_of({primary, shadow});
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-14"),
              ElementsAre("01-05 09:00 ada (linus)", "01-09 00:00 - (linus)",
                          "01-12 00:00 ada (linus)", "01-12 09:00 grace"))
      << "grace is on call herself in the second week: she is no shadow then";
}

TEST(Layers, ThatJoinAddToThoseBelow) {
  Layer second = weekly("second");
  second.joins = true;
  second.rotation.participants = participants({"linus", "grace", "alan edsger"});
  Layer primary = weekly();
  primary.hours = hours_of("mon-thu", "00:00", "24:00");
  Schedule schedule = schedule_of({primary, second});
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-20"),
              ElementsAre("01-05 09:00 ada+linus", "01-09 00:00 linus", "01-12 00:00 ada+linus",
                          "01-12 09:00 grace", "01-16 00:00 grace", "01-19 00:00 grace",
                          "01-19 09:00 alan+edsger"))
      << "where nobody below has it they cover the time alone; grace is on call once";
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-06"))),
              ElementsAre("layer primary 0", "layer second 0"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-09"))), ElementsAre("layer second 0"));

  Layer above = weekly("office");
  above.hours = hours_of("tue", "09:00", "17:00");
  above.rotation.participants = participants({"barbara"});
  Layer third = weekly("third");
  third.joins = true;
  third.hours = hours_of("tue", "12:00", "18:00");
  third.rotation.participants = participants({"ada"});
  schedule = schedule_of({primary, second, above, third});
  EXPECT_THAT(lines(schedule, "2026-01-06", "2026-01-07"),
              ElementsAre("01-06 00:00 ada+linus", "01-06 09:00 barbara", "01-06 12:00 barbara+ada",
                          "01-06 17:00 ada+linus", "01-06 18:00 ada+linus"))
      << "a layer that does not join wins over all below it";
}

TEST(Layers, ThatJoinGoOnWhileTheOtherIsAway) {
  Layer second = weekly("second");
  second.joins = true;
  second.rotation.participants = participants({"linus"});
  Schedule schedule = schedule_of({weekly(), second});
  schedule.absences = {absence_of("abs_1", "ada", "2026-01-06", "2026-01-08"),
                       absence_of("abs_2", "linus", "2026-01-07", "2026-01-09")};
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-10"),
              ElementsAre("01-05 09:00 ada+linus", "01-06 00:00 grace+linus", "01-07 00:00 grace",
                          "01-08 00:00 ada", "01-09 00:00 ada+linus"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-06 12:00"))),
              ElementsAre("absence abs_1 of ada in primary", "layer primary 0", "layer second 0"));
}

TEST(Layers, ChangeWithTheVersion) {
  Schedule schedule = schedule_of({weekly()});
  Layer other = weekly();
  other.rotation.participants = participants({"linus"});
  schedule.versions.push_back({berlin("2026-01-14 12:00"), {other}});
  EXPECT_THAT(lines(schedule, "2025-12-01", "2026-01-22"),
              ElementsAre("12-01 00:00 -", "01-05 09:00 ada", "01-12 09:00 grace",
                          "01-14 12:00 linus", "01-19 09:00 linus"));
  EXPECT_THAT(lines(Schedule{}, "2026-01-01", "2026-01-02"), ElementsAre("01-01 00:00 -"))
      << "a schedule without a version has nobody";
}

// --- absences

TEST(Absences, TheNextWhoIsThereTakesTheTurn) {
  Schedule schedule = schedule_of({weekly()});
  schedule.absences = {absence_of("abs_1", "grace", "2026-01-14", "2026-01-30"),
                       absence_of("abs_2", "alan", "2026-01-15", "2026-01-16")};
  EXPECT_THAT(
      lines(schedule, "2026-01-05 09:00", "2026-01-27"),
      ElementsAre("01-05 09:00 ada", "01-12 09:00 grace", "01-14 00:00 alan", "01-15 00:00 ada",
                  "01-16 00:00 alan", "01-19 09:00 alan", "01-26 09:00 ada"));
  const Turn turn = turn_at(schedule, berlin("2026-01-15 12:00"));
  EXPECT_THAT(reasons(turn), ElementsAre("absence abs_1 of grace in primary", "layer primary 1"));
}

TEST(Absences, AGroupGoesOnWithoutTheOneWhoIsAway) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "alan"});
  Schedule schedule = schedule_of({layer});
  schedule.absences = {absence_of("abs_1", "ada", "2026-01-05", "2026-01-12"),
                       absence_of("abs_2", "grace", "2026-01-07", "2026-01-08")};
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-12 09:00"),
              ElementsAre("01-05 09:00 grace", "01-07 00:00 alan", "01-08 00:00 grace",
                          "01-12 00:00 ada+grace"));
}

// ada took grace's turn; then grace's vacation was known, and alan was rung in her place.
TEST(Absences, WhoeverTookOverATurnKeepsItWhenItsOwnerIsAwayThen) {
  Schedule schedule = schedule_of({weekly()});
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kReplace, "ada", "2026-01-13", "2026-01-15", "grace")};
  schedule.absences = {absence_of("abs_1", "grace", "2026-01-12", "2026-01-30")};
  EXPECT_THAT(lines(schedule, "2026-01-12 09:00", "2026-01-19"),
              ElementsAre("01-12 09:00 alan", "01-13 00:00 ada", "01-15 00:00 alan"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-14 12:00"))),
              ElementsAre("override ovr_1 for grace", "layer primary 1"));
}

TEST(Absences, WhoIsTakenOutAndAwayIsReplacedByNobodyTwice) {
  Schedule schedule = schedule_of({weekly()});
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kRemove, "grace", "2026-01-12", "2026-01-19"),
      override_of("ovr_2", Override::Kind::kReplace, "ada", "2026-01-13", "2026-01-15", "grace")};
  schedule.absences = {absence_of("abs_1", "grace", "2026-01-12", "2026-01-30")};
  EXPECT_THAT(lines(schedule, "2026-01-12 09:00", "2026-01-19"), ElementsAre("01-12 09:00 alan"));
}

TEST(Absences, WhenAllAreAwayThereIsAGapOrTheLayerBelow) {
  Schedule schedule = schedule_of({weekly()});
  for (const char* who : {"ada", "grace", "alan"}) {
    schedule.absences.push_back(
        absence_of(std::string("abs_") + who, who, "2026-01-06", "2026-01-07"));
  }
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-08"),
              ElementsAre("01-05 09:00 ada", "01-06 00:00 -", "01-07 00:00 ada"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-06 12:00"))),
              ElementsAre("nobody", "absence abs_ada of ada in primary"));
  Layer below = weekly("standby");
  below.rotation.participants = participants({"linus"});
  schedule.versions.front().layers.insert(schedule.versions.front().layers.begin(), below);
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-08"),
              ElementsAre("01-05 09:00 ada", "01-06 00:00 linus", "01-07 00:00 ada"));
}

// --- plans and overrides

TEST(Plans, ReplaceAllLayersForTheirTime) {
  Schedule schedule = schedule_of({weekly()});
  schedule.plans = {{.id = "fix_1",
                     .begin = berlin("2026-01-06"),
                     .end = berlin("2026-01-09"),
                     .shifts = {{{person("linus")}, berlin("2026-01-06"), berlin("2026-01-07")},
                                {{person("grace"), person("linus")},
                                 berlin("2026-01-06 12:00"),
                                 berlin("2026-01-08")}},
                     .note = "",
                     .by = ""}};
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-10"),
              ElementsAre("01-05 09:00 ada", "01-06 00:00 linus", "01-06 12:00 linus+grace",
                          "01-07 00:00 grace+linus", "01-08 00:00 -", "01-09 00:00 ada"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-08 12:00"))), ElementsAre("plan fix_1"));
  schedule.plans.push_back({.id = "fix_2",
                            .begin = berlin("2026-01-07"),
                            .end = berlin("2026-01-08"),
                            .shifts = {},
                            .note = "",
                            .by = ""});
  EXPECT_THAT(
      lines(schedule, "2026-01-06 12:00", "2026-01-10"),
      ElementsAre("01-06 12:00 linus+grace", "01-07 00:00 -", "01-08 00:00 -", "01-09 00:00 ada"))
      << "the later plan wins";
}

TEST(Overrides, AddRemoveAndReplace) {
  Schedule schedule = schedule_of({weekly()});
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kAdd, "linus", "2026-01-06", "2026-01-07"),
      override_of("ovr_2", Override::Kind::kRemove, "ada", "2026-01-06 12:00", "2026-01-08"),
      override_of("ovr_3", Override::Kind::kReplace, "alan", "2026-01-11", "2026-01-13")};
  EXPECT_THAT(
      lines(schedule, "2026-01-05 09:00", "2026-01-14"),
      ElementsAre("01-05 09:00 ada", "01-06 00:00 ada+linus", "01-06 12:00 linus", "01-07 00:00 -",
                  "01-08 00:00 ada", "01-11 00:00 alan", "01-12 09:00 alan", "01-13 00:00 grace"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-06 13:00"))),
              ElementsAre("override ovr_2 for ada", "override ovr_1 for -", "layer primary 0"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-11 12:00"))),
              ElementsAre("override ovr_3 for ada", "layer primary 0"));
}

TEST(Overrides, ReplaceOnePersonWhereverTheyAre) {
  Layer layer = weekly();
  layer.rotation.participants = participants({"ada grace", "alan"});
  Schedule schedule = schedule_of({layer});
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kReplace, "linus", "2026-01-11", "2026-01-20", "ada")};
  EXPECT_THAT(lines(schedule, "2026-01-10", "2026-01-20"),
              ElementsAre("01-10 00:00 ada+grace", "01-11 00:00 linus+grace", "01-12 09:00 alan",
                          "01-19 09:00 linus+grace"));
}

TEST(Overrides, TheLaterOneWinsAndCountsAbovePlans) {
  Schedule schedule = schedule_of({weekly()});
  schedule.plans = {{.id = "fix_1",
                     .begin = berlin("2026-01-06"),
                     .end = berlin("2026-01-09"),
                     .shifts = {},
                     .note = "",
                     .by = ""}};
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kReplace, "grace", "2026-01-07", "2026-01-09"),
      override_of("ovr_2", Override::Kind::kReplace, "linus", "2026-01-08", "2026-01-10")};
  EXPECT_THAT(lines(schedule, "2026-01-05 09:00", "2026-01-11"),
              ElementsAre("01-05 09:00 ada", "01-06 00:00 -", "01-07 00:00 grace",
                          "01-08 00:00 linus", "01-09 00:00 linus", "01-10 00:00 ada"));
  EXPECT_THAT(reasons(turn_at(schedule, berlin("2026-01-07 12:00"))),
              ElementsAre("override ovr_1 for -", "plan fix_1"));
}

TEST(Overrides, ThatChangeNothingAreNoReason) {
  Schedule schedule = schedule_of({weekly()});
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kReplace, "ada", "2026-01-06", "2026-01-07"),
      override_of("ovr_2", Override::Kind::kAdd, "ada", "2026-01-06", "2026-01-07"),
      override_of("ovr_3", Override::Kind::kRemove, "grace", "2026-01-06", "2026-01-07"),
      override_of("ovr_4", Override::Kind::kReplace, "linus", "2026-01-06", "2026-01-07", "grace"),
      override_of("ovr_5", Override::Kind::kAdd, "linus", "2026-01-07", "2026-01-07")};
  const Turn turn = turn_at(schedule, berlin("2026-01-06 12:00"));
  EXPECT_THAT(reasons(turn), ElementsAre("layer primary 0"));
  EXPECT_EQ(turn.begin, berlin("2026-01-05 09:00"));
  EXPECT_EQ(turn.end, berlin("2026-01-12 09:00"));
}

// --- one moment

TEST(TurnAt, IsWholeAsFarAsTheHorizon) {
  Layer layer = weekly();
  layer.rotation.count = 6;
  const Schedule schedule = schedule_of({layer});
  const Turn turn = turn_at(schedule, berlin("2026-01-10 12:00"));
  EXPECT_EQ(turn.begin, berlin("2026-01-05 09:00"));
  EXPECT_EQ(turn.end, berlin("2026-02-16 09:00"));
  const Time early = berlin("2025-06-01");
  const Turn nobody = turn_at(schedule, early);
  EXPECT_EQ(names(nobody.people), "-");
  EXPECT_EQ(nobody.begin, early - kTurnHorizon);
  EXPECT_EQ(nobody.end, early + kTurnHorizon);
}

TEST(Turns, OfNoTimeAreNone) {
  const Schedule schedule = schedule_of({weekly()});
  EXPECT_THAT(turns(schedule, berlin("2026-01-10"), berlin("2026-01-10")), IsEmpty());
  EXPECT_THAT(turns(schedule, berlin("2026-01-11"), berlin("2026-01-10")), IsEmpty());
}

// --- words

std::string why(const Schedule& schedule, std::string_view at) {
  return explain(schedule, turn_at(schedule, berlin(at)));
}

TEST(Explain, NamesTheLayerAndItsHandOff) {
  EXPECT_EQ(why(schedule_of({weekly()}), "2026-01-08"),
            "ada is on call from Mon 2026-01-05 09:00 to Mon 2026-01-12 09:00 (Europe/Berlin). "
            "Layer 'primary' hands off each Monday at 09:00 (Europe/Berlin); from Mon 2026-01-05 "
            "09:00 to Mon 2026-01-12 09:00 it is the turn of ada.");
}

TEST(Explain, SaysHowEachRotationHandsOff) {
  Layer layer = weekly();
  const auto said = [&](Unit unit, int count, std::string_view words) {
    layer.rotation.unit = unit;
    layer.rotation.count = count;
    EXPECT_THAT(why(schedule_of({layer}), "2026-01-05 12:00"), HasSubstr(words));
  };
  said(Unit::kHour, 1, "hands off every hour, counted from Mon 2026-01-05 09:00 (Europe/Berlin)");
  said(Unit::kHour, 12, "hands off every 12 hours, counted from");
  said(Unit::kDay, 1, "hands off each day at 09:00");
  said(Unit::kDay, 3, "hands off every 3 days at 09:00");
  said(Unit::kWeek, 2, "hands off every 2 weeks on Monday at 09:00");
  said(Unit::kMonth, 1, "hands off each month on day 5 at 09:00");
  layer.rotation.start = civil("2025-12-31 09:00");
  said(Unit::kMonth, 2, "hands off every 2 months on day 31 (or the month's last) at 09:00");
  layer.rotation.rule =
      calendar::Recurrence::parse("FREQ=WEEKLY;COUNT=1", layer.rotation.start, layer.zone).value();
  said(Unit::kRule, 1,
       "by the rule FREQ=WEEKLY;COUNT=1 (Europe/Berlin); from Wed 2025-12-31 09:00 on it is the "
       "turn of ada");
}

TEST(Explain, NamesWhoTookOverAndWhoIsAway) {
  Schedule schedule = schedule_of({weekly()});
  schedule.absences = {absence_of("abs_1", "ada", "2026-01-06", "2026-01-07")};
  schedule.absences.front().note = "Epiphany";
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"),
              HasSubstr("grace is on call from Tue 2026-01-06 00:00 to Wed 2026-01-07 00:00 "
                        "(Europe/Berlin). ada is away from Tue 2026-01-06 00:00 to Wed 2026-01-07 "
                        "00:00: Epiphany. Layer 'primary'"));
  schedule.overrides = {
      override_of("ovr_1", Override::Kind::kReplace, "linus", "2026-01-06", "2026-01-07")};
  schedule.overrides.front().by = "user:linus";
  schedule.overrides.front().note = "I owe you one.";
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"),
              HasSubstr("An override by user:linus puts linus in the place of grace from Tue "
                        "2026-01-06 00:00 to Wed 2026-01-07 00:00: I owe you one. ada is away"));
  schedule.overrides.front().kind = Override::Kind::kAdd;
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"), HasSubstr("grace and linus are on call from"));
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"), HasSubstr("adds linus from"));
  schedule.overrides.front().kind = Override::Kind::kRemove;
  schedule.overrides.front().person = person("grace");
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"), HasSubstr("takes grace off from"));
}

TEST(Explain, SaysWhyThereIsNobody) {
  Layer layer = weekly();
  layer.hours = hours_of("mon-fri", "09:00", "17:00");
  Schedule schedule = schedule_of({layer});
  EXPECT_EQ(why(schedule, "2026-01-10 12:00"),
            "Nobody is on call from Fri 2026-01-09 17:00 to Mon 2026-01-12 09:00 (Europe/Berlin). "
            "No layer has anybody then.");
  EXPECT_THAT(why(schedule, "2025-12-01"), HasSubstr("The schedule has not begun."));
  schedule.plans = {{.id = "fix_1",
                     .begin = berlin("2026-01-06"),
                     .end = berlin("2026-01-09"),
                     .shifts = {},
                     .note = "party",
                     .by = ""}};
  EXPECT_THAT(why(schedule, "2026-01-06 12:00"),
              HasSubstr("A fixed plan stands in the place of the layers from Tue 2026-01-06 00:00 "
                        "to Fri 2026-01-09 00:00, and has no shift here: party."));
}

TEST(Explain, NamesEachLayerThatCounts) {
  Layer second = weekly("second");
  second.joins = true;
  second.rotation.participants = participants({"linus"});
  EXPECT_EQ(why(schedule_of({weekly(), second}), "2026-01-06"),
            "ada and linus are on call from Mon 2026-01-05 09:00 to Mon 2026-01-12 09:00 "
            "(Europe/Berlin). Layer 'primary' hands off each Monday at 09:00 (Europe/Berlin); from "
            "Mon 2026-01-05 09:00 to Mon 2026-01-12 09:00 it is the turn of ada. In addition, "
            "layer 'second' hands off each Monday at 09:00 (Europe/Berlin); from Mon 2026-01-05 "
            "09:00 to Mon 2026-01-12 09:00 it is the turn of linus.");
}

TEST(Explain, NamesShadows) {
  Layer shadow = weekly("new-people");
  shadow.is_shadow = true;
  shadow.rotation.participants = participants({"linus"});
  EXPECT_THAT(why(schedule_of({weekly(), shadow}), "2026-01-08"),
              HasSubstr(" linus is shadowing."));
}

}  // namespace
}  // namespace tocsin::oncall
