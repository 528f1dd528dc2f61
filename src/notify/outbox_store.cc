#include "notify/outbox_store.h"

#include <fmt/format.h>

#include <array>

#include "notify/address.h"
#include "notify/message_json.h"

namespace tocsin::notify {
namespace {

constexpr std::array kStates{RowState::kPending, RowState::kWaiting, RowState::kHeld,
                             RowState::kSending, RowState::kSent,    RowState::kFailed,
                             RowState::kDropped};

constexpr std::array kReceipts{ReceiptState::kNone,      ReceiptState::kAwaited,
                               ReceiptState::kDelivered, ReceiptState::kUndelivered,
                               ReceiptState::kRead,      ReceiptState::kUnknown};

constexpr std::string_view kSelectRow =
    "SELECT id, state, subject_kind, subject_id, person, channel, lane, address, secret, message,"
    " attempts, maybe_duplicate, created, tried, finished, detail, provider, language, reply_code,"
    " taken_by, message_id, receipt, poll_until, contact, line, place, quiet_until, retry_of,"
    " retried_as FROM outbox WHERE id = $1";

Result<ReceiptState> parse_receipt(std::string_view name) {
  for (const ReceiptState state : kReceipts) {
    if (name == name_of(state)) return state;
  }
  return fail(Code::kDataLoss, fmt::format("table outbox: '{}' is no receipt", name));
}

Result<OutboxRow> to_row(const store::Row& row) {
  OutboxRow out;
  Delivery& d = out.delivery;
  d.id = row.text(0);
  ASSIGN_OR_RETURN(out.state, parse_row_state(row.text(1)));
  d.subject = {row.text(2), row.text(3)};
  d.person = catalog::PersonId(row.text(4));
  ASSIGN_OR_RETURN(d.contact.kind, parse_contact_kind(row.text(5)));
  out.lane = row.text(6);
  d.contact.address = row.text(7);
  d.contact.secret = Secret(row.text(8));
  auto message = read_message(row.text(9));
  if (!message) return fail(std::move(message.error()).in(fmt::format("delivery {}", d.id)));
  d.message = *std::move(message);
  d.attempts = static_cast<int>(row.integer(10));
  d.maybe_duplicate = row.flag(11);
  out.created = row.time(12);
  out.tried = row.maybe_time(13);
  out.finished = row.maybe_time(14);
  out.detail = row.text(15);
  d.contact.provider = row.text(16);
  d.language = row.text(17);
  d.reply_code = static_cast<int>(row.integer(18));
  out.taken.provider = row.text(19);
  out.taken.message_id = row.text(20);
  ASSIGN_OR_RETURN(out.receipt, parse_receipt(row.text(21)));
  out.poll_until = row.maybe_time(22);
  d.contact.name = row.text(23);
  out.line = row.maybe_text(24);
  out.place = row.integer(25);
  out.quiet_until = row.maybe_time(26);
  out.retry_of = row.text(27);
  out.retried_as = row.text(28);
  return out;
}

}  // namespace

std::string_view name_of(RowState state) {
  switch (state) {
    case RowState::kPending: return "pending";
    case RowState::kWaiting: return "waiting";
    case RowState::kHeld: return "held";
    case RowState::kSending: return "sending";
    case RowState::kSent: return "sent";
    case RowState::kFailed: return "failed";
    case RowState::kDropped: return "dropped";
  }
  bug("unknown state of a row of the outbox");
}

std::string_view name_of(ReceiptState state) {
  switch (state) {
    case ReceiptState::kNone: return "none";
    case ReceiptState::kAwaited: return "awaited";
    case ReceiptState::kDelivered: return "delivered";
    case ReceiptState::kUndelivered: return "undelivered";
    case ReceiptState::kRead: return "read";
    case ReceiptState::kUnknown: return "unknown";
  }
  bug("unknown state of a receipt");
}

Result<RowState> parse_row_state(std::string_view name) {
  for (const RowState state : kStates) {
    if (name == name_of(state)) return state;
  }
  return fail(Code::kDataLoss, fmt::format("table outbox: '{}' is no state", name));
}

bool is_finished(RowState state) {
  return state == RowState::kSent || state == RowState::kFailed || state == RowState::kDropped;
}

Result<> insert_row(store::Session& session, const OutboxRow& row) {
  const Delivery& d = row.delivery;
  RETURN_IF_ERROR(session.exec(
      "INSERT INTO outbox (id, state, subject_kind, subject_id, person, channel, lane, address,"
      " secret, is_page, message, attempts, maybe_duplicate, created, tried, finished, detail,"
      " provider, language, reply_code, taken_by, message_id, receipt, poll_until, contact, line,"
      " place, quiet_until, retry_of, retried_as, is_drill)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
      " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)",
      d.id, name_of(row.state), d.subject.kind, d.subject.id, d.person, name_of(d.contact.kind),
      row.lane, d.contact.address, d.contact.secret.reveal(), d.message.is_page,
      codec::to_text(to_json(d.message)), d.attempts, d.maybe_duplicate, row.created, row.tried,
      row.finished, row.detail, d.contact.provider, d.language, d.reply_code, row.taken.provider,
      row.taken.message_id, name_of(row.receipt), row.poll_until, d.contact.name, row.line,
      row.place, row.quiet_until, row.retry_of, row.retried_as, d.message.is_drill));
  return {};
}

Result<std::optional<OutboxRow>> read_row(store::Session& session, std::string_view id) {
  ASSIGN_OR_RETURN(const store::Rows rows, session.query(kSelectRow, id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(OutboxRow row, to_row(rows.front()));
  return row;
}

Result<> update_row(store::Session& session, const OutboxRow& row) {
  const Delivery& d = row.delivery;
  RETURN_IF_ERROR(
      session.exec("UPDATE outbox SET state = $2, attempts = $3, maybe_duplicate = $4, tried = $5,"
                   " finished = $6, detail = $7, line = $8, quiet_until = $9 WHERE id = $1",
                   d.id, name_of(row.state), d.attempts, d.maybe_duplicate, row.tried, row.finished,
                   row.detail, is_finished(row.state) ? std::nullopt : row.line, row.quiet_until));
  if (!is_finished(row.state)) return {};
  Message kept = d.message;
  kept.answer_url.clear();
  if (d.subject.kind == kCodeSubject) kept.impact.clear();
  if (kept.is_bundle) kept.links.clear();  // each answers for one of its incidents
  RETURN_IF_ERROR(
      session.exec("UPDATE outbox SET secret = '', address = $2, message = $3 WHERE id = $1", d.id,
                   kept_address(d.contact), codec::to_text(to_json(kept))));
  return {};
}

Result<> update_receipt(store::Session& session, const OutboxRow& row) {
  RETURN_IF_ERROR(
      session.exec("UPDATE outbox SET taken_by = $2, message_id = $3, receipt = $4,"
                   " poll_until = $5 WHERE id = $1",
                   row.delivery.id, row.taken.provider, row.taken.message_id, name_of(row.receipt),
                   row.poll_until));
  return {};
}

Result<> set_pending(store::Session& session, std::string_view id) {
  RETURN_IF_ERROR(
      session.exec("UPDATE outbox SET state = 'pending' WHERE id = $1"
                   " AND state IN ('waiting', 'held')",
                   id));
  return {};
}

Result<int64_t> count_sending(store::Session& session, std::string_view lane) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT count(*) FROM outbox WHERE state = 'sending' AND lane = $1", lane));
  return rows.at(0).integer(0);
}

Result<std::vector<InLane>> read_waiting(store::Session& session, std::string_view lane,
                                         int64_t limit) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, is_page, created FROM outbox"
                                 " WHERE state = 'waiting' AND lane = $1"
                                 " ORDER BY is_page DESC, created, id LIMIT $2",
                                 lane, limit));
  std::vector<InLane> out;
  for (const store::Row& row : rows) out.push_back({row.text(0), row.flag(1), row.time(2)});
  return out;
}

Result<std::vector<std::pair<std::string, int>>> read_sending(store::Session& session) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT id, attempts FROM outbox WHERE state = 'sending' ORDER BY id"));
  std::vector<std::pair<std::string, int>> out;
  for (const store::Row& row : rows) {
    out.emplace_back(row.text(0), static_cast<int>(row.integer(1)));
  }
  return out;
}

Result<int64_t> prune_rows(store::Session& session, Time before, int64_t limit) {
  return session.exec(
      "DELETE FROM outbox WHERE id IN"
      " (SELECT id FROM outbox WHERE finished IS NOT NULL AND finished < $1 LIMIT $2)",
      before, limit);
}

Result<std::optional<std::string>> person_of_page(store::Session& session, std::string_view page) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT person FROM outbox WHERE subject_kind = 'page'"
                                 " AND subject_id = $1 LIMIT 1",
                                 page));
  if (rows.empty()) return std::nullopt;
  return rows[0].text(0);
}

Result<std::optional<DeliveryStatus>> read_delivery_status(store::Session& session,
                                                           std::string_view id) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT state, attempts, detail, receipt FROM outbox WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const RowState state, parse_row_state(rows[0].text(0)));
  ASSIGN_OR_RETURN(const ReceiptState receipt, parse_receipt(rows[0].text(3)));
  return DeliveryStatus{state, static_cast<int>(rows[0].integer(1)), rows[0].text(2), receipt};
}

}  // namespace tocsin::notify
