#include "oncall/pager.h"

#include <fmt/format.h>

#include <algorithm>

#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

constexpr int kMaxPagesShown = 200;

}  // namespace

std::unique_ptr<Pager> Pager::make(Parts parts) {
  return std::make_unique<RowPager>(std::move(parts));
}

RowPager::RowPager(Parts parts)
    : engine_(parts.engine),
      outbox_(parts.outbox),
      links_(parts.links),
      on_call_(parts.on_call),
      operators_(std::move(parts.operators)),
      log_(parts.log),
      rung_metric_(parts.metrics.counter("tocsin_pages_rung_total", "Pages that were begun")),
      told_metric_(
          parts.metrics.counter("tocsin_pages_told_total", "Pages that a provider has taken")),
      unreachable_metric_(parts.metrics.counter("tocsin_pages_unreachable_total",
                                                "Pages for which no way to the person worked")),
      exhausted_metric_(parts.metrics.counter("tocsin_escalations_exhausted_total",
                                              "Escalations that nobody answered in all rounds")),
      bundled_metric_(parts.metrics.counter("tocsin_pages_bundled_total",
                                            "Pages that were told together with others")),
      first_told_metric_(parts.metrics.histogram(
          "tocsin_first_told_seconds", "From the start of an escalation to the first page taken")),
      in_use_(std::make_shared<PoliciesInUse>()) {
  const auto on = [this](const char* timer, auto handler) {
    engine_.on_timer(timer, [this, handler](engine::Tx& tx, const std::string& subject) {
      return (this->*handler)(tx, subject);
    });
  };
  on(kEscalateTimer, &RowPager::on_timer);
  on(kWakeTimer, &RowPager::on_wake);
  on(kBringInTimer, &RowPager::on_bring_in_timer);
  on(kWayTimer, &RowPager::on_way_timer);
  on(kRuleTimer, &RowPager::on_rule_timer);
  on(kGatherTimer, &RowPager::on_gathered);
  on(kKeepTimer, &RowPager::on_keep);
  engine_.submit(
      [](engine::Tx& tx) {
        return tx.set_timer({.kind = kKeepTimer, .subject = "all", .due = tx.now()});
      },
      [&log = log_](const Result<>& done) {
        if (!done) log.warn("old pages are kept until the next start", {{"error", done.error()}});
      });
  for (const char* kind : {kPageSubject, kRecoverySubject, kChannelSubject, kOperatorsSubject}) {
    outbox_.listen(kind, *this);
  }
}

void RowPager::use(std::shared_ptr<const catalog::Catalog> catalog, std::vector<Policy> policies) {
  auto next = std::make_shared<const PoliciesInUse>(std::move(catalog), std::move(policies));
  const std::lock_guard lock(mutex_);
  in_use_ = std::move(next);
}

std::shared_ptr<const PoliciesInUse> RowPager::policies() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

Result<RowPager::PolicyPtr> RowPager::policy_of(store::Session& sql, const EscalationRow& row) {
  return records_.read(sql, row.plan);
}

Result<> RowPager::start(engine::Tx& tx, const PageReason& reason) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), reason.incident_id));
  if (!row) return begin(tx, reason);
  switch (row->state) {
    case RowState::kRinging: return {};
    case RowState::kAcknowledged:
      if (!row->is_calm) return {};
      row->is_calm = false;
      RETURN_IF_ERROR(update_escalation(tx.sql(), *row));
      return maybe_bring_in(tx, *row);
    case RowState::kPaused: return resume(tx, *std::move(row), reason);
    case RowState::kStopped: return begin(tx, reason);
  }
  bug("unknown state of an escalation");
}

Result<> RowPager::begin(engine::Tx& tx, const PageReason& reason) {
  ASSIGN_OR_RETURN(const auto earlier, read_escalation(tx.sql(), reason.incident_id));
  if (earlier) {
    RETURN_IF_ERROR(end_pages(tx.sql(), reason.incident_id));
    RETURN_IF_ERROR(forget_recovery(tx.sql(), reason.incident_id));
    RETURN_IF_ERROR(tx.cancel_timer(kWakeTimer, reason.incident_id));
  }
  const auto in_use = policies();
  const Recorded& recorded = in_use->of_team(reason.team);
  RETURN_IF_ERROR(records_.keep(tx, recorded));
  EscalationRow row;
  row.incident = reason.incident_id;
  row.team = reason.team;
  row.plan = row.plan_at_start = recorded.record;
  row.message = reason.message;
  row.started = tx.now();
  const bool goes_on = earlier && earlier->state != RowState::kStopped;
  if (earlier) row.first_told = earlier->first_told;
  if (goes_on) {
    row.bring_in_at = earlier->bring_in_at;
    row.brought_in = earlier->brought_in;
  } else if (recorded.policy->bring_in) {
    row.bring_in_at = tx.now() + recorded.policy->bring_in->after;
    RETURN_IF_ERROR(
        tx.set_timer({.kind = kBringInTimer, .subject = row.incident, .due = *row.bring_in_at}));
  }
  codec::JsonArray people;
  for (const Step& step : recorded.policy->steps) {
    for (const Target& target : step.targets) people.push_back(codec::Json(to_text(target)));
  }
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.started", "incident", row.incident,
                         {{"team", row.team.value()},
                          {"policy", recorded.policy->id.value()},
                          {"people", std::move(people)}}));
  RETURN_IF_ERROR(put_escalation(tx.sql(), row));
  return ring_next(tx, row);
}

// Goes on where it was. Whoever was being rung when it paused, and was not told, is rung anew.
Result<> RowPager::resume(engine::Tx& tx, EscalationRow row, const PageReason& reason) {
  row.state = RowState::kRinging;
  row.message = reason.message;
  RETURN_IF_ERROR(set_message(tx.sql(), row.incident, row.message));
  ASSIGN_OR_RETURN(const auto pages, pages_of_incident(tx.sql(), row.incident, 1));
  const bool was_told = !pages.empty() && (pages.back().page.state == "told" ||
                                           pages.back().page.state == "answered");
  if (!was_told) row.next = row.place;
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.resumed", "incident", row.incident, {}));
  if (!was_told || !row.next_at || *row.next_at <= tx.now()) {
    RETURN_IF_ERROR(ring_next(tx, row));
  } else {
    // `next_at` does not move when the clock is set while it is paused: never longer than planned.
    ASSIGN_OR_RETURN(const auto policy, policy_of(tx.sql(), row));
    const Duration planned = next_after(*policy, row.place, row.told_in_round).wait;
    RETURN_IF_ERROR(wait_for_next(tx, row, std::min<Duration>(*row.next_at - tx.now(), planned)));
  }
  return maybe_bring_in(tx, row);
}

Result<> RowPager::ring_again(engine::Tx& tx, const PageReason& reason) {
  return begin(tx, reason);
}

Result<> RowPager::pause(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row) return {};
  if (row->state == RowState::kAcknowledged && !row->is_calm) {
    row->is_calm = true;
    RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));  // of those who were brought in
    return update_escalation(tx.sql(), *row);
  }
  if (row->state != RowState::kRinging) return {};
  row->state = RowState::kPaused;
  RETURN_IF_ERROR(tx.cancel_timer(kEscalateTimer, incident_id));
  RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
  RETURN_IF_ERROR(append(tx, incident_id, "escalation.paused", "incident", incident_id, {}));
  return update_escalation(tx.sql(), *row);
}

Result<> RowPager::stop(engine::Tx& tx, const std::string& incident_id,
                        const notify::Message& recovery) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state == RowState::kStopped) return {};
  row->state = RowState::kStopped;
  row->ended = tx.now();
  row->next_at.reset();
  row->rings_again_at.reset();
  row->is_snoozed = row->is_calm = false;
  row->recovery = recovery;
  row->recovery->is_page = false;
  row->recovery->answer_url.clear();
  for (const char* timer : {kEscalateTimer, kWakeTimer, kBringInTimer}) {
    RETURN_IF_ERROR(tx.cancel_timer(timer, incident_id));
  }
  RETURN_IF_ERROR(end_pages(tx.sql(), incident_id));
  RETURN_IF_ERROR(put_escalation(tx.sql(), *row));
  ASSIGN_OR_RETURN(const auto people, people_told(tx.sql(), incident_id));
  for (const auto& person : people) {
    ASSIGN_OR_RETURN(ReachedBy by, best_way(tx.sql(), incident_id, person));
    RETURN_IF_ERROR(tell_recovery(tx, *row, person, std::move(by)));
  }
  ASSIGN_OR_RETURN(const auto channels, channels_told(tx.sql(), incident_id));
  if (!channels.empty()) {
    ASSIGN_OR_RETURN(const auto policy, policy_of(tx.sql(), *row));
    RETURN_IF_ERROR(forget_channels(tx.sql(), incident_id));
    RETURN_IF_ERROR(tell_channels(tx, *row, *policy, channels));
    RETURN_IF_ERROR(forget_channels(tx.sql(), incident_id));
  }
  return append(tx, incident_id, "escalation.stopped", "incident", incident_id,
                {{"people_told", people.size()}});
}

Result<> RowPager::forget(engine::Tx& tx, const std::string& incident_id) {
  for (const char* timer : {kEscalateTimer, kWakeTimer, kBringInTimer}) {
    RETURN_IF_ERROR(tx.cancel_timer(timer, incident_id));
  }
  return delete_escalation(tx.sql(), incident_id);
}

Result<> RowPager::refresh(engine::Tx& tx, const std::string& incident_id,
                           const notify::Message& message) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state == RowState::kStopped || row->state == RowState::kPaused) return {};
  const bool is_another_severity = row->message.severity != message.severity;
  row->message = message;
  RETURN_IF_ERROR(set_message(tx.sql(), incident_id, message));
  return is_another_severity ? maybe_bring_in(tx, *row) : Result<>{};
}

Result<std::optional<Escalation>> RowPager::read(store::Session& session,
                                                 const std::string& incident_id) {
  ASSIGN_OR_RETURN(const auto row, read_escalation(session, incident_id));
  if (!row) return std::nullopt;
  Escalation e;
  e.incident_id = row->incident;
  e.team = row->team;
  e.state = shown_state(row->state, row->is_exhausted);
  e.step = row->place.step;
  e.round = row->place.round;
  e.started = row->started;
  ASSIGN_OR_RETURN(e.policy, policy_of(session, *row));
  e.policy_at_start = e.policy;
  if (!row->plan_at_start.empty()) {
    ASSIGN_OR_RETURN(e.policy_at_start, records_.read(session, row->plan_at_start));
  }
  ASSIGN_OR_RETURN(e.coming, coming(session, *row, *e.policy));
  e.answered_by = row->answered_by;
  e.acknowledged_at = row->acknowledged_at;
  e.acknowledged_by = row->acknowledged_by;
  e.is_snoozed = row->is_snoozed;
  ASSIGN_OR_RETURN(const auto pages, pages_of_incident(session, incident_id, kMaxPagesShown));
  for (const auto& [page, is_live] : pages) {
    const bool is_now =
        row->state == RowState::kRinging && row->place == Place{page.step, page.round};
    if (is_live && (is_now || page.step == kBringInStep)) e.ringing.push_back(page.person);
    e.pages.push_back(page);
  }
  return e;
}

Result<std::optional<Standing>> RowPager::standing(store::Session& session,
                                                   const std::string& incident_id) {
  return read_standing(session, incident_id);
}

Result<bool> RowPager::is_played(store::Session& session, const Page& page) {
  if (page.step == kBringInStep) {
    ASSIGN_OR_RETURN(const bool is_later,
                     has_step_page_after(session, page.incident_id, page.created));
    return !is_later;
  }
  ASSIGN_OR_RETURN(const auto now, read_standing(session, page.incident_id));
  return now && now->step == page.step && now->round == page.round;
}

Result<std::vector<catalog::PersonId>> RowPager::people_paged(store::Session& session,
                                                              const std::string& incident_id) {
  return oncall::people_paged(session, incident_id);
}

Result<std::vector<Coming>> RowPager::coming(store::Session& sql, const EscalationRow& row,
                                             const Policy& policy) {
  std::vector<Coming> all;
  const auto add = [&](Coming::What what, std::optional<Time> at,
                       const std::vector<Target>& targets) -> Result<> {
    if (!at) return {};
    ASSIGN_OR_RETURN(Resolved found, find(sql, targets, policy, *at, nullptr));
    all.push_back({what, *at, std::move(found.people), std::move(found.channels)});
    return {};
  };
  const auto targets_of = [&](int step) {
    const auto index = static_cast<size_t>(step);
    return index < policy.steps.size() ? policy.steps[index].targets : std::vector<Target>();
  };
  if (row.state == RowState::kRinging) {
    RETURN_IF_ERROR(add(Coming::What::kStep, row.next_at, targets_of(row.next.step)));
  }
  if (row.state == RowState::kAcknowledged) {
    RETURN_IF_ERROR(add(Coming::What::kRingAgain, row.rings_again_at, targets_of(0)));
  }
  const bool goes_on = row.state == RowState::kRinging || row.state == RowState::kAcknowledged;
  if (goes_on && !row.brought_in && policy.bring_in &&
      is_for(*policy.bring_in, row.message.severity)) {
    RETURN_IF_ERROR(add(Coming::What::kBringIn, row.bring_in_at, policy.bring_in->targets));
  }
  std::ranges::stable_sort(all, {}, &Coming::at);
  return all;
}

Result<std::optional<Page>> RowPager::read_page(store::Session& session,
                                                const std::string& page_id) {
  ASSIGN_OR_RETURN(auto row, read_page_row(session, page_id));
  if (!row) return std::nullopt;
  return std::move(row->page);
}

Result<std::vector<Page>> RowPager::pages_of(store::Session& session,
                                             const std::string& page_or_bundle) {
  ASSIGN_OR_RETURN(auto single, read_page_row(session, page_or_bundle));
  if (single) return std::vector<Page>{std::move(single->page)};
  ASSIGN_OR_RETURN(const auto rows, pages_of_call(session, page_or_bundle));
  std::vector<Page> pages;
  for (const auto& row : rows) {
    const auto same = std::ranges::find(pages, row.page.incident_id, &Page::incident_id);
    if (same == pages.end()) {
      pages.push_back(row.page);
    } else {
      *same = row.page;
    }
  }
  return pages;
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
  const auto in_use = policies();
  const catalog::Person* known = in_use->catalog().person(person);
  if (known == nullptr) return contact;
  const auto found = std::ranges::find_if(known->contacts, [&](const catalog::Contact& c) {
    return c.kind == contact.kind && c.address == contact.address;
  });
  if (found != known->contacts.end()) contact.secret = found->secret;
  return contact;
}

Result<> RowPager::append(engine::Tx& tx, const std::string& incident, std::string kind,
                          std::string_view subject_kind, std::string_view subject_id,
                          codec::JsonObject data, store::Actor actor) {
  if (incident == kDrill) return {};
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = std::move(actor);
  entry.kind = std::move(kind);
  entry.subject_kind = subject_kind;
  entry.subject_id = subject_id;
  entry.incident_id = incident;
  entry.data = std::move(data);
  return tx.append(std::move(entry));
}

}  // namespace tocsin::oncall
