#include "incident/incident_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/alert_store.h"
#include "incident/incident_store.h"
#include "incident/incident_text.h"
#include "incident/severity.h"

namespace tocsin::incident {
namespace {

constexpr const char* kRecoveryTimer = "incident.recovery";

store::Actor ourselves() { return store::system_actor("incident"); }

oncall::PageReason reason_for(const Incident& incident, const alert::Alert& alert,
                              const std::string& external_url) {
  return {incident.id, incident.team, page_message(incident, alert, external_url)};
}

}  // namespace

IncidentDesk::IncidentDesk(Parts parts)
    : engine_(parts.engine),
      pager_(parts.pager),
      log_(parts.log),
      external_url_(std::move(parts.external_url)),
      policy_(parts.policy),
      opened_metric_(parts.metrics.counter("tocsin_incidents_opened_total", "Incidents opened")),
      resolved_metric_(parts.metrics.counter("tocsin_incidents_resolved_total",
                                             "Incidents whose recovery was verified or declared")),
      acknowledged_metric_(
          parts.metrics.histogram("tocsin_incident_acknowledge_seconds",
                                  "From the first page taken to the acknowledgement")),
      catalog_(std::make_shared<catalog::Catalog>()) {
  engine_.on_timer(kRecoveryTimer, [this](engine::Tx& tx, const std::string& id) {
    return on_recovery_timer(tx, id);
  });
  pager_.listen(*this);
}

void IncidentDesk::use(std::shared_ptr<const catalog::Catalog> catalog) {
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
}

std::shared_ptr<const catalog::Catalog> IncidentDesk::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

Result<> IncidentDesk::on_fired(engine::Tx& tx, alert::Alert& alert) {
  ASSIGN_OR_RETURN(auto incident, open_incident_of(tx.sql(), alert.service, alert.team));
  if (incident) return join(tx, *std::move(incident), alert);
  return alert.severity == slo::Severity::kPage ? open(tx, alert) : Result<>{};
}

Result<> IncidentDesk::open(engine::Tx& tx, alert::Alert& alert) {
  const auto current = catalog();
  Incident incident;
  incident.id = tx.new_id("inc");
  ASSIGN_OR_RETURN(incident.number, next_number(tx.sql()));
  incident.title = title_for(alert);
  incident.severity = severity_for(alert, current->service(alert.service));
  incident.service = alert.service;
  incident.team = alert.team;
  incident.impact = alert.impact;
  incident.times.impact_started = alert.impact_started;
  incident.times.detected = alert.started;
  incident.times.declared = tx.now();
  incident.opened = incident.updated = tx.now();
  ASSIGN_OR_RETURN(const auto earlier, resolved_lately(tx.sql(), alert.service, alert.team,
                                                       tx.now() - policy_.follows_within));
  if (earlier) incident.follows = earlier->id;
  RETURN_IF_ERROR(insert_incident(tx.sql(), incident));
  codec::JsonObject data{{"number", incident.number},
                         {"title", incident.title},
                         {"severity", incident.severity},
                         {"service", incident.service.value()},
                         {"team", incident.team.value()},
                         {"impact", incident.impact},
                         {"alert", alert.id}};
  if (earlier) {
    data["follows"] = earlier->id;
    data["follows_number"] = earlier->number;
  }
  RETURN_IF_ERROR(append(tx, incident, "incident.opened", ourselves(), std::move(data)));
  alert.incident = incident.id;
  tx.after_commit(
      [this, number = incident.number, title = incident.title, severity = incident.severity] {
        opened_metric_.add();
        log_.info("incident opened",
                  {{"number", number}, {"title", title}, {"severity", severity_name(severity)}});
      });
  RETURN_IF_ERROR(pager_.start(tx, reason_for(incident, alert, external_url_)));
  return tell_watcher(tx, incident, IncidentNews::kOpened, ourselves());
}

Result<> IncidentDesk::tell_watcher(engine::Tx& tx, const Incident& incident, IncidentNews news,
                                    const store::Actor& by) {
  return watcher_ == nullptr ? Result<>{} : watcher_->on_news(tx, incident, news, by);
}

Result<> IncidentDesk::join(engine::Tx& tx, Incident incident, alert::Alert& alert) {
  alert.incident = incident.id;
  RETURN_IF_ERROR(append(tx, incident, "incident.alert_joined", ourselves(),
                         {{"alert", alert.id}, {"summary", alert.summary}}));
  if (alert.severity != slo::Severity::kPage) return {};
  const bool had_recovered = incident.clean_since.has_value();
  incident.clean_since.reset();
  RETURN_IF_ERROR(tx.cancel_timer(kRecoveryTimer, incident.id));
  if (incident.state == State::kMonitoring && had_recovered) {
    incident.state = State::kInvestigating;
    incident.times.mitigated.reset();
    RETURN_IF_ERROR(append(tx, incident, "incident.relapsed", ourselves(),
                           {{"from", "monitoring"}, {"to", "investigating"}, {"alert", alert.id}}));
  }
  RETURN_IF_ERROR(take_over(tx, incident, alert));
  return ring(tx, incident, alert, had_recovered);
}

Result<> IncidentDesk::ring(engine::Tx& tx, const Incident& incident, const alert::Alert& alert,
                            bool had_recovered) {
  const auto reason = reason_for(incident, alert, external_url_);
  ASSIGN_OR_RETURN(const auto standing, pager_.standing(tx.sql(), incident.id));
  const bool is_acknowledged =
      standing && standing->state == oncall::EscalationState::kAcknowledged;
  // Somebody who took it a while ago and saw it recover may have gone back to bed.
  if (is_acknowledged && had_recovered &&
      tx.now() - standing->acknowledged_at.value_or(tx.now()) >= policy_.ring_again_after) {
    return pager_.ring_again(tx, reason);
  }
  return pager_.start(tx, reason);
}

Result<> IncidentDesk::take_over(engine::Tx& tx, Incident& incident, const alert::Alert& alert) {
  const auto current = catalog();
  incident.impact = alert.impact;
  incident.times.impact_started =
      std::min(incident.times.impact_started.value_or(alert.impact_started), alert.impact_started);
  incident.updated = tx.now();
  const int severity = severity_for(alert, current->service(alert.service));
  const bool is_worse = !incident.is_severity_by_hand && severity < incident.severity;
  if (is_worse) {
    RETURN_IF_ERROR(append(tx, incident, "incident.severity_set", ourselves(),
                           {{"from", incident.severity}, {"to", severity}, {"alert", alert.id}}));
    incident.severity = severity;
  }
  RETURN_IF_ERROR(update_incident(tx.sql(), incident));
  return is_worse ? tell_watcher(tx, incident, IncidentNews::kSeverity, ourselves()) : Result<>{};
}

Result<> IncidentDesk::on_changed(engine::Tx& tx, const alert::Alert& alert) {
  if (alert.incident.empty() || alert.severity != slo::Severity::kPage) return {};
  ASSIGN_OR_RETURN(auto incident, read_incident(tx.sql(), alert.incident));
  if (!incident || !is_open(incident->state)) return {};
  RETURN_IF_ERROR(take_over(tx, *incident, alert));
  return pager_.refresh(tx, incident->id, page_message(*incident, alert, external_url_));
}

Result<> IncidentDesk::on_resolved(engine::Tx& tx, const alert::Alert& alert) {
  if (alert.incident.empty() || alert.severity != slo::Severity::kPage) return {};
  ASSIGN_OR_RETURN(auto incident, read_incident(tx.sql(), alert.incident));
  if (!incident || !is_open(incident->state)) return {};
  ASSIGN_OR_RETURN(const int64_t firing, alert::count_firing_pages(tx.sql(), incident->id));
  if (firing > 0) return {};
  incident->clean_since = tx.now();
  incident->impact = alert.impact;
  incident->updated = tx.now();
  RETURN_IF_ERROR(update_incident(tx.sql(), *incident));
  // Nobody is woken for what is over; if it comes back, the ringing goes on where it was.
  RETURN_IF_ERROR(pager_.pause(tx, incident->id));
  return tx.set_timer({.kind = kRecoveryTimer,
                       .subject = incident->id,
                       .due = tx.now() + wait_when_clean(incident->state, policy_)});
}

Result<> IncidentDesk::on_recovery_timer(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto incident, read_incident(tx.sql(), id));
  if (!incident || !is_open(incident->state) || !incident->clean_since) return {};
  ASSIGN_OR_RETURN(const int64_t firing, alert::count_firing_pages(tx.sql(), id));
  if (firing > 0) return {};
  return change_state(tx, *incident, next_when_clean(incident->state), ourselves(), "");
}

Result<> IncidentDesk::change_state(engine::Tx& tx, Incident& incident, State to,
                                    const store::Actor& by, const std::string& note) {
  const State from = incident.state;
  incident.state = to;
  incident.updated = tx.now();
  // When the alerts ended is when users stopped losing; a person may say so earlier.
  if (to == State::kMonitoring || to == State::kResolved) {
    if (!incident.times.mitigated) {
      incident.times.mitigated = incident.clean_since.value_or(tx.now());
    }
  } else if (is_open(to)) {
    incident.times.mitigated.reset();
  }
  if (to == State::kResolved) incident.times.resolved = tx.now();
  RETURN_IF_ERROR(update_incident(tx.sql(), incident));
  codec::JsonObject data{{"from", name_of(from)}, {"to", name_of(to)}};
  if (!note.empty()) data["note"] = note;
  RETURN_IF_ERROR(append(tx, incident,
                         to == State::kResolved ? "incident.resolved" : "incident.moved", by,
                         std::move(data)));
  RETURN_IF_ERROR(tell_watcher(tx, incident, IncidentNews::kState, by));
  if (!is_open(to)) return is_open(from) ? end(tx, incident, by) : Result<>{};
  if (to == State::kMonitoring && incident.clean_since) {
    return tx.set_timer(
        {.kind = kRecoveryTimer, .subject = incident.id, .due = tx.now() + policy_.resolved_after});
  }
  // Somebody does not believe in the recovery: it is theirs to say when it is over.
  return from == State::kMonitoring ? tx.cancel_timer(kRecoveryTimer, incident.id) : Result<>{};
}

Result<> IncidentDesk::end(engine::Tx& tx, const Incident& incident, const store::Actor& by) {
  RETURN_IF_ERROR(tx.cancel_timer(kRecoveryTimer, incident.id));
  std::string how = "Recovered";
  if (incident.state == State::kResolved) {
    tx.after_commit([this] { resolved_metric_.add(); });
    if (by.kind != "system") how = "Resolved by " + by.to_text();
  } else {
    how = fmt::format("{} by {}", incident.state == State::kDeclined ? "Declined" : "Cancelled",
                      by.to_text());
  }
  return pager_.stop(tx, incident.id, recovery_message(incident, how, external_url_));
}

Result<> IncidentDesk::on_first_told(engine::Tx& tx, const std::string& incident_id, Time at) {
  ASSIGN_OR_RETURN(auto incident, need(tx, incident_id));
  if (incident.times.paged) return {};
  incident.times.paged = at;
  incident.updated = tx.now();
  return update_incident(tx.sql(), incident);
}

Result<> IncidentDesk::on_acknowledged(engine::Tx& tx, const std::string& incident_id,
                                       const store::Actor& by, Time at) {
  ASSIGN_OR_RETURN(auto incident, need(tx, incident_id));
  const State from = incident.state;
  if (from == State::kTriage) incident.state = State::kInvestigating;
  if (!incident.times.acknowledged) {
    incident.times.acknowledged = at;
    const Duration waited = at - incident.times.paged.value_or(at);
    tx.after_commit([this, waited] { acknowledged_metric_.observe(to_seconds(waited)); });
  }
  incident.who_has_it = by.to_text();
  incident.updated = tx.now();
  RETURN_IF_ERROR(update_incident(tx.sql(), incident));
  RETURN_IF_ERROR(append(tx, incident, "incident.acknowledged", by,
                         {{"from", name_of(from)}, {"to", name_of(incident.state)}}));
  return tell_watcher(tx, incident, IncidentNews::kAcknowledged, by);
}

Result<> IncidentDesk::acknowledge(engine::Tx& tx, const std::string& id,
                                   const oncall::Answerer& by) {
  ASSIGN_OR_RETURN(const auto incident, need(tx, id));
  if (!is_open(incident.state)) {
    return fail(Code::kFailedPrecondition,
                fmt::format("incident {} is {}; there is nothing to acknowledge", incident.number,
                            name_of(incident.state)));
  }
  return pager_.acknowledge(tx, id, by);
}

Result<> IncidentDesk::escalate(engine::Tx& tx, const std::string& id, const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto incident, need(tx, id));
  if (!is_open(incident.state)) {
    return fail(Code::kFailedPrecondition, fmt::format("incident {} is {}; there is nobody to ring",
                                                       incident.number, name_of(incident.state)));
  }
  return pager_.escalate(tx, id, by);
}

Result<> IncidentDesk::snooze(engine::Tx& tx, const std::string& id, Duration how_long,
                              const oncall::Answerer& by) {
  ASSIGN_OR_RETURN(const auto incident, need(tx, id));
  if (!is_open(incident.state)) {
    return fail(Code::kFailedPrecondition,
                fmt::format("incident {} is {}; there is nothing to snooze", incident.number,
                            name_of(incident.state)));
  }
  return pager_.snooze(tx, id, how_long, by);
}

Result<> IncidentDesk::move(engine::Tx& tx, const std::string& id, State to,
                            const std::string& note, const store::Actor& by) {
  ASSIGN_OR_RETURN(auto incident, need(tx, id));
  if (incident.state == to) return note.empty() ? Result<>{} : add_note(tx, id, note, by);
  ASSIGN_OR_RETURN(const int64_t firing, alert::count_firing_pages(tx.sql(), id));
  RETURN_IF_ERROR(check_move(incident.state, to, firing));
  return change_state(tx, incident, to, by, note);
}

Result<> IncidentDesk::set_severity(engine::Tx& tx, const std::string& id, int severity,
                                    const store::Actor& by) {
  if (severity < 1 || severity > 5) {
    return invalid(fmt::format("severity {} is not from 1 (worst) to 5", severity));
  }
  ASSIGN_OR_RETURN(auto incident, need(tx, id));
  const int before = incident.severity;
  incident.severity = severity;
  incident.is_severity_by_hand = true;
  incident.updated = tx.now();
  RETURN_IF_ERROR(update_incident(tx.sql(), incident));
  RETURN_IF_ERROR(
      append(tx, incident, "incident.severity_set", by, {{"from", before}, {"to", severity}}));
  if (before == severity) return {};
  return tell_watcher(tx, incident, IncidentNews::kSeverity, by);
}

Result<> IncidentDesk::add_note(engine::Tx& tx, const std::string& id, const std::string& text,
                                const store::Actor& by) {
  if (text.empty()) return invalid("a note needs a text");
  ASSIGN_OR_RETURN(const auto incident, need(tx, id));
  return append(tx, incident, "incident.noted", by, {{"text", text}});
}

Result<Incident> IncidentDesk::need(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto incident, read_incident(tx.sql(), id));
  if (!incident) return not_found(fmt::format("there is no incident '{}'", id));
  return *std::move(incident);
}

Result<> IncidentDesk::append(engine::Tx& tx, const Incident& incident, std::string kind,
                              const store::Actor& actor, codec::JsonObject data) {
  store::LogbookEntry entry;
  entry.happened = tx.now();
  entry.actor = actor;
  entry.kind = std::move(kind);
  entry.subject_kind = "incident";
  entry.subject_id = incident.id;
  entry.incident_id = incident.id;
  entry.data = std::move(data);
  return tx.append(std::move(entry));
}

}  // namespace tocsin::incident
