#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"

// What answers do: whose they are, and what they end.
namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::person;
using testing::World;

class PagerAnswerTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  World& w() { return *world_; }
  void two_are_wanted() {
    Policy policy;
    policy.steps = {{minutes(0), {person("ada"), person("grace")}, {}}};
    policy.acknowledgements = 2;
    w().use(policy);
  }

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, PagerAnswerTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(PagerAnswerTest, OnePersonCountsOnceByWhateverTheyAnswer) {
  two_are_wanted();
  w().start();
  (void)w().sent();
  ASSERT_TRUE(w().acknowledge(answers_as({"user", "ada.lovelace"}, "ada")));
  ASSERT_TRUE(w().acknowledge(answers_as({"link", "ada"}, "ada")));
  ASSERT_TRUE(w().acknowledge(answers_as({"token", "laptop"}, "ada")));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
  EXPECT_THAT(w().escalation().answered_by, ElementsAre("ada"));
  EXPECT_EQ(w().escalation().pages[0].state, "answered");
  w().engine.advance(minutes(30));
  const auto lines = w().sent();
  EXPECT_THAT(lines, Contains("page grace mail"));
  EXPECT_THAT(lines, Not(Contains("page ada mail"))) << "she has answered";
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_EQ(w().escalation().state, EscalationState::kAcknowledged);
}

TEST_P(PagerAnswerTest, LogbookNamesTheActorAndNotThePerson) {
  w().start();
  ASSERT_TRUE(w().acknowledge(answers_as({"user", "ada.lovelace"}, "ada")));
  EXPECT_EQ(w().escalation().acknowledged_by, "user:ada.lovelace");
  EXPECT_THAT(w().escalation().answered_by, ElementsAre("ada"));
}

TEST_P(PagerAnswerTest, UserWhoIsNoPersonCountsOnceAndEndsNobodysPages) {
  two_are_wanted();
  w().start();
  ASSERT_TRUE(w().acknowledge(answers_as({"user", "ada"}, "")));
  ASSERT_TRUE(w().acknowledge(answers_as({"user", "ada"}, "")));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
  EXPECT_EQ(w().escalation().pages[0].state, "told") << "the person of that name has not answered";
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_EQ(w().escalation().state, EscalationState::kAcknowledged);
}

// --- after a snooze

TEST_P(PagerAnswerTest, AcknowledgementEndsTheOwnSnooze) {
  w().start();
  ASSERT_TRUE(w().snooze(minutes(30), "ada"));
  w().engine.advance(minutes(5));
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_FALSE(w().escalation().is_snoozed);
  EXPECT_THAT(w().escalation().coming, IsEmpty());
  (void)w().sent();
  w().engine.advance(hours(2));
  EXPECT_THAT(w().sent(), IsEmpty());
  EXPECT_EQ(w().count("escalation.rings_again"), 0);
}

TEST_P(PagerAnswerTest, AcknowledgementEndsAnothersSnoozeAndTakesItOver) {
  w().start();
  ASSERT_TRUE(w().snooze(minutes(30), "ada"));
  w().engine.advance(minutes(5));
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_EQ(w().escalation().acknowledged_by, "user:grace");
  EXPECT_EQ(w().escalation().acknowledged_at, w().engine.now());
  (void)w().sent();
  w().engine.advance(hours(2));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PagerAnswerTest, AcknowledgedForATimeRingsAgainAfterThatTimeAndNotAfterTheSnooze) {
  Policy policy;
  policy.steps = {{minutes(0), {person("ada")}, {}}};
  policy.acknowledged_for = hours(1);
  w().use(policy);
  w().start();
  ASSERT_TRUE(w().snooze(minutes(30), "ada"));
  w().engine.advance(minutes(5));
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  w().engine.advance(minutes(59));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(PagerAnswerTest, SnoozeStaysUntilAsManyHaveAnsweredAsThePolicyWants) {
  two_are_wanted();
  w().start();
  ASSERT_TRUE(w().snooze(minutes(30), "ada"));
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_TRUE(w().escalation().is_snoozed) << "one of two";
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_FALSE(w().escalation().is_snoozed);
}

}  // namespace
}  // namespace tocsin::oncall
