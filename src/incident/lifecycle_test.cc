#include "incident/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::incident {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr State kAllStates[] = {State::kTriage,     State::kInvestigating, State::kIdentified,
                                State::kMitigating, State::kMonitoring,    State::kResolved,
                                State::kClosed,     State::kDeclined,      State::kMerged,
                                State::kCancelled};

TEST(Lifecycle, NamesComeBackAsStates) {
  for (const State state : kAllStates) EXPECT_EQ(parse_state(name_of(state)), state);
  EXPECT_FALSE(parse_state("open"));
}

TEST(Lifecycle, OpenIncidentMovesForwardsAndBackwards) {
  EXPECT_TRUE(check_move(State::kInvestigating, State::kMonitoring, 1));
  EXPECT_TRUE(check_move(State::kMonitoring, State::kInvestigating, 0));
  EXPECT_TRUE(check_move(State::kTriage, State::kDeclined, 1));
  EXPECT_FALSE(check_move(State::kInvestigating, State::kTriage, 0));
}

TEST(Lifecycle, ResolvedWaitsForTheAlerts) {
  EXPECT_TRUE(check_move(State::kMitigating, State::kResolved, 0));
  const auto refused = check_move(State::kMitigating, State::kResolved, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("2 of its alerts still fire"));
}

TEST(Lifecycle, WhatHasEndedStaysSo) {
  EXPECT_THAT(moves_from(State::kResolved), ElementsAre(State::kClosed));
  for (const State state : {State::kClosed, State::kDeclined, State::kMerged, State::kCancelled}) {
    EXPECT_THAT(moves_from(state), IsEmpty());
  }
  EXPECT_THAT(check_move(State::kClosed, State::kInvestigating, 0).error().message,
              HasSubstr("a new alert opens a new one"));
}

TEST(Lifecycle, RefusalNamesWhatIsPossible) {
  EXPECT_THAT(check_move(State::kResolved, State::kMonitoring, 0).error().message,
              HasSubstr("it can go to closed"));
}

TEST(Lifecycle, NobodyMergesByHand) {
  for (const State state : kAllStates) EXPECT_FALSE(check_move(state, State::kMerged, 0));
}

TEST(Lifecycle, RecoveryIsMonitoredAndThenResolved) {
  const RecoveryPolicy policy;
  EXPECT_EQ(wait_when_clean(State::kInvestigating, policy), minutes(1));
  EXPECT_EQ(next_when_clean(State::kInvestigating), State::kMonitoring);
  EXPECT_EQ(wait_when_clean(State::kMonitoring, policy), minutes(6));
  EXPECT_EQ(next_when_clean(State::kMonitoring), State::kResolved);
}

}  // namespace
}  // namespace tocsin::incident
