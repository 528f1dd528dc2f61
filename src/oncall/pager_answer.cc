#include <fmt/format.h>

#include <algorithm>

#include "notify/render_words.h"
#include "notify/thread_store.h"
#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

Error no_escalation(const std::string& incident_id) {
  return {Code::kNotFound, fmt::format("nobody is paged for incident {}", incident_id)};
}

Error is_over(const std::string& incident_id, std::string_view what) {
  return {Code::kFailedPrecondition,
          fmt::format("incident {} is over; there is nothing to {}", incident_id, what)};
}

}  // namespace

Answerer answers_as(store::Actor actor, std::string_view person) {
  std::string who = person.empty() ? actor.to_text() : std::string(person);
  return {.actor = std::move(actor), .who = std::move(who)};
}

Result<> RowPager::acknowledge(engine::Tx& tx, const std::string& incident_id, const Answerer& by) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row) return fail(no_escalation(incident_id));
  if (row->state == RowState::kStopped) return fail(is_over(incident_id, "acknowledge"));
  // A snooze is ended by an acknowledgement: from then on somebody has it.
  if (row->state == RowState::kAcknowledged && !row->is_snoozed) {
    const bool has_it = std::ranges::find(row->answered_by, by.who) != row->answered_by.end();
    if (!row->brought_in || has_it) return {};
    // Somebody who was brought in has come, so nobody else of them is rung.
    row->answered_by.push_back(by.who);
    RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
    RETURN_IF_ERROR(mark_answered(tx.sql(), incident_id, by.who));
    return update_escalation(tx.sql(), *row);
  }
  ASSIGN_OR_RETURN(const PolicyPtr policy, policy_of(tx.sql(), *row));
  const bool is_new = std::ranges::find(row->answered_by, by.who) == row->answered_by.end();
  if (is_new) row->answered_by.push_back(by.who);
  const auto wanted = static_cast<size_t>(policy->acknowledgements);
  if (row->answered_by.size() >= wanted) {
    const bool is_for_a_time = policy->acknowledged_for > Duration(0);
    return silence(tx, *row, by,
                   is_for_a_time ? std::optional(policy->acknowledged_for) : std::nullopt, false);
  }
  if (!is_new) return {};
  RETURN_IF_ERROR(end_pages_of(tx.sql(), incident_id, catalog::PersonId(by.who)));
  RETURN_IF_ERROR(mark_answered(tx.sql(), incident_id, by.who));
  RETURN_IF_ERROR(update_escalation(tx.sql(), *row));
  RETURN_IF_ERROR(append(tx, incident_id, "escalation.answered", "incident", incident_id,
                         {{"have", row->answered_by.size()}, {"wanted", wanted}}, by.actor));
  return listener_ == nullptr ? Result<>{}
                              : listener_->on_acknowledged(tx, incident_id, by.actor, tx.now());
}

Result<> RowPager::silence(engine::Tx& tx, EscalationRow& row, const Answerer& by,
                           std::optional<Duration> how_long, bool is_snoozed) {
  const bool was_taken = row.state == RowState::kAcknowledged;
  const bool had_it = was_taken && (is_snoozed || !row.is_snoozed);
  if (!was_taken) row.is_calm = row.state == RowState::kPaused;
  if (!had_it) {
    row.acknowledged_at = tx.now();
    row.acknowledged_by = by.actor.to_text();
  }
  row.state = RowState::kAcknowledged;
  row.is_exhausted = false;
  row.next_at.reset();
  row.is_snoozed = is_snoozed;
  row.rings_again_at.reset();
  if (std::ranges::find(row.answered_by, by.who) == row.answered_by.end()) {
    row.answered_by.push_back(by.who);
  }
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, row.incident));
  RETURN_IF_ERROR(tx.cancel_timer(kWakeTimer, row.incident));
  if (how_long) {
    row.rings_again_at = tx.now() + *how_long;
    RETURN_IF_ERROR(
        tx.set_timer({.kind = kWakeTimer, .subject = row.incident, .due = *row.rings_again_at}));
  }
  RETURN_IF_ERROR(end_pages(tx.sql(), row.incident));
  RETURN_IF_ERROR(mark_answered(tx.sql(), row.incident, by.who));
  RETURN_IF_ERROR(update_escalation(tx.sql(), row));
  if (had_it) return {};
  RETURN_IF_ERROR(tell_threads(tx, row, by));
  if (listener_ == nullptr) return {};
  return listener_->on_acknowledged(tx, row.incident, by.actor, tx.now());
}

// Whoever reads along in a thread learns who has it; the others read it behind their link.
Result<> RowPager::tell_threads(engine::Tx& tx, const EscalationRow& row, const Answerer& by) {
  ASSIGN_OR_RETURN(const auto threads, notify::threads_of(tx.sql(), row.incident));
  const bool is_person = !by.who.contains(':');
  for (const notify::Thread& thread : threads) {
    if (thread.person.value() == by.who) continue;
    notify::Message message;
    message.is_page = false;
    message.title =
        notify::words_of(thread.language).who_has_it(is_person ? by.who : by.actor.name);
    message.since = row.message.since;
    message.incident_id = row.incident;
    message.service = row.message.service;
    message.severity = row.message.severity;
    catalog::Person person{.id = thread.person, .name = thread.person.value()};
    person.language = thread.language;
    RETURN_IF_ERROR(outbox_.enqueue(tx, notify::Subject{kChannelSubject, row.incident}, person,
                                    thread.contact, std::move(message)));
  }
  return {};
}

// The time for which somebody had it is up. While no alert fires it waits for one.
Result<> RowPager::on_wake(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state != RowState::kAcknowledged || !row->rings_again_at) return {};
  RETURN_IF_ERROR(
      append(tx, incident_id, "escalation.rings_again", "incident", incident_id,
             {{"why", row->is_snoozed ? "the snooze is over"
                                      : "it was acknowledged a while ago and is not resolved"}}));
  row->rings_again_at.reset();
  row->acknowledged_at.reset();
  row->acknowledged_by.clear();
  row->answered_by.clear();
  row->is_snoozed = row->told_in_round = row->rung_in_round = false;
  row->place = row->next = {};
  row->state = row->is_calm ? RowState::kPaused : RowState::kRinging;
  row->is_calm = false;
  if (row->state == RowState::kPaused) return update_escalation(tx.sql(), *row);
  return ring_next(tx, *row);
}

Result<> RowPager::escalate(engine::Tx& tx, const std::string& incident_id,
                            const store::Actor& by) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row) return fail(no_escalation(incident_id));
  if (row->state == RowState::kStopped) return fail(is_over(incident_id, "escalate"));
  if (row->state == RowState::kPaused || row->is_calm) {
    return fail(Code::kFailedPrecondition,
                fmt::format("no alert of incident {} fires any more; it rings by itself if one "
                            "does again",
                            incident_id));
  }
  RETURN_IF_ERROR(append(tx, incident_id, "escalation.escalated", "incident", incident_id,
                         {{"to_step", row->next.step}, {"round", row->next.round}}, by));
  RETURN_IF_ERROR(tx.cancel_timer(kWakeTimer, incident_id));
  row->state = RowState::kRinging;
  row->is_snoozed = false;
  row->rings_again_at.reset();
  row->acknowledged_at.reset();
  row->acknowledged_by.clear();
  row->answered_by.clear();
  return ring_next(tx, *row);
}

Result<> RowPager::snooze(engine::Tx& tx, const std::string& incident_id, Duration how_long,
                          const Answerer& by) {
  if (how_long < kShortestSnooze || how_long > kLongestSnooze) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("an incident is snoozed for {} to {}, not {}", tocsin::to_text(kShortestSnooze),
                    tocsin::to_text(kLongestSnooze), tocsin::to_text(how_long)));
  }
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row) return fail(no_escalation(incident_id));
  if (row->state == RowState::kStopped) return fail(is_over(incident_id, "snooze"));
  RETURN_IF_ERROR(append(tx, incident_id, "escalation.snoozed", "incident", incident_id,
                         {{"until", to_rfc3339(tx.now() + how_long)}}, by.actor));
  return silence(tx, *row, by, how_long, true);
}

}  // namespace tocsin::oncall
