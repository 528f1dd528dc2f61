#include "alert/mark_book.h"
#include "alert/history_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::PostedAlert;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MarkBookTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
    open();
  }
  void TearDown() override {
    if (t_) t_->engine().stop(Duration(0));
    marks_.reset();
    alerts_.reset();
  }
  void open() {
    alerts_.emplace(PostedBook::Parts{t_->engine(), t_->clock(), t_->log(), t_->metrics()},
                    PostedBook::Limits{});
    marks_.emplace(t_->engine(), *alerts_, t_->clock());
    ASSERT_TRUE(alerts_->load(t_->reader()));
    ASSERT_TRUE(marks_->load(t_->reader()));
  }
  void restart() {
    t_->engine().stop(Duration(0));
    marks_.reset();
    alerts_.reset();
    t_->restart();
    open();
  }
  PostedAlert alert(const std::string& name, Duration lasts = hours(4)) {
    PostedAlert a;
    a.labels = Labels::of({{"alertname", name}});
    a.starts = t_->now();
    a.ends = t_->now() + lasts;
    a.updated = t_->now();
    return a;
  }
  uint64_t fire(const std::string& name, Duration lasts = hours(4)) {
    const PostedAlert a = alert(name, lasts);
    EXPECT_TRUE(alerts_->put({a}));
    return a.fingerprint();
  }
  std::vector<std::string> history(uint64_t fingerprint) {
    const auto history =
        history_of_alert(t_->reader(), fingerprint, alerts_->last_entry(fingerprint), 100).value();
    std::vector<std::string> kinds;
    for (const auto& record : history.entries) kinds.push_back(record.entry.kind.substr(13));
    return kinds;
  }
  size_t rows() {
    return static_cast<size_t>(
        t_->reader().query("SELECT COUNT(*) FROM posted_mark").value()[0].integer(0));
  }
  uint64_t commits() { return t_->metrics().counter("tocsin_engine_commits_total", "").value(); }

  const store::Actor ada_{"user", "ada"}, grace_{"user", "grace"};
  std::optional<engine::testing::TestEngine> t_;
  std::optional<PostedBook> alerts_;
  std::optional<MarkBook> marks_;
};
INSTANTIATE_TEST_SUITE_P(Backends, MarkBookTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(MarkBookTest, TheFirstAcknowledgementHolds) {
  const std::vector<uint64_t> a = {fire("A")};
  EXPECT_THAT(marks_->acknowledge(a, "mine", ada_).value(), IsEmpty());
  t_->advance(minutes(1));
  const uint64_t before = commits();
  EXPECT_THAT(marks_->acknowledge(a, "no, mine", grace_).value(), IsEmpty());
  const MarkRef mark = marks_->find(a[0]);
  ASSERT_NE(mark, nullptr);
  EXPECT_EQ(mark->acknowledged->by, "user:ada");
  EXPECT_EQ(mark->acknowledged->comment, "mine");
  EXPECT_THAT(history(a[0]), ElementsAre("fired", "acknowledged"));
  EXPECT_LE(commits() - before, 1U);
}

TEST_P(MarkBookTest, AMarkAndItsHistorySurviveARestart) {
  const std::vector<uint64_t> a = {fire("A")};
  const Time until = t_->now() + hours(2);
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  ASSERT_TRUE(marks_->snooze(a, until, "after lunch", grace_));
  const Mark before = *marks_->find(a[0]);
  restart();
  ASSERT_NE(marks_->find(a[0]), nullptr);
  EXPECT_EQ(*marks_->find(a[0]), before);
  EXPECT_EQ(marks_->next_waking(t_->now()), until);
  ASSERT_TRUE(marks_->unsnooze(a, ada_));
  ASSERT_TRUE(marks_->unacknowledge(a, ada_));
  EXPECT_FALSE(marks_->find(a[0])->acknowledged);
  EXPECT_EQ(marks_->find(a[0])->snoozed->until, t_->now()) << "it stays, so that others are told";
  ASSERT_TRUE(alerts_->put({alert("A", Duration(0))}));
  EXPECT_THAT(history(a[0]), ElementsAre("fired", "acknowledged", "snoozed", "unsnoozed",
                                         "unacknowledged", "resolved"));
  EXPECT_EQ(marks_->find(a[0]), nullptr);
  EXPECT_EQ(rows(), 0U);
}

TEST_P(MarkBookTest, TakingAwayWhatIsNotThereIsFine) {
  const std::vector<uint64_t> a = {fire("A")};
  EXPECT_THAT(marks_->unacknowledge(a, ada_).value(), IsEmpty());
  EXPECT_THAT(marks_->unsnooze(a, ada_).value(), IsEmpty());
  EXPECT_THAT(history(a[0]), ElementsAre("fired"));
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  ASSERT_TRUE(marks_->unacknowledge(a, ada_));
  EXPECT_EQ(marks_->find(a[0]), nullptr);
  EXPECT_EQ(rows(), 0U);
}

TEST_P(MarkBookTest, UnknownAndResolvedAlertsAreRefusedAndTheOthersMarked) {
  const uint64_t a = fire("A"), gone = fire("Gone", minutes(1));
  t_->advance(minutes(2));
  const std::vector<uint64_t> all = {a, 42, gone};
  const auto refused = marks_->acknowledge(all, "", ada_).value();
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_EQ(refused[0].fingerprint, 42U);
  EXPECT_EQ(refused[0].why.code, Code::kNotFound);
  EXPECT_THAT(refused[0].why.message, HasSubstr("no posted alert '000000000000002a'"));
  EXPECT_EQ(refused[1].why.code, Code::kFailedPrecondition);
  EXPECT_THAT(refused[1].why.message, HasSubstr("is resolved since"));
  EXPECT_NE(marks_->find(a), nullptr);
}

TEST_P(MarkBookTest, BadTimesCommentsAndTooManyAreRefused) {
  const std::vector<uint64_t> a = {fire("A")};
  const auto error = [&](Duration lasts) {
    return marks_->snooze(a, t_->now() + lasts, "", ada_).error().message;
  };
  EXPECT_THAT(error(Duration(0)), HasSubstr("over at once"));
  EXPECT_THAT(error(-hours(1)), HasSubstr("over at once"));
  EXPECT_THAT(error(days(32)), HasSubstr("at most 31d; make a silence"));
  EXPECT_THAT(marks_->acknowledge(a, std::string(1001, 'x'), ada_).error().message,
              HasSubstr("longer than 1000 bytes"));
  const std::vector<uint64_t> many(MarkBook::kMostAtOnce + 1, a[0]);
  EXPECT_EQ(marks_->acknowledge(many, "", ada_).error().code, Code::kResourceExhausted);
  EXPECT_EQ(marks_->size(), 0U);
}

TEST_P(MarkBookTest, AFiringThatRanOutTakesItsMarkAlong) {
  const std::vector<uint64_t> a = {fire("A", minutes(5))};
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  t_->advance(minutes(10));
  ASSERT_TRUE(alerts_->put({alert("A")})) << "anew, before anybody wrote the end down";
  EXPECT_EQ(marks_->find(a[0]), nullptr);
  EXPECT_THAT(history(a[0]), ElementsAre("fired", "acknowledged", "resolved", "fired"));
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  t_->advance(hours(5));
  alerts_->expire(t_->now(), [](uint64_t) { return false; });
  t_->settle();
  EXPECT_EQ(marks_->find(a[0]), nullptr);
  EXPECT_EQ(rows(), 0U);
}

TEST_P(MarkBookTest, ARepeatBetweenTheMarkAndItsCommitIsNotLost) {
  const std::vector<uint64_t> a = {fire("A", minutes(5))};
  bool is_done = false;
  t_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && !std::exchange(is_done, true)) {
      t_->clock().advance(minutes(4));
      EXPECT_TRUE(alerts_->put({alert("A", minutes(5))}));
    }
    return std::nullopt;
  };
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  EXPECT_EQ(alerts_->find(a[0])->ends, t_->clock().now() + minutes(5));
}

TEST_P(MarkBookTest, AFailedCommitMarksNothing) {
  const std::vector<uint64_t> a = {fire("A")};
  t_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kUnavailable, "as the test wished"};
    return std::nullopt;
  };
  EXPECT_FALSE(marks_->acknowledge(a, "", ada_));
  t_->faults().before = nullptr;
  EXPECT_EQ(marks_->find(a[0]), nullptr);
  ASSERT_TRUE(marks_->acknowledge(a, "", ada_));
  EXPECT_THAT(history(a[0]), ElementsAre("fired", "acknowledged")) << "the chain is whole";
}

TEST_P(MarkBookTest, WokenAreThoseWhoseSnoozeEndedInBetween) {
  const uint64_t a = fire("A"), b = fire("B");
  const Time begin = t_->now();
  ASSERT_TRUE(marks_->snooze(std::vector{a}, begin + minutes(5), "", ada_));
  ASSERT_TRUE(marks_->snooze(std::vector{b}, begin + minutes(9), "", ada_));
  EXPECT_THAT(marks_->take_woken(begin + minutes(4)), IsEmpty());
  EXPECT_THAT(marks_->take_woken(begin + minutes(5)), ElementsAre(a));
  EXPECT_THAT(marks_->take_woken(begin + minutes(5)), IsEmpty()) << "once";
  EXPECT_EQ(marks_->next_waking(begin + minutes(5)), begin + minutes(9));
  ASSERT_TRUE(marks_->snooze(std::vector{a}, begin + minutes(20), "", ada_)) << "again, for longer";
  EXPECT_THAT(marks_->take_woken(begin + minutes(9)), ElementsAre(b));
  t_->advance(minutes(8));
  ASSERT_TRUE(marks_->unsnooze(std::vector{a}, ada_));
  EXPECT_THAT(marks_->take_woken(begin + minutes(9)), ElementsAre(a))
      << "by hand, at a time that was looked at already";
  ASSERT_TRUE(marks_->acknowledge(std::vector{a}, "", ada_));
  EXPECT_THAT(marks_->take_woken(begin + minutes(10)), IsEmpty()) << "another mark wakes nobody";
}

}  // namespace
}  // namespace tocsin::alert
