#include "incident/incident_json.h"

namespace tocsin::incident {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json time_or_null(const std::optional<Time>& at) {
  return at ? Json(to_rfc3339(*at)) : Json(nullptr);
}

JsonObject to_json(const Times& times) {
  return {{"impact_started", time_or_null(times.impact_started)},
          {"detected", time_or_null(times.detected)},
          {"paged", time_or_null(times.paged)},
          {"acknowledged", time_or_null(times.acknowledged)},
          {"declared", time_or_null(times.declared)},
          {"mitigated", time_or_null(times.mitigated)},
          {"resolved", time_or_null(times.resolved)}};
}

JsonObject to_json(const oncall::Page& page) {
  return {{"id", page.id},
          {"person", page.person.value()},
          {"step", page.step},
          {"round", page.round},
          {"state", page.state},
          {"created_at", to_rfc3339(page.created)},
          {"first_sent_at", time_or_null(page.first_sent)}};
}

}  // namespace

std::string_view name_of(oncall::EscalationState state) {
  switch (state) {
    case oncall::EscalationState::kRinging: return "ringing";
    case oncall::EscalationState::kAcknowledged: return "acknowledged";
    case oncall::EscalationState::kStopped: return "stopped";
    case oncall::EscalationState::kExhausted: return "exhausted";
  }
  bug("unknown state of an escalation");
}

JsonObject to_json(const Incident& incident, const oncall::Escalation* escalation) {
  return {{"id", incident.id},
          {"number", incident.number},
          {"title", incident.title},
          {"state", name_of(incident.state)},
          {"severity", incident.severity},
          {"service", incident.service.value()},
          {"team", incident.team.value()},
          {"impact", incident.impact},
          {"times", to_json(incident.times)},
          {"opened_at", to_rfc3339(incident.opened)},
          {"updated_at", to_rfc3339(incident.updated)},
          {"who_has_it", text_or_null(incident.who_has_it)},
          {"ringing", escalation ? text_or_null(escalation->ringing.value()) : Json(nullptr)},
          {"follows", text_or_null(incident.follows)}};
}

JsonObject to_json(const oncall::Escalation& escalation) {
  JsonArray pages;
  for (const auto& page : escalation.pages) pages.push_back(to_json(page));
  return {{"state", name_of(escalation.state)},
          {"step", escalation.step},
          {"round", escalation.round},
          {"started_at", to_rfc3339(escalation.started)},
          {"next_at", time_or_null(escalation.next_at)},
          {"next_person", text_or_null(escalation.next_person.value())},
          {"acknowledged_at", time_or_null(escalation.acknowledged_at)},
          {"acknowledged_by", text_or_null(escalation.acknowledged_by)},
          {"pages", std::move(pages)}};
}

}  // namespace tocsin::incident
