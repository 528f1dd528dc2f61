#include "incident/incident_text.h"

#include <fmt/format.h>

#include <cctype>

#include "incident/lifecycle.h"
#include "incident/severity.h"
#include "store/logbook.h"

namespace tocsin::incident {
namespace {

// "Customers cannot pay" goes on a sentence; "API is slow" keeps its capitals.
std::string as_continuation(std::string text) {
  const auto is_lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
  if (text.size() > 1 && is_lower(text[1])) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace

std::string title_for(const alert::Alert& alert) {
  const std::string& whose = alert.service.empty() ? alert.team.value() : alert.service.value();
  return fmt::format("{}: {}", whose, as_continuation(alert.problem));
}

bool was_open_in(const Incident& incident, Time begin, Time end) {
  const Time closed = incident.times.resolved.value_or(incident.updated);
  return incident.opened < end && (is_open(incident.state) || closed >= begin);
}

std::string turn_line(const Incident& incident) {
  const std::string who = incident.who_has_it.empty()
                              ? "nobody had it"
                              : store::name_of_actor(incident.who_has_it) + " had it";
  return fmt::format("#{} {} {}: {}, {}", incident.number, severity_name(incident.severity),
                     incident.title, name_of(incident.state), who);
}

std::string incident_url(const Incident& incident, std::string_view external_url) {
  return fmt::format("{}/incidents/{}", external_url, incident.number);
}

notify::Message page_message(const Incident& incident, const alert::Alert& alert,
                             std::string_view external_url) {
  notify::Message message;
  message.is_page = true;
  message.severity = severity_name(incident.severity);
  message.title = fmt::format("{} {}", message.severity, incident.title);
  message.impact = incident.impact;
  message.since = incident.times.impact_started.value_or(incident.opened);
  message.runbook = alert.runbook;
  message.first_step = alert.runbook.empty()
                           ? "Look at the incident and the objective; there is no runbook yet."
                           : "Open the runbook: " + alert.runbook;
  message.incident_id = incident.id;
  message.alert_id = alert.id;
  message.service = incident.service.value();
  message.links.push_back(
      {fmt::format("Incident {}", incident.number), incident_url(incident, external_url)});
  message.links.insert(message.links.end(), alert.links.begin(), alert.links.end());
  return message;
}

notify::Message recovery_message(const Incident& incident, std::string_view how,
                                 std::string_view external_url) {
  notify::Message message;
  message.is_page = false;
  message.severity = severity_name(incident.severity);
  message.title = fmt::format("{}: {} {}", how, message.severity, incident.title);
  message.impact = incident.impact;
  message.since = incident.times.impact_started.value_or(incident.opened);
  message.first_step = "Nothing needs to be done now.";
  message.incident_id = incident.id;
  message.service = incident.service.value();
  message.links.push_back(
      {fmt::format("Incident {}", incident.number), incident_url(incident, external_url)});
  return message;
}

}  // namespace tocsin::incident
