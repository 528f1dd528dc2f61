#include <algorithm>

#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

bool is_lost(const Way& way) {
  return way.state == "trouble" || way.state == "failed" || way.state == "dropped";
}

}  // namespace

Result<bool> RowPager::is_still_wanted(engine::Tx& tx, const notify::Subject& subject) {
  if (subject.kind == kRecoverySubject) return true;
  ASSIGN_OR_RETURN(const auto page, read_page_row(tx.sql(), subject.id));
  return page && page->is_live;
}

Result<> RowPager::on_trouble(engine::Tx& tx, const notify::Delivery& delivery,
                              const Error& error) {
  if (delivery.subject.kind != kPageSubject) return {};
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery.id));
  if (!way || way->state != "trying") return {};  // only the first trouble of a way moves the page
  return on_way_lost(tx, *way, "trouble", error.message);
}

Result<> RowPager::on_way_timer(engine::Tx& tx, const std::string& delivery_id) {
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery_id));
  if (!way || way->state != "trying") return {};
  return on_way_lost(tx, *way, "trouble", "no success within " + to_text(kWayPatience));
}

Result<> RowPager::on_outcome(engine::Tx& tx, const notify::Delivery& delivery,
                              notify::Outcome outcome, const std::string& detail) {
  if (delivery.subject.kind == kRecoverySubject) {
    return outcome == notify::Outcome::kFailed ? on_recovery_failed(tx, delivery) : Result<>{};
  }
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery.id));
  ASSIGN_OR_RETURN(auto page, read_page_row(tx.sql(), delivery.subject.id));
  if (!way || !page) return {};
  RETURN_IF_ERROR(tx.cancel_timer(kWayTimer, delivery.id));
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), page->page.incident_id));
  if (!row) return {};
  switch (outcome) {
    case notify::Outcome::kSent:
      RETURN_IF_ERROR(set_way_state(tx.sql(), delivery.id, "sent"));
      return on_page_sent(tx, std::move(page->page), *std::move(row));
    case notify::Outcome::kFailed: return on_way_lost(tx, *way, "failed", detail);
    case notify::Outcome::kDropped:
      RETURN_IF_ERROR(set_way_state(tx.sql(), delivery.id, "dropped"));
      // An earlier try may have woken this person: they hear that it is over.
      if (delivery.maybe_duplicate && row->state == RowState::kStopped) {
        return tell_recovery(tx, *row, delivery.person, static_cast<size_t>(way->index));
      }
      return {};
  }
  bug("unknown outcome of a delivery");
}

Result<> RowPager::on_page_sent(engine::Tx& tx, Page page, EscalationRow row) {
  const bool is_first_of_page = !page.first_sent;
  if (is_first_of_page) page.first_sent = tx.now();
  if (page.state != "answered") page.state = "told";
  RETURN_IF_ERROR(update_page(tx.sql(), page));
  if (is_first_of_page) {
    RETURN_IF_ERROR(
        append(tx, row, "page.told", "page", page.id, {{"person", page.person.value()}}));
    tx.after_commit([this] { told_metric_.add(); });
  }
  if (page.round == row.place.round) row.told_in_round = true;
  const bool is_first_of_incident = !row.first_told;
  if (is_first_of_incident) {
    row.first_told = tx.now();
    tx.after_commit(
        [this, after = tx.now() - row.started] { first_told_metric_.observe(to_seconds(after)); });
  }
  RETURN_IF_ERROR(put_escalation(tx.sql(), row));
  if (is_first_of_incident && listener_ != nullptr) {
    RETURN_IF_ERROR(listener_->on_first_told(tx, row.incident, tx.now()));
  }
  // It was on its way when the problem ended.
  if (row.state != RowState::kStopped) return {};
  ASSIGN_OR_RETURN(const int way, best_way(tx.sql(), row.incident, page.person));
  return tell_recovery(tx, row, page.person, static_cast<size_t>(way));
}

Result<> RowPager::on_way_lost(engine::Tx& tx, const Way& way, std::string_view new_state,
                               const std::string& why) {
  RETURN_IF_ERROR(tx.cancel_timer(kWayTimer, way.delivery));
  RETURN_IF_ERROR(set_way_state(tx.sql(), way.delivery, new_state));
  ASSIGN_OR_RETURN(auto page_row, read_page_row(tx.sql(), way.page));
  if (!page_row) return {};
  Page& page = page_row->page;
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), page.incident_id));
  if (!row) return {};
  ASSIGN_OR_RETURN(const auto ways, ways_of(tx.sql(), page.id));

  const bool is_rung = page_row->is_live && row->state == RowState::kRinging;
  const catalog::Person* person = row->plan.person(page.person);
  if (is_rung && way.state == "trying" && person != nullptr && way.index == ways.back().index) {
    const auto next = static_cast<size_t>(way.index) + 1;
    ASSIGN_OR_RETURN(const bool is_under_way, start_way(tx, *row, page, *person, next));
    if (is_under_way) {
      return append(tx, *row, "page.other_way", "page", page.id,
                    {{"person", page.person.value()}, {"why", why}});
    }
  }
  if (!std::ranges::all_of(ways, is_lost)) return {};
  const bool is_over =
      std::ranges::none_of(ways, [](const Way& w) { return w.state == "trouble"; });
  if (is_over && page.state == "trying") {
    page.state = "failed";
    RETURN_IF_ERROR(update_page(tx.sql(), page));
    RETURN_IF_ERROR(append(tx, *row, "page.failed", "page", page.id,
                           {{"person", page.person.value()}, {"why", why}}));
  }
  // The ways were used up just now, not by an earlier trouble: somebody else is rung at once.
  const bool is_whose_turn = row->place == Place{page.step, page.round};
  return is_rung && is_whose_turn && way.state == "trying" ? hurry(tx, *row) : Result<>{};
}

Result<> RowPager::tell_recovery(engine::Tx& tx, const EscalationRow& row,
                                 const catalog::PersonId& person_id, size_t way) {
  if (!row.recovery) return {};
  ASSIGN_OR_RETURN(const auto told, recovery_way(tx.sql(), row.incident, person_id));
  if (told && *told >= static_cast<int>(way)) return {};
  const catalog::Person* person = row.plan.person(person_id);
  const auto current = catalog();
  if (person == nullptr) person = current->person(person_id);
  if (person == nullptr) return {};
  for (; way < person->contacts.size(); ++way) {
    auto delivery = outbox_.enqueue(tx, notify::Subject{kRecoverySubject, row.incident}, *person,
                                    with_secret(person_id, person->contacts[way]), *row.recovery);
    if (delivery) {
      return put_recovery_way(tx.sql(), row.incident, person_id, static_cast<int>(way));
    }
    if (delivery.error().code != Code::kInvalidArgument) return fail(std::move(delivery.error()));
  }
  return {};
}

Result<> RowPager::on_recovery_failed(engine::Tx& tx, const notify::Delivery& delivery) {
  ASSIGN_OR_RETURN(const auto row, read_escalation(tx.sql(), delivery.subject.id));
  if (!row) return {};
  ASSIGN_OR_RETURN(const auto way, recovery_way(tx.sql(), row->incident, delivery.person));
  return way ? tell_recovery(tx, *row, delivery.person, static_cast<size_t>(*way) + 1) : Result<>{};
}

}  // namespace tocsin::oncall
