#include "alert/silence_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "alert/silence_store.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::Matcher;
using routing::MatchOp;
using routing::Silence;
using routing::SilenceState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SilenceBookTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
    open();
  }
  void TearDown() override {
    if (t_) t_->engine().stop(Duration(0));
    book_.reset();
  }
  void open(SilenceBook::Limits limits = {}) {
    book_.emplace(t_->engine(), t_->clock(), t_->rng(), t_->metrics(), limits);
    ASSERT_TRUE(book_->load(t_->reader()));
  }
  void restart() {
    t_->engine().stop(Duration(0));
    book_.reset();
    t_->restart();
    open();
  }
  Silence silence(const std::string& name, MatchOp op = MatchOp::kEqual) {
    Silence s;
    s.matchers = {*Matcher::make("alertname", op, name)};
    s.starts = t_->now();
    s.ends = t_->now() + hours(1);
    s.created_by = "ada";
    s.comment = "known";
    return s;
  }
  std::string set(const Silence& s) { return book_->set(s, by_).value(); }
  std::vector<std::string> muting(const std::string& name) {
    return book_->muting(Labels::of({{"alertname", name}, {"job", "shop"}}), t_->now());
  }

  const store::Actor by_{"user", "ada"};
  std::optional<engine::testing::TestEngine> t_;
  std::optional<SilenceBook> book_;
};
INSTANTIATE_TEST_SUITE_P(Backends, SilenceBookTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(SilenceBookTest, MutesWhatMatchesWhileItIsActive) {
  const std::string exact = set(silence("A"));
  const std::string pattern = set(silence("A|B", MatchOp::kRegex));
  EXPECT_THAT(muting("A"), ::testing::UnorderedElementsAre(exact, pattern));
  EXPECT_THAT(muting("B"), ElementsAre(pattern));
  EXPECT_THAT(muting("C"), IsEmpty());
  t_->clock().advance(hours(1));
  EXPECT_THAT(muting("A"), IsEmpty());
}

TEST_P(SilenceBookTest, PendingOneBeginsByItself) {
  Silence later = silence("A");
  later.starts = t_->now() + minutes(10);
  const std::string id = set(later);
  EXPECT_THAT(muting("A"), IsEmpty());
  t_->clock().advance(minutes(10));
  EXPECT_THAT(muting("A"), ElementsAre(id));
}

TEST_P(SilenceBookTest, EveryChangeIsInTheLogbookWithWhoDidIt) {
  Silence s = silence("A");
  s.id = set(s);
  t_->clock().advance(seconds(10));
  s.ends += hours(1);
  EXPECT_EQ(set(s), s.id);
  ASSERT_TRUE(book_->expire(s.id, by_));
  ASSERT_TRUE(book_->expire(s.id, by_));
  EXPECT_THAT(t_->kinds(), ElementsAre("silence.created", "silence.updated", "silence.expired"));
  EXPECT_EQ(t_->logbook()[0].entry.actor.to_text(), "user:ada");
  EXPECT_EQ(t_->logbook()[0].entry.subject_id, s.id);
  EXPECT_THAT(muting("A"), IsEmpty());
}

TEST_P(SilenceBookTest, OtherMatchersEndTheOldOneAndMakeANewOne) {
  Silence s = silence("A");
  const std::string old = set(s);
  t_->clock().advance(seconds(10));
  s = silence("B");
  s.id = old;
  const std::string made = set(s);
  EXPECT_NE(made, old);
  EXPECT_EQ(book_->find(old)->state(t_->now()), SilenceState::kExpired);
  EXPECT_THAT(muting("A"), IsEmpty());
  EXPECT_THAT(muting("B"), ElementsAre(made));
  EXPECT_EQ(t_->logbook().back().entry.data.at("replaces").as_string(), old);
}

TEST_P(SilenceBookTest, UnknownIdIsNotFound) {
  Silence s = silence("A");
  s.id = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(book_->set(s, by_).error().code, Code::kNotFound);
  EXPECT_EQ(book_->expire(s.id, by_).error().code, Code::kNotFound);
}

TEST_P(SilenceBookTest, SurvivesARestartWhole) {
  Silence s = silence("A|B", MatchOp::kNotRegex);
  s.matchers.push_back(*Matcher::make("job", MatchOp::kEqual, "sh\"op"));
  s.annotations = Labels::with_empty_values({{"ticket", "T-1"}, {"empty", ""}});
  const std::string id = set(s);
  const Silence before = *book_->find(id);
  restart();
  const Silence after = *book_->find(id);
  EXPECT_EQ(after.matchers, before.matchers);
  EXPECT_EQ(after.starts, before.starts);
  EXPECT_EQ(after.ends, before.ends);
  EXPECT_EQ(after.updated, before.updated);
  EXPECT_EQ(after.created_by, "ada");
  EXPECT_EQ(after.comment, "known");
  EXPECT_EQ(after.annotations, before.annotations);
}

TEST_P(SilenceBookTest, FailedCommitSilencesNothing) {
  t_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kUnavailable, "busy"};
    return std::nullopt;
  };
  EXPECT_FALSE(book_->set(silence("A"), by_));
  t_->faults().before = {};
  EXPECT_THAT(muting("A"), IsEmpty());
  EXPECT_THAT(book_->all(), IsEmpty());
}

TEST_P(SilenceBookTest, LimitsAreClearAnswers) {
  book_.reset();
  open({.max_silences = 1, .max_bytes = 100});
  set(silence("A"));
  EXPECT_EQ(book_->set(silence("B"), by_).error().code, Code::kResourceExhausted);
  EXPECT_EQ(book_->set(silence(std::string(200, 'x')), by_).error().code, Code::kInvalidArgument);
}

TEST_P(SilenceBookTest, ExpiredOnesAreForgottenAfterTheRetention) {
  const std::string id = set(silence("A"));
  t_->clock().advance(hours(120));
  book_->collect(t_->now());
  t_->settle();
  EXPECT_TRUE(book_->find(id));
  t_->clock().advance(hours(1));
  book_->collect(t_->now());
  t_->settle();
  EXPECT_FALSE(book_->find(id));
  EXPECT_THAT(*all_silences(t_->reader()), IsEmpty());
}

TEST_P(SilenceBookTest, ManySilencesAndAlertsAgreeWithTryingThemAll) {
  SeededRng rng(7);
  const auto label = [&](uint64_t n) {
    return std::string(1, static_cast<char>('a' + rng.below(n)));
  };
  for (int i = 0; i < 60; ++i) {
    Silence s = silence(label(6), static_cast<MatchOp>(rng.below(4)));
    if (rng.below(2) == 0) {
      s.matchers.push_back(*Matcher::make("zone", static_cast<MatchOp>(rng.below(4)), label(3)));
    }
    s.starts = t_->now() + minutes(rng.below(60));
    s.ends = s.starts + minutes(1 + rng.below(60));
    (void)book_->set(s, by_);
  }
  for (int i = 0; i < 600; ++i) {
    t_->clock().advance(seconds(rng.below(20)));
    const Labels labels =
        Labels::from({{"alertname", label(6)}, {"zone", rng.below(2) ? label(3) : ""}});
    std::vector<std::string> expected;
    for (const Silence& s : book_->all()) {
      if (s.mutes(labels, t_->now())) expected.push_back(s.id);
    }
    std::ranges::sort(expected);
    ASSERT_EQ(book_->muting(labels, t_->now()), expected) << "alert " << i;
  }
}

TEST_P(SilenceBookTest, OfWhatAPeerSaysTheNewerHolds) {
  std::vector<std::string> heard;
  book_->on_change([&](const Silence& s) { heard.push_back(s.id); });
  const auto merge = [&](std::vector<Silence> silences) {
    book_->merge(std::move(silences), "am-2", [](const Result<>& r) { EXPECT_TRUE(r); });
    t_->settle();
  };
  Silence theirs = silence("A");
  theirs.id = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001";
  theirs.updated = t_->now();
  merge({theirs});
  EXPECT_THAT(muting("A"), ElementsAre(theirs.id));
  EXPECT_THAT(heard, ElementsAre(theirs.id));
  merge({theirs});
  EXPECT_THAT(heard, ElementsAre(theirs.id)) << "no news";

  t_->clock().advance(minutes(1));
  ASSERT_TRUE(book_->expire(theirs.id, by_));
  EXPECT_THAT(muting("A"), IsEmpty());
  theirs.updated += seconds(59);
  merge({theirs});
  EXPECT_THAT(muting("A"), IsEmpty()) << "it was ended later here";
  theirs.updated += seconds(2);
  theirs.ends += hours(1);
  merge({theirs});
  EXPECT_THAT(muting("A"), ElementsAre(theirs.id));
  restart();
  EXPECT_THAT(muting("A"), ElementsAre(theirs.id)) << "it is in the database";
  EXPECT_EQ(t_->logbook().back().entry.actor, (store::Actor{"peer", "am-2"}));
}

TEST_P(SilenceBookTest, WhatIsForgottenDoesNotComeBackFromAPeer) {
  Silence old = silence("A");
  old.id = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001";
  old.starts = t_->now() - hours(200);
  old.ends = t_->now() - hours(120);
  Silence kept = old;
  kept.id = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a002";
  kept.ends += seconds(1);
  book_->merge({old, kept}, "am-2", [](const Result<>& r) { EXPECT_TRUE(r); });
  t_->settle();
  EXPECT_FALSE(book_->find(old.id));
  EXPECT_TRUE(book_->find(kept.id));
}

}  // namespace
}  // namespace tocsin::alert
