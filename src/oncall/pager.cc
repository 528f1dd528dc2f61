#include "oncall/pager.h"

#include <fmt/format.h>

#include <algorithm>

#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

constexpr int kMaxPagesShown = 200;

Error no_escalation(const std::string& incident_id) {
  return {Code::kNotFound, fmt::format("nobody is paged for incident {}", incident_id)};
}

EscalationState shown_state(const EscalationRow& row) {
  switch (row.state) {
    case RowState::kRinging:
      return row.is_exhausted ? EscalationState::kExhausted : EscalationState::kRinging;
    case RowState::kAcknowledged: return EscalationState::kAcknowledged;
    case RowState::kPaused:
    case RowState::kStopped: return EscalationState::kStopped;
  }
  bug("unknown state of an escalation");
}

catalog::PersonId person_at(const Plan& plan, Place place) {
  const auto step = static_cast<size_t>(place.step);
  return step < plan.steps.size() ? plan.steps[step].person.id : catalog::PersonId();
}

}  // namespace

std::unique_ptr<Pager> Pager::make(Parts parts) { return std::make_unique<RowPager>(parts); }

RowPager::RowPager(Parts parts)
    : engine_(parts.engine),
      outbox_(parts.outbox),
      links_(parts.links),
      log_(parts.log),
      rung_metric_(parts.metrics.counter("tocsin_pages_rung_total", "Pages that were begun")),
      told_metric_(
          parts.metrics.counter("tocsin_pages_told_total", "Pages that a provider has taken")),
      unreachable_metric_(parts.metrics.counter("tocsin_pages_unreachable_total",
                                                "Pages for which no way to the person worked")),
      exhausted_metric_(parts.metrics.counter("tocsin_escalations_exhausted_total",
                                              "Escalations that nobody answered in all rounds")),
      first_told_metric_(parts.metrics.histogram(
          "tocsin_first_told_seconds", "From the start of an escalation to the first page taken")),
      catalog_(std::make_shared<catalog::Catalog>()) {
  engine_.on_timer(kEscalateTimer, [this](engine::Tx& tx, const std::string& incident) {
    return on_timer(tx, incident);
  });
  engine_.on_timer(kWayTimer, [this](engine::Tx& tx, const std::string& delivery) {
    return on_way_timer(tx, delivery);
  });
  outbox_.listen(kPageSubject, *this);
  outbox_.listen(kRecoverySubject, *this);
}

void RowPager::use(std::shared_ptr<const catalog::Catalog> catalog) {
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
}

std::shared_ptr<const catalog::Catalog> RowPager::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

Result<> RowPager::start(engine::Tx& tx, const PageReason& reason) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), reason.incident_id));
  if (!row) return begin(tx, reason);
  switch (row->state) {
    case RowState::kRinging:
    case RowState::kAcknowledged: return {};
    case RowState::kPaused: return resume(tx, *std::move(row), reason);
    case RowState::kStopped: return begin(tx, reason);
  }
  bug("unknown state of an escalation");
}

Result<> RowPager::begin(engine::Tx& tx, const PageReason& reason) {
  ASSIGN_OR_RETURN(const auto earlier, read_escalation(tx.sql(), reason.incident_id));
  RETURN_IF_ERROR(end_pages(tx.sql(), reason.incident_id));
  RETURN_IF_ERROR(forget_recovery(tx.sql(), reason.incident_id));
  EscalationRow row;
  row.incident = reason.incident_id;
  row.team = reason.team;
  row.plan = plan_for(*catalog(), reason.team);
  row.message = reason.message;
  row.started = tx.now();
  if (earlier) row.first_told = earlier->first_told;
  codec::JsonArray people;
  for (const auto& step : row.plan.steps) people.push_back(codec::Json(step.person.id.value()));
  RETURN_IF_ERROR(append(tx, row, "escalation.started", "incident", row.incident,
                         {{"team", row.team.value()}, {"people", std::move(people)}}));
  return ring_next(tx, row);
}

// Goes on where it was. Whoever was being rung when it paused, and was not told, is rung anew.
Result<> RowPager::resume(engine::Tx& tx, EscalationRow row, const PageReason& reason) {
  row.state = RowState::kRinging;
  row.message = reason.message;
  ASSIGN_OR_RETURN(const auto pages, pages_of_incident(tx.sql(), row.incident, 1));
  const bool was_told = !pages.empty() && pages.back().first_sent;
  if (!was_told) row.next = row.place;
  RETURN_IF_ERROR(append(tx, row, "escalation.resumed", "incident", row.incident, {}));
  if (!was_told || !row.next_at || *row.next_at <= tx.now()) return ring_next(tx, row);
  // `next_at` does not move when the clock is set while it is paused: never longer than planned.
  const Duration planned = next_after(row.plan, row.place, row.told_in_round).wait;
  return wait_for_next(tx, row, std::min<Duration>(*row.next_at - tx.now(), planned));
}

Result<> RowPager::ring_again(engine::Tx& tx, const PageReason& reason) {
  return begin(tx, reason);
}

Result<> RowPager::acknowledge(engine::Tx& tx, const std::string& incident_id,
                               const store::Actor& by) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row) return fail(no_escalation(incident_id));
  if (row->state == RowState::kAcknowledged) return {};
  if (row->state == RowState::kStopped) {
    return fail(Code::kFailedPrecondition,
                fmt::format("incident {} is over; there is nothing to acknowledge", incident_id));
  }
  row->state = RowState::kAcknowledged;
  row->is_exhausted = false;
  row->next_at.reset();
  row->acknowledged_at = tx.now();
  row->acknowledged_by = by.to_text();
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, incident_id));
  RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
  RETURN_IF_ERROR(mark_answered(tx.sql(), incident_id, by.name));
  RETURN_IF_ERROR(put_escalation(tx.sql(), *row));
  return listener_ == nullptr ? Result<>{}
                              : listener_->on_acknowledged(tx, incident_id, by, tx.now());
}

Result<> RowPager::pause(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state != RowState::kRinging) return {};
  row->state = RowState::kPaused;
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, incident_id));
  RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
  RETURN_IF_ERROR(append(tx, *row, "escalation.paused", "incident", incident_id, {}));
  return put_escalation(tx.sql(), *row);
}

Result<> RowPager::stop(engine::Tx& tx, const std::string& incident_id,
                        const notify::Message& recovery) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state == RowState::kStopped) return {};
  row->state = RowState::kStopped;
  row->next_at.reset();
  row->recovery = recovery;
  row->recovery->is_page = false;
  row->recovery->answer_url.clear();
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, incident_id));
  RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
  RETURN_IF_ERROR(put_escalation(tx.sql(), *row));
  ASSIGN_OR_RETURN(const auto people, people_told(tx.sql(), incident_id));
  for (const auto& person : people) {
    ASSIGN_OR_RETURN(const int way, best_way(tx.sql(), incident_id, person));
    RETURN_IF_ERROR(tell_recovery(tx, *row, person, static_cast<size_t>(way)));
  }
  return append(tx, *row, "escalation.stopped", "incident", incident_id,
                {{"people_told", people.size()}});
}

Result<> RowPager::forget(engine::Tx& tx, const std::string& incident_id) {
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, incident_id));
  return delete_escalation(tx.sql(), incident_id);
}

Result<> RowPager::refresh(engine::Tx& tx, const std::string& incident_id,
                           const notify::Message& message) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state != RowState::kRinging) return {};
  row->message = message;
  return put_escalation(tx.sql(), *row);
}

Result<std::optional<Escalation>> RowPager::read(store::Session& session,
                                                 const std::string& incident_id) {
  ASSIGN_OR_RETURN(const auto row, read_escalation(session, incident_id));
  if (!row) return std::nullopt;
  Escalation e;
  e.incident_id = row->incident;
  e.team = row->team;
  e.state = shown_state(*row);
  e.step = row->place.step;
  e.round = row->place.round;
  e.started = row->started;
  if (row->state == RowState::kRinging) {
    e.ringing = person_at(row->plan, row->place);
    e.next_at = row->next_at;
    e.next_person = person_at(row->plan, row->next);
  }
  e.acknowledged_at = row->acknowledged_at;
  e.acknowledged_by = row->acknowledged_by;
  ASSIGN_OR_RETURN(e.pages, pages_of_incident(session, incident_id, kMaxPagesShown));
  return e;
}

Result<std::optional<Page>> RowPager::read_page(store::Session& session,
                                                const std::string& page_id) {
  ASSIGN_OR_RETURN(auto row, read_page_row(session, page_id));
  if (!row) return std::nullopt;
  return std::move(row->page);
}

Result<std::vector<std::string>> RowPager::troubles(store::Session& session) {
  ASSIGN_OR_RETURN(const auto rows, exhausted_escalations(session));
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    const std::string what = row.first_told
                                 ? "was told but nobody answered"
                                 : "could not be told: check their contacts and the channels";
    lines.push_back(fmt::format("{} ({}): team {} {}", row.message.title, row.incident,
                                row.team.value(), what));
  }
  return lines;
}

catalog::Contact RowPager::with_secret(const catalog::PersonId& person,
                                       catalog::Contact contact) const {
  const auto current = catalog();
  const catalog::Person* known = current->person(person);
  if (known == nullptr) return contact;
  const auto found = std::ranges::find_if(known->contacts, [&](const catalog::Contact& c) {
    return c.kind == contact.kind && c.address == contact.address;
  });
  if (found != known->contacts.end()) contact.secret = found->secret;
  return contact;
}

Result<> RowPager::append(engine::Tx& tx, const EscalationRow& row, std::string kind,
                          std::string_view subject_kind, std::string_view subject_id,
                          codec::JsonObject data, store::Actor actor) {
  if (row.message.is_drill) return {};
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = std::move(actor);
  entry.kind = std::move(kind);
  entry.subject_kind = subject_kind;
  entry.subject_id = subject_id;
  entry.incident_id = row.incident;
  entry.data = std::move(data);
  return tx.append(std::move(entry));
}

}  // namespace tocsin::oncall
