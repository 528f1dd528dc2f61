#include "alert/told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::alert {
namespace {

using receiver::Reason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration kRepeat = std::chrono::hours(1);
const Time kNow = from_micros(1'767'571'200'000'000);

Known told(Fingerprints firing, Fingerprints resolved = {}, Duration ago = minutes(5),
           Fingerprints still_open = {}) {
  Known known;
  known.told =
      Told{kNow - ago, std::move(firing), std::move(resolved), std::move(still_open), kNow};
  return known;
}
Known in_doubt(Known known, Fingerprints firing) {
  known.doubtful = std::move(firing);
  return known;
}

struct Row {
  const char* name;
  Known known;
  Fingerprints firing;
  Fingerprints resolved;
  bool send_resolved;
  std::optional<Reason> reason;
};

class WhyTell : public ::testing::TestWithParam<Row> {};

TEST_P(WhyTell, FollowsTheRules) {
  const Row& row = GetParam();
  EXPECT_EQ(why_tell(row.known, row.firing, row.resolved, {row.send_resolved, kRepeat}, kNow),
            row.reason);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, WhyTell,
    ::testing::Values(
        Row{"NothingKnownAndFiring", {}, {1}, {}, true, Reason::kFirst},
        Row{"NothingKnownAndNothingFires", {}, {}, {}, true, std::nullopt},
        Row{"SameAgain", told({1, 2}), {1, 2}, {}, true, std::nullopt},
        Row{"FewerFireBecauseOthersAreSilenced", told({1, 2}), {1}, {}, true, std::nullopt},
        Row{"OneMore", told({1}), {1, 2}, {}, true, Reason::kNewAlerts},
        Row{"OneMoreAndOneResolved", told({1, 2}), {1, 3}, {2}, true, Reason::kNewAlerts},
        Row{"OneResolved", told({1, 2}), {1}, {2}, true, Reason::kSomeResolved},
        Row{"OneResolvedThatNobodyWantsToHear", told({1, 2}), {1}, {2}, false, std::nullopt},
        Row{"AllResolved", told({1, 2}), {}, {1, 2}, true, Reason::kAllResolved},
        Row{"AllResolvedThatNobodyWantsToHear", told({1}), {}, {1}, false, std::nullopt},
        Row{"AllThatMayBeToldResolvedAndOneIsSilenced",
            told({1}, {}, minutes(5), {2}),
            {},
            {1},
            true,
            Reason::kSomeResolved},
        Row{"SilencedOneResolves",
            told({1}, {}, minutes(5), {2}),
            {1},
            {2},
            true,
            Reason::kSomeResolved},
        Row{"SilencedOneIsHeardAgain",
            told({1}, {}, minutes(5), {2}),
            {1, 2},
            {},
            true,
            Reason::kNewAlerts},
        Row{"EverythingIsSilenced", told({1, 2}), {}, {}, true, std::nullopt},
        Row{"FiresAgainAfterAResolve", told({}, {1}), {1}, {}, true, Reason::kNewAlerts},
        Row{"JustBeforeTheRepeat",
            told({1}, {}, kRepeat - milliseconds(1)),
            {1},
            {},
            true,
            std::nullopt},
        Row{"AtTheRepeat", told({1}, {}, kRepeat), {1}, {}, true, Reason::kRepeat},
        Row{"FirstOneIsInDoubt", in_doubt({}, {1}), {1}, {}, true, Reason::kFirst},
        Row{"FirstOneIsInDoubtAndOver", in_doubt({}, {1}), {}, {1}, true, Reason::kAllResolved},
        Row{"RepeatIsInDoubt", in_doubt(told({1}), {1}), {1}, {}, true, Reason::kRepeat},
        Row{"MoreIsInDoubt", in_doubt(told({1}), {1, 2}), {1, 2}, {}, true, Reason::kNewAlerts},
        Row{"MoreIsInDoubtAndOver",
            in_doubt(told({1}), {1, 2}),
            {1},
            {2},
            true,
            Reason::kSomeResolved},
        Row{"ResolveIsInDoubt", in_doubt(told({1}), {}), {}, {1}, true, Reason::kAllResolved}),
    [](const auto& info) { return info.param.name; });

TEST(AfterTelling, WhatIsLeftOutStaysOpenUntilItIsToldAsResolved) {
  Known known;
  known.told = after_telling({}, {1, 2, 3}, {}, kNow, kNow);
  EXPECT_THAT(known.open(), ElementsAre(1, 2, 3));
  known.told = after_telling(known, {1}, {}, kNow, kNow);
  EXPECT_THAT(known.told->firing, ElementsAre(1));
  EXPECT_THAT(known.told->still_open, ElementsAre(2, 3));
  known.told = after_telling(known, {3}, {1}, kNow, kNow);
  EXPECT_THAT(known.told->still_open, ElementsAre(2));
  EXPECT_TRUE(known.is_open(2));
  EXPECT_TRUE(known.is_open(3));
  EXPECT_FALSE(known.is_open(1));
  known.told = after_telling(known, {}, {2, 3}, kNow, kNow);
  EXPECT_FALSE(known.has_open());
}

TEST(AfterTelling, WhatWasInDoubtIsOpenToo) {
  const Known known = in_doubt(told({1}), {2});
  EXPECT_THAT(known.open(), ElementsAre(1, 2));
  EXPECT_THAT(after_telling(known, {1}, {}, kNow, kNow).still_open, ElementsAre(2));
}

TEST(Without, ResolvedOnesAreOpenNoMore) {
  Known known = in_doubt(told({1, 2}, {}, minutes(5), {3}), {4});
  known = without(known, {2, 3, 4});
  EXPECT_THAT(known.open(), ElementsAre(1));
  EXPECT_THAT(*known.doubtful, IsEmpty());
}

}  // namespace
}  // namespace tocsin::alert
