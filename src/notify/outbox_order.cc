#include <fmt/format.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/outbox_flow.h"
#include "notify/quiet_hours.h"
#include "notify/retry.h"

// When a delivery may go, and for how long it is tried.
namespace tocsin::notify {
namespace {

using engine::Tx;
using Kind = catalog::Contact::Kind;

constexpr int64_t kOvertaken = 20;  // pages in one line that are looked at again at once

// Programs listen there, which keep what they were told and in which order.
bool is_program(const catalog::Contact& contact) {
  return contact.kind == Kind::kWebhook || contact.kind == Kind::kHttp;
}

}  // namespace

std::optional<std::string> line_of(const Delivery& delivery) {
  const Message& message = delivery.message;
  if (!is_program(delivery.contact) || message.incident_id.empty() || message.is_drill) {
    return std::nullopt;
  }
  return fmt::format("{} {} {} {}", message.incident_id, name_of(delivery.contact.kind),
                     delivery.contact.provider, delivery.contact.address);
}

// A test is for who waits for its answer, and a page is made anew by its escalation.
bool OutboxFlow::is_patient(const Delivery& delivery) const {
  return is_program(delivery.contact) && !delivery.message.is_page &&
         delivery.subject.kind != kTestSubject;
}

bool OutboxFlow::has_tries_left(const OutboxRow& row, Time now) const {
  const Delivery& delivery = row.delivery;
  if (!is_patient(delivery)) {
    const int most = delivery.message.is_page ? limits_.page_tries : limits_.notification_tries;
    return delivery.attempts < most;
  }
  return delivery.attempts < limits_.patient_tries && now < row.created + limits_.patience;
}

// After a failure; nothing: it is given up, and `why_not` says why.
Result<std::optional<Time>> OutboxFlow::next_try(Tx& tx, const OutboxRow& row,
                                                 std::string& why_not) {
  const Delivery& delivery = row.delivery;
  const bool is_long = is_patient(delivery);
  if (!has_tries_left(row, tx.now())) {
    why_not = is_long ? fmt::format("{} tries failed within {}", delivery.attempts,
                                    to_text(tx.now() - row.created))
                      : fmt::format("{} tries failed", delivery.attempts);
    return std::nullopt;
  }
  if (is_long && delivery.attempts >= limits_.notification_tries) {
    ASSIGN_OR_RETURN(const int64_t queued,
                     count_queued(tx.sql(), row.lane, limits_.patient_queue + 1));
    if (queued > limits_.patient_queue) {
      why_not = fmt::format("{} tries failed, and {} messages wait for this receiver already",
                            delivery.attempts, limits_.patient_queue);
      return std::nullopt;
    }
  }
  const Time next = tx.now() + backoff(delivery.attempts, tx.rng().unit(),
                                       transport_.wait_asked_by(delivery.contact),
                                       is_long ? kLongestPatientWait : kLongestWait);
  // The last try is at the very end, and not half an hour before it.
  return is_long ? std::min<Time>(next, row.created + limits_.patience) : next;
}

// A page waits for nobody: it is a telephone that rings. What a later message of its incident has
// made void is dropped here and now, so that the end of an incident does not wait for the next try
// of a page.
Result<bool> OutboxFlow::is_held(Tx& tx, const OutboxRow& row) {
  if (!row.line || row.delivery.message.is_page) return false;
  ASSIGN_OR_RETURN(const auto before, read_line_before(tx.sql(), *row.line, row.place, kOvertaken));
  bool is_blocked = false;
  for (const InLine& earlier : before) {
    const bool is_resting =
        earlier.state == RowState::kPending || earlier.state == RowState::kWaiting;
    if (!earlier.is_page || !is_resting) {
      is_blocked = true;
      continue;
    }
    ASSIGN_OR_RETURN(std::optional<OutboxRow> page, read_row(tx.sql(), earlier.id));
    if (!page || !is_answered_for(page->delivery.subject)) {
      is_blocked = true;
      continue;
    }
    ASSIGN_OR_RETURN(const bool wanted, is_wanted(tx, page->delivery));
    if (wanted) {
      is_blocked = true;
      continue;
    }
    RETURN_IF_ERROR(finish(tx, *std::move(page), Outcome::kDropped, "nobody wants it any more"));
  }
  return is_blocked || static_cast<int64_t>(before.size()) == kOvertaken;
}

Result<> OutboxFlow::hold(Tx& tx, OutboxRow row) {
  row.state = RowState::kHeld;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  // All before it may have been dropped just now.
  return wake_line(tx, row.line);
}

// An earlier message of the line has ended: who is first in it now goes.
Result<> OutboxFlow::wake_line(Tx& tx, const std::optional<std::string>& line) {
  if (!line) return {};
  ASSIGN_OR_RETURN(const std::optional<InLine> head, head_of_line(tx.sql(), *line));
  if (!head || head->state != RowState::kHeld) return {};
  RETURN_IF_ERROR(set_pending(tx.sql(), head->id));
  return tx.set_timer({.kind = kSendTimer, .subject = head->id, .due = tx.now()});
}

std::shared_ptr<const catalog::Catalog> OutboxFlow::catalog() const {
  const std::lock_guard lock(catalog_mutex_);
  return catalog_;
}

void OutboxFlow::use(std::shared_ptr<const catalog::Catalog> catalog) {
  {
    const std::lock_guard lock(catalog_mutex_);
    catalog_ = std::move(catalog);
  }
  engine_.submit([this](Tx& tx) { return reckon_quiet(tx); },
                 [&log = log_](Result<> done) {
                   if (done) return;
                   log.warn("messages that wait for the end of quiet hours keep their old time",
                            {{"error", done.error()}});
                 });
}

Result<bool> OutboxFlow::is_quieted(Tx& tx, const OutboxRow& row) {
  const Delivery& delivery = row.delivery;
  if (delivery.message.is_urgent || delivery.message.is_page) return false;
  const auto in_use = catalog();
  const catalog::Person* person = in_use ? in_use->person(delivery.person) : nullptr;
  if (person == nullptr) return false;
  const Quiet quiet = quiet_at(*person, tx.now());
  if (!quiet.is_quiet) return false;
  OutboxRow waits = row;
  if (!quiet.until) {
    RETURN_IF_ERROR(finish(tx, std::move(waits), Outcome::kDropped,
                           "it is not urgent, and the person's quiet hours never end"));
    return true;
  }
  waits.quiet_until = quiet.until;
  RETURN_IF_ERROR(update_row(tx.sql(), waits));
  // The wall clock's hours: they stay where they are when it is set.
  RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer,
                                .subject = delivery.id,
                                .due = *quiet.until,
                                .basis = engine::Basis::kMoment}));
  return true;
}

// The catalog in use has changed, and with it perhaps hours, zone or person: on_send decides.
Result<> OutboxFlow::reckon_quiet(Tx& tx) {
  const auto in_use = catalog();
  ASSIGN_OR_RETURN(const std::vector<QuietRow> rows, read_quiet(tx.sql()));
  for (const QuietRow& row : rows) {
    const catalog::Person* person = in_use->person(row.person);
    const Quiet quiet = person == nullptr ? Quiet() : quiet_at(*person, tx.now());
    if (quiet.is_quiet && quiet.until == row.until) continue;
    RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = row.id, .due = tx.now()}));
  }
  return {};
}

}  // namespace tocsin::notify
