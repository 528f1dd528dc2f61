#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/outbox_world.h"

// Who waits for a place at a provider.
namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

const auto kNoAnswer = [](const Delivery&) { return std::optional<Result<>>(); };
const catalog::Contact kSms{.kind = catalog::Contact::Kind::kSms, .address = "+491510000056"};

class OutboxLaneTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  engine::testing::TestEngine::Options on_backend() const { return {.backend = GetParam()}; }
  bool is_sqlite() const { return GetParam() == store::Backend::kSqlite; }
};
INSTANTIATE_TEST_SUITE_P(Backends, OutboxLaneTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

std::string with(std::string sql, std::string_view from, std::string_view to) {
  const size_t at = sql.find(from);
  return at == std::string::npos ? sql : sql.replace(at, from.size(), to);
}

TEST_P(OutboxLaneTest, WhoGoesNextIsFoundWithoutReadingAllThatWait) {
  World w(on_backend(), {.tries_at_once = 1});
  w.transport.script = kNoAnswer;
  std::string asked;
  w.engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("SELECT id, is_page, created FROM outbox")) asked = sql;
    return std::nullopt;
  };
  w.enqueue("pag_1");
  w.enqueue("pag_2");
  ASSERT_THAT(asked, HasSubstr("LIMIT $2"));
  // Of a table of two rows PostgreSQL would rather read all and sort them.
  if (!is_sqlite()) {
    ASSERT_TRUE(w.engine.reader().exec("SET enable_seqscan = off"));
    ASSERT_TRUE(w.engine.reader().exec("SET enable_sort = off"));
  }
  const std::string sql = with(with(asked, "$1", "'webhook:x'"), "$2", "1");
  const auto plan =
      w.engine.reader().query((is_sqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + sql);
  ASSERT_TRUE(plan) << plan.error().message;
  std::string text;
  for (const store::Row& row : *plan) text += row.text(is_sqlite() ? 3 : 0) + "\n";
  EXPECT_THAT(text, HasSubstr("outbox_waiting"));
  EXPECT_THAT(text, Not(HasSubstr("B-TREE")));
  EXPECT_THAT(text, Not(HasSubstr("Sort")));
}

TEST_P(OutboxLaneTest, TriesThatEndTogetherWakeOneEach) {
  World w(on_backend(), {.tries_at_once = 8});
  w.transport.script = kNoAnswer;
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(w.enqueue(fmt::format("pag_{}", i)));
  ASSERT_EQ(w.transport.open_count(), 8u);
  int woken = 0;
  w.engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    woken += sql.starts_with("UPDATE outbox SET state = 'pending'") ? 1 : 0;
    return std::nullopt;
  };
  std::vector<Delivery> open = w.transport.sent();
  for (const Delivery& d : open) ASSERT_TRUE(w.transport.answer(d.id, 1, {}));
  w.engine.settle();
  EXPECT_EQ(w.transport.open_count(), 8u);
  EXPECT_THAT(w.transport.sent(), SizeIs(16));
  EXPECT_EQ(woken, 8);
}

TEST_P(OutboxLaneTest, AFreePlaceGoesToWhoHasWaitedAndNotToWhoComesJustThen) {
  World w(on_backend(), {.tries_at_once = 1});
  w.transport.script = kNoAnswer;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(w.enqueue(fmt::format("pag_{}", i)));
    w.engine.advance(milliseconds(1));
  }
  for (size_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(w.transport.answer(ids[i], 1, {})) << i;
    // In the same commit as the end that makes the place.
    if (i < 15) ids.push_back(w.enqueue(fmt::format("pag_{}", i + 5)));
    w.engine.advance(milliseconds(1));
  }
  std::vector<std::string> order;
  for (const Delivery& d : w.transport.sent()) order.push_back(d.id);
  EXPECT_EQ(order, ids);
}

TEST_P(OutboxLaneTest, AnAccountHasMorePlacesThanARelayOrAHostThatSomebodyGave) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const catalog::Contact mail{.kind = catalog::Contact::Kind::kMail, .address = "ada@example.org"};
  size_t open = 0;
  const auto places_of = [&](const catalog::Contact& contact) {
    for (int i = 0; i < 70; ++i) {
      w.enqueue(fmt::format("pag_{}_{}", open, i), contact);
    }
    const size_t before = std::exchange(open, w.transport.open_count());
    return open - before;
  };
  EXPECT_EQ(places_of(kSms), 64u);
  EXPECT_EQ(places_of(mail), 16u);
  EXPECT_EQ(places_of(webhook()), 16u);
  EXPECT_EQ(places_of(webhook("other.example.org")), 16u);
}

// ---- a provider that asks to be left alone

auto refusing(const bool& is_busy) {
  return [&is_busy](const Delivery&) -> std::optional<Result<>> {
    if (is_busy) return Result<>(fail(Code::kResourceExhausted, "answered 429"));
    return Result<>();
  };
}

TEST_P(OutboxLaneTest, AProviderThatAsksToWaitIsLeftAloneAndNoTryIsUsedUp) {
  World w(on_backend(), {.tries_at_once = 4});
  bool is_busy = true;
  w.transport.script = refusing(is_busy);
  w.transport.asked_wait = seconds(30);
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(w.enqueue(fmt::format("pag_{}", i), kSms));
  w.engine.advance(seconds(29));
  EXPECT_THAT(w.transport.sent(), SizeIs(1)) << "the first heard of the wish";
  EXPECT_EQ(w.status(ids[39]).state, RowState::kWaiting);
  EXPECT_EQ(w.status(ids[39]).attempts, 0);
  EXPECT_THAT(w.status(ids[39]).detail, HasSubstr("asked to be left alone"));
  EXPECT_THAT(w.listener.troubles, SizeIs(40)) << "their other ways begin at once";

  w.engine.advance(seconds(25));
  EXPECT_THAT(w.transport.sent(), SizeIs(2)) << "one finds out whether it is over";
  is_busy = false;
  w.transport.asked_wait = Duration(0);
  w.engine.advance(minutes(2));
  EXPECT_THAT(w.listener.outcomes, SizeIs(40));
  int tries = 0;
  for (const std::string& id : ids) {
    EXPECT_EQ(w.status(id).state, RowState::kSent);
    tries += w.status(id).attempts;
  }
  EXPECT_EQ(tries, 42);
}

TEST_P(OutboxLaneTest, AfterAPauseOneGoesFirstAndEachThatIsTakenLetsTwoGo) {
  World w(on_backend(), {.tries_at_once = 8});
  bool is_busy = true;
  w.transport.script = refusing(is_busy);
  w.transport.asked_wait = seconds(30);
  for (int i = 0; i < 40; ++i) w.enqueue(fmt::format("pag_{}", i), kSms);
  w.transport.asked_wait = Duration(0);
  w.transport.script = kNoAnswer;
  w.engine.advance(seconds(31));
  std::vector<size_t> open;
  for (int round = 0; round < 5; ++round) {
    open.push_back(w.transport.open_count());
    const std::vector<Delivery> all = w.transport.sent();
    for (const Delivery& d : all) w.transport.answer(d.id, d.attempts, {});
    w.engine.settle();
  }
  EXPECT_THAT(open, ::testing::ElementsAre(1, 2, 4, 8, 8));
}

TEST_P(OutboxLaneTest, ANotificationWaitsAsLongAsAskedAndAPageFiveMinutes) {
  World w(on_backend());
  bool is_busy = true;
  w.transport.script = refusing(is_busy);
  w.transport.asked_wait = minutes(50);
  w.enqueue("first", kSms, /*is_page=*/false);
  const std::string note = w.enqueue("note", kSms, /*is_page=*/false);
  w.engine.advance(minutes(49));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  const std::string page = w.enqueue("pag_1", kSms);
  ASSERT_THAT(w.transport.sent(), SizeIs(2)) << "the page asks whether it must be so long";
  EXPECT_EQ(w.status(page).attempts, 1);
  const std::string later = w.enqueue("pag_2", kSms);
  w.engine.advance(minutes(4));
  EXPECT_EQ(w.status(later).state, RowState::kWaiting) << "it must";
  EXPECT_EQ(w.status(later).attempts, 0);
  is_busy = false;
  w.transport.asked_wait = Duration(0);
  w.engine.advance(minutes(2));
  for (const std::string& id : {page, later, note}) {
    EXPECT_EQ(w.status(id).state, RowState::kSent);
  }
  EXPECT_EQ(w.status(note).attempts, 1);
}

TEST_P(OutboxLaneTest, ANotificationThatWaitsIsNotTakenUpAgainBeforeItsPauseIsOver) {
  World w(on_backend());
  bool is_busy = true;
  w.transport.script = refusing(is_busy);
  w.transport.asked_wait = minutes(50);
  w.enqueue("first", kSms, /*is_page=*/false);
  const std::string note = w.enqueue("note", kSms, /*is_page=*/false);
  int woken = 0;
  w.engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    woken += sql.starts_with("UPDATE outbox SET state = 'pending'") ? 1 : 0;
    return std::nullopt;
  };
  w.engine.advance(minutes(49));
  EXPECT_EQ(woken, 0) << "a page might go after 5 min, a notification may not";
  is_busy = false;
  w.transport.asked_wait = Duration(0);
  w.engine.advance(minutes(2));
  EXPECT_EQ(w.status(note).state, RowState::kSent);
  EXPECT_EQ(w.status(note).attempts, 1);
}

TEST_P(OutboxLaneTest, APauseIsNotLongerBecauseTheClockWasSetBack) {
  World w(on_backend());
  bool is_busy = true;
  w.transport.script = refusing(is_busy);
  w.transport.asked_wait = minutes(50);
  w.enqueue("first", kSms, /*is_page=*/false);
  const std::string note = w.enqueue("note", kSms, /*is_page=*/false);
  EXPECT_EQ(w.status(note).state, RowState::kWaiting);
  is_busy = false;
  w.engine.clock().jump(-hours(2));
  w.engine.advance(seconds(2));  // it is noticed
  w.engine.advance(minutes(51));
  EXPECT_EQ(w.status(note).state, RowState::kSent);
}

TEST_P(OutboxLaneTest, AMessageWhoseBrowsersMustWaitWaitsAlone) {
  World w(on_backend());
  const catalog::Contact push{.kind = catalog::Contact::Kind::kPush};
  w.transport.asked_wait_for = seconds(40);
  const std::string page = w.enqueue("pag_1", push);
  EXPECT_THAT(w.transport.sent(), IsEmpty());
  EXPECT_EQ(w.status(page).attempts, 0);
  EXPECT_THAT(w.listener.troubles, SizeIs(1));
  w.transport.asked_wait_for = Duration(0);
  const std::string other = w.enqueue("pag_2", push);
  EXPECT_EQ(w.status(other).state, RowState::kSent);
  w.engine.advance(seconds(40));
  EXPECT_EQ(w.status(page).state, RowState::kSent);
  EXPECT_EQ(w.status(page).attempts, 1);
}

}  // namespace
}  // namespace tocsin::notify
