#include "oncall/import_grafana.h"

#include <fmt/format.h>

#include <algorithm>

#include "oncall/import_reading.h"

// The answers of Grafana OnCall's public API v1
// (https://grafana.com/docs/oncall/latest/oncall-api-reference/; what it gives in
// grafana/oncall, engine/apps/public_api/serializers): pages of {"count", "next", "results"} with
// users, teams, personal notification rules, on-call shifts, schedules, escalation chains and their
// policies, integrations and routes. Telephone numbers are not in it.
namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using catalog::Contact;
using codec::Node;

using Objects = std::vector<const Node*>;

int64_t position_of(const Node* node) { return integer_at(*node, "position").value_or(0); }

// --- people

struct Way {
  std::string_view type;
  Contact::Kind kind;
  const char* name;
};
// "mobile_app_critical" breaks through the telephone's silence, which here the browser decides.
constexpr Way kWays[] = {{"notify_by_email", Contact::Kind::kMail, "mail"},
                         {"notify_by_mobile_app", Contact::Kind::kPush, "push"},
                         {"notify_by_mobile_app_critical", Contact::Kind::kPush, "push"}};

class PersonReader {
 public:
  // `rules` are all of the export.
  SourcePerson read(const Node& user, const Objects& rules) {
    person_.id = text_at(user, "id");
    person_.name = text_at(user, "username");
    person_.mail = text_at(user, "email");
    person_.zone = text_at(user, "timezone");
    if (!person_.mail.empty()) {
      person_.contacts.push_back(
          {.kind = Contact::Kind::kMail, .name = "mail", .address = person_.mail});
    }
    const auto important = steps(rules, true), standard = steps(rules, false);
    // Pages follow the important ones, as steps that are marked so do there; whoever has none there
    // is reached by the others in both cases.
    person_.urgent = important.empty() ? standard : important;
    person_.not_urgent = important.empty() ? std::vector<catalog::NotificationRule>() : standard;
    return std::move(person_);
  }

 private:
  std::vector<catalog::NotificationRule> steps(const Objects& rules, bool is_important) {
    Objects ours;
    for (const Node* rule : rules) {
      if (text_at(*rule, "user_id") == person_.id &&
          (text_at(*rule, "important") == "true") == is_important) {
        ours.push_back(rule);
      }
    }
    std::ranges::stable_sort(ours, {}, position_of);
    std::vector<catalog::NotificationRule> out;
    Duration after{0};
    for (const Node* rule : ours) {
      const std::string type = text_at(*rule, "type");
      if (type == "wait") {
        after += seconds(std::clamp<int64_t>(integer_at(*rule, "duration").value_or(0), 0, 86'400));
        continue;
      }
      const std::string contact = contact_for(type);
      const catalog::NotificationRule step{contact, after};
      if (!contact.empty() && std::ranges::find(out, step) == out.end()) out.push_back(step);
    }
    return out;
  }

  std::string contact_for(const std::string& type) {
    const auto* way = std::ranges::find(kWays, type, &Way::type);
    if (way == std::end(kWays)) {
      const bool is_number = type == "notify_by_sms" || type == "notify_by_phone_call";
      note(is_number ? fmt::format("{}: the API does not tell the telephone number; write it as a "
                                   "contact",
                                   type)
                     : fmt::format("{} was left out", type));
      return "";
    }
    if (!person_.contact_named(way->name)) {
      if (way->kind != Contact::Kind::kPush) return "";
      note("must allow messages in the browser once, in place of the app");
      person_.contacts.push_back({.kind = way->kind, .name = way->name});
    }
    return way->name;
  }
  void note(std::string text) {
    if (std::ranges::find(person_.notes, text) == person_.notes.end()) {
      person_.notes.push_back(std::move(text));
    }
  }

  SourcePerson person_;
};

// --- escalation chains

class ChainReader {
 public:
  explicit ChainReader(Source& source) : source_(source) {}

  SourcePolicy read(const Node& chain, const Objects& policies) {
    policy_.id = text_at(chain, "id");
    policy_.name = text_at(chain, "name");
    Objects ours;
    for (const Node* policy : policies) {
      if (text_at(*policy, "escalation_chain_id") == policy_.id) ours.push_back(policy);
    }
    std::ranges::stable_sort(ours, {}, position_of);
    for (const Node* policy : ours) {
      if (policy_.repeat > 0) {
        note("what stands behind its repetition was left out");
        break;
      }
      read_step(*policy);
    }
    return std::move(policy_);
  }

 private:
  // "Repeat escalation (5 times max)": EscalationPolicy.MAX_TIMES_REPEAT
  static constexpr int kRepeats = 5;

  void read_step(const Node& node) {
    const std::string type = text_at(node, "type");
    if (type == "wait") {
      after_ += seconds(std::clamp<int64_t>(integer_at(node, "duration").value_or(300), 0, 86'400));
    } else if (type == "notify_persons" || type == "notify_one_person") {
      for (const Node* person : items_at(node, "persons_to_notify")) {
        add({SourceTarget::Kind::kPerson, person->scalar});
      }
    } else if (type == "notify_person_next_each_time") {
      add(round_robin(node));
    } else if (type == "notify_on_call_from_schedule") {
      add({SourceTarget::Kind::kSchedule, text_at(node, "notify_on_call_from_schedule")});
    } else if (type == "notify_team_members") {
      add({SourceTarget::Kind::kTeam, text_at(node, "team_to_notify")});
    } else if (type == "notify_if_time_from_to") {
      read_time(node);
    } else if (type == "repeat_escalation") {
      policy_.repeat = kRepeats;
      policy_.repeat_after = policy_.steps.empty() ? after_ : after_ - policy_.steps.back().after;
    } else {
      note(fmt::format("its step '{}' was left out{}", type, why_not(type)));
    }
  }

  static std::string_view why_not(std::string_view type) {
    if (type == "notify_user_group") return ": only Slack knows who is in the group";
    if (type == "notify_if_num_alerts_in_window") return ": what follows is played in any case";
    if (type == "resolve") return ": nobody resolves an incident unseen here";
    return "";
  }

  void add(SourceTarget target) {
    // Those of the same moment are one step.
    if (policy_.steps.empty() || policy_.steps.back().after != after_ ||
        policy_.steps.back().hours_utc != hours_) {
      policy_.steps.push_back({after_, {}, hours_});
    }
    policy_.steps.back().targets.push_back(std::move(target));
  }

  SourceTarget round_robin(const Node& node) {
    std::vector<std::string> people;
    for (const Node* person : items_at(node, "persons_to_notify_next_each_time")) {
      people.push_back(person->scalar);
    }
    return take_turns(source_, text_at(node, "id"), policy_.name, std::move(people));
  }

  // "09:00:00Z", in UTC.
  void read_time(const Node& node) {
    const auto from = calendar::parse_clock(text_at(node, "notify_if_time_from").substr(0, 5));
    const auto until = calendar::parse_clock(text_at(node, "notify_if_time_to").substr(0, 5));
    if (!from || !until || *from >= WeeklyHours::kMinutesOfDay) {
      return note("a step with a time of day could not be read and was left out");
    }
    WeeklyHours::Piece piece;
    piece.days.fill(true);
    piece.from = *from;
    piece.until = *until == 0 ? WeeklyHours::kMinutesOfDay : *until;
    if (!hours_.empty()) note("of several times of day only the last one counts here");
    hours_ = WeeklyHours({piece});
    note(
        fmt::format("outside of {} UTC it waited for that time; here what follows is not played "
                    "then",
                    calendar::to_text(hours_)));
  }

  void note(std::string text) { policy_.notes.push_back(std::move(text)); }

  Source& source_;
  SourcePolicy policy_;
  Duration after_{0};
  WeeklyHours hours_;
};

// --- services

// An integration is where alerts of one kind come in; its last route is the default one.
SourceService read_integration(const Node& node, const Objects& routes) {
  SourceService service;
  service.id = text_at(node, "id");
  service.name = text_at(node, "name");
  service.team = text_at(node, "team_id");
  service.policy = text_at(node, "default_route.escalation_chain_id");
  for (const Node* route : routes) {
    if (text_at(*route, "integration_id") != service.id) continue;
    if (text_at(*route, "is_the_last_route") == "true") {
      if (service.policy.empty()) service.policy = text_at(*route, "escalation_chain_id");
      continue;
    }
    service.notes.push_back(fmt::format("its route '{}' was left out: write it as a route",
                                        text_at(*route, "routing_regex")));
  }
  return service;
}

Result<> read_people(const ExportFiles& files, Source& source, GrafanaShifts& known) {
  ASSIGN_OR_RETURN(const auto users, objects(files, "users", "results"));
  ASSIGN_OR_RETURN(const auto rules, objects(files, "personal_notification_rules", "results"));
  for (const Node* user : users) {
    source.people.push_back(PersonReader().read(*user, rules));
    known.names.emplace(source.people.back().id, source.people.back().name);
  }
  ASSIGN_OR_RETURN(const auto teams, objects(files, "teams", "results"));
  ASSIGN_OR_RETURN(const auto chains, objects(files, "escalation_chains", "results"));
  for (const Node* node : teams) {
    SourceTeam team{.id = text_at(*node, "id"), .name = text_at(*node, "name")};
    for (const Node* user : users) {
      const auto of = items_at(*user, "teams");
      if (std::ranges::any_of(of, [&](const Node* id) { return id->scalar == team.id; })) {
        team.members.push_back(text_at(*user, "id"));
      }
    }
    const auto chain = std::ranges::find_if(
        chains, [&](const Node* one) { return text_at(*one, "team_id") == team.id; });
    if (chain != chains.end()) team.policy = text_at(**chain, "id");
    source.teams.push_back(std::move(team));
  }
  return {};
}

}  // namespace

Result<Import> import_grafana_oncall(const ExportFiles& files, Time now) {
  Source source;
  GrafanaShifts known;
  RETURN_IF_ERROR(read_people(files, source, known));
  ASSIGN_OR_RETURN(const auto shifts, objects(files, "on_call_shifts", "results"));
  for (const Node* shift : shifts) known.shifts.emplace(text_at(*shift, "id"), shift);
  ASSIGN_OR_RETURN(const auto schedules, objects(files, "schedules", "results"));
  for (const Node* schedule : schedules) {
    source.schedules.push_back(read_grafana_schedule(*schedule, known, now));
  }
  ASSIGN_OR_RETURN(const auto chains, objects(files, "escalation_chains", "results"));
  ASSIGN_OR_RETURN(const auto policies, objects(files, "escalation_policies", "results"));
  for (const Node* chain : chains) {
    source.policies.push_back(ChainReader(source).read(*chain, policies));
  }
  ASSIGN_OR_RETURN(const auto integrations, objects(files, "integrations", "results"));
  ASSIGN_OR_RETURN(const auto routes, objects(files, "routes", "results"));
  for (const Node* integration : integrations) {
    source.services.push_back(read_integration(*integration, routes));
  }
  return documents_of(source);
}

}  // namespace tocsin::oncall
