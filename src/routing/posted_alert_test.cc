#include "routing/posted_alert.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"

namespace tocsin::routing {
namespace {

Time at(int minute) { return Time(minutes(1'000'000 + minute)); }

PostedAlert alert(int starts, int ends, int updated, bool is_timeout = false) {
  return {.labels = Labels::of({{"alertname", "A"}}),
          .annotations = Labels::of({{"post", std::to_string(updated)}}),
          .starts = at(starts),
          .ends = at(ends),
          .updated = at(updated),
          .generator_url = "",
          .is_timeout = is_timeout};
}

TEST(Merge, TheEarliestStartAndTheNewestWordsHold) {
  const PostedAlert merged = merge(alert(0, 10, 0), alert(3, 13, 3), at(3));
  EXPECT_EQ(merged.starts, at(0));
  EXPECT_EQ(merged.ends, at(13));
  EXPECT_EQ(merged.annotations.get("post"), "3");
  EXPECT_EQ(merged.updated, at(3));
}

TEST(Merge, AnAlertThatComesBackAfterItsEndIsANewOne) {
  const PostedAlert merged = merge(alert(0, 10, 0), alert(11, 20, 11), at(11));
  EXPECT_EQ(merged.starts, at(11));
}

TEST(Merge, AnExplicitEndOutlastsAnEarlierOneOfANewPost) {
  EXPECT_EQ(merge(alert(0, 30, 0), alert(2, 7, 2), at(2)).ends, at(30));
  // The sender never said when the first one ends: that was only resolve_timeout.
  EXPECT_EQ(merge(alert(0, 30, 0, true), alert(2, 7, 2), at(2)).ends, at(7));
}

TEST(Merge, AResolveEndsWhatWasToFireLonger) {
  EXPECT_EQ(merge(alert(0, 30, 0), alert(0, 5, 5), at(5)).ends, at(5));
  EXPECT_TRUE(merge(alert(0, 30, 0), alert(0, 5, 5), at(5)).is_resolved(at(5)));
}

TEST(Merge, OfTwoResolvesTheLatestEndHolds) {
  EXPECT_EQ(merge(alert(0, 8, 8), alert(1, 5, 9), at(9)).ends, at(8));
}

TEST(Merge, APostThatArrivesLateDoesNotOverruleANewerOne) {
  const PostedAlert merged = merge(alert(0, 20, 6), alert(1, 10, 5), at(7));
  EXPECT_EQ(merged.annotations.get("post"), "6");
  EXPECT_EQ(merged.ends, at(20));
}

// types.Alert.Merge and the condition of Alerts.Put, written down once more, branch by branch.
PostedAlert model(PostedAlert a, PostedAlert o, Time now) {
  const bool end_inside = o.ends > a.starts && o.ends < a.ends;
  const bool start_inside = o.starts > a.starts && o.starts < a.ends;
  if (!end_inside && !start_inside) return o;
  if (o.updated < a.updated) std::swap(a, o);
  PostedAlert out = o;
  if (a.starts < o.starts) out.starts = a.starts;
  if (o.ends <= now) {
    if (a.ends <= now && a.ends > o.ends) out.ends = a.ends;
  } else {
    if (a.ends > o.ends && !a.is_timeout) out.ends = a.ends;
  }
  return out;
}

TEST(Merge, WhatIsStampedAfterNowIsFromBeforeTheClockWasSetBack) {
  const PostedAlert merged = merge(alert(0, 5000, 3600), alert(1, 5, 5), at(5));
  EXPECT_TRUE(merged.is_resolved(at(5)));
  EXPECT_EQ(merged.starts, at(0));
  // Requests that run side by side are no such thing.
  EXPECT_EQ(merge(alert(0, 20, 6), alert(1, 10, 5), at(6)).updated, at(6));
}

TEST(Merge, WhatIsOverDoesNotHoldAgainstANewPostWhenTheClockWasSetBack) {
  PostedAlert over = alert(0, 3600, 3600);
  over.is_over = true;
  EXPECT_TRUE(over.is_resolved(at(5)));
  const PostedAlert merged = merge(over, alert(4, 9, 5), at(5));
  EXPECT_FALSE(merged.is_resolved(at(5)));
  EXPECT_EQ(merged.ends, at(9));
}

TEST(Merge, AgreesWithTheReferenceOnEveryOrderOfTimes) {
  SeededRng rng(3);
  const auto some = [&] {
    const int starts = static_cast<int>(rng.below(6));
    return alert(starts, starts + static_cast<int>(rng.below(6)), static_cast<int>(rng.below(6)),
                 rng.below(2) == 0);
  };
  for (int round = 0; round < 20'000; ++round) {
    const PostedAlert a = some(), b = some();
    // Nothing is stamped after now.
    const Time now = std::max({at(static_cast<int>(rng.below(12))), a.updated, b.updated});
    const PostedAlert merged = merge(a, b, now), wanted = model(a, b, now);
    ASSERT_EQ(merged.starts, wanted.starts) << round;
    ASSERT_EQ(merged.ends, wanted.ends) << round;
    ASSERT_EQ(merged.updated, wanted.updated) << round;
    ASSERT_EQ(merged.is_timeout, wanted.is_timeout) << round;
    ASSERT_EQ(merged.annotations, wanted.annotations) << round;
  }
}

}  // namespace
}  // namespace tocsin::routing
