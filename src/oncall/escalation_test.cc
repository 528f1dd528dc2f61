#include "oncall/escalation.h"

#include <gtest/gtest.h>

#include "alert/testing.h"

namespace tocsin::oncall {
namespace {

Plan plan_of_three() { return plan_for(*alert::testing::small_catalog(), catalog::TeamId("shop")); }

TEST(Plan, KeepsThePeopleAndTheirContactsButNoSecret) {
  const Plan plan = plan_of_three();
  ASSERT_EQ(plan.steps.size(), 3u);
  EXPECT_EQ(plan.steps[1].person.id.value(), "grace");
  EXPECT_EQ(plan.steps[1].after, minutes(5));
  ASSERT_EQ(plan.steps[0].person.contacts.size(), 2u);
  EXPECT_TRUE(plan.steps[0].person.contacts[1].secret.empty());
  EXPECT_EQ(codec::to_text(to_json(plan)).find("ada-key"), std::string::npos);
}

TEST(Plan, ComesBackAsItWasWritten) {
  const Plan plan = plan_of_three();
  const auto back = read_plan(codec::to_text(to_json(plan)));
  ASSERT_TRUE(back);
  EXPECT_EQ(codec::to_text(to_json(*back)), codec::to_text(to_json(plan)));
  EXPECT_EQ(back->repeat, 3);
  EXPECT_EQ(back->repeat_after, minutes(5));
  EXPECT_EQ(back->steps[0].person.contacts[1].kind, catalog::Contact::Kind::kWebhook);
}

TEST(Plan, DamagedTextIsAnError) {
  for (const char* text : {"", "[]", "{}", R"({"repeat":1,"repeat_after_us":1,"steps":[1]})"}) {
    EXPECT_FALSE(read_plan(text)) << text;
  }
}

TEST(Plan, UnknownTeamHasNobody) {
  EXPECT_TRUE(plan_for(*alert::testing::small_catalog(), catalog::TeamId("none")).steps.empty());
}

TEST(NextAfter, GivesEachPersonTheGapToTheNext) {
  const Plan plan = plan_of_three();
  const Next next = next_after(plan, {0, 0}, true);
  EXPECT_EQ(next.place, (Place{1, 0}));
  EXPECT_EQ(next.wait, minutes(5));
}

TEST(NextAfter, BeginsTheNextRoundAfterTheLast) {
  const Next next = next_after(plan_of_three(), {2, 1}, true);
  EXPECT_EQ(next.place, (Place{0, 2}));
  EXPECT_EQ(next.wait, minutes(5));
}

TEST(NextAfter, RoundThatReachedNobodyIsFollowedSoon) {
  EXPECT_EQ(next_after(plan_of_three(), {2, 0}, false).wait, kUntoldPause);
}

TEST(NextAfter, GoesOnSlowlyBeyondTheRounds) {
  Plan plan = plan_of_three();
  EXPECT_FALSE(is_beyond(plan, {0, 3}));
  EXPECT_TRUE(is_beyond(plan, {0, 4}));
  EXPECT_EQ(next_after(plan, {2, 4}, true).wait, minutes(15));
  plan.repeat_after = minutes(1);
  EXPECT_EQ(next_after(plan, {2, 4}, false).wait, kSlowLeast);
  plan.repeat_after = hours(2);
  EXPECT_EQ(next_after(plan, {2, 4}, true).wait, kSlowMost);
}

TEST(NextAfter, EmptyListWaitsForTheNextRound) {
  Plan plan;
  plan.repeat_after = minutes(5);
  EXPECT_EQ(next_after(plan, {0, 0}, false).place, (Place{0, 1}));
  EXPECT_EQ(next_after(plan, {0, 0}, false).wait, kUntoldPause);
}

TEST(NextAfter, NeverStandsStill) {
  Plan plan = plan_of_three();
  plan.repeat_after = Duration(0);
  Place place;
  Duration total{0};
  for (int i = 0; i < 1000; ++i) {
    const Next next = next_after(plan, place, i % 2 == 0);
    EXPECT_TRUE(next.place.round > place.round || next.place.step == place.step + 1);
    EXPECT_GE(next.wait, Duration(0));
    EXPECT_LE(next.wait, kSlowMost);
    place = next.place;
    total += next.wait;
  }
  EXPECT_GT(total, hours(1));
}

}  // namespace
}  // namespace tocsin::oncall
