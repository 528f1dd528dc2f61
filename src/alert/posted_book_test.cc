#include "alert/posted_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "alert/history_store.h"
#include "alert/posted_store.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::PostedAlert;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Heard final : PostedListener {
  void on_posted(std::span<const routing::PostedAlertRef> changed) override {
    for (const auto& alert : changed) names.emplace_back(alert->labels.get("alertname"));
  }
  std::vector<std::string> names;
};

class PostedBookTest : public store::testing::BackendTest {
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
  void open(PostedBook::Limits limits = {}) {
    limits_ = limits;
    book_.emplace(PostedBook::Parts{t_->engine(), t_->clock(), t_->log(), t_->metrics()}, limits);
    book_->listen(heard_);
    ASSERT_TRUE(book_->load(t_->reader()));
  }
  void restart() {
    t_->engine().stop(Duration(0));
    book_.reset();
    t_->restart();
    open(limits_);
  }

  PostedAlert alert(const std::string& name, Duration lasts = minutes(4)) {
    PostedAlert a;
    a.labels = Labels::of({{"alertname", name}, {"job", "shop"}});
    a.annotations = Labels::of({{"summary", "it hurts"}});
    a.starts = start_;
    a.ends = t_->now() + lasts;
    a.updated = t_->now();
    return a;
  }
  PostedAlert resolved(const std::string& name) { return alert(name, Duration(0)); }
  routing::PostedAlertRef find(const std::string& name) {
    return book_->find(alert(name).fingerprint());
  }
  bool is_firing(const std::string& name) { return !find(name)->is_resolved(t_->now()); }
  Time expire(bool is_held = false) {
    const Time next = book_->expire(t_->now(), [=](uint64_t) { return is_held; });
    t_->settle();
    return next;
  }
  uint64_t commits() { return t_->metrics().counter("tocsin_engine_commits_total", "").value(); }
  AlertHistory history(const std::string& name) {
    const uint64_t fingerprint = alert(name).fingerprint();
    return *history_of_alert(t_->reader(), fingerprint, book_->last_entry(fingerprint), 100);
  }

  std::optional<engine::testing::TestEngine> t_;
  Heard heard_;
  PostedBook::Limits limits_;
  std::optional<PostedBook> book_;
  Time start_ = from_micros(1'767'571'200'000'000);
};
INSTANTIATE_TEST_SUITE_P(Backends, PostedBookTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(PostedBookTest, NewAlertIsCommittedWithItsEntryAndHeard) {
  ASSERT_TRUE(book_->put({alert("A"), alert("B")}));
  EXPECT_EQ(book_->size(), 2u);
  EXPECT_THAT(heard_.names, ElementsAre("A", "B"));
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired", "posted_alert.fired"));
  const auto entry = t_->logbook()[0].entry;
  EXPECT_EQ(entry.subject_id, routing::fingerprint_text(alert("A").fingerprint()));
  EXPECT_EQ(entry.actor.to_text(), "system:alertmanager-api");
  EXPECT_EQ(entry.data.at("labels"), "{alertname=\"A\", job=\"shop\"}");
  ASSERT_EQ(all_posted(t_->reader())->size(), 2u);
}

TEST_P(PostedBookTest, RepeatCostsNoCommitAndMovesTheEnd) {
  ASSERT_TRUE(book_->put({alert("A")}));
  const auto before = commits();
  heard_.names.clear();
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(book_->put({alert("A")}));
  EXPECT_EQ(commits(), before);
  EXPECT_THAT(heard_.names, IsEmpty());
  EXPECT_EQ(find("A")->ends, t_->now() + minutes(4));
  EXPECT_EQ(find("A")->updated, t_->now());
}

TEST_P(PostedBookTest, WhatWasToEndFarAwayIsForgottenSoonAfterItIsResolved) {
  ASSERT_TRUE(book_->put({alert("A", days(3650))}));
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(book_->put({resolved("A")}));
  for (int i = 0; i < 6; ++i) {
    t_->clock().advance(minutes(5));
    expire();
  }
  EXPECT_EQ(book_->size(), 0u);
}

TEST_P(PostedBookTest, PutInIsOneCommitWithWhatItsCallerWrites) {
  const auto by = store::system_actor("test");
  const auto post = [&](engine::Tx& tx, Result<> end) -> Result<> {
    RETURN_IF_ERROR(book_->put_in(tx, {alert("A"), alert("A")}, by));
    return end;
  };
  EXPECT_FALSE(t_->run([&](engine::Tx& tx) { return post(tx, invalid("no")); }));
  EXPECT_EQ(find("A"), nullptr);
  EXPECT_THAT(t_->kinds(), IsEmpty());
  EXPECT_TRUE(t_->run([&](engine::Tx& tx) { return post(tx, {}); }));
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired"));
  EXPECT_THAT(heard_.names, ElementsAre("A", "A"));
  EXPECT_TRUE(t_->run([&](engine::Tx& tx) { return book_->put_in(tx, {resolved("A")}, by); }));
  EXPECT_FALSE(is_firing("A"));
}

TEST_P(PostedBookTest, PutInFailsItsCallerAtALimit) {
  open({.max_alerts = 1});
  ASSERT_TRUE(book_->put({alert("A")}));
  const auto full = t_->run([&](engine::Tx& tx) {
    return book_->put_in(tx, {alert("A"), alert("B")}, store::system_actor("test"));
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kResourceExhausted);
  EXPECT_EQ(find("B"), nullptr);
}

TEST_P(PostedBookTest, RepeatWithoutAStartKeepsTheFirstOne) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(1));
  PostedAlert again = alert("A");
  again.starts = t_->now();
  const auto before = commits();
  ASSERT_TRUE(book_->put({again}));
  EXPECT_EQ(commits(), before);
  EXPECT_EQ(find("A")->starts, start_);
}

TEST_P(PostedBookTest, RepeatKeepsALaterEndThatWasAskedFor) {
  PostedAlert long_one = alert("A", hours(1));
  ASSERT_TRUE(book_->put({long_one}));
  ASSERT_TRUE(book_->put({alert("A", minutes(4))}));
  EXPECT_EQ(find("A")->ends, long_one.ends);
  // An end that was only the default gives way.
  PostedAlert default_end = alert("B", hours(1));
  default_end.is_timeout = true;
  ASSERT_TRUE(book_->put({default_end}));
  ASSERT_TRUE(book_->put({alert("B", minutes(4))}));
  EXPECT_EQ(find("B")->ends, t_->now() + minutes(4));
}

TEST_P(PostedBookTest, OtherAnnotationsAreWrittenButAreNoTransition) {
  ASSERT_TRUE(book_->put({alert("A")}));
  PostedAlert other = alert("A");
  other.annotations = Labels::of({{"summary", "it hurts more"}});
  ASSERT_TRUE(book_->put({other}));
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired"));
  EXPECT_EQ(heard_.names.size(), 2u);
  restart();
  EXPECT_EQ(find("A")->annotations.get("summary"), "it hurts more");
}

TEST_P(PostedBookTest, ResolveIsCommittedOnceAndARepeatOfItIsNot) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(1));
  const PostedAlert end = resolved("A");
  ASSERT_TRUE(book_->put({end}));
  EXPECT_FALSE(is_firing("A"));
  const auto before = commits();
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(book_->put({end}));
  EXPECT_EQ(commits(), before);
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired", "posted_alert.resolved"));
}

TEST_P(PostedBookTest, ResolveOfWhatWasNeverPostedIsNothing) {
  ASSERT_TRUE(book_->put({resolved("A")}));
  EXPECT_EQ(book_->size(), 0u);
  EXPECT_THAT(t_->kinds(), IsEmpty());
}

TEST_P(PostedBookTest, FiresAnewAfterAResolve) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(book_->put({resolved("A")}));
  t_->clock().advance(minutes(1));
  start_ = t_->now();
  ASSERT_TRUE(book_->put({alert("A")}));
  EXPECT_TRUE(is_firing("A"));
  EXPECT_EQ(find("A")->starts, start_);
  EXPECT_THAT(t_->kinds(),
              ElementsAre("posted_alert.fired", "posted_alert.resolved", "posted_alert.fired"));
}

TEST_P(PostedBookTest, PostsOfOneAlertInOneCommitMergeInTheirOrder) {
  // In one request.
  PostedAlert earlier = alert("A");
  earlier.starts = start_ - minutes(5);
  ASSERT_TRUE(book_->put({alert("A"), earlier, alert("B"), alert("A")}));
  EXPECT_EQ(find("A")->starts, start_ - minutes(5));
  EXPECT_EQ(book_->size(), 2u);
  EXPECT_EQ(t_->kinds().size(), 2u);
}

TEST_P(PostedBookTest, FailedCommitLeavesNothingBehind) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(1));
  t_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kResourceExhausted, "the disk is full"};
    return std::nullopt;
  };
  EXPECT_EQ(book_->put({resolved("A"), alert("B")}).error().code, Code::kResourceExhausted);
  t_->faults().before = {};
  EXPECT_TRUE(is_firing("A"));
  EXPECT_EQ(find("B"), nullptr);
  // Nor does the writer remember it: B is new again.
  ASSERT_TRUE(book_->put({alert("B")}));
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired", "posted_alert.fired"));
  EXPECT_TRUE(book_->put({resolved("A")}));
  EXPECT_EQ(t_->kinds().back(), "posted_alert.resolved");
}

TEST_P(PostedBookTest, FailedStatementTakesBackItsOwnRequestAlone) {
  int inserts = 0;
  t_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("INSERT INTO posted_alert") && ++inserts == 2) {
      return Error{Code::kUnavailable, "busy"};
    }
    return std::nullopt;
  };
  EXPECT_FALSE(book_->put({alert("A"), alert("A"), alert("B")}));
  EXPECT_EQ(book_->size(), 0u);
  ASSERT_TRUE(book_->put({alert("A"), alert("B")}));
  EXPECT_EQ(book_->size(), 2u);
  EXPECT_EQ(t_->kinds().size(), 2u);
}

TEST_P(PostedBookTest, AlertThatNobodyPostsAgainIsWrittenAsResolved) {
  ASSERT_TRUE(book_->put({alert("A"), alert("B", minutes(10))}));
  heard_.names.clear();
  EXPECT_EQ(expire(), t_->now() + minutes(4));
  EXPECT_THAT(heard_.names, IsEmpty());
  t_->clock().advance(minutes(4));
  expire();
  EXPECT_THAT(heard_.names, ElementsAre("A"));
  EXPECT_EQ(t_->kinds().back(), "posted_alert.resolved");
  EXPECT_EQ(t_->logbook().back().entry.happened, start_ + minutes(4));
  EXPECT_TRUE(is_firing("B"));
  heard_.names.clear();
  expire();
  EXPECT_THAT(heard_.names, IsEmpty());
}

TEST_P(PostedBookTest, EndIsWrittenAgainWhenTheDatabaseRefusedIt) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(4));
  t_->faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kUnavailable, "busy"};
    return std::nullopt;
  };
  expire();
  t_->faults().before = {};
  t_->clock().advance(seconds(1));
  expire();
  EXPECT_EQ(t_->kinds().back(), "posted_alert.resolved");
}

TEST_P(PostedBookTest, ResolvedOnesAreForgottenUnlessHeld) {
  ASSERT_TRUE(book_->put({alert("A")}));
  ASSERT_TRUE(book_->put({resolved("A")}));
  t_->clock().advance(minutes(15));
  expire(/*is_held=*/true);
  EXPECT_NE(find("A"), nullptr);
  t_->clock().advance(minutes(1));
  expire();
  EXPECT_EQ(find("A"), nullptr);
  EXPECT_EQ(book_->size(), 0u);
  EXPECT_THAT(*all_posted(t_->reader()), IsEmpty());
  // Its history is kept, and goes on when it fires anew.
  EXPECT_EQ(history("A").entries.size(), 2u);
  start_ = t_->now();
  ASSERT_TRUE(book_->put({alert("A")}));
  const auto entries = history("A").entries;
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].entry.kind, "posted_alert.fired");
  EXPECT_EQ(entries[1].entry.kind, "posted_alert.resolved");
  EXPECT_EQ(entries[2].entry.kind, "posted_alert.fired");
  EXPECT_LT(entries[1].seq, entries[2].seq);
}

TEST_P(PostedBookTest, AfterARestartAFiringAlertIsGivenItsTimeAgain) {
  ASSERT_TRUE(book_->put({alert("A"), alert("B")}));
  ASSERT_TRUE(book_->put({resolved("B")}));
  t_->clock().advance(hours(2));
  restart();
  EXPECT_TRUE(is_firing("A"));
  EXPECT_EQ(find("A")->ends, t_->now() + minutes(4));
  EXPECT_FALSE(is_firing("B"));
  // What its sender says then holds, even if it is earlier.
  ASSERT_TRUE(book_->put({alert("A", minutes(1))}));
  EXPECT_EQ(find("A")->ends, t_->now() + minutes(1));
  t_->clock().advance(minutes(4));
  expire();
  EXPECT_FALSE(is_firing("A"));
}

TEST_P(PostedBookTest, TimeGivenAgainIsNeverMoreThanTheSenderAskedFor) {
  ASSERT_TRUE(book_->put({alert("A", minutes(4))}));
  for (int i = 0; i < 3; ++i) {
    t_->clock().advance(minutes(3));
    restart();
    EXPECT_EQ(find("A")->ends, t_->clock().now() + minutes(4));
    t_->clock().jump(hours(1));
    book_->clock_was_set(t_->clock().now());
    EXPECT_EQ(find("A")->ends, t_->clock().now() + minutes(4));
  }
}

TEST_P(PostedBookTest, ClockThatIsSetForwardEndsNothing) {
  ASSERT_TRUE(book_->put({alert("A", minutes(4))}));
  heard_.names.clear();
  t_->clock().jump(hours(1));
  book_->clock_was_set(t_->clock().now());
  expire();
  EXPECT_FALSE(find("A")->is_resolved(t_->clock().now()));
  EXPECT_THAT(heard_.names, ElementsAre("A"));
  t_->clock().advance(minutes(5));
  expire();
  EXPECT_TRUE(find("A")->is_resolved(t_->clock().now()));
}

TEST_P(PostedBookTest, ClockThatIsSetBackBringsNothingBack) {
  ASSERT_TRUE(book_->put({alert("A"), alert("B", minutes(1))}));
  t_->clock().advance(minutes(2));
  ASSERT_TRUE(book_->put({resolved("A")}));
  expire();  // B ran out
  t_->clock().jump(-hours(1));
  for (const char* name : {"A", "B"}) EXPECT_TRUE(find(name)->is_resolved(t_->clock().now()));
  book_->clock_was_set(t_->clock().now());
  restart();
  for (const char* name : {"A", "B"}) EXPECT_TRUE(find(name)->is_resolved(t_->clock().now()));
}

TEST_P(PostedBookTest, PostsAreTakenAfterTheClockWasSetBack) {
  ASSERT_TRUE(book_->put({alert("A", hours(24)), alert("B")}));
  ASSERT_TRUE(book_->put({resolved("B")}));
  t_->clock().jump(-hours(1));
  start_ = t_->clock().now();
  const auto now_resolved = [&](PostedAlert one) {
    one.ends = one.updated = t_->clock().now();
    return one;
  };
  PostedAlert fires = alert("B");
  fires.updated = t_->clock().now();
  fires.ends = t_->clock().now() + minutes(4);
  ASSERT_TRUE(book_->put({now_resolved(alert("A")), fires}));
  EXPECT_TRUE(find("A")->is_resolved(t_->clock().now()));
  EXPECT_FALSE(find("B")->is_resolved(t_->clock().now()));
  EXPECT_EQ(find("B")->ends, t_->clock().now() + minutes(4));
}

TEST_P(PostedBookTest, ThatRanOutUnnoticedAndFiresAnewWasResolvedBetween) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(10));
  start_ = t_->now();
  ASSERT_TRUE(book_->put({alert("A")}));
  EXPECT_THAT(t_->kinds(),
              ElementsAre("posted_alert.fired", "posted_alert.resolved", "posted_alert.fired"));
}

TEST_P(PostedBookTest, BeyondALimitNewOnesAreLeftOutAndTheOthersAreKept) {
  book_.reset();
  open({.max_alerts = 2});
  const auto refused = book_->put({alert("A"), alert("B"), alert("C")});
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
  EXPECT_EQ(book_->size(), 2u);
  EXPECT_TRUE(book_->put({resolved("A")}));
}

TEST_P(PostedBookTest, LimitOfOneNameLeavesOtherNamesAlone) {
  book_.reset();
  open({.per_alertname = 1});
  PostedAlert second = alert("A");
  second.labels = Labels::of({{"alertname", "A"}, {"job", "other"}});
  const auto refused = book_->put({alert("A"), second, alert("B")});
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("of the name A"));
  EXPECT_EQ(book_->size(), 2u);
}

TEST_P(PostedBookTest, WhatAReaderHasDoesNotChangeWhenItIsPostedAgain) {
  ASSERT_TRUE(book_->put({alert("A")}));
  const Time first_end = find("A")->ends;
  t_->clock().advance(minutes(1));
  const auto held = find("A");
  ASSERT_TRUE(book_->put({alert("A")}));
  EXPECT_EQ(held->ends, first_end);
  EXPECT_EQ(find("A")->ends, t_->now() + minutes(4));
  EXPECT_EQ(find("A")->annotations, held->annotations);
}

TEST_P(PostedBookTest, RepeatsAndNewsOfOneRequestAreToldApart) {
  std::vector<PostedAlert> posts;
  for (int i = 0; i < 200; ++i) posts.push_back(alert("A" + std::to_string(i)));
  ASSERT_TRUE(book_->put(posts));
  heard_.names.clear();
  t_->clock().advance(minutes(1));
  std::vector<std::string> changed;
  for (size_t i = 0; i < posts.size(); ++i) {
    posts[i] = alert("A" + std::to_string(i));
    if (i % 3 != 0) continue;
    posts[i].annotations = Labels::of({{"summary", "it hurts more"}});
    changed.push_back("A" + std::to_string(i));
  }
  posts.insert(posts.begin() + 100, alert("new"));
  changed.insert(changed.begin() + 34, "new");
  ASSERT_TRUE(book_->put(posts));
  EXPECT_THAT(heard_.names, ::testing::UnorderedElementsAreArray(changed));
  for (const PostedAlert& post : posts) {
    const auto known = book_->find(post.fingerprint());
    EXPECT_EQ(known->annotations, post.annotations) << post.labels.to_text();
    EXPECT_EQ(known->ends, post.ends) << post.labels.to_text();
  }
}

TEST_P(PostedBookTest, WhatStandsLastInARequestHolds) {
  ASSERT_TRUE(book_->put({alert("A"), alert("B")}));
  PostedAlert other = alert("A");
  other.annotations = Labels::of({{"summary", "it hurts more"}});
  // The last one says what is known already, but not what stands before it.
  ASSERT_TRUE(book_->put({other, alert("B"), alert("A")}));
  EXPECT_EQ(find("A")->annotations, alert("A").annotations);
  restart();
  EXPECT_EQ(find("A")->annotations, alert("A").annotations);
}

TEST_P(PostedBookTest, EndThatARepeatMovesBeforeTheCommitHolds) {
  ASSERT_TRUE(book_->put({alert("A")}));
  PostedAlert other = alert("A");
  other.annotations = Labels::of({{"summary", "it hurts more"}});
  PostedAlert repeat = alert("A", minutes(9));
  repeat.updated = t_->now() + seconds(1);
  bool has_come = false;
  t_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    // The writer has looked at the alert and made its statements.
    if (sql == "COMMIT" && !std::exchange(has_come, true)) EXPECT_TRUE(book_->put({repeat}));
    return std::nullopt;
  };
  ASSERT_TRUE(book_->put({other}));
  ASSERT_TRUE(has_come);
  EXPECT_EQ(find("A")->annotations, other.annotations);
  EXPECT_EQ(find("A")->ends, repeat.ends);
  EXPECT_EQ(find("A")->updated, repeat.updated);
  // So it is not written as resolved at the end that the other post had.
  t_->clock().advance(minutes(5));
  expire();
  EXPECT_TRUE(is_firing("A"));
  EXPECT_THAT(t_->kinds(), ElementsAre("posted_alert.fired"));
}

TEST_P(PostedBookTest, RepeatBeforeTheCommitOfAResolveFiresAnew) {
  ASSERT_TRUE(book_->put({alert("A")}));
  t_->clock().advance(minutes(1));
  bool has_come = false;
  t_->faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && !std::exchange(has_come, true)) EXPECT_TRUE(book_->put({alert("A")}));
    return std::nullopt;
  };
  ASSERT_TRUE(book_->put({resolved("A")}));
  t_->settle();
  ASSERT_TRUE(has_come);
  EXPECT_TRUE(is_firing("A"));
  EXPECT_THAT(t_->kinds(),
              ElementsAre("posted_alert.fired", "posted_alert.resolved", "posted_alert.fired"));
}

TEST_P(PostedBookTest, ManyNewOnesHaveTheirEntriesWithoutAGap) {
  std::vector<PostedAlert> alerts;
  for (int i = 0; i < 75; ++i) alerts.push_back(alert("A\"\n" + std::to_string(i)));
  ASSERT_TRUE(book_->put(alerts));
  EXPECT_EQ(commits(), 1u);
  const auto entries = t_->logbook();
  ASSERT_EQ(entries.size(), 75u);
  for (int64_t i = 0; i < 75; ++i) {
    const auto& [seq, recorded, entry] = entries[static_cast<size_t>(i)];
    const PostedAlert& posted = alerts[static_cast<size_t>(i)];
    EXPECT_EQ(seq, i + 1);
    EXPECT_EQ(entry.subject_id, routing::fingerprint_text(posted.fingerprint()));
    EXPECT_EQ(codec::to_text(entry.data),
              codec::to_text(codec::JsonObject{{"labels", posted.labels.to_text()}}));
    EXPECT_EQ(entry.happened, start_);
    EXPECT_EQ(book_->last_entry(posted.fingerprint()), seq);
  }
  const auto rows = all_posted(t_->reader());
  ASSERT_EQ(rows->size(), 75u);
  for (const PostedRow& row : *rows) {
    EXPECT_EQ(row.place.number, row.place.last_entry);
    EXPECT_EQ(row.alert.labels, alerts[static_cast<size_t>(row.place.number - 1)].labels);
    EXPECT_EQ(row.alert.annotations, alerts[0].annotations);
    EXPECT_FALSE(row.is_ended);
  }
}

TEST_P(PostedBookTest, EntriesOfOneRequestAreInItsOrder) {
  ASSERT_TRUE(book_->put({alert("B")}));
  ASSERT_TRUE(book_->put({alert("A"), resolved("B"), alert("C"), resolved("D"), alert("E")}));
  std::vector<std::string> told;
  for (const auto& record : t_->logbook()) {
    told.push_back(record.entry.kind.substr(13) + " " +
                   std::string(record.entry.data.at("labels").as_string()).substr(12, 1));
  }
  EXPECT_THAT(told, ElementsAre("fired B", "fired A", "resolved B", "fired C", "fired E"));
}

TEST_P(PostedBookTest, NothingOfARequestIsKeptWhenItsRowsFail) {
  ASSERT_TRUE(book_->put({alert("A")}));
  PostedAlert bad = alert("B");
  bad.generator_url = "\xff";
  EXPECT_EQ(book_->put({alert("C"), bad}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(book_->size(), 1u);
  EXPECT_FALSE(find("C"));
  ASSERT_TRUE(book_->put({alert("C")}));
  EXPECT_EQ(t_->logbook().back().seq, 2);
}

}  // namespace
}  // namespace tocsin::alert
