#include "notify/outbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/outbox_flow.h"
#include "notify/reply_code.h"
#include "notify/retry.h"
#include "notify/thread_store.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

constexpr Duration kListenerCheck = milliseconds(200);
constexpr Duration kHeadCheck = milliseconds(100);
constexpr Duration kWhileStopping = seconds(1);
constexpr Duration kPruneEvery = hours(6);
constexpr Duration kKeepThreads = days(90);
constexpr Duration kPruneOn = seconds(1);  // while there is more to prune
constexpr int64_t kPruneBatch = 500;

RowState state_after(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSent: return RowState::kSent;
    case Outcome::kFailed: return RowState::kFailed;
    case Outcome::kDropped: return RowState::kDropped;
  }
  bug("unknown outcome of a delivery");
}

// Whether somebody has waited longer in the lane, or waits with a page while the row is none.
Result<bool> would_overtake(Tx& tx, const OutboxRow& row) {
  ASSIGN_OR_RETURN(const auto waiting, read_waiting(tx.sql(), row.lane, 1));
  if (waiting.empty()) return false;
  const InLane& head = waiting.front();
  const bool is_page = row.delivery.message.is_page;
  if (head.is_page != is_page) return !is_page;
  return head.created < row.created;
}

}  // namespace

std::unique_ptr<Outbox> Outbox::make(engine::Engine& engine, Transport& transport, Log& log,
                                     Metrics& metrics, OutboxLimits limits) {
  return std::make_unique<OutboxFlow>(engine, transport, log, metrics, limits);
}

OutboxFlow::OutboxFlow(engine::Engine& engine, Transport& transport, Log& log, Metrics& metrics,
                       OutboxLimits limits)
    : engine_(engine), transport_(transport), log_(log), metrics_(metrics), limits_(limits) {
  door_->flow = this;
  engine_.on_timer(kSendTimer, [this](Tx& tx, const std::string& id) { return on_send(tx, id); });
  engine_.on_timer(kDeadlineTimer,
                   [this](Tx& tx, const std::string& id) { return on_deadline(tx, id); });
  engine_.on_timer(kPollTimer, [this](Tx& tx, const std::string& id) { return on_poll(tx, id); });
  engine_.on_timer(kLaneTimer,
                   [this](Tx& tx, const std::string& lane) { return on_lane(tx, lane); });
  engine_.on_timer(kPruneTimer, [this](Tx& tx, const std::string&) { return on_prune(tx); });
  engine_.submit([this](Tx& tx) { return take_over(tx); },
                 [&log](Result<> done) {
                   if (done) return;
                   log.warn("tries of an earlier run wait for their deadline",
                            {{"error", done.error()}});
                 });
}

OutboxFlow::~OutboxFlow() {
  const std::lock_guard lock(door_->mutex);
  door_->flow = nullptr;
}

void OutboxFlow::listen(std::string subject_kind, DeliveryListener& listener) {
  listeners_[std::move(subject_kind)] = &listener;
}

Result<std::string> OutboxFlow::enqueue(Tx& tx, Subject subject, const catalog::Person& person,
                                        const catalog::Contact& contact, Message message) {
  OutboxRow row;
  row.delivery.id = tx.new_id("dlv");
  row.delivery.subject = std::move(subject);
  row.delivery.person = person.id;
  row.delivery.contact = contact;
  row.delivery.message = std::move(message);
  row.delivery.language = person.language;
  const Delivery& delivery = row.delivery;
  if (contact.kind == catalog::Contact::Kind::kSms && delivery.subject.kind == kPageSubject) {
    ASSIGN_OR_RETURN(row.delivery.reply_code,
                     give_reply_code(tx.sql(), contact.address, delivery.subject.id,
                                     person.id.value(), tx.now()));
  }
  return insert(tx, std::move(row));
}

Result<std::string> OutboxFlow::insert(Tx& tx, OutboxRow row) {
  row.lane = lane_of(row.delivery.contact);
  row.line = line_of(row.delivery);
  row.created = tx.now();
  // In the order of enqueuing, also within one moment and after the clock was set back.
  if (row.line) row.place = last_place_ = std::max(last_place_ + 1, to_micros(tx.now()));
  RETURN_IF_ERROR(insert_row(tx.sql(), row));
  RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = row.delivery.id, .due = tx.now()}));
  return row.delivery.id;
}

// Tries of a process that is gone have no answer to wait for: their deadline is now.
Result<> OutboxFlow::take_over(Tx& tx) {
  ASSIGN_OR_RETURN(const int64_t last, last_place(tx.sql()));
  last_place_ = std::max(last_place_, last);
  ASSIGN_OR_RETURN(const auto sending, read_sending(tx.sql()));
  for (const auto& [id, attempt] : sending) {
    if (tries_->is_ours(id, attempt)) continue;
    RETURN_IF_ERROR(tx.set_timer({.kind = kDeadlineTimer, .subject = id, .due = tx.now()}));
  }
  return tx.set_timer({.kind = kPruneTimer, .subject = "all", .due = tx.now() + hours(1)});
}

Result<> OutboxFlow::on_send(Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), id));
  if (!row || row->state != RowState::kPending) return {};
  if (!is_answered_for(row->delivery.subject)) return wait_for_listener(tx, kSendTimer, id);
  ASSIGN_OR_RETURN(const bool is_quiet, is_quieted(tx, *row));
  if (is_quiet) return {};
  row->quiet_until.reset();
  ASSIGN_OR_RETURN(const bool wanted, is_wanted(tx, row->delivery));
  if (!wanted) return finish(tx, *std::move(row), Outcome::kDropped, "nobody wants it any more");
  ASSIGN_OR_RETURN(const bool must_wait, is_held(tx, *row));
  if (must_wait) return hold(tx, *std::move(row));
  if (const auto rest = rest_of(tx, *row)) return leave_alone(tx, *std::move(row), *rest);
  ASSIGN_OR_RETURN(const int64_t sending, count_sending(tx.sql(), row->lane));
  if (sending >= places_in(row->lane)) return queue_in_lane(tx, *std::move(row));
  ASSIGN_OR_RETURN(const bool must_queue, would_overtake(tx, *row));
  if (must_queue) {
    const std::string lane = row->lane;
    RETURN_IF_ERROR(queue_in_lane(tx, *std::move(row)));
    return wake_lane(tx, lane);
  }
  return begin_try(tx, *std::move(row));
}

bool OutboxFlow::is_answered_for(const Subject& subject) const {
  return subject.kind == kTestSubject || subject.kind == kResentSubject ||
         listener_of(subject) != nullptr;
}

// While the rooms are being joined after a start, timers of the last run may be due already.
Result<> OutboxFlow::wait_for_listener(Tx& tx, const char* timer, const std::string& id) {
  return tx.set_timer({.kind = timer, .subject = id, .due = tx.now() + kListenerCheck});
}

Result<bool> OutboxFlow::is_wanted(Tx& tx, const Delivery& delivery) {
  if (delivery.message.until && tx.now() >= *delivery.message.until) return false;
  DeliveryListener* const listener = listener_of(delivery.subject);
  if (listener == nullptr) return true;
  return listener->is_still_worth_sending(tx, delivery);
}

Result<> OutboxFlow::begin_try(Tx& tx, OutboxRow row) {
  Delivery& delivery = row.delivery;
  ASSIGN_OR_RETURN(const bool may_go, join_thread(tx, delivery));
  if (!may_go) {
    return tx.set_timer({.kind = kSendTimer, .subject = delivery.id, .due = tx.now() + kHeadCheck});
  }
  // Before the commit, so that take_over() in the same batch knows it; after a rollback the next
  // try has the same number.
  if (!tries_->begin(delivery.id, delivery.attempts + 1)) {
    return tx.set_timer(
        {.kind = kSendTimer, .subject = delivery.id, .due = tx.now() + kWhileStopping});
  }
  delivery.attempts += 1;
  row.state = RowState::kSending;
  row.tried = tx.now();
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  RETURN_IF_ERROR(tx.set_timer(
      {.kind = kDeadlineTimer, .subject = delivery.id, .due = tx.now() + limits_.try_deadline}));
  tx.after_commit([this, delivery = std::move(delivery)] { hand_over(delivery); });
  return {};
}

void OutboxFlow::hand_over(const Delivery& delivery) {
  transport_.send(delivery, [door = door_, id = delivery.id,
                             attempt = delivery.attempts](Result<Taken> answer) {
    const std::lock_guard lock(door->mutex);
    if (door->flow != nullptr) door->flow->report(id, attempt, std::move(answer));
  });
}

// The completion may come after this is destroyed (the engine refuses what waits when it ends), so
// it holds only what lives longer.
void OutboxFlow::report(const std::string& id, int attempt, Result<Taken> answer) {
  engine_.submit(
      engine::Turn::kFirst,
      [this, id, attempt, answer](Tx& tx) { return end_try(tx, id, attempt, answer); },
      [tries = tries_, &log = log_, id, attempt, answer](Result<> done) {
        if (done) return;
        tries->keep_answer(id, attempt, answer);
        log.warn("the result of a try could not be stored; its deadline stores it",
                 {{"delivery", id}, {"try", attempt}, {"error", done.error()}});
      });
}

// Answers may come late, twice or out of order: an arrival ends the delivery whichever try it was,
// a failure counts only for the try that is under way.
Result<> OutboxFlow::end_try(Tx& tx, const std::string& id, int attempt,
                             const Result<Taken>& answer) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), id));
  if (!row) return {};
  const bool is_under_way = row->state == RowState::kSending && row->delivery.attempts == attempt;
  if (is_under_way) count_try(tx, *row, answer ? nullptr : &answer.error());
  if (answer) RETURN_IF_ERROR(note_thread(tx, row->delivery, *answer));
  if (is_finished(row->state)) {
    if (answer && row->state != RowState::kSent) return note_late_arrival(tx, *row, attempt);
    // Its receipt was quicker than its answer.
    if (answer && row->taken.message_id.empty()) return take(tx, *std::move(row), *answer);
    return {};
  }
  if (answer) {
    row->taken = *answer;
    return finish(tx, *std::move(row), Outcome::kSent, "");
  }
  if (!is_under_way) return {};
  const Error error{answer.error().code,
                    without_secrets(answer.error().message, row->delivery.contact)};
  return fail_try(tx, *std::move(row), error);
}

Result<> OutboxFlow::take(Tx& tx, OutboxRow row, const Taken& taken) {
  row.taken = taken;
  return update_receipt(tx.sql(), row);
}

// It was given up and has arrived all the same: told as it is, and nothing is decided again.
Result<> OutboxFlow::note_late_arrival(Tx& tx, const OutboxRow& row, int attempt) {
  return append(tx, "delivery.arrived_late", row,
                {{"try", attempt}, {"had_ended_as", name_of(row.state)}});
}

Result<> OutboxFlow::fail_try(Tx& tx, OutboxRow row, const Error& error) {
  Delivery& delivery = row.delivery;
  delivery.maybe_duplicate |= may_have_arrived(error.code);
  if (!may_pass(error.code)) return finish(tx, std::move(row), Outcome::kFailed, error.message);
  std::string given_up;
  note_wish(tx, row);
  ASSIGN_OR_RETURN(std::optional<Time> next, next_try(tx, row, given_up));
  if (!next) {
    std::string detail = fmt::format("{}; the last: {}", given_up, error.message);
    return finish(tx, std::move(row), Outcome::kFailed, std::move(detail));
  }
  // It has its other ways meanwhile; this one is to be there again while somebody is wanted.
  if (delivery.message.is_page) next = std::min<Time>(*next, tx.now() + kLongestPageWait);
  row.state = RowState::kPending;
  row.detail = error.message;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  RETURN_IF_ERROR(tx.cancel_timer(kDeadlineTimer, delivery.id));
  RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = delivery.id, .due = *next}));
  // A hundred entries of one message would hide the incident's timeline.
  if (delivery.attempts <= limits_.notification_tries) {
    RETURN_IF_ERROR(append(tx, "delivery.retrying", row,
                           {{"error", error.message}, {"next_try", to_rfc3339(*next)}}));
  }
  RETURN_IF_ERROR(wake_lane(tx, row.lane));
  // What waits for days takes no memory.
  tx.after_commit([this, id = delivery.id] { tries_->forget(id); });
  DeliveryListener* const listener = listener_of(delivery.subject);
  if (listener == nullptr) return {};
  return listener->on_trouble(tx, delivery, error);
}

Result<> OutboxFlow::on_deadline(Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<OutboxRow> row, read_row(tx.sql(), id));
  if (!row || row->state != RowState::kSending) return {};
  if (!is_answered_for(row->delivery.subject)) return wait_for_listener(tx, kDeadlineTimer, id);
  if (const auto kept = tries_->kept_answer(id); kept && kept->first == row->delivery.attempts) {
    return end_try(tx, id, kept->first, kept->second);
  }
  if (!tries_->is_ours(id, row->delivery.attempts)) return repeat_lost_try(tx, *std::move(row));
  const Error silence{
      Code::kDeadlineExceeded,
      fmt::format("no answer within {}; it may have arrived", to_text(limits_.try_deadline))};
  count_try(tx, *row, &silence);
  return fail_try(tx, *std::move(row), silence);
}

// Tocsin stopped between the mark and the result. That says nothing of the provider, so the pager
// is not told of trouble: the same message goes again at once, marked.
Result<> OutboxFlow::repeat_lost_try(Tx& tx, OutboxRow row) {
  row.delivery.maybe_duplicate = true;
  row.detail = "the result of a try was lost when Tocsin stopped; it may have arrived";
  if (!has_tries_left(row, tx.now())) {
    std::string detail = row.detail;
    return finish(tx, std::move(row), Outcome::kFailed, std::move(detail));
  }
  row.state = RowState::kPending;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = row.delivery.id, .due = tx.now()}));
  RETURN_IF_ERROR(append(tx, "delivery.repeated", row, {{"reason", row.detail}}));
  RETURN_IF_ERROR(wake_lane(tx, row.lane));
  return {};
}

Result<> OutboxFlow::finish(Tx& tx, OutboxRow row, Outcome outcome, std::string detail) {
  row.state = state_after(outcome);
  row.finished = tx.now();
  row.detail = std::move(detail);
  row.quiet_until.reset();
  const Delivery& delivery = row.delivery;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  RETURN_IF_ERROR(tx.cancel_timer(kSendTimer, delivery.id));
  RETURN_IF_ERROR(tx.cancel_timer(kDeadlineTimer, delivery.id));
  if (outcome == Outcome::kSent) RETURN_IF_ERROR(await_receipt(tx, row));
  codec::JsonObject more;
  if (outcome != Outcome::kSent) more["reason"] = row.detail;
  if (!row.taken.provider.empty()) more["provider"] = row.taken.provider;
  RETURN_IF_ERROR(append(tx, fmt::format("delivery.{}", name_of(row.state)), row, more));
  RETURN_IF_ERROR(wake_line(tx, row.line));
  const bool is_wider = outcome == Outcome::kSent && widen(tx, row);
  RETURN_IF_ERROR(wake_lane(tx, row.lane, is_wider ? 2 : 1));
  if (DeliveryListener* const listener = listener_of(delivery.subject)) {
    RETURN_IF_ERROR(listener->on_outcome(tx, delivery, outcome, row.detail));
  }
  tx.after_commit([this, id = delivery.id, kind = delivery.contact.kind, state = row.state,
                   reason = row.detail] {
    tries_->forget(id);
    metrics_
        .counter(
            "tocsin_notify_deliveries_total", "Deliveries that ended, by how they ended.",
            {{"channel", std::string(name_of(kind))}, {"outcome", std::string(name_of(state))}})
        .add();
    if (state != RowState::kFailed) return;
    log_.warn("delivery failed for good",
              {{"delivery", id}, {"channel", name_of(kind)}, {"reason", reason}});
  });
  return {};
}

Result<> OutboxFlow::on_prune(Tx& tx) {
  ASSIGN_OR_RETURN(const int64_t pruned,
                   prune_rows(tx.sql(), tx.now() - limits_.keep, kPruneBatch));
  RETURN_IF_ERROR(prune_reply_codes(tx.sql(), tx.now() - limits_.keep));
  RETURN_IF_ERROR(prune_threads(tx.sql(), tx.now() - kKeepThreads));
  const Duration wait = pruned == kPruneBatch ? kPruneOn : kPruneEvery;
  return tx.set_timer({.kind = kPruneTimer, .subject = "all", .due = tx.now() + wait});
}

Result<> OutboxFlow::append(Tx& tx, std::string kind, const OutboxRow& row,
                            codec::JsonObject more) {
  const Delivery& delivery = row.delivery;
  if (delivery.message.is_drill) return {};
  codec::JsonObject data{{"delivery", delivery.id},
                         {"person", delivery.person.value()},
                         {"channel", name_of(delivery.contact.kind)},
                         {"to", shown_address(delivery.contact)},
                         {"tries", delivery.attempts}};
  if (delivery.maybe_duplicate) data["maybe_duplicate"] = true;
  for (const auto& field : more) data[field.key()] = field.value();
  return tx.append({.happened = tx.now(),
                    .actor = store::system_actor("outbox"),
                    .kind = std::move(kind),
                    .subject_kind = delivery.subject.kind,
                    .subject_id = delivery.subject.id,
                    .incident_id = delivery.message.incident_id,
                    .data = std::move(data)});
}

DeliveryListener* OutboxFlow::listener_of(const Subject& subject) const {
  const auto it = listeners_.find(subject.kind);
  return it == listeners_.end() ? nullptr : it->second;
}

void OutboxFlow::count_try(Tx& tx, const OutboxRow& row, const Error* error) {
  const Duration took = row.tried ? std::max(tx.now() - *row.tried, Duration(0)) : Duration(0);
  tx.after_commit([this, took, channel = std::string(name_of(row.delivery.contact.kind)),
                   result = std::string(error == nullptr ? "ok" : name_of(error->code))] {
    metrics_
        .counter("tocsin_notify_tries_total", "Tries to deliver, by their result.",
                 {{"channel", channel}, {"result", result}})
        .add();
    metrics_
        .histogram("tocsin_notify_try_seconds", "From handing a message over to the answer.",
                   {{"channel", channel}})
        .observe(to_seconds(took));
  });
}

}  // namespace tocsin::notify
