#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::World;

catalog::Contact phone() {
  return {.kind = catalog::Contact::Kind::kSms, .address = "+4930123456"};
}

class OutboxReceipt : public ::testing::Test {
 protected:
  OutboxReceipt() {
    world_.transport.taken = {
        .provider = "twilio-a", .message_id = "SM1", .receipts_within = minutes(5)};
    world_.outbox->listen_for_answers(answers_);
  }
  void report(Receipt receipt, int attempt = 1, const std::string& id = "") {
    const ReceiptReport told{.delivery = id.empty() ? id_ : id,
                             .attempt = attempt,
                             .receipt = receipt,
                             .detail = "error 30005"};
    const Result<> done =
        world_.engine.run([&](engine::Tx& tx) { return world_.outbox->report_receipt(tx, told); });
    EXPECT_TRUE(done) << done.error().message;
  }
  void send() { id_ = world_.enqueue("pag_1", phone()); }
  std::vector<Receipt> heard() const {
    std::vector<Receipt> out;
    for (const auto& [id, receipt] : world_.listener.receipts) out.push_back(receipt);
    return out;
  }

  World world_;
  testing::RecordingAnswers answers_;
  std::string id_;
};

TEST_F(OutboxReceipt, ACallbackIsToldOnce) {
  send();
  EXPECT_EQ(world_.status(id_).receipt, ReceiptState::kAwaited);
  report(Receipt::kDelivered);
  report(Receipt::kDelivered);
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered));
  EXPECT_EQ(world_.status(id_).receipt, ReceiptState::kDelivered);
  world_.engine.advance(minutes(10));
  EXPECT_THAT(world_.transport.polled(), IsEmpty());
}

TEST_F(OutboxReceipt, WhatDidNotArriveIsToldWithTheReason) {
  send();
  report(Receipt::kUndelivered);
  report(Receipt::kDelivered);
  EXPECT_THAT(heard(), ElementsAre(Receipt::kUndelivered));
  const auto entries = world_.engine.logbook();
  EXPECT_EQ(entries.back().entry.kind, "delivery.undelivered");
  EXPECT_EQ(entries.back().entry.data.at("reason").as_string(), "error 30005");
  EXPECT_EQ(entries.back().entry.data.at("provider").as_string(), "twilio-a");
}

TEST_F(OutboxReceipt, ReadMeansDeliveredToo) {
  send();
  report(Receipt::kRead);
  report(Receipt::kDelivered);
  report(Receipt::kUndelivered);
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered, Receipt::kRead));
}

TEST_F(OutboxReceipt, ACallbackMayBeQuickerThanTheAnswerToTheTry) {
  world_.transport.script = [](const Delivery&) { return std::nullopt; };
  send();
  report(Receipt::kDelivered);
  EXPECT_EQ(world_.status(id_).state, RowState::kSent);
  ASSERT_TRUE(world_.transport.answer(id_, 1, {}));
  world_.engine.settle();
  EXPECT_THAT(world_.listener.outcomes, SizeIs(1));
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered));
  const auto row = read_row(world_.engine.reader(), id_);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->taken.message_id, "SM1");
}

TEST_F(OutboxReceipt, TheFailureOfAnOlderTrySaysNothing) {
  int tries = 0;
  world_.transport.script = [&](const Delivery&) -> std::optional<Result<>> {
    if (tries++ == 0) return Result<>(fail(Code::kDeadlineExceeded, "no answer"));
    return Result<>();
  };
  send();
  report(Receipt::kUndelivered, 1);  // it is tried again anyway
  world_.engine.advance(seconds(5));
  EXPECT_EQ(world_.status(id_).state, RowState::kSent);
  report(Receipt::kUndelivered, 1);
  EXPECT_THAT(heard(), IsEmpty());
  report(Receipt::kUndelivered, 3);  // a try that was never made
  EXPECT_THAT(heard(), IsEmpty());
  report(Receipt::kDelivered, 1);
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered));
}

TEST_F(OutboxReceipt, AReceiptAfterTheEndIsNotedOnce) {
  world_.transport.script = [](const Delivery&) {
    return std::optional(Result<>(fail(Code::kFailedPrecondition, "refused")));
  };
  send();
  report(Receipt::kDelivered);
  report(Receipt::kDelivered);
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(std::ranges::count(world_.engine.kinds(), "delivery.arrived_late"), 1);
}

TEST_F(OutboxReceipt, WithoutACallbackTheProviderIsAsked) {
  send();
  world_.engine.advance(seconds(59));
  EXPECT_THAT(world_.transport.polled(), IsEmpty());
  world_.engine.advance(seconds(61));
  EXPECT_THAT(world_.transport.polled(), SizeIs(2));
  EXPECT_THAT(world_.transport.polled(), Each(AllOf(Field(&SentMessage::provider, "twilio-a"),
                                                    Field(&SentMessage::message_id, "SM1"))));
  world_.transport.on_poll = [](const SentMessage&) {
    return std::optional(Result<PollAnswer>(PollAnswer{.receipt = Receipt::kUndelivered}));
  };
  world_.engine.advance(seconds(60));
  EXPECT_THAT(heard(), ElementsAre(Receipt::kUndelivered));
  world_.engine.advance(minutes(10));
  EXPECT_THAT(world_.transport.polled(), SizeIs(3));
}

TEST_F(OutboxReceipt, AskingEndsAndSaysSo) {
  world_.transport.on_poll = [](const SentMessage&) {
    return std::optional(Result<PollAnswer>(fail(Code::kUnavailable, "answered 503")));
  };
  send();
  world_.engine.advance(hours(1));
  EXPECT_THAT(world_.transport.polled(), SizeIs(4));
  EXPECT_EQ(world_.status(id_).receipt, ReceiptState::kUnknown);
  EXPECT_THAT(world_.engine.kinds(), Contains("delivery.unconfirmed"));
  report(Receipt::kDelivered);  // it comes after all
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered));
}

TEST_F(OutboxReceipt, WhatNobodyWantsAnyMoreStopsRinging) {
  send();
  world_.engine.advance(seconds(61));
  EXPECT_THAT(world_.transport.cancelled(), IsEmpty());
  world_.listener.unwanted.insert("pag_1");
  world_.engine.advance(minutes(10));
  EXPECT_THAT(world_.transport.cancelled(), ElementsAre(Field(&SentMessage::message_id, "SM1")));
  EXPECT_THAT(world_.transport.polled(), SizeIs(1));
}

TEST_F(OutboxReceipt, AskingSurvivesACrash) {
  send();
  world_.crash();
  world_.engine.advance(seconds(61));
  EXPECT_THAT(world_.transport.polled(), SizeIs(1));
}

TEST_F(OutboxReceipt, AProvidersOwnAcknowledgeIsAnAnswer) {
  bool pressed = false;
  world_.transport.on_poll = [&](const SentMessage&) {
    return std::optional(Result<PollAnswer>(PollAnswer{
        .receipt = Receipt::kDelivered, .acknowledged = pressed, .keep_asking = !pressed}));
  };
  send();
  world_.engine.advance(minutes(2));
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered));
  EXPECT_THAT(answers_.heard, IsEmpty());
  pressed = true;
  world_.engine.advance(minutes(10));
  EXPECT_THAT(answers_.heard, ElementsAre(testing::RecordingAnswers::Heard{
                                  "pag_1", Answer::kAcknowledge, Duration(0), "link:ada"}));
  EXPECT_THAT(heard(), ElementsAre(Receipt::kDelivered, Receipt::kRead));
}

TEST_F(OutboxReceipt, ARowIsNotAskedForWhenNothingWillBeTold) {
  world_.transport.taken = {.message_id = "C1:1"};
  send();
  world_.engine.advance(minutes(10));
  EXPECT_THAT(world_.transport.polled(), IsEmpty());
  EXPECT_EQ(world_.status(id_).receipt, ReceiptState::kNone);
}

TEST_F(OutboxReceipt, AnUnknownDeliveryChangesNothing) {
  report(Receipt::kDelivered, 1, "dlv_unknown");
  EXPECT_THAT(heard(), IsEmpty());
}

}  // namespace
}  // namespace tocsin::notify
