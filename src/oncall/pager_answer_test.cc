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

TEST_P(PagerAnswerTest, StandingIsWhatTheWholeSays) {
  const auto standing = [&] { return w().pager->standing(w().engine.reader(), "inc_1").value(); };
  EXPECT_EQ(standing(), std::nullopt);
  two_are_wanted();
  w().start();
  w().engine.advance(minutes(10));
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_EQ(*standing(), Standing(w().escalation()));
  EXPECT_GT(standing()->round, 0);
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_EQ(*standing(), Standing(w().escalation()));
  EXPECT_EQ(standing()->state, EscalationState::kAcknowledged);
  EXPECT_TRUE(standing()->acknowledged_at);
  w().stop();
  EXPECT_EQ(standing()->state, EscalationState::kStopped);
}

// Whoever is asked who has it must not wait for what else is in the row.
TEST_P(PagerAnswerTest, ADamagedMessageDoesNotHideWhereItStands) {
  w().start();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec("UPDATE escalation SET message = '{}'"));
    return {};
  }));
  EXPECT_FALSE(w().pager->read(w().engine.reader(), "inc_1"));
  EXPECT_TRUE(w().pager->standing(w().engine.reader(), "inc_1").value());
}

TEST_P(PagerAnswerTest, APageIsPlayedUntilTheNextStepIs) {
  Policy policy;
  policy.steps = {{minutes(0), {person("ada")}, {}}, {minutes(5), {person("grace")}, {}}};
  w().use(policy);
  w().start();
  const Page first = w().escalation().pages.front();
  const auto is_played = [&](const Page& page) {
    return w().pager->is_played(w().engine.reader(), page).value();
  };
  EXPECT_TRUE(is_played(first));
  Page brought_in = first;
  brought_in.step = kBringInStep;
  EXPECT_TRUE(is_played(brought_in));
  w().engine.advance(minutes(5));
  EXPECT_FALSE(is_played(first));
  EXPECT_FALSE(is_played(brought_in)) << "somebody was rung by a step since";
  EXPECT_TRUE(is_played(w().escalation().pages.back()));
}

TEST_P(PagerAnswerTest, EverybodyWhoWasPagedIsNamedOnce) {
  const auto people = [&] {
    std::vector<std::string> names;
    const auto found = w().pager->people_paged(w().engine.reader(), "inc_1");
    for (const auto& one : found.value()) names.push_back(one.value());
    return names;
  };
  EXPECT_THAT(people(), IsEmpty());
  Policy policy;
  policy.steps = {{minutes(0), {person("grace")}, {}}, {minutes(5), {person("ada")}, {}}};
  w().use(policy);
  w().start();
  w().engine.advance(minutes(30));
  EXPECT_THAT(people(), ElementsAre("grace", "ada"));
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
