#include "oncall/schedule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::participants;
using testing::person;
using ::testing::SizeIs;
using testing::utc;
using testing::weekly;

class Book : public ::testing::Test {
 protected:
  // ada from Monday 09:00 in Berlin, 08:00 in UTC; the clock begins eight hours before.
  Book() { world_.use({world_.spec({weekly()})}); }

  std::string on_call() { return world_.on_call(); }
  Result<Override> replace(const std::string& who, const std::string& whom, std::string_view begin,
                           std::string_view end) {
    return world_.change([&](engine::Tx& tx) {
      return world_.book->add_override(tx, world_.id,
                                       {.kind = Override::Kind::kReplace,
                                        .person = person(who),
                                        .replaces = catalog::PersonId(whom),
                                        .begin = utc(begin),
                                        .end = utc(end),
                                        .note = "the dentist"},
                                       world_.ada);
    });
  }

  testing::BookWorld world_;
};

TEST_F(Book, HandsOffAndWritesWhoServed) {
  EXPECT_EQ(on_call(), "-");
  world_.engine.advance(hours(8));
  EXPECT_EQ(on_call(), "ada");
  world_.engine.advance(days(14));
  EXPECT_EQ(on_call(), "alan");
  EXPECT_THAT(world_.history(),
              ElementsAre("ada 2026-01-05T08:00 2026-01-12T08:00",
                          "grace 2026-01-12T08:00 2026-01-19T08:00", "alan 2026-01-19T08:00 now"));
  EXPECT_THAT(world_.hand_offs(), ElementsAre("- to ada", "ada to grace", "grace to alan"));
  EXPECT_EQ(world_.count("schedule.handed_off"), 3);
}

TEST_F(Book, CatchesUpWithTheHandOffsOfATimeWithoutAServer) {
  world_.engine.advance(hours(9));
  world_.close();
  world_.engine.clock().advance(days(16));
  world_.reopen();
  world_.use({world_.spec({weekly()})});
  EXPECT_EQ(on_call(), "alan");
  EXPECT_THAT(world_.history(),
              ElementsAre("ada 2026-01-05T08:00 2026-01-12T08:00",
                          "grace 2026-01-12T08:00 2026-01-19T08:00", "alan 2026-01-19T08:00 now"));
  // Who came and went meanwhile is not told any more.
  EXPECT_THAT(world_.hand_offs(), ElementsAre("- to ada", "ada to alan"));
}

TEST_F(Book, IsReadableFromTheRowsBeforeItIsDeclared) {
  world_.engine.advance(hours(9));
  world_.close();
  world_.reopen();
  EXPECT_EQ(on_call(), "ada");
  world_.engine.advance(days(7));
  EXPECT_EQ(on_call(), "grace");
  EXPECT_THAT(world_.hand_offs(), ElementsAre("- to ada", "ada to grace"));
}

TEST_F(Book, KeepsWhoIsOnCallWhenTheListIsEdited) {
  world_.engine.advance(days(2));
  Layer edited = weekly();
  edited.rotation.participants = participants({"edsger", "grace", "ada", "alan"});
  world_.use({world_.spec({edited})});
  EXPECT_EQ(on_call(), "ada");
  EXPECT_THAT(world_.hand_offs(), ElementsAre("- to ada"));
  world_.engine.advance(days(7));
  EXPECT_EQ(on_call(), "alan");
  // Declaring the same again changes nothing.
  const auto entries = world_.engine.logbook().size();
  world_.use({world_.spec({edited})});
  EXPECT_EQ(world_.engine.logbook().size(), entries);
}

TEST_F(Book, EndsAScheduleWhoseDocumentIsGoneAndTakesItBack) {
  world_.engine.advance(days(2));
  ASSERT_TRUE(replace("grace", "", "2026-01-08T00:00:00Z", "2026-01-09T00:00:00Z"));
  world_.use({});
  EXPECT_EQ(on_call(), "none");
  EXPECT_THAT(world_.history(), ElementsAre("ada 2026-01-05T08:00 2026-01-07T00:00"));
  world_.engine.advance(days(1));
  world_.use({world_.spec({weekly()})});
  EXPECT_EQ(on_call(), "grace");  // the override is still there
  world_.engine.advance(days(1));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_THAT(world_.history(),
              ElementsAre("ada 2026-01-05T08:00 2026-01-07T00:00",
                          "grace 2026-01-08T00:00 2026-01-09T00:00", "ada 2026-01-09T00:00 now"));
}

TEST_F(Book, OverridesAreInForceAtOnceAndEndedNotForgotten) {
  world_.engine.advance(days(2));
  const auto added = replace("alan", "ada", "2026-01-06T12:00:00Z", "2026-01-08T00:00:00Z");
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(on_call(), "alan");
  EXPECT_EQ(added->by, "user:ada");
  world_.engine.advance(hours(2));
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return world_.book->remove_override(tx, world_.id, added->id, world_.ada);
  }));
  EXPECT_EQ(on_call(), "ada");
  // What was is not rewritten, although the override reached back.
  EXPECT_THAT(world_.history(),
              ElementsAre("ada 2026-01-05T08:00 2026-01-07T00:00",
                          "alan 2026-01-07T00:00 2026-01-07T02:00", "ada 2026-01-07T02:00 now"));
  EXPECT_THAT(world_.schedule().overrides, SizeIs(1));
  const auto again = world_.in_tx([&](engine::Tx& tx) {
    return world_.book->remove_override(tx, world_.id, added->id, world_.ada);
  });
  EXPECT_EQ(again.error().code, Code::kFailedPrecondition);
  const auto later = replace("alan", "", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z");
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return world_.book->remove_override(tx, world_.id, later->id, world_.ada);
  }));
  EXPECT_THAT(world_.schedule().overrides, SizeIs(1));
}

TEST_F(Book, RefusesWhatMakesNoSenseAndNamesIt) {
  const auto message = [](const auto& result) {
    return result ? std::string("taken") : result.error().message;
  };
  EXPECT_THAT(message(replace("barbra", "", "2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z")),
              HasSubstr("did you mean 'barbara'?"));
  EXPECT_THAT(message(replace("alan", "alan", "2026-01-06T00:00:00Z", "2026-01-08T00:00:00Z")),
              HasSubstr("themselves"));
  EXPECT_THAT(message(replace("alan", "", "2026-01-08T00:00:00Z", "2026-01-06T00:00:00Z")),
              HasSubstr("after begin"));
  EXPECT_THAT(message(replace("alan", "", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")),
              HasSubstr("past"));
  const auto unknown = world_.change([&](engine::Tx& tx) {
    return world_.book->take(tx, ScheduleId("paymnts"), person("ada"), std::nullopt, world_.ada);
  });
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
  EXPECT_THAT(unknown.error().message, HasSubstr("did you mean 'payments'?"));
  EXPECT_THAT(world_.schedule().overrides, IsEmpty());
}

TEST_F(Book, TakesThePagerUntilTheEndOfTheTurn) {
  const auto take = [&](const char* who, std::optional<Time> until = {}) {
    return world_.change([&](engine::Tx& tx) {
      return world_.book->take(tx, world_.id, person(who), until, world_.ada);
    });
  };
  // Nobody has it yet: until somebody would.
  const auto early = take("grace");
  ASSERT_TRUE(early);
  EXPECT_EQ(early->end, utc("2026-01-05T08:00:00Z"));
  EXPECT_EQ(on_call(), "grace");
  world_.engine.advance(days(2));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_EQ(take("ada").error().code, Code::kFailedPrecondition);
  const auto taken = take("alan");
  ASSERT_TRUE(taken);
  EXPECT_EQ(on_call(), "alan");
  EXPECT_EQ(taken->end, utc("2026-01-12T08:00:00Z"));
  ASSERT_TRUE(take("ada", utc("2026-01-07T01:00:00Z")));
  EXPECT_EQ(on_call(), "ada");
  world_.engine.advance(hours(2));
  EXPECT_EQ(on_call(), "alan");
}

TEST_F(Book, APlanStandsInThePlaceOfTheLayers) {
  const auto wanted = [](std::string_view begin, std::string_view end) {
    FixedPlan plan{.id = "",
                   .begin = utc("2026-01-06T00:00:00Z"),
                   .end = utc("2026-01-08T00:00:00Z"),
                   .shifts = {},
                   .note = "the move",
                   .by = ""};
    plan.shifts.push_back({{person("edsger")}, utc(begin), utc(end)});
    return plan;
  };
  const auto add = [&](FixedPlan plan) {
    return world_.change([&](engine::Tx& tx) {
      return world_.book->add_plan(tx, world_.id, std::move(plan), world_.ada);
    });
  };
  EXPECT_THAT(add(wanted("2026-01-05T00:00:00Z", "2026-01-07T00:00:00Z")).error().message,
              HasSubstr("shifts[0] must lie within"));
  const auto plan = add(wanted("2026-01-06T12:00:00Z", "2026-01-08T00:00:00Z"));
  ASSERT_TRUE(plan);
  world_.engine.advance(hours(30));
  EXPECT_EQ(on_call(), "-");
  world_.engine.advance(hours(12));
  EXPECT_EQ(on_call(), "edsger");
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return world_.book->remove_plan(tx, world_.id, plan->id, world_.ada);
  }));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_EQ(world_.schedule().plans.at(0).end, world_.engine.now());
}

TEST_F(Book, SomebodyElseHasTheTurnsOfWhoIsAway) {
  world_.engine.advance(days(2));
  const auto away = world_.change([&](engine::Tx& tx) {
    return world_.book->add_absence(tx,
                                    {.id = "",
                                     .person = person("ada"),
                                     .begin = world_.engine.now(),
                                     .end = utc("2026-01-09T00:00:00Z"),
                                     .note = "ill"},
                                    world_.ada);
  });
  ASSERT_TRUE(away);
  EXPECT_EQ(on_call(), "grace");
  EXPECT_THAT(world_.hand_offs(), ElementsAre("- to ada", "ada to grace"));
  ASSERT_TRUE(world_.in_tx(
      [&](engine::Tx& tx) { return world_.book->remove_absence(tx, away->id, world_.ada); }));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_EQ(world_
                .in_tx([&](engine::Tx& tx) {
                  return world_.book->remove_absence(tx, away->id, world_.ada);
                })
                .error()
                .code,
            Code::kNotFound);
  // Imported ones are replaced as a whole, others stay.
  for (const char* until : {"2026-01-10T00:00:00Z", "2026-01-08T00:00:00Z"}) {
    ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
      return world_.book->put_vacations(
          tx, person("ada"), {{world_.engine.now(), utc(until)}, {world_.engine.now(), utc(until)}},
          world_.ada);
    }));
  }
  EXPECT_THAT(world_.schedule().absences, SizeIs(1));
  world_.engine.advance(days(1));
  EXPECT_EQ(on_call(), "ada");
}

TEST_F(Book, ALayerIsOffOnTheDaysOfItsCalendar) {
  Layer layer = weekly();
  layer.off = {"holidays"};
  world_.use({world_.spec({layer})});
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return world_.book->put_calendar(
        tx, {"holidays", {{utc("2026-01-06T00:00:00Z"), utc("2026-01-07T00:00:00Z")}}}, world_.ada);
  }));
  world_.engine.advance(hours(25));
  EXPECT_EQ(on_call(), "-");
  world_.engine.advance(hours(24));
  EXPECT_EQ(on_call(), "ada");
}

class Swaps : public Book {
 protected:
  Result<SwapRequest> ask(const std::string& to, std::string_view begin = "2026-01-06T00:00:00Z",
                          std::string_view end = "2026-01-07T00:00:00Z") {
    return world_.change([&](engine::Tx& tx) {
      return world_.book->ask_swap(tx,
                                   {.id = "",
                                    .schedule = world_.id,
                                    .from = person("ada"),
                                    .to = catalog::PersonId(to),
                                    .begin = utc(begin),
                                    .end = utc(end),
                                    .note = "a wedding",
                                    .override_id = "",
                                    .created = {}},
                                   world_.ada);
    });
  }
  Result<SwapRequest> answer(const SwapRequest& swap, SwapRequest::State state, const char* who) {
    return world_.change([&](engine::Tx& tx) {
      return world_.book->answer_swap(tx, swap.id, state, person(who), world_.ada);
    });
  }
  using State = SwapRequest::State;
};

TEST_F(Swaps, ChangeNothingUntilTheOtherOneAgrees) {
  const auto swap = ask("grace");
  ASSERT_TRUE(swap) << swap.error().message;
  EXPECT_THAT(world_.schedule().overrides, IsEmpty());
  EXPECT_EQ(answer(*swap, State::kTaken, "alan").error().code, Code::kPermissionDenied);
  EXPECT_EQ(answer(*swap, State::kWithdrawn, "grace").error().code, Code::kPermissionDenied);
  const auto taken = answer(*swap, State::kTaken, "grace");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->state, State::kTaken);
  world_.engine.advance(hours(25));
  EXPECT_EQ(on_call(), "grace");
  world_.engine.advance(hours(24));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_EQ(answer(*swap, State::kWithdrawn, "ada").error().code, Code::kFailedPrecondition);
  EXPECT_THAT(world_.told.swaps, ElementsAre("open", "taken"));
  EXPECT_EQ(world_.swaps().at(0).override_id, world_.schedule().overrides.at(0).id);
}

TEST_F(Swaps, PutToAllAreTakenByOneOfTheSchedule) {
  const auto swap = ask("");
  ASSERT_TRUE(swap);
  EXPECT_EQ(answer(*swap, State::kTaken, "barbara").error().code, Code::kPermissionDenied);
  EXPECT_EQ(answer(*swap, State::kTaken, "ada").error().code, Code::kPermissionDenied);
  const auto declined = answer(*swap, State::kDeclined, "grace");
  ASSERT_TRUE(declined);
  EXPECT_EQ(declined->state, State::kOpen);  // alan may still want it
  const auto taken = answer(*swap, State::kTaken, "alan");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->to, person("alan"));
  EXPECT_EQ(answer(*swap, State::kTaken, "grace").error().code, Code::kFailedPrecondition);
}

TEST_F(Swaps, EndWhenTheyAreDeclinedWithdrawnOrBegin) {
  const auto declined = ask("grace"), withdrawn = ask("grace"), late = ask("grace");
  ASSERT_TRUE(declined && withdrawn && late);
  ASSERT_TRUE(answer(*declined, State::kDeclined, "grace"));
  ASSERT_TRUE(answer(*withdrawn, State::kWithdrawn, "ada"));
  world_.engine.advance(hours(25));
  EXPECT_EQ(on_call(), "ada");
  EXPECT_EQ(answer(*late, State::kTaken, "grace").error().code, Code::kFailedPrecondition);
  EXPECT_THAT(world_.told.swaps,
              ElementsAre("open", "open", "open", "declined", "withdrawn", "expired"));
}

TEST_F(Swaps, NeedATurnToHandOver) {
  EXPECT_THAT(ask("grace", "2026-01-13T00:00:00Z", "2026-01-14T00:00:00Z").error().message,
              HasSubstr("ada is not on call"));
  world_.engine.advance(hours(30));
  EXPECT_THAT(ask("grace", "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z").error().message,
              HasSubstr("begin is not in the future"));
  EXPECT_THAT(ask("ada", "2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z").error().message,
              HasSubstr("themselves"));
}

TEST_F(Book, TellsAFaultOnceAndAgainOnlyWhenItIsNew) {
  world_.engine.advance(days(2));
  EXPECT_THAT(world_.told.faults, IsEmpty());
  Layer hours_only = weekly();
  hours_only.hours =
      calendar::WeeklyHours({{{true, true, true, true, true, false, false}, 0, 24 * 60}});
  world_.use({world_.spec({hours_only})});
  ASSERT_THAT(world_.told.faults, SizeIs(1));  // the two weekends that are in sight
  EXPECT_THAT(world_.told.faults[0], HasSubstr("Nobody"));
  // The weekends behind them are the same fault.
  world_.engine.advance(days(40));
  EXPECT_THAT(world_.told.faults, SizeIs(1));
  world_.use({world_.spec({weekly()})});
  world_.engine.advance(days(1));
  world_.use({world_.spec({hours_only})});
  EXPECT_THAT(world_.told.faults, SizeIs(2));
}

TEST_F(Book, TellsOfSomebodyWhomNothingReaches) {
  world_.catalog = std::make_shared<catalog::Catalog>(*world_.catalog);
  std::const_pointer_cast<catalog::Catalog>(world_.catalog)->people[person("grace")].contacts = {};
  world_.use({world_.spec({weekly()})});
  ASSERT_THAT(world_.told.faults, SizeIs(1));
  EXPECT_THAT(world_.told.faults[0], HasSubstr("grace"));
  world_.engine.advance(days(3));
  EXPECT_THAT(world_.told.faults, SizeIs(1));
}

TEST_F(Book, AClockThatIsSetBackDoublesNothing) {
  world_.engine.advance(days(9));
  EXPECT_EQ(on_call(), "grace");
  world_.engine.clock().jump(-days(4));
  world_.engine.settle();
  ASSERT_TRUE(world_.in_tx([](engine::Tx&) { return Result<>(); }));
  ASSERT_TRUE(replace("edsger", "", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"));
  EXPECT_EQ(on_call(), "ada");
  world_.engine.advance(days(4));
  EXPECT_EQ(on_call(), "grace");
  int still = 0;
  for (const auto& line : world_.history()) still += line.ends_with("now") ? 1 : 0;
  EXPECT_EQ(still, 1);
}

}  // namespace
}  // namespace tocsin::oncall
