#include "incident/incident_json.h"

#include "base/text.h"
#include "catalog/catalog_json.h"
#include "oncall/policy_json.h"

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

// "ada, grace"; null when nobody is.
Json names_or_null(const std::vector<catalog::PersonId>& people) {
  std::vector<std::string> names;
  for (const auto& person : people) names.push_back(person.value());
  return text_or_null(join(names, ", "));
}

std::string_view name_of(oncall::Coming::What what) {
  switch (what) {
    case oncall::Coming::What::kStep: return "step";
    case oncall::Coming::What::kRingAgain: return "ring_again";
    case oncall::Coming::What::kBringIn: return "bring_in";
  }
  bug("unknown kind of what comes next");
}

JsonObject to_json(const oncall::Coming& coming) {
  JsonArray people;
  for (const oncall::Found& found : coming.people) {
    people.push_back(JsonObject{{"person", found.person.value()}, {"via", found.via}});
  }
  return {{"what", name_of(coming.what)},
          {"at", to_rfc3339(coming.at)},
          {"people", std::move(people)},
          {"channels", codec::to_array(coming.channels)}};
}

JsonObject to_json(const oncall::Page& page) {
  return {{"id", page.id},
          {"person", page.person.value()},
          {"via", page.via},
          {"bundle", page.call == page.id ? Json(nullptr) : Json(page.call)},
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

JsonObject to_json(const Incident& incident, const std::vector<catalog::PersonId>& ringing) {
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
          {"ringing", names_or_null(ringing)},
          {"follows", text_or_null(incident.follows)}};
}

JsonObject to_json(const oncall::Escalation& escalation) {
  JsonArray pages;
  for (const auto& page : escalation.pages) pages.push_back(to_json(page));
  JsonArray next;
  for (const auto& coming : escalation.coming) next.push_back(to_json(coming));
  const oncall::Coming* first = escalation.coming.empty() ? nullptr : &escalation.coming.front();
  const bool is_person = first != nullptr && !first->people.empty();
  return {{"state", name_of(escalation.state)},
          {"step", escalation.step},
          {"round", escalation.round},
          {"started_at", to_rfc3339(escalation.started)},
          {"ringing", catalog::names_json(escalation.ringing)},
          {"next_at", first == nullptr ? Json(nullptr) : Json(to_rfc3339(first->at))},
          {"next_person", is_person ? Json(first->people.front().person.value()) : Json(nullptr)},
          {"next", std::move(next)},
          {"policy", escalation.policy ? Json(oncall::to_json(*escalation.policy)) : Json(nullptr)},
          {"policy_at_start", escalation.policy_at_start
                                  ? Json(oncall::to_json(*escalation.policy_at_start))
                                  : Json(nullptr)},
          {"answered_by", codec::to_array(escalation.answered_by)},
          {"acknowledgements", escalation.policy ? escalation.policy->acknowledgements : 1},
          {"is_snoozed", escalation.is_snoozed},
          {"acknowledged_at", time_or_null(escalation.acknowledged_at)},
          {"acknowledged_by", text_or_null(escalation.acknowledged_by)},
          {"pages", std::move(pages)}};
}

}  // namespace tocsin::incident
