#include "oncall/preview.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/testing.h"
#include "oncall/policy_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "5m ada via schedule shop" for each step of a round.
std::vector<std::string> lines(const Preview::Round& round, Time start) {
  std::vector<std::string> out;
  for (const auto& step : round.steps) {
    std::string line = tocsin::to_text(step.at - start);
    for (const auto& [found, ways] : step.people) {
      line += " " + found.person.value() + (found.via.empty() ? "" : " " + found.via);
    }
    for (const auto& name : step.channels) line += " #" + name;
    if (!step.skipped.empty()) line += " skipped: " + step.skipped;
    out.push_back(line);
  }
  return out;
}

class PreviewTest : public ::testing::Test {
 protected:
  PreviewTest() {
    on_call_.people["shop"] = {"ada"};
    policy_.repeat = 1;
  }
  Preview play(std::string_view severity = "SEV-2") {
    return preview(policy_, {catalog::PersonId("alan")}, *catalog_, &on_call_, {}, severity, at_);
  }
  const Time at_ = *parse_rfc3339("2026-11-25T12:00:00Z");  // a Wednesday
  std::shared_ptr<catalog::Catalog> catalog_ = alert::testing::small_catalog();
  testing::FakeOnCall on_call_;
  Policy policy_;
};

TEST_F(PreviewTest, PlaysEveryRoundAndBringsInTheRest) {
  policy_.steps = {{minutes(0), {testing::schedule("shop"), testing::channel("ops")}, {}},
                   {minutes(5), {testing::person("grace")}, {}},
                   {minutes(20), {testing::person("alan")}, {}}};
  const Preview shown = play();
  ASSERT_THAT(shown.rounds, SizeIs(2));
  EXPECT_THAT(lines(shown.rounds[0], at_),
              ElementsAre("0s ada via schedule shop #ops", "5m grace", "20m alan"));
  EXPECT_THAT(lines(shown.rounds[1], at_),
              ElementsAre("25m ada via schedule shop #ops", "30m grace", "45m alan"));
  ASSERT_TRUE(shown.bring_in);
  EXPECT_EQ(shown.bring_in->at, at_ + minutes(15));
  ASSERT_THAT(shown.bring_in->people, SizeIs(1));
  EXPECT_EQ(shown.bring_in->people[0].found.person.value(), "alan");
  EXPECT_FALSE(play("SEV-3").bring_in);
}

TEST_F(PreviewTest, ShowsEachPersonsWays) {
  policy_.steps = {{minutes(0), {testing::person("ada")}, {}}};
  const auto ways = play().rounds[0].steps[0].people[0].ways;
  ASSERT_THAT(ways, SizeIs(2));
  EXPECT_EQ(ways[0].after, Duration(0));
  EXPECT_FALSE(ways[1].after) << "only when mail fails";
}

TEST_F(PreviewTest, SkippedStepTakesNoTimeWhileNobodyWasRung) {
  policy_.steps = {{minutes(0), {testing::person("ada")}, {{"SEV-1"}, {}, {}, false}},
                   {minutes(10), {testing::person("grace")}, {}},
                   {minutes(15), {testing::person("ada")}, {{"SEV-1"}, {}, {}, false}},
                   {minutes(20), {testing::person("alan")}, {}}};
  EXPECT_THAT(lines(play().rounds[0], at_),
              ElementsAre("0s skipped: SEV-2 is none of SEV-1", "0s grace",
                          "5m skipped: SEV-2 is none of SEV-1", "10m alan"));
}

TEST_F(PreviewTest, NobodyOnCallFallsBack) {
  on_call_.people["shop"] = {};
  policy_.steps = {{minutes(0), {testing::schedule("shop")}, {}}};
  EXPECT_THAT(lines(play().rounds[0], at_), ElementsAre("0s alan as a member of the team"));
  policy_.fallback = {testing::person("grace")};
  EXPECT_THAT(lines(play().rounds[0], at_), ElementsAre("0s grace as fallback"));
}

TEST_F(PreviewTest, RoundOfWhichNothingIsPlayedFallsBack) {
  policy_.steps = {{minutes(0), {testing::person("ada")}, {{"SEV-1"}, {}, {}, false}}};
  EXPECT_THAT(lines(play("SEV-4").rounds[0], at_),
              ElementsAre("0s skipped: SEV-4 is none of SEV-1", "0s alan as a member of the team"));
}

TEST_F(PreviewTest, RoundRobinGoesOnFromRoundToRound) {
  catalog_->teams[catalog::TeamId("shop")].members = {
      catalog::PersonId("ada"), catalog::PersonId("grace"), catalog::PersonId("alan")};
  policy_.steps = {{minutes(0), {testing::round_robin("shop")}, {}}};
  const Preview shown = preview(policy_, {}, *catalog_, &on_call_,
                                {{"shop", catalog::PersonId("ada")}}, "SEV-4", at_);
  EXPECT_EQ(shown.rounds[0].steps[0].people[0].found.person.value(), "grace");
  EXPECT_EQ(shown.rounds[1].steps[0].people[0].found.person.value(), "alan");
}

TEST_F(PreviewTest, EmptyPolicyHasNoRounds) { EXPECT_THAT(play().rounds, IsEmpty()); }

}  // namespace
}  // namespace tocsin::oncall
