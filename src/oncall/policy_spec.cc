#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "catalog/address.h"
#include "catalog/hours.h"
#include "catalog/read_person.h"
#include "oncall/policy_json.h"

namespace tocsin::oncall {
namespace {

using catalog::Contact;
using codec::Fields;

constexpr std::array<Target::Kind, 5> kTargetKinds = {
    Target::Kind::kPerson, Target::Kind::kSchedule, Target::Kind::kTeam, Target::Kind::kRoundRobin,
    Target::Kind::kChannel};
// Where several people read along.
constexpr std::array kRooms = {Contact::Kind::kWebhook,  Contact::Kind::kMail,
                               Contact::Kind::kSlack,    Contact::Kind::kTeams,
                               Contact::Kind::kTelegram, Contact::Kind::kNtfy,
                               Contact::Kind::kHttp,     Contact::Kind::kSlackUser};
constexpr size_t kMostSteps = 50;

// The names that a document may use.
struct Known {
  const catalog::Catalog& catalog;
  std::vector<std::string> people, teams, schedules;
};

Known known_names(const catalog::Catalog& catalog, const std::vector<ScheduleId>& schedules) {
  Known known{catalog, {}, {}, {}};
  for (const auto& [id, person] : catalog.people) known.people.push_back(id.value());
  for (const auto& [id, team] : catalog.teams) known.teams.push_back(id.value());
  for (const auto& id : schedules) known.schedules.push_back(id.value());
  return known;
}

class PolicyReader {
 public:
  PolicyReader(const catalog::Document& document, const Known& known, codec::Problems& problems)
      : document_(document), known_(known), problems_(problems) {}

  Policy read() {
    Fields root(document_.node, document_.file, problems_);
    root.text("apiVersion");
    root.text("kind");
    Fields metadata = root.child("metadata");
    policy_.id = PolicyId(metadata.text("name"));
    if (const std::string bad = catalog::wrong_with_name(policy_.id.value());
        !bad.empty() && !policy_.id.empty()) {
      metadata.problem("name", fmt::format("'{}' {}", codec::shown(policy_.id.value()), bad));
    }
    metadata.finish();
    Fields spec = root.child("spec");
    read_channels(spec);  // first: steps name them
    read_steps(spec);
    policy_.repeat = static_cast<int>(spec.integer("repeat", policy_.repeat, 0, 100));
    policy_.repeat_after = spec.duration("repeat_after", policy_.repeat_after, seconds(1), days(1));
    policy_.acknowledgements = static_cast<int>(spec.integer("acknowledgements", 1, 1, 10));
    if (policy_.acknowledgements == 1 && std::ranges::any_of(policy_.steps, [](const Step& step) {
          return step.when.first_response.value_or(false);
        })) {
      spec.problem("acknowledgements",
                   "is 1, so the first answer ends the ringing, and a step with 'first_response: "
                   "true' is never played; make it 2 or more, or leave the condition out");
    }
    policy_.acknowledged_for = spec.duration("acknowledged_for", Duration(0), Duration(0), days(7));
    if (policy_.acknowledged_for != Duration(0) && policy_.acknowledged_for < minutes(1)) {
      spec.problem("acknowledged_for", "must be at least 1m, or 0s for good");
    }
    read_bring_in(spec);
    policy_.fallback = read_targets(spec, "fallback", false);
    spec.finish();
    root.finish();
    return std::move(policy_);
  }

 private:
  void read_channels(Fields& spec) {
    for (Fields& fields : spec.children("channels")) {
      if (!fields.has("name")) fields.problem("name", "is missing; steps refer to it");
      std::string language = catalog::read_language(fields);
      const auto contact = catalog::read_contact(fields);
      if (!contact) continue;
      if (std::ranges::find(kRooms, contact->kind) == kRooms.end()) {
        fields.problem(catalog::name_of(contact->kind),
                       "reaches one person; a channel is a room: page a person, or use one of "
                       "webhook, mail, slack, slack_user, teams, telegram, ntfy, http");
      }
      if (policy_.channel(contact->name) != nullptr) {
        fields.problem("name", fmt::format("'{}' is given twice; each channel needs its own",
                                           codec::shown(contact->name)));
        continue;
      }
      policy_.channels.push_back({contact->name, *contact, std::move(language)});
    }
  }

  void read_steps(Fields& spec) {
    std::vector<Fields> steps = spec.children("steps");
    if (steps.empty()) {
      spec.problem("steps", "nobody is paged; list at least one: [{notify: [{person: ada}]}]");
    }
    if (steps.size() > kMostSteps) {
      spec.problem("steps", fmt::format("are {}; at most {}", steps.size(), kMostSteps));
      return;
    }
    for (Fields& fields : steps) policy_.steps.push_back(read_step(fields));
    const bool rings = std::ranges::any_of(policy_.steps, [](const Step& step) {
      return std::ranges::any_of(
          step.targets, [](const Target& target) { return target.kind != Target::Kind::kChannel; });
    });
    if (!steps.empty() && !rings) {
      spec.problem("steps", "only tell channels and page nobody; add a person, schedule or team");
    }
  }

  Step read_step(Fields& fields) {
    const bool is_first = policy_.steps.empty();
    Step step;
    step.after = fields.duration("after", is_first ? std::optional(Duration(0)) : std::nullopt,
                                 Duration(0), days(1));
    if (is_first && step.after != Duration(0)) {
      fields.problem("after", "must be 0s or left out: the first step begins at once");
    } else if (!is_first && fields.has("after") && step.after < policy_.steps.back().after) {
      fields.problem("after", fmt::format("must not be earlier than the step before it ({})",
                                          to_text(policy_.steps.back().after)));
    }
    step.targets = read_targets(fields, "notify", true);
    Fields when = fields.child("when");
    step.when = read_condition(when);
    when.finish();
    fields.finish();
    return step;
  }

  static Condition read_condition(Fields& when) {
    Condition condition;
    condition.severities = read_severities(when, {});
    const bool is_during = when.has("during");
    const bool is_outside = when.has("outside");
    if (is_during && is_outside) {
      when.problem("outside", "stands beside during; remove one of the two");
    }
    auto during = catalog::read_hours(when, "during");
    auto outside = catalog::read_hours(when, "outside");
    condition.is_outside_hours = is_outside && !is_during;
    condition.hours = condition.is_outside_hours ? std::move(outside) : std::move(during);
    if (when.has("zone") && !is_during && !is_outside) {
      when.problem("zone", "says nothing without during or outside; add one, or leave it out");
    }
    condition.zone = catalog::read_zone(when, "zone");
    if (when.has("first_response")) condition.first_response = when.flag("first_response", false);
    return condition;
  }

  static std::vector<std::string> read_severities(Fields& fields,
                                                  std::vector<std::string> fallback) {
    if (!fields.has("severity")) {
      fields.raw("severity");
      return fallback;
    }
    std::vector<std::string> severities = fields.texts("severity");
    if (severities.empty()) {
      fields.problem("severity", "is empty; name at least one of SEV-1 to SEV-5, or leave it out");
    }
    for (const std::string& severity : severities) {
      const bool is_known = severity.size() == 5 && severity.starts_with("SEV-") &&
                            severity[4] >= '1' && severity[4] <= '5';
      if (is_known) continue;
      fields.problem("severity",
                     fmt::format("'{}' is not one of SEV-1 to SEV-5", codec::shown(severity)));
    }
    return severities;
  }

  void read_bring_in(Fields& spec) {
    const codec::Node* node = spec.raw("bring_in");
    if (node == nullptr) return;  // the default
    if (node->kind != codec::Node::Kind::kMapping) {
      if (!spec.flag("bring_in", true)) policy_.bring_in.reset();
      return;
    }
    Fields fields = spec.child("bring_in");
    BringIn bring_in;
    bring_in.after = fields.duration("after", bring_in.after, minutes(1), days(1));
    bring_in.severities = read_severities(fields, std::move(bring_in.severities));
    bring_in.targets = read_targets(fields, "notify", false);
    fields.finish();
    policy_.bring_in = std::move(bring_in);
  }

  std::vector<Target> read_targets(Fields& fields, std::string_view key, bool is_required) {
    std::vector<Target> targets;
    std::vector<Fields> items = fields.children(key);
    if (items.empty() && (is_required || fields.has(key))) {
      fields.problem(key, "tells nobody; list at least one: [{person: ada}]");
    }
    for (Fields& item : items) {
      if (auto target = read_target(item)) targets.push_back(*std::move(target));
    }
    return targets;
  }

  std::optional<Target> read_target(Fields& fields) {
    std::optional<Target> target;
    int ways = 0;
    for (const Target::Kind kind : kTargetKinds) {
      const std::string_view key = name_of(kind);
      if (!fields.has(key)) {
        fields.raw(key);
        continue;
      }
      ++ways;
      std::string name = fields.text(key);
      if (!name.empty()) check_name(fields, key, kind, name);
      target = Target{kind, std::move(name)};
    }
    if (ways != 1) {
      fields.problem("", "must have exactly one of person, schedule, team, round_robin, channel");
    }
    fields.finish();
    return ways == 1 ? target : std::nullopt;
  }

  void check_name(Fields& fields, std::string_view key, Target::Kind kind,
                  const std::string& name) {
    switch (kind) {
      case Target::Kind::kPerson: {
        if (!is_known(fields, key, name, known_.people)) return;
        const catalog::Person* person = known_.catalog.person(catalog::PersonId(name));
        if (person != nullptr && person->contacts.empty()) {
          fields.problem(key, fmt::format("'{}' has no contact, so nothing reaches them; add one "
                                          "to the person",
                                          name));
        }
        return;
      }
      case Target::Kind::kSchedule: is_known(fields, key, name, known_.schedules); return;
      case Target::Kind::kTeam:
      case Target::Kind::kRoundRobin: {
        if (!is_known(fields, key, name, known_.teams)) return;
        const catalog::Team* team = known_.catalog.team(catalog::TeamId(name));
        if (team != nullptr && team->members.empty()) {
          fields.problem(key, fmt::format("team '{}' has no members; list them in the team", name));
        }
        return;
      }
      case Target::Kind::kChannel: {
        std::vector<std::string> channels;
        for (const Channel& channel : policy_.channels) channels.push_back(channel.name);
        is_known(fields, key, name, channels);
        return;
      }
    }
    bug("unknown kind of target");
  }

  static bool is_known(Fields& fields, std::string_view key, const std::string& name,
                       const std::vector<std::string>& known) {
    if (std::ranges::find(known, name) != known.end()) return true;
    fields.problem(key, fmt::format("'{}' is not known{}", codec::shown(name),
                                    codec::did_you_mean(name, known)));
    return false;
  }

  const catalog::Document& document_;
  const Known& known_;
  codec::Problems& problems_;
  Policy policy_;
};

void check_teams(const catalog::Catalog& catalog, const std::vector<Policy>& policies,
                 codec::Problems& problems) {
  std::vector<std::string> known;
  for (const Policy& policy : policies) known.push_back(policy.id.value());
  for (const auto& [id, team] : catalog.teams) {
    const std::string& name = team.escalation_policy;
    if (name.empty() || std::ranges::find(known, name) != known.end()) continue;
    const auto& [file, place, field] = team.policy_origin;
    problems.add({file, place, field,
                  fmt::format("no EscalationPolicy '{}' is declared{}", codec::shown(name),
                              codec::did_you_mean(name, known))});
  }
}

}  // namespace

std::vector<Policy> read_policies(const catalog::Catalog& catalog,
                                  const std::vector<ScheduleId>& schedules,
                                  codec::Problems& problems) {
  const Known known = known_names(catalog, schedules);
  std::vector<Policy> policies;
  std::map<PolicyId, std::string> seen;  // and where
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != "tocsin/v1" || document.kind != "EscalationPolicy") continue;
    Policy policy = PolicyReader(document, known, problems).read();
    const std::string where = fmt::format("{}:{}", document.file, document.node.place.line);
    const auto [first, is_new] = seen.emplace(policy.id, where);
    if (!is_new && !policy.id.empty()) {
      problems.add({document.file, document.node.place, "metadata.name",
                    fmt::format("escalation policy '{}' is already declared in {}; remove or "
                                "rename one of the two",
                                policy.id.value(), first->second)});
      continue;
    }
    policies.push_back(std::move(policy));
  }
  check_teams(catalog, policies, problems);
  return policies;
}

}  // namespace tocsin::oncall
