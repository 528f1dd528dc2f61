#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "catalog/address.h"
#include "catalog/declared.h"
#include "catalog/read_person.h"

namespace tocsin::catalog {
namespace {

using codec::Fields;

constexpr std::string_view kOurs = "tocsin/v1";
constexpr std::string_view kOpenSlo = "openslo/v1";
// Read by rooms below: slo, telemetry, door and oncall.
constexpr std::array kOpenSloKinds = {
    "SLO",        "SLI",    "AlertPolicy", "AlertCondition", "AlertNotificationTarget",
    "DataSource", "Service"};
constexpr std::array kOurKinds = {"Person",    "Team",         "Service",
                                  "Signal",    "PostedAlerts", "Door",
                                  "Heartbeat", "Schedule",     "EscalationPolicy"};
// Of ours, those that rooms below read.
constexpr std::array kKindsBelow = {"Signal",    "PostedAlerts", "Door",
                                    "Heartbeat", "Schedule",     "EscalationPolicy"};

std::vector<std::string> known_documents() {
  std::vector<std::string> out;
  for (const char* kind : kOurKinds) out.push_back(fmt::format("{} {}", kOurs, kind));
  for (const char* kind : kOpenSloKinds) out.push_back(fmt::format("{} {}", kOpenSlo, kind));
  return out;
}

Origin origin_of(const Fields& fields, std::string_view key) {
  const codec::Node* value = fields.node().find(key);
  return {fields.file(), value == nullptr ? fields.node().place : value->place,
          fmt::format("{}.{}", fields.path(), key)};
}

struct Name {
  std::string id;
  Origin origin;
};

Name read_name(Fields& document) {
  Fields metadata = document.child("metadata");
  Name name;
  name.id = metadata.text("name");
  name.origin = origin_of(metadata, "name");
  if (const std::string wrong = wrong_with_name(name.id); !name.id.empty() && !wrong.empty()) {
    metadata.problem("name", fmt::format("'{}' {}", codec::shown(name.id), wrong));
  }
  metadata.finish();
  return name;
}

// Puts a thing under its name, once.
template <class Id, class Thing>
void declare(std::string_view kind, const Name& name, Thing thing, std::map<Id, Thing>& things,
             codec::Problems& problems) {
  if (name.id.empty()) return;  // said already
  thing.origin = name.origin;
  const auto [first, is_new] = things.emplace(Id(name.id), std::move(thing));
  if (is_new) return;
  const Origin& other = first->second.origin;
  problems.add({name.origin.file, name.origin.place, name.origin.field,
                fmt::format("{} '{}' is already declared in {}:{}; remove or rename one of the two",
                            kind, name.id, other.file, other.place.line)});
}

std::string read_url(Fields& fields, std::string_view key, std::string url) {
  if (url.empty()) return url;
  if (std::string wrong = wrong_with_url(url); !wrong.empty())
    fields.problem(key, std::move(wrong));
  return url;
}

void read_person(Fields& document, Declared& declared, codec::Problems& problems) {
  const Name name = read_name(document);
  Fields spec = document.child("spec");
  Person person = read_person_spec(spec, PersonId(name.id));
  spec.finish();
  declare("person", name, std::move(person), declared.catalog.people, problems);
}

std::vector<EscalationStep> read_escalation(Fields& spec, Declared& declared) {
  std::vector<EscalationStep> steps;
  for (Fields& fields : spec.children("escalation")) {
    const bool is_first = steps.empty();
    EscalationStep step{.person = PersonId(fields.text("person"))};
    step.after = fields.duration("after", is_first ? std::optional(Duration(0)) : std::nullopt);
    if (is_first && step.after != Duration(0)) {
      fields.problem("after", "must be 0s or left out: the first person is paged at once");
    } else if (!is_first && fields.has("after") && step.after <= steps.back().after) {
      fields.problem("after", fmt::format("must be later than the step before it ({})",
                                          to_text(steps.back().after)));
    }
    if (!step.person.empty()) {
      declared.references.push_back(
          {Reference::To::kPerson, step.person.value(), origin_of(fields, "person")});
    }
    fields.finish();
    steps.push_back(std::move(step));
  }
  return steps;
}

void read_team(Fields& document, Declared& declared, codec::Problems& problems) {
  const Name name = read_name(document);
  Team team{.id = TeamId(name.id)};
  Fields spec = document.child("spec");
  team.name = spec.text("name", name.id);
  for (const std::string& member : spec.texts("members")) {
    team.members.emplace_back(member);
    declared.references.push_back({Reference::To::kPerson, member, origin_of(spec, "members")});
  }
  team.escalation_policy = spec.text("escalation_policy", "");
  team.policy_origin = origin_of(spec, "escalation_policy");
  team.escalation = read_escalation(spec, declared);
  const codec::Node* escalation = spec.node().find("escalation");
  const bool is_empty =
      escalation == nullptr || escalation->is_null() ||
      (escalation->kind == codec::Node::Kind::kSequence && escalation->items.empty());
  if (!team.escalation_policy.empty() && !is_empty) {
    spec.problem("escalation", "stands beside escalation_policy; remove one of the two");
  }
  if (team.escalation_policy.empty() && is_empty) {
    spec.problem("escalation",
                 "nobody answers for this team; list at least one person: [{person: ada}], or "
                 "name an escalation_policy");
  }
  if (team.members.empty()) {
    for (const EscalationStep& step : team.escalation) {
      if (std::ranges::find(team.members, step.person) == team.members.end()) {
        team.members.push_back(step.person);
      }
    }
  }
  team.repeat = static_cast<int>(spec.integer("repeat", team.repeat, 0, 100));
  team.repeat_after =
      spec.duration("repeat_after", team.repeat_after, seconds(1), std::chrono::days(1));
  constexpr std::string_view kGates[] = {"observe", "enforce"};
  team.page_gate = static_cast<PageGate>(spec.choice("page_gate", kGates, 0));
  spec.finish();
  declare("team", name, std::move(team), declared.catalog.teams, problems);
}

std::vector<Link> read_dashboards(Fields& spec) {
  std::vector<Link> links;
  for (Fields& fields : spec.children("dashboards")) {
    Link link{.name = fields.text("name")};
    link.url = read_url(fields, "url", fields.text("url"));
    fields.finish();
    links.push_back(std::move(link));
  }
  return links;
}

std::vector<ServiceId> read_depends_on(Fields& spec, Declared& declared) {
  std::vector<ServiceId> out;
  std::set<std::string> seen;
  const std::vector<std::string> names = spec.texts("depends_on");
  const codec::Node* list = spec.node().find("depends_on");
  for (size_t i = 0; i < names.size(); ++i) {
    Origin origin = origin_of(spec, "depends_on");
    if (names.size() == list->items.size()) {  // else one was no text, and that was said
      origin.place = list->items[i].place;
      origin.field += fmt::format("[{}]", i);
    }
    if (!seen.insert(names[i]).second) {
      spec.problem("depends_on", fmt::format("'{}' is listed twice", codec::shown(names[i])));
      continue;
    }
    out.emplace_back(names[i]);
    declared.references.push_back({Reference::To::kService, names[i], std::move(origin)});
  }
  return out;
}

void read_service(Fields& document, Declared& declared, codec::Problems& problems) {
  const Name name = read_name(document);
  Service service{.id = ServiceId(name.id)};
  Fields spec = document.child("spec");
  service.name = spec.text("name", name.id);
  service.description = spec.text("description", "");
  service.team = TeamId(spec.text("team"));
  if (!service.team.empty()) {
    declared.references.push_back(
        {Reference::To::kTeam, service.team.value(), origin_of(spec, "team")});
  }
  service.tier = static_cast<int>(spec.integer("tier", service.tier, 1, 4));
  service.runbook = read_url(spec, "runbook", spec.text("runbook", ""));
  service.dashboards = read_dashboards(spec);
  service.depends_on = read_depends_on(spec, declared);
  service.is_customer_facing = spec.flag("customer_facing", false);
  declared.depends_on.emplace(service.id, origin_of(spec, "depends_on"));
  spec.finish();
  declare("service", name, std::move(service), declared.catalog.services, problems);
}

}  // namespace

void read_document(const codec::Node& document, const std::string& file, Declared& declared,
                   codec::Problems& problems) {
  Fields fields(document, file, problems);
  const std::string version = fields.text("apiVersion");
  const std::string kind = fields.text("kind");
  if (version.empty() || kind.empty()) return;
  const std::vector<std::string> known = known_documents();
  const std::string both = fmt::format("{} {}", version, kind);
  if (std::ranges::find(known, both) == known.end()) {
    fields.problem("kind", fmt::format("'{}' is not known{} (known: {})", codec::shown(both),
                                       codec::did_you_mean(both, known), fmt::join(known, ", ")));
    return;
  }
  if (version != kOurs || std::ranges::find(kKindsBelow, kind) != kKindsBelow.end()) {
    declared.catalog.documents.push_back({file, version, kind, document});
    return;
  }
  if (kind == "Person") read_person(fields, declared, problems);
  if (kind == "Team") read_team(fields, declared, problems);
  if (kind == "Service") read_service(fields, declared, problems);
  fields.finish();
}

}  // namespace tocsin::catalog
