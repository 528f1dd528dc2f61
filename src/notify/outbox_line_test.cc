#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/outbox_audit.h"
#include "notify/outbox_world.h"

// Order, patience and what a dead receiver costs.
namespace tocsin::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

auto always(Code code, std::string message) {
  return [code, message](const Delivery&) { return std::optional(Result<>(fail(code, message))); };
}

struct Asked {
  std::string incident = "inc_1";
  bool is_page = false;
  catalog::Contact contact = webhook();
  std::string subject = "pag_1";
};

std::string put(World& w, const Asked& asked) {
  std::string id;
  const Result<> done = w.engine.run([&](engine::Tx& tx) -> Result<> {
    Message message;
    message.is_page = asked.is_page;
    message.incident_id = asked.incident;
    ASSIGN_OR_RETURN(id, w.outbox->enqueue(tx, {"page", asked.subject}, testing::ada(),
                                           asked.contact, std::move(message)));
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  w.engine.settle();
  return id;
}

std::vector<std::string> ids_sent(const World& w) {
  std::vector<std::string> ids;
  for (const Delivery& d : w.transport.sent()) ids.push_back(d.id);
  return ids;
}

class OutboxLine : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  engine::testing::TestEngine::Options on_backend() const { return {.backend = GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Backends, OutboxLine, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(OutboxLine, ANotificationToAWebhookIsTriedForTwoDaysAndNotLonger) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const Time begin = w.engine.now();
  const std::string id = put(w, {});
  w.engine.advance(hours(48) - seconds(1));
  EXPECT_EQ(w.status(id).state, RowState::kPending);
  w.engine.advance(seconds(2));

  EXPECT_EQ(w.status(id).state, RowState::kFailed);
  EXPECT_THAT(w.status(id).detail, HasSubstr("tries failed within 2d; the last: answered 503"));
  EXPECT_EQ(read_row(w.engine.reader(), id).value()->finished, begin + hours(48));
  EXPECT_GT(w.transport.sent().size(), 80U);
  EXPECT_LT(w.transport.sent().size(), 150U);
  // The timeline tells of the first tries and of the end.
  EXPECT_THAT(w.engine.kinds(), SizeIs(16 + 1));
}

TEST_P(OutboxLine, AReceiverThatComesBackGetsItWithinHalfAnHour) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const std::string id = put(w, {});
  w.engine.advance(hours(30));
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  w.engine.advance(minutes(36));
  EXPECT_EQ(w.status(id).state, RowState::kSent);
}

TEST_P(OutboxLine, ATestAndAPageAreNotTriedForDays) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const std::string page = put(w, {.is_page = true});
  const Result<> done = w.engine.run([&](engine::Tx& tx) -> Result<> {
    Message message;
    message.is_page = false;
    RETURN_IF_ERROR(
        w.outbox->enqueue(tx, {kTestSubject, "tst_1"}, testing::ada(), webhook(), message));
    return {};
  });
  EXPECT_TRUE(done);
  w.engine.advance(hours(2));
  EXPECT_EQ(w.status(page).attempts, 10);
  EXPECT_THAT(w.transport.sent(), SizeIs(10 + 16));
}

TEST_P(OutboxLine, ALaterMessageWaitsForTheEndOfTheEarlierOne) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const std::string first = put(w, {}), second = put(w, {}), third = put(w, {});
  EXPECT_THAT(ids_sent(w), ElementsAre(first));
  EXPECT_EQ(w.status(second).state, RowState::kHeld);
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  w.engine.advance(seconds(2));
  EXPECT_THAT(ids_sent(w), ElementsAre(first, first, second, third));
}

TEST_P(OutboxLine, ARefusalForGoodLetsTheNextGo) {
  World w(on_backend());
  w.transport.script = [&](const Delivery&) -> std::optional<Result<>> { return std::nullopt; };
  const std::string first = put(w, {}), second = put(w, {});
  w.transport.answer(first, 1, fail(Code::kFailedPrecondition, "answered 404"));
  w.engine.settle();
  EXPECT_THAT(ids_sent(w), ElementsAre(first, second));
}

TEST_P(OutboxLine, OtherIncidentsReceiversAndChannelsGoTheirOwnWay) {
  World w(on_backend());
  w.transport.script = [](const Delivery& d) {
    return std::optional(d.contact == webhook() && d.message.incident_id == "inc_1"
                             ? Result<>(fail(Code::kUnavailable, "answered 503"))
                             : Result<>());
  };
  put(w, {});
  const catalog::Contact mail{.kind = catalog::Contact::Kind::kMail, .address = "a@example.org"};
  for (const Asked& other : {Asked{.incident = "inc_2"}, Asked{.contact = webhook("other")},
                             Asked{.contact = mail}, Asked{.incident = ""}}) {
    EXPECT_EQ(w.status(put(w, other)).state, RowState::kSent);
  }
}

TEST_P(OutboxLine, APageWaitsForNobody) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const std::string told = put(w, {});
  const std::string page = put(w, {.is_page = true});
  const std::string again = put(w, {.is_page = true});
  EXPECT_THAT(ids_sent(w), ElementsAre(told, page, again));
}

TEST_P(OutboxLine, TheEndOfAnIncidentDoesNotWaitForAPageThatNobodyWants) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  const std::string page = put(w, {.is_page = true});
  w.engine.advance(minutes(3));  // the next try is a minute away
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  w.listener.unwanted = {"pag_1"};
  const std::string end = put(w, {.subject = "over"});
  EXPECT_EQ(w.status(page).state, RowState::kDropped);
  EXPECT_EQ(w.status(end).state, RowState::kSent);
}

TEST_P(OutboxLine, ANotificationWaitsForAPageThatIsStillWanted) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "answered 503");
  put(w, {.is_page = true});
  const std::string told = put(w, {.subject = "channel"});
  EXPECT_EQ(w.status(told).state, RowState::kHeld);
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  w.engine.advance(seconds(2));
  EXPECT_EQ(w.status(told).state, RowState::kSent);
}

TEST_P(OutboxLine, TheOrderOutlivesACrash) {
  World w(on_backend());
  w.transport.script = [](const Delivery&) { return std::optional<Result<>>(); };
  const std::string first = put(w, {}), second = put(w, {});
  w.crash();
  const std::string third = put(w, {});
  EXPECT_THAT(ids_sent(w), ElementsAre(first, first));
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  EXPECT_TRUE(w.transport.answer(first, 2, {}));
  w.engine.settle();
  EXPECT_THAT(ids_sent(w), ElementsAre(first, first, second, third));
}

TEST_P(OutboxLine, TheAuditorFreesWhatWaitsForNothing) {
  World w(on_backend());
  w.transport.script = [](const Delivery&) { return std::optional<Result<>>(); };
  const std::string first = put(w, {}), second = put(w, {});
  std::vector<std::string> found;
  EXPECT_TRUE(w.engine.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(found, mend_outbox(tx));
    return {};
  }));
  EXPECT_THAT(found, IsEmpty());
  EXPECT_TRUE(w.engine.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec("UPDATE outbox SET line = NULL WHERE id = $1", first));
    ASSIGN_OR_RETURN(found, mend_outbox(tx));
    return {};
  }));
  w.engine.settle();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], HasSubstr(second));
  EXPECT_THAT(ids_sent(w), ElementsAre(first, second));
}

TEST_P(OutboxLine, WhatHasEndedKeepsNoAddressInItsLine) {
  World w(on_backend());
  put(w, {});
  const auto rows = w.engine.reader().query("SELECT count(*) FROM outbox WHERE line IS NOT NULL");
  EXPECT_EQ(rows.value().at(0).integer(0), 0);
}

TEST_P(OutboxLine, ACrowdBeforeADeadReceiverIsThinnedAfterTheShortLife) {
  World w(on_backend(), {.patient_queue = 3});
  w.transport.script = always(Code::kUnavailable, "answered 503");
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(put(w, {.incident = fmt::format("inc_{}", i)}));
  w.engine.advance(hours(20));
  const auto failed = std::ranges::count_if(
      ids, [&](const std::string& id) { return w.status(id).state == RowState::kFailed; });
  EXPECT_EQ(failed, 2);  // three wait, and one is looked at
  EXPECT_THAT(w.listener.outcomes.at(0).detail, HasSubstr("3 messages wait for this receiver"));
  w.engine.advance(hours(30));
  EXPECT_THAT(w.listener.outcomes, SizeIs(6));
}

// A dead, a fickle and a sound receiver, messages of three incidents in any order, crashes, two
// days and more.
class TwoDays {
 public:
  explicit TwoDays(uint64_t seed) : rng_(seed), world_({.seed = seed + 2'000'000}) {
    world_.transport.script = [this](const Delivery& d) { return on_send(d); };
  }

  void run() {
    for (int i = 0; i < 45; ++i) {
      switch (rng_.below(6)) {
        case 0: world_.crash(); break;
        case 1: advance(minutes(static_cast<int64_t>(rng_.below(90)))); break;
        case 2: advance(seconds(static_cast<int64_t>(rng_.below(20)))); break;
        default: enqueue();
      }
    }
    while (world_.engine.now() < enqueued_.back().at + hours(49)) {
      advance(hours(5));
      if (rng_.below(3) == 0) world_.crash();
    }
  }

  void check() {
    EXPECT_EQ(world_.listener.outcomes.size(), enqueued_.size());
    for (const Enqueued& one : enqueued_) {
      const auto row = read_row(world_.engine.reader(), one.id).value();
      const Duration lived = *row->finished - one.at;
      EXPECT_LE(row->delivery.attempts, one.is_page ? 10 : 150) << one.id;
      if (one.host == "sound" && one.is_page) {
        EXPECT_EQ(lived, Duration(0));
      }
      if (one.host == "sound") {
        EXPECT_EQ(row->state, RowState::kSent);
        EXPECT_LE(lived, seconds(1));  // whatever befell the others
      }
      if (one.host == "dead") {
        EXPECT_EQ(row->state, RowState::kFailed);
      }
      if (one.host == "dead" && !one.is_page) {
        EXPECT_GE(lived, hours(48));
        EXPECT_LE(lived, hours(48) + minutes(1));
        ++given_up;
      }
    }
    EXPECT_EQ(late_pages_, 0);
    EXPECT_EQ(overtakings_, 0);
  }
  int given_up = 0;

 private:
  struct Enqueued {
    std::string id, incident, host;
    bool is_page = false;
    Time at;
  };

  void advance(Duration by) { world_.engine.advance(by); }

  std::optional<Result<>> on_send(const Delivery& d) {
    const std::string host(host_of(d.contact.address));
    for (const Enqueued& earlier : enqueued_) {
      if (earlier.id == d.id) {
        if (d.message.is_page && d.attempts == 1) late_pages_ += world_.engine.now() != earlier.at;
        break;
      }
      if (d.message.is_page || earlier.incident != d.message.incident_id || earlier.host != host) {
        continue;
      }
      overtakings_ += is_finished(world_.status(earlier.id).state) ? 0 : 1;
    }
    if (host == "sound") return Result<>();
    const uint64_t fate = host == "dead" ? rng_.below(2) : rng_.below(3);
    if (fate == 0) return Result<>(fail(Code::kUnavailable, "answered 503"));
    if (fate == 1) return Result<>(fail(Code::kDeadlineExceeded, "no answer"));
    return Result<>();
  }

  void enqueue() {
    const std::array<std::string, 3> hosts{"dead", "fickle", "sound"};
    Enqueued one{.incident = fmt::format("inc_{}", rng_.below(3)), .host = hosts[rng_.below(3)]};
    one.is_page = rng_.below(3) == 0;
    one.at = world_.engine.now();
    const Result<> done = world_.engine.run([&](engine::Tx& tx) -> Result<> {
      Message message;
      message.is_page = one.is_page;
      message.incident_id = one.incident;
      ASSIGN_OR_RETURN(one.id, world_.outbox->enqueue(tx, {"page", "pag_1"}, testing::ada(),
                                                      webhook(one.host), std::move(message)));
      enqueued_.push_back(one);
      return {};
    });
    EXPECT_TRUE(done);
    world_.engine.settle();
  }

  SeededRng rng_;
  std::vector<Enqueued> enqueued_;
  int late_pages_ = 0, overtakings_ = 0;
  World world_;
};

TEST(OutboxLineProperty, OrderPatienceAndOneEndWhateverTheReceiversDo) {
  int given_up = 0;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    TwoDays life(seed);
    life.run();
    life.check();
    if (HasFailure()) return;
    given_up += life.given_up;
  }
  EXPECT_GT(given_up, 40);
}

}  // namespace
}  // namespace tocsin::notify
