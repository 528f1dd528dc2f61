#include "catalog/catalog_json.h"

namespace tocsin::catalog {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

Json team_json(const Team& team) {
  JsonArray steps;
  for (const EscalationStep& step : team.escalation) {
    steps.push_back({{"person", step.person.value()}, {"after_seconds", to_seconds(step.after)}});
  }
  return {{"id", team.id.value()},
          {"name", team.name},
          {"members", names_json(team.members)},
          {"escalation", std::move(steps)}};
}

Json person_json(const Person& person) {
  JsonArray channels;
  for (const Contact& contact : person.contacts) channels.emplace_back(name_of(contact.kind));
  return {{"id", person.id.value()}, {"name", person.name}, {"channels", std::move(channels)}};
}

Json service_json(const Service& service) {
  JsonArray depends_on;
  for (const ServiceId& id : service.depends_on) depends_on.emplace_back(id.value());
  JsonArray dashboards;
  for (const Link& link : service.dashboards) {
    dashboards.push_back({{"name", link.name}, {"url", link.url}});
  }
  return {{"id", service.id.value()},
          {"name", service.name},
          {"description", service.description},
          {"team", service.team.value()},
          {"tier", service.tier},
          {"runbook", service.runbook.empty() ? Json(nullptr) : Json(service.runbook)},
          {"customer_facing", service.is_customer_facing},
          {"depends_on", std::move(depends_on)},
          {"dashboards", std::move(dashboards)}};
}

}  // namespace

Json to_json(const Catalog& catalog) {
  JsonArray teams, people, services;
  for (const auto& [id, team] : catalog.teams) teams.push_back(team_json(team));
  for (const auto& [id, person] : catalog.people) people.push_back(person_json(person));
  for (const auto& [id, service] : catalog.services) services.push_back(service_json(service));
  return {{"teams", std::move(teams)},
          {"people", std::move(people)},
          {"services", std::move(services)}};
}

JsonArray names_json(const std::vector<PersonId>& people) {
  JsonArray names;
  for (const PersonId& person : people) names.emplace_back(person.value());
  return names;
}

}  // namespace tocsin::catalog
