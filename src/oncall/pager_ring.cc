#include <fmt/format.h>

#include "oncall/pager_parts.h"

namespace tocsin::oncall {

Result<> RowPager::on_timer(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state != RowState::kRinging) return {};
  return ring_next(tx, *row);
}

Result<> RowPager::ring_next(engine::Tx& tx, EscalationRow& row) {
  while (true) {
    const bool is_new_round = row.next.round != row.place.round;
    row.place = row.next;
    if (is_new_round) RETURN_IF_ERROR(enter_round(tx, row));
    bool is_rung = false;
    if (!row.plan.steps.empty()) {
      const auto& person = row.plan.steps[static_cast<size_t>(row.place.step)].person;
      ASSIGN_OR_RETURN(is_rung, ring(tx, row, person));
    }
    const Next next = next_after(row.plan, row.place, is_rung || row.told_in_round);
    row.next = next.place;
    const bool is_end_of_round = next.place.round != row.place.round;
    if (is_rung || is_end_of_round) return wait_for_next(tx, row, next.wait);
  }
}

Result<> RowPager::enter_round(engine::Tx& tx, EscalationRow& row) {
  row.told_in_round = false;
  if (!is_beyond(row.plan, row.place)) return {};
  if (!row.is_exhausted) RETURN_IF_ERROR(exhaust(tx, row));
  // The list did not do. If somebody has mended it meanwhile, the new one is used.
  Plan current = plan_for(*catalog(), row.team);
  if (!current.steps.empty()) {
    current.repeat = row.plan.repeat;  // the rounds are through, however many it would allow now
    row.plan = std::move(current);
  }
  return {};
}

Result<> RowPager::exhaust(engine::Tx& tx, EscalationRow& row) {
  row.is_exhausted = true;
  const bool is_anybody_told = row.first_told.has_value();
  const std::string_view what = is_anybody_told ? "every round is through and nobody has answered"
                                                : "finished with nobody told";
  tx.after_commit([this, incident = row.incident, team = row.team, what] {
    exhausted_metric_.add();
    log_.error(what, {{"incident", incident}, {"team", team.value()}});
  });
  return append(tx, row, "escalation.exhausted", "incident", row.incident,
                {{"severity", "error"},
                 {"what", what},
                 {"team", row.team.value()},
                 {"rounds", row.place.round}});
}

Result<bool> RowPager::ring(engine::Tx& tx, EscalationRow& row, const catalog::Person& person) {
  if (person.contacts.empty()) {
    RETURN_IF_ERROR(append(tx, row, "page.skipped", "person", person.id.value(),
                           {{"person", person.id.value()}, {"why", "has no contact"}}));
    return false;
  }
  // One page a person and incident is wanted at a time: a backlog of older ones is not sent.
  RETURN_IF_ERROR(end_pages_of(tx.sql(), row.incident, person.id));
  Page page;
  page.id = tx.new_id("pag");
  page.incident_id = row.incident;
  page.person = person.id;
  page.step = row.place.step;
  page.round = row.place.round;
  page.created = tx.now();
  page.state = "trying";
  RETURN_IF_ERROR(insert_page(tx.sql(), page));
  RETURN_IF_ERROR(append(
      tx, row, "page.rung", "page", page.id,
      {{"person", person.id.value()}, {"step", row.place.step}, {"round", row.place.round}}));
  tx.after_commit([this] { rung_metric_.add(); });
  ASSIGN_OR_RETURN(const bool is_under_way, start_way(tx, row, page, person, 0));
  if (!is_under_way) {
    page.state = "failed";
    RETURN_IF_ERROR(update_page(tx.sql(), page));
  }
  return is_under_way;
}

Result<bool> RowPager::start_way(engine::Tx& tx, const EscalationRow& row, const Page& page,
                                 const catalog::Person& person, size_t index) {
  for (; index < person.contacts.size(); ++index) {
    notify::Message message = row.message;
    message.is_page = true;
    message.incident_id = row.incident;
    message.answer_url = links_.url_for(page.id, tx.now() + kAnswerFor);
    auto delivery =
        outbox_.enqueue(tx, notify::Subject{kPageSubject, page.id}, person,
                        with_secret(person.id, person.contacts[index]), std::move(message));
    // An address that the outbox refuses is a way that does not work; anything else is tried again
    // with the whole transaction.
    if (!delivery && delivery.error().code != Code::kInvalidArgument) {
      return fail(std::move(delivery.error()));
    }
    if (delivery) {
      RETURN_IF_ERROR(
          tx.set_timer({.kind = kWayTimer, .subject = *delivery, .due = tx.now() + kWayPatience}));
      RETURN_IF_ERROR(insert_way(
          tx.sql(), Way{page.id, static_cast<int>(index), *std::move(delivery), "trying"}));
      return true;
    }
    RETURN_IF_ERROR(append(tx, row, "page.skipped", "page", page.id,
                           {{"person", person.id.value()}, {"why", delivery.error().message}}));
  }
  tx.after_commit([this] { unreachable_metric_.add(); });
  return false;
}

Result<> RowPager::wait_for_next(engine::Tx& tx, EscalationRow& row, Duration wait) {
  row.next_at = tx.now() + wait;
  RETURN_IF_ERROR(
      tx.set_timer({.kind = kEscalateTimer, .subject = row.incident, .due = *row.next_at}));
  return put_escalation(tx.sql(), row);
}

Result<> RowPager::hurry(engine::Tx& tx, EscalationRow& row) {
  const Next next = next_after(row.plan, row.place, row.told_in_round);
  if (next.place.round == row.place.round) {
    row.next = next.place;
    return ring_next(tx, row);
  }
  // The end of a round: the pause stays, but it is the short one when the round reached nobody.
  const Time at = tx.now() + next.wait;
  if (row.next_at && *row.next_at <= at) return {};
  return wait_for_next(tx, row, next.wait);
}

}  // namespace tocsin::oncall
