#include "routing/silence.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"

namespace tocsin::routing {
namespace {

Time at(int minute) { return Time(minutes(1'000'000 + minute)); }

Matcher matcher(MatchOp op, std::string value, std::string name = "job") {
  return Matcher::make(std::move(name), op, std::move(value)).value();
}

Silence silence(int starts, int ends, std::string id = "") {
  return {.id = std::move(id),
          .matchers = {matcher(MatchOp::kEqual, "api")},
          .starts = at(starts),
          .ends = at(ends),
          .updated = at(0),
          .created_by = "ada",
          .comment = "deploy",
          .annotations = {}};
}

using Kind = SilenceChange::Kind;

TEST(Silence, IsActiveFromItsStartUntilBeforeItsEnd) {
  const Silence one = silence(10, 20);
  EXPECT_EQ(name_of(one.state(at(9))), "pending");
  EXPECT_EQ(name_of(one.state(at(10))), "active");
  EXPECT_EQ(name_of(one.state(at(20) - microseconds(1))), "active");
  EXPECT_EQ(name_of(one.state(at(20))), "expired");
  const Labels api = Labels::of({{"job", "api"}}), web = Labels::of({{"job", "web"}});
  EXPECT_TRUE(one.mutes(api, at(10)));
  EXPECT_FALSE(one.mutes(web, at(10)));
  EXPECT_FALSE(one.mutes(api, at(9)));
  EXPECT_FALSE(one.mutes(api, at(20)));
}

TEST(Silence, AllOfItsMatchersMustMatch) {
  Silence both = silence(0, 10);
  both.matchers.push_back(matcher(MatchOp::kNotEqual, "db", "kind"));
  EXPECT_TRUE(both.mutes(Labels::of({{"job", "api"}}), at(1)));
  EXPECT_FALSE(both.mutes(Labels::of({{"job", "api"}, {"kind", "db"}}), at(1)));
}

TEST(SilenceCheck, RefusesInTheReferencesWords) {
  const auto error = [](const Silence& wrong) { return check(wrong, at(5)).error().message; };
  EXPECT_TRUE(check(silence(0, 10), at(5)));
  EXPECT_EQ(error(silence(10, 10)), "Failed to create silence: start time must be before end time");
  EXPECT_EQ(error(silence(0, 4)), "Failed to create silence: end time can't be in the past");
  Silence none = silence(0, 10);
  none.matchers.clear();
  EXPECT_EQ(error(none), "invalid silence: matcher set 0 is empty");
  Silence wide = silence(0, 10);
  wide.matchers = {matcher(MatchOp::kEqual, ""), matcher(MatchOp::kRegex, ".*")};
  EXPECT_EQ(error(wide),
            "invalid silence: matcher set 0: at least one matcher must not match the empty string");
  // To the reference a negative matcher never takes the empty value.
  wide.matchers = {matcher(MatchOp::kNotEqual, "api")};
  EXPECT_TRUE(check(wide, at(5)));
}

TEST(SilenceCheck, EndsWithinTheYearsThatOthersCanWrite) {
  Silence last = silence(0, 10);
  last.ends = parse_rfc3339("9999-12-31T23:59:59.999999Z").value();
  EXPECT_TRUE(check(last, at(5)));
  last.ends = parse_rfc3339("9999-12-31T23:59:59-01:00").value();
  EXPECT_EQ(check(last, at(5)).error().message,
            "Failed to create silence: end time must be before the year 10000");
}

TEST(SilenceChange, AStartInThePastBecomesNow) {
  const auto change = plan_change(nullptr, silence(0, 10), at(5));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->kind, Kind::kCreate);
  EXPECT_EQ(change->silence.starts, at(5));
  EXPECT_EQ(change->silence.updated, at(5));
  EXPECT_EQ(plan_change(nullptr, silence(7, 10), at(5))->silence.starts, at(7));
}

TEST(SilenceChange, AnIdThatIsNotKnownIsNotFound) {
  const auto change = plan_change(nullptr, silence(0, 10, "x"), at(5));
  EXPECT_EQ(change.error(), (Error{Code::kNotFound, "silence not found"}));
  EXPECT_EQ(plan_change(nullptr, silence(9, 8, "x"), at(5)).error().code, Code::kInvalidArgument);
}

TEST(SilenceChange, AnActiveOneMayEndAtAnotherTime) {
  Silence existing = silence(0, 10, "x");
  existing.starts += microseconds(400'300);
  Silence wanted = silence(0, 30, "x");
  wanted.starts += milliseconds(400);  // as the API wrote it
  const auto change = plan_change(&existing, wanted, at(5));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->kind, Kind::kUpdate);
  EXPECT_EQ(change->silence.id, "x");
  EXPECT_EQ(change->silence.ends, at(30));
  EXPECT_EQ(change->silence.updated, at(5));
}

TEST(SilenceChange, WhatWouldChangeThePastIsANewOne) {
  const Silence active = silence(0, 10, "x");
  Silence other = silence(0, 10, "x");
  other.matchers = {matcher(MatchOp::kEqual, "web")};
  for (const Silence& wanted : {other, silence(1, 10, "x")}) {
    const auto change = plan_change(&active, wanted, at(5));
    ASSERT_TRUE(change);
    EXPECT_EQ(change->kind, Kind::kReplace);
    EXPECT_EQ(change->silence.id, "");
    EXPECT_EQ(change->silence.starts, at(5));
  }
}

TEST(SilenceChange, APendingOneMayMoveButNotIntoThePast) {
  const Silence pending = silence(10, 20, "x");
  EXPECT_EQ(plan_change(&pending, silence(6, 9, "x"), at(5))->kind, Kind::kUpdate);
  EXPECT_EQ(plan_change(&pending, silence(4, 9, "x"), at(5))->kind, Kind::kReplace);
}

TEST(SilenceChange, AnExpiredOneStaysAndANewOneIsMade) {
  const Silence expired = silence(0, 3, "x");
  const auto change = plan_change(&expired, silence(0, 9, "x"), at(5));
  EXPECT_EQ(change->kind, Kind::kCreate);
  EXPECT_EQ(change->silence.id, "");
}

TEST(SilenceExpire, EndsItNow) {
  const Silence active = expire(silence(0, 10), at(5));
  EXPECT_EQ(active.starts, at(0));
  EXPECT_EQ(active.ends, at(5));
  EXPECT_EQ(active.updated, at(5));
  const Silence pending = expire(silence(7, 10), at(5));
  EXPECT_EQ(pending.starts, at(5));
  EXPECT_EQ(pending.state(at(5)), SilenceState::kExpired);
  const Silence expired = expire(silence(0, 3), at(5));
  EXPECT_EQ(expired.ends, at(3));
  EXPECT_EQ(expired.updated, at(0));
}

TEST(SilenceFilter, WantsIdenticalMatchers) {
  Silence one = silence(0, 10);
  one.matchers.push_back(matcher(MatchOp::kRegex, "a|b", "zone"));
  EXPECT_TRUE(has_matchers(one, {}));
  EXPECT_TRUE(has_matchers(one, {matcher(MatchOp::kRegex, "a|b", "zone")}));
  EXPECT_FALSE(has_matchers(one, {matcher(MatchOp::kRegex, "a", "zone")}));
  EXPECT_FALSE(has_matchers(one, {matcher(MatchOp::kRegex, "api")})) << "another operator";
  EXPECT_FALSE(
      has_matchers(one, {matcher(MatchOp::kEqual, "api"), matcher(MatchOp::kEqual, "x", "zone")}));
}

TEST(SilenceOrder, IsByStateAndThenByWhatComesNext) {
  std::vector<Silence> all = {silence(0, 3, "e1"), silence(30, 40, "p2"), silence(0, 20, "a2"),
                              silence(0, 4, "e2"), silence(25, 60, "p1"), silence(2, 10, "a1"),
                              silence(9, 10, "a0")};
  sort_for_api(all, at(9));
  std::string order;
  for (const Silence& one : all) order += one.id + " ";
  EXPECT_EQ(order, "a0 a1 a2 p1 p2 e2 e1 ");
}

// Whatever is asked of a silence, what it muted before stays what it muted: history is only added
// to.
TEST(SilenceChange, NeverRewritesWhatWasMutedBefore) {
  SeededRng rng(4);
  const Labels alerts[] = {Labels::of({{"job", "api"}}), Labels::of({{"job", "web"}})};
  for (int round = 0; round < 4'000; ++round) {
    const auto some = [&] { return static_cast<int>(rng.below(12)); };
    Silence existing = silence(some(), 0, "x");
    existing.ends = existing.starts + minutes(1 + some());
    const Time now = at(some());
    Silence wanted = silence(some(), some(), "x");
    if (rng.below(3) == 0) wanted.starts = existing.starts;
    if (rng.below(4) == 0) wanted.matchers = {matcher(MatchOp::kEqual, "web")};
    const auto change = plan_change(&existing, wanted, now);
    ASSERT_EQ(change.has_value(), check(wanted, now).has_value());
    if (!change) continue;
    std::vector<Silence> after = {existing, change->silence};
    if (change->kind == Kind::kUpdate) after.erase(after.begin());
    if (change->kind == Kind::kReplace) after.front() = expire(existing, now);
    for (int minute = 0; minute < 40; ++minute) {
      for (const Labels& labels : alerts) {
        const auto muted_by = [&](const auto& set) {
          return std::ranges::any_of(set,
                                     [&](const Silence& s) { return s.mutes(labels, at(minute)); });
        };
        if (at(minute) < now) {
          ASSERT_EQ(muted_by(after), existing.mutes(labels, at(minute))) << round << " " << minute;
        } else {
          // From now on only the new one counts.
          const bool is_wanted = at(minute) >= wanted.starts && at(minute) < wanted.ends &&
                                 all_match(wanted.matchers, labels);
          ASSERT_EQ(muted_by(after), is_wanted) << round << " " << minute;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tocsin::routing
