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

}  // namespace
}  // namespace tocsin::oncall
