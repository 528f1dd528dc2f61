#include <fmt/format.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/outbox_flow.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

std::string_view name_of(Receipt receipt) {
  switch (receipt) {
    case Receipt::kDelivered: return "delivered";
    case Receipt::kUndelivered: return "undelivered";
    case Receipt::kRead: return "read";
  }
  bug("unknown receipt");
}

ReceiptState state_after(Receipt receipt) {
  switch (receipt) {
    case Receipt::kDelivered: return ReceiptState::kDelivered;
    case Receipt::kUndelivered: return ReceiptState::kUndelivered;
    case Receipt::kRead: return ReceiptState::kRead;
  }
  bug("unknown receipt");
}

// Neither delivered nor not, as far as we were told.
bool is_open(ReceiptState state) {
  return state == ReceiptState::kNone || state == ReceiptState::kAwaited ||
         state == ReceiptState::kUnknown;
}

}  // namespace

Result<> OutboxFlow::await_receipt(Tx& tx, OutboxRow& row) {
  if (row.taken.receipts_within > Duration(0)) {
    row.receipt = ReceiptState::kAwaited;
    row.poll_until = tx.now() + row.taken.receipts_within;
    RETURN_IF_ERROR(tx.set_timer(
        {.kind = kPollTimer, .subject = row.delivery.id, .due = tx.now() + limits_.poll_after}));
  } else if (row.taken.provider.empty() && row.taken.message_id.empty()) {
    return {};
  }
  return update_receipt(tx.sql(), row);
}

Result<> OutboxFlow::report_receipt(Tx& tx, const ReceiptReport& report) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), report.delivery));
  if (!row || report.attempt > row->delivery.attempts) return {};
  const bool arrived = report.receipt != Receipt::kUndelivered;
  if (!is_finished(row->state)) {
    // The failure of a try that has failed anyway, or of an older one: the next try is on its way.
    const bool is_of_this_try =
        row->state == RowState::kSending && report.attempt == row->delivery.attempts;
    if (!arrived && !is_of_this_try) return {};
    // The provider has it: its receipt is quicker than its answer to the try.
    RETURN_IF_ERROR(finish(tx, *row, Outcome::kSent, ""));
    row->state = RowState::kSent;
    row->finished = tx.now();
  }
  const bool is_older = report.attempt != 0 && report.attempt < row->delivery.attempts;
  if (!arrived && is_older) return {};
  if (row->state != RowState::kSent) {
    if (!arrived || !is_open(row->receipt)) return {};
    row->receipt = state_after(report.receipt);
    RETURN_IF_ERROR(update_receipt(tx.sql(), *row));
    return note_late_arrival(tx, *row, report.attempt);
  }
  return note_receipt(tx, *row, report.receipt, report.detail);
}

// A receipt of a row that is sent.
Result<> OutboxFlow::note_receipt(Tx& tx, OutboxRow& row, Receipt receipt,
                                  const std::string& detail) {
  const bool is_first = is_open(row.receipt);
  const bool is_read_now = receipt == Receipt::kRead && row.receipt == ReceiptState::kDelivered;
  if (!is_first && !is_read_now) return {};
  row.receipt = state_after(receipt);
  row.poll_until.reset();
  RETURN_IF_ERROR(update_receipt(tx.sql(), row));
  RETURN_IF_ERROR(tx.cancel_timer(kPollTimer, row.delivery.id));
  const std::string shown = without_secrets(detail, row.delivery.contact);
  // Who reads it has it, whether or not the provider says both.
  if (is_first && receipt == Receipt::kRead) {
    RETURN_IF_ERROR(tell_receipt(tx, row, Receipt::kDelivered, shown));
  }
  return tell_receipt(tx, row, receipt, shown);
}

Result<> OutboxFlow::tell_receipt(Tx& tx, const OutboxRow& row, Receipt receipt,
                                  const std::string& detail) {
  codec::JsonObject more;
  if (!detail.empty()) more["reason"] = detail;
  if (!row.taken.provider.empty()) more["provider"] = row.taken.provider;
  RETURN_IF_ERROR(append(tx, fmt::format("delivery.{}", name_of(receipt)), row, more));
  if (DeliveryListener* const listener = listener_of(row.delivery.subject)) {
    RETURN_IF_ERROR(listener->on_receipt(tx, row.delivery, receipt, detail));
  }
  tx.after_commit([this, channel = std::string(catalog::name_of(row.delivery.contact.kind)),
                   result = std::string(name_of(receipt))] {
    metrics_
        .counter("tocsin_notify_receipts_total", "What providers said of messages they had taken.",
                 {{"channel", channel}, {"receipt", result}})
        .add();
  });
  return {};
}

// The next time is set before it is asked, so that a lost answer costs a minute and nothing else.
Result<> OutboxFlow::on_poll(Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), id));
  if (!row || row->state != RowState::kSent || !row->poll_until) return {};
  if (!is_answered_for(row->delivery.subject)) {
    return tx.set_timer({.kind = kPollTimer, .subject = id, .due = tx.now() + seconds(1)});
  }
  const SentMessage message{.channel = row->delivery.contact.kind,
                            .provider = row->taken.provider,
                            .message_id = row->taken.message_id};
  ASSIGN_OR_RETURN(const bool wanted, is_wanted(tx, row->delivery));
  if (!wanted) tx.after_commit([this, message] { transport_.cancel(message); });
  if (!wanted || tx.now() >= *row->poll_until) {
    row->poll_until.reset();
    const bool is_unknown = row->receipt == ReceiptState::kAwaited;
    if (is_unknown) row->receipt = ReceiptState::kUnknown;
    RETURN_IF_ERROR(update_receipt(tx.sql(), *row));
    return is_unknown ? append(tx, "delivery.unconfirmed", *row, {}) : Result<>();
  }
  const Time next = std::min<Time>(tx.now() + limits_.poll_after, *row->poll_until);
  RETURN_IF_ERROR(tx.set_timer({.kind = kPollTimer, .subject = id, .due = next}));
  tx.after_commit(
      [this, id,
       message = SentMessage{.channel = row->delivery.contact.kind,
                             .provider = row->taken.provider,
                             .message_id = row->taken.message_id}] { ask(id, message); });
  return {};
}

void OutboxFlow::ask(const std::string& id, const SentMessage& message) {
  transport_.poll(message, [door = door_, id](Result<PollAnswer> answer) {
    const std::lock_guard lock(door->mutex);
    if (door->flow == nullptr) return;
    OutboxFlow& flow = *door->flow;
    if (!answer) {
      flow.log_.warn("a provider could not say what became of a message",
                     {{"delivery", id}, {"error", answer.error()}});
      return;
    }
    if (!answer->receipt && !answer->acknowledged) return;
    // Lost with a full queue; then it is asked again.
    flow.engine_.submit(
        engine::Turn::kFirst,
        [&flow, id, told = *answer](Tx& tx) { return flow.on_polled(tx, id, told); },
        [](const Result<>&) {});
  });
}

Result<> OutboxFlow::on_polled(Tx& tx, const std::string& id, const PollAnswer& answer) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), id));
  if (!row || row->state != RowState::kSent) return {};
  const std::optional<Time> until = row->poll_until;
  // Who answers has read it.
  const Receipt receipt =
      answer.acknowledged ? Receipt::kRead : answer.receipt.value_or(Receipt::kDelivered);
  RETURN_IF_ERROR(note_receipt(tx, *row, receipt, answer.detail));
  if (answer.acknowledged) return until ? acknowledge(tx, *row) : Result<>();
  if (!answer.keep_asking || !until || tx.now() >= *until) return {};
  row->poll_until = until;
  RETURN_IF_ERROR(update_receipt(tx.sql(), *row));
  return tx.set_timer(
      {.kind = kPollTimer, .subject = id, .due = std::min(tx.now() + limits_.poll_after, *until)});
}

Result<> OutboxFlow::acknowledge(Tx& tx, const OutboxRow& row) {
  if (answers_ == nullptr || row.delivery.subject.kind != kPageSubject) return {};
  const Result<std::string> told =
      answers_->on_answer(tx, row.delivery.subject.id, Answer::kAcknowledge, Duration(0),
                          store::Actor{"link", row.delivery.person.value()}, {});
  // It is over, and nobody waits for the reason.
  if (told || told.error().code == Code::kFailedPrecondition) return {};
  return fail(told.error());
}

}  // namespace tocsin::notify
