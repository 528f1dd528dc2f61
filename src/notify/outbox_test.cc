#include "notify/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using testing::ada;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

const auto kNoAnswer = [](const Delivery&) { return std::optional<Result<>>(); };

auto always(Code code, std::string message) {
  return [code, message](const Delivery&) { return std::optional(Result<>(fail(code, message))); };
}

class OutboxTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  engine::testing::TestEngine::Options on_backend() const { return {.backend = GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Backends, OutboxTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(OutboxTest, SendsOnceAndSaysSo) {
  World w(on_backend());
  const std::string id = w.enqueue("pag_1");

  ASSERT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_EQ(w.transport.sent()[0].id, id);
  EXPECT_EQ(w.transport.sent()[0].contact.secret.reveal(), "signing-key");
  EXPECT_EQ(w.transport.sent()[0].message.answer_url, "https://tocsin.example.org/p/token");
  EXPECT_EQ(w.transport.sent()[0].attempts, 1);
  EXPECT_FALSE(w.transport.sent()[0].maybe_duplicate);
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kSent);
  EXPECT_EQ(w.status(id).state, RowState::kSent);
  EXPECT_THAT(w.engine.kinds(), ElementsAre("delivery.sent"));

  w.engine.advance(hours(1));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
}

TEST_P(OutboxTest, NothingIsSentWhenTheDecisionIsRolledBack) {
  World w(on_backend());
  const Result<> done = w.engine.run([&](engine::Tx& tx) -> Result<> {
    auto id = w.outbox->enqueue(tx, {"page", "pag_1"}, ada(), webhook(), {});
    RETURN_IF_ERROR(id);
    return fail(Code::kFailedPrecondition, "changed our mind");
  });
  EXPECT_FALSE(done);
  w.engine.advance(hours(1));
  EXPECT_THAT(w.transport.sent(), IsEmpty());
}

TEST_P(OutboxTest, TriesAgainWithDoublingWaitsUntilTheTriesAreUsedUp) {
  World w(on_backend());
  std::vector<Time> times;
  w.transport.script = [&](const Delivery&) {
    times.push_back(w.engine.now());
    return std::optional(Result<>(fail(Code::kUnavailable, "refused")));
  };
  const std::string id = w.enqueue("pag_1");
  w.engine.advance(hours(1));

  ASSERT_THAT(times, SizeIs(10));
  for (size_t i = 1; i < times.size(); ++i) {
    const double plain = std::min(300.0, static_cast<double>(1 << (i - 1)));
    const double waited = to_seconds(times[i] - times[i - 1]);
    EXPECT_GE(waited, plain * 0.8 - 1e-3) << "try " << i + 1;
    EXPECT_LE(waited, plain * 1.2 + 1e-3) << "try " << i + 1;
  }
  EXPECT_THAT(w.listener.troubles, SizeIs(9));  // the tenth failure is the outcome
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kFailed);
  EXPECT_EQ(w.listener.outcomes[0].detail, "10 tries failed; the last: refused");
  EXPECT_EQ(w.status(id).attempts, 10);
  // It was refused each time: nobody can have it twice.
  for (const Delivery& d : w.transport.sent()) EXPECT_FALSE(d.maybe_duplicate);
}

TEST_P(OutboxTest, ANotificationIsTriedLongerThanAPage) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "refused");
  w.enqueue("pag_1", {.kind = catalog::Contact::Kind::kMail, .address = "ada@example.org"},
            /*is_page=*/false);
  w.engine.advance(hours(2));
  EXPECT_THAT(w.transport.sent(), SizeIs(16));
}

TEST_P(OutboxTest, WaitsAsLongAsTheProviderAsks) {
  World w(on_backend());
  w.transport.asked_wait = seconds(90);
  w.transport.script = always(Code::kResourceExhausted, "answered 429");
  w.enqueue("pag_1");
  w.engine.advance(seconds(89));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  w.engine.advance(seconds(2));
  EXPECT_THAT(w.transport.sent(), SizeIs(2));
}

TEST_P(OutboxTest, AFinalRefusalIsNotTriedAgain) {
  World w(on_backend());
  w.transport.script = always(Code::kFailedPrecondition, "answered 404");
  w.enqueue("pag_1");
  w.engine.advance(hours(1));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_THAT(w.listener.troubles, IsEmpty());
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kFailed);
  EXPECT_EQ(w.listener.outcomes[0].detail, "answered 404");
}

TEST_P(OutboxTest, DropsWhatNobodyWantsBeforeTheFirstTryAndBetweenTries) {
  World w(on_backend());
  w.listener.unwanted = {"pag_1"};
  w.enqueue("pag_1");
  EXPECT_THAT(w.transport.sent(), IsEmpty());

  w.transport.script = always(Code::kUnavailable, "refused");
  const std::string second = w.enqueue("pag_2");
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  w.listener.unwanted.insert("pag_2");
  w.engine.advance(hours(1));

  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  ASSERT_THAT(w.listener.outcomes, SizeIs(2));
  EXPECT_EQ(w.listener.outcomes[1].id, second);
  EXPECT_EQ(w.listener.outcomes[1].outcome, Outcome::kDropped);
  EXPECT_THAT(w.engine.kinds(),
              ElementsAre("delivery.dropped", "delivery.retrying", "delivery.dropped"));
}

TEST_P(OutboxTest, ATryWithoutAnswerIsRepeatedAfterItsDeadlineAndMarked) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  w.engine.advance(seconds(59));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  w.engine.advance(seconds(5));
  ASSERT_THAT(w.transport.sent(), SizeIs(2));
  EXPECT_EQ(w.transport.sent()[1].id, id);
  EXPECT_TRUE(w.transport.sent()[1].maybe_duplicate);
  ASSERT_THAT(w.listener.troubles, SizeIs(1));
  EXPECT_EQ(w.listener.troubles[0].second.code, Code::kDeadlineExceeded);
}

TEST_P(OutboxTest, ATimeoutMarksTheNextTry) {
  World w(on_backend());
  w.transport.script = always(Code::kDeadlineExceeded, "no answer within 10s");
  w.enqueue("pag_1");
  w.engine.advance(seconds(2));
  ASSERT_THAT(w.transport.sent(), SizeIs(2));
  EXPECT_TRUE(w.transport.sent()[1].maybe_duplicate);
}

TEST_P(OutboxTest, ACrashBetweenMarkAndResultSendsAgainAtOnceAndMarked) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  ASSERT_THAT(w.transport.sent(), SizeIs(1));

  w.crash();

  ASSERT_THAT(w.transport.sent(), SizeIs(2));
  EXPECT_EQ(w.transport.sent()[1].id, id);
  EXPECT_EQ(w.transport.sent()[1].attempts, 2);
  EXPECT_TRUE(w.transport.sent()[1].maybe_duplicate);
  EXPECT_EQ(w.transport.sent()[1].contact.address, webhook().address);
  EXPECT_THAT(w.listener.troubles, IsEmpty());  // our stop is no trouble of the provider's
  EXPECT_THAT(w.engine.kinds(), ElementsAre("delivery.repeated"));

  // The first answer belongs to a process that is gone.
  EXPECT_TRUE(w.transport.answer(id, 1, {}));
  w.engine.settle();
  EXPECT_THAT(w.listener.outcomes, IsEmpty());
  EXPECT_TRUE(w.transport.answer(id, 2, {}));
  w.engine.settle();
  EXPECT_THAT(w.listener.outcomes, SizeIs(1));
}

TEST_P(OutboxTest, ACrashBeforeTheTrySendsUnmarked) {
  World w(on_backend());
  w.transport.script = always(Code::kUnavailable, "refused");
  w.enqueue("pag_1");
  w.crash();
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  w.engine.advance(seconds(2));
  ASSERT_THAT(w.transport.sent(), SizeIs(2));
  EXPECT_FALSE(w.transport.sent()[1].maybe_duplicate);
}

TEST_P(OutboxTest, CrashesUseUpTheTriesToo) {
  World w(on_backend(), {.page_tries = 3});
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  for (int i = 0; i < 5; ++i) w.crash();
  EXPECT_THAT(w.transport.sent(), SizeIs(3));
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kFailed);
  EXPECT_EQ(w.status(id).state, RowState::kFailed);
}

TEST_P(OutboxTest, ALateArrivalOfAnEarlierTryEndsTheDelivery) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  w.engine.advance(seconds(63));
  ASSERT_THAT(w.transport.sent(), SizeIs(2));

  EXPECT_TRUE(w.transport.answer(id, 1, {}));
  w.engine.settle();
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kSent);

  // The answer of the second try changes nothing, whatever it is.
  EXPECT_TRUE(w.transport.answer(id, 2, fail(Code::kUnavailable, "refused")));
  w.engine.advance(hours(1));
  EXPECT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_THAT(w.transport.sent(), SizeIs(2));
}

TEST_P(OutboxTest, ALateFailureOfAnEarlierTryDoesNotEndTheNewOne) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  w.engine.advance(seconds(63));
  EXPECT_TRUE(w.transport.answer(id, 1, fail(Code::kFailedPrecondition, "answered 404")));
  w.engine.settle();
  EXPECT_EQ(w.status(id).state, RowState::kSending);
  EXPECT_THAT(w.listener.outcomes, IsEmpty());
  EXPECT_THAT(w.listener.troubles, SizeIs(1));  // the deadline, not the late answer
}

TEST_P(OutboxTest, AnArrivalAfterTheEndIsNotedAndRaisesNothing) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  w.listener.unwanted.insert("pag_1");
  w.engine.advance(seconds(63));
  ASSERT_EQ(w.status(id).state, RowState::kDropped);

  EXPECT_TRUE(w.transport.answer(id, 1, {}));
  w.engine.settle();
  EXPECT_EQ(w.status(id).state, RowState::kDropped);
  EXPECT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.engine.kinds().back(), "delivery.arrived_late");
}

TEST_P(OutboxTest, AResultThatCouldNotBeCommittedIsStoredLaterAndNothingIsSentTwice) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  const std::string id = w.enqueue("pag_1");
  w.listener.refuse_outcomes = Error{Code::kUnavailable, "the disk is full"};
  EXPECT_TRUE(w.transport.answer(id, 1, {}));
  w.engine.settle();
  EXPECT_EQ(w.status(id).state, RowState::kSending);

  w.listener.refuse_outcomes.reset();
  w.engine.advance(minutes(2));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kSent);
}

TEST_P(OutboxTest, ADeadProviderHoldsUpOnlyItself) {
  World w(on_backend(), {.tries_at_once = 3});
  w.transport.script = [](const Delivery& d) -> std::optional<Result<>> {
    if (d.contact.address.find("dead") != std::string::npos) return std::nullopt;
    return Result<>();
  };
  for (int i = 0; i < 10; ++i) {
    w.enqueue(fmt::format("pag_dead_{}", i), webhook("dead.example.org"));
  }
  EXPECT_EQ(w.transport.open_count(), 3u);
  w.enqueue("pag_alive", webhook("alive.example.org"));
  ASSERT_THAT(w.listener.outcomes, SizeIs(1));
  EXPECT_EQ(w.listener.outcomes[0].outcome, Outcome::kSent);
}

TEST_P(OutboxTest, AFreePlaceGoesToThePageThatHasWaitedLongest) {
  World w(on_backend(), {.tries_at_once = 1});
  w.transport.script = kNoAnswer;
  const std::string first = w.enqueue("pag_1");
  const std::string note = w.enqueue("note", webhook(), /*is_page=*/false);
  w.engine.advance(seconds(1));
  const std::string second = w.enqueue("pag_2");
  w.engine.advance(seconds(1));
  const std::string third = w.enqueue("pag_3");

  std::vector<std::string> order;
  for (const std::string& id : {first, second, third, note}) {
    ASSERT_TRUE(w.transport.answer(id, 1, {})) << id;
    w.engine.settle();
  }
  for (const Delivery& d : w.transport.sent()) order.push_back(d.id);
  EXPECT_THAT(order, ElementsAre(first, second, third, note));
  EXPECT_THAT(w.listener.outcomes, SizeIs(4));
}

TEST_P(OutboxTest, WaitingRowsSurviveACrash) {
  World w(on_backend(), {.tries_at_once = 2});
  w.transport.script = kNoAnswer;
  for (int i = 0; i < 6; ++i) w.enqueue(fmt::format("pag_{}", i));
  w.transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  w.crash();
  w.engine.advance(seconds(10));
  EXPECT_THAT(w.listener.outcomes, SizeIs(6));
  EXPECT_THAT(w.transport.sent(), SizeIs(8));  // two were under way and went twice
}

TEST_P(OutboxTest, NeitherLogbookNorLogNorFinishedRowsHoldTheSecretsOfAContact) {
  World w(on_backend(), {.page_tries = 2});
  w.transport.script =
      always(Code::kUnavailable, "https://hooks.example.org/in/very-secret-path: refused");
  const std::string id = w.enqueue("pag_1");
  w.engine.advance(hours(1));

  std::string shown;
  for (const auto& record : w.engine.logbook()) {
    EXPECT_EQ(record.entry.subject_kind, "page");
    EXPECT_EQ(record.entry.subject_id, "pag_1");
    EXPECT_EQ(record.entry.incident_id, "inc_1");
    shown += codec::to_text(record.entry.data);
  }
  EXPECT_THAT(shown, HasSubstr("\"to\":\"hooks.example.org\""));
  EXPECT_THAT(shown, HasSubstr("\"person\":\"ada\""));
  for (const std::string& line : w.engine.warnings()) shown += line;
  const auto rows = w.engine.reader().query("SELECT address, secret, message, detail FROM outbox");
  ASSERT_TRUE(rows);
  for (size_t i = 0; i < 4; ++i) shown += rows->at(0).text(i);
  EXPECT_THAT(shown, Not(HasSubstr("very-secret-path")));
  EXPECT_THAT(shown, Not(HasSubstr("signing-key")));
  EXPECT_THAT(shown, Not(HasSubstr("/p/token")));
}

TEST_P(OutboxTest, ABundleThatHasEndedHoldsNoLinkToAnswer) {
  World w(on_backend());
  ASSERT_TRUE(w.engine.run([&](engine::Tx& tx) -> Result<> {
    Message message;
    message.is_bundle = true;
    message.answer_url = "https://tocsin.example.org/p/token-all";
    message.links = {{"SEV-1 checkout", "https://tocsin.example.org/p/token-1"}};
    ASSIGN_OR_RETURN(const std::string id,
                     w.outbox->enqueue(tx, {"page", "pag_1"}, ada(), webhook(), message));
    return {};
  }));
  ASSERT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_THAT(w.transport.sent()[0].message.links, SizeIs(1));
  const auto rows = w.engine.reader().query("SELECT state, message FROM outbox");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).text(0), "sent");
  EXPECT_THAT(rows->at(0).text(1), Not(HasSubstr("token")));
}

TEST_P(OutboxTest, FinishedRowsArePrunedAfterTheirTime) {
  World w(on_backend());
  const std::string id = w.enqueue("pag_1");
  w.transport.script = kNoAnswer;
  w.engine.advance(days(29));
  EXPECT_EQ(w.status(id).state, RowState::kSent);
  w.engine.advance(days(2));
  const auto found = read_delivery_status(w.engine.reader(), id);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->has_value());
}

// The engine may fire what is due while the rooms are still being joined.
TEST_P(OutboxTest, NothingIsSentOrEndedUntilSomebodyCanSayWhetherItIsWanted) {
  World w(on_backend(), {.page_tries = 1});
  w.transport.script = kNoAnswer;
  const std::string lost = w.enqueue("pag_1");
  w.outbox.reset();
  w.engine.restart();
  w.outbox = Outbox::make(w.engine.engine(), w.transport, w.engine.log(), w.engine.metrics(),
                          {.page_tries = 1});
  const std::string fresh = w.enqueue("pag_2");
  w.listener.unwanted = {"pag_2"};
  w.engine.advance(seconds(2));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_THAT(w.listener.outcomes, IsEmpty());

  w.outbox->listen("page", w.listener);
  w.engine.advance(seconds(1));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_EQ(w.status(lost).state, RowState::kFailed);  // its only try was lost
  EXPECT_EQ(w.status(fresh).state, RowState::kDropped);
  EXPECT_THAT(w.listener.outcomes, SizeIs(2));
  EXPECT_THAT(w.engine.errors(), IsEmpty());
}

TEST_P(OutboxTest, ATestNeedsNoListener) {
  World w(on_backend());
  ASSERT_TRUE(w.engine.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(w.outbox->enqueue(tx, {"test", "tst_1"}, ada(), webhook(), {}));
    return {};
  }));
  EXPECT_THAT(w.transport.sent(), SizeIs(1));
  EXPECT_THAT(w.engine.kinds(), ElementsAre("delivery.sent"));
}

// Takes its time for the page "slow" and takes everything else at once.
std::optional<Result<>> slow_for_one(const Delivery& delivery) {
  if (delivery.subject.id == "slow") return std::nullopt;
  return Result<>();
}

std::optional<Error> no_commit(std::string_view sql) {
  if (sql != "COMMIT") return std::nullopt;
  return Error{Code::kResourceExhausted, "disk is full"};
}

// `stop` on a thread of its own; no try begins any more when this returns.
std::future<size_t> stop_beside(World& w) {
  auto left = std::async(std::launch::async, [&w] { return w.outbox->stop(seconds(30)); });
  size_t sent = 0;
  do {
    sent = w.transport.sent().size();
    w.enqueue("probe");
  } while (w.transport.sent().size() > sent);
  return left;
}

bool is_waiting(const std::future<size_t>& left) {
  return left.wait_for(Duration(0)) == std::future_status::timeout;
}

TEST_P(OutboxTest, AStopWaitsForTheAnswerAndItsCommitSoThatNothingIsSentAgain) {
  World w(on_backend());
  w.transport.script = slow_for_one;
  const std::string slow = w.enqueue("slow");
  std::future<size_t> left = stop_beside(w);
  EXPECT_TRUE(is_waiting(left));
  EXPECT_TRUE(w.transport.answer(slow, 1, {}));
  EXPECT_TRUE(is_waiting(left)) << "the answer is there, but a crash now would forget it";
  w.engine.settle();
  EXPECT_EQ(left.get(), 0u);

  const size_t before = w.transport.sent().size();
  w.crash();
  w.engine.advance(minutes(5));
  ASSERT_THAT(w.transport.sent(), SizeIs(before + 1));
  EXPECT_EQ(w.transport.sent().back().subject.id, "probe") << "it was due during the stop";
  EXPECT_FALSE(w.transport.sent().back().maybe_duplicate);
  EXPECT_EQ(w.status(slow).attempts, 1);
  EXPECT_THAT(w.engine.kinds(), Not(Contains("delivery.repeated")));
}

TEST_P(OutboxTest, AFailureDuringAStopIsTriedAgainAfterTheStartAndUnmarked) {
  World w(on_backend());
  w.transport.script = slow_for_one;
  const std::string slow = w.enqueue("slow");
  std::future<size_t> left = stop_beside(w);
  EXPECT_TRUE(w.transport.answer(slow, 1, fail(Code::kUnavailable, "refused")));
  w.engine.settle();
  EXPECT_EQ(left.get(), 0u);
  w.engine.advance(minutes(1));
  EXPECT_EQ(w.status(slow).attempts, 1) << "no try begins any more";

  w.crash();
  w.engine.advance(seconds(2));
  EXPECT_EQ(w.status(slow).attempts, 2);
  for (const Delivery& d : w.transport.sent()) EXPECT_FALSE(d.maybe_duplicate);
}

TEST_P(OutboxTest, AStopWithoutPatienceLeavesTheTryAndTheNextStartMarksIt) {
  World w(on_backend());
  w.transport.script = slow_for_one;
  w.enqueue("slow");
  w.enqueue("fast");
  EXPECT_EQ(w.outbox->stop(Duration(0)), 1u);
  w.crash();
  ASSERT_THAT(w.transport.sent(), SizeIs(3));
  EXPECT_EQ(w.transport.sent().back().subject.id, "slow");
  EXPECT_TRUE(w.transport.sent().back().maybe_duplicate);
}

TEST_P(OutboxTest, AStopDoesNotWaitForTriesThatAreOver) {
  World w(on_backend());
  w.transport.script = kNoAnswer;
  w.enqueue("pag_1");
  w.listener.unwanted.insert("pag_1");
  w.engine.advance(seconds(63));  // its deadline has ended it
  w.transport.script = always(Code::kUnavailable, "refused");
  w.enqueue("pag_2");  // waits for its next try
  EXPECT_EQ(w.outbox->stop(Duration(0)), 0u);
}

TEST_P(OutboxTest, ATryThatWasRolledBackHoldsUpNoStopOnceItIsDueAgain) {
  World w(on_backend());
  ASSERT_TRUE(w.engine.engine().run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(w.outbox->enqueue(tx, {"page", "pag_1"}, ada(), webhook(), {}));
    return {};
  }));
  w.engine.faults().before = no_commit;
  w.engine.settle();
  w.engine.faults().before = {};
  EXPECT_EQ(w.outbox->stop(Duration(0)), 1u);
  w.engine.settle();
  EXPECT_EQ(w.outbox->stop(Duration(0)), 0u);
  EXPECT_THAT(w.transport.sent(), IsEmpty());
}

}  // namespace
}  // namespace tocsin::notify
