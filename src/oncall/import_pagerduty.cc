#include <fmt/format.h>

#include <algorithm>

#include "oncall/import_reading.h"

// The answers of PagerDuty's REST API v2 (https://developer.pagerduty.com/api-reference): users
// with contact methods and notification rules, teams, schedules with their layers, escalation
// policies, services.
namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using catalog::Contact;
using codec::Node;

constexpr int kMinutesOfDay = WeeklyHours::kMinutesOfDay;

struct Method {
  std::string type;
  Contact::Kind kind;
  std::string name;
};
const Method kMethods[] = {{"push_notification", Contact::Kind::kPush, "push"},
                           {"sms", Contact::Kind::kSms, "sms"},
                           {"phone", Contact::Kind::kVoice, "voice"},
                           {"email", Contact::Kind::kMail, "mail"}};

// "sms_contact_method" and "sms_contact_method_reference" are the same.
const Method* method_of(std::string_view type) {
  const auto found = std::ranges::find_if(
      kMethods, [&](const Method& m) { return type.starts_with(m.type + "_contact_method"); });
  return found == std::end(kMethods) ? nullptr : found;
}

class PersonReader {
 public:
  explicit PersonReader(const Node& user) : user_(user) {}

  SourcePerson read() {
    person_.id = text_at(user_, "id");
    person_.name = text_at(user_, "name");
    person_.mail = text_at(user_, "email");
    person_.zone = text_at(user_, "time_zone");
    for (const Node* method : items_at(user_, "contact_methods")) read_method(*method);
    if (person_.contacts.empty() && !person_.mail.empty()) {
      person_.contacts.push_back(
          {.kind = Contact::Kind::kMail, .name = "mail", .address = person_.mail});
    }
    for (const Node* rule : items_at(user_, "notification_rules")) read_rule(*rule);
    std::ranges::stable_sort(person_.urgent, {}, &catalog::NotificationRule::after);
    std::ranges::stable_sort(person_.not_urgent, {}, &catalog::NotificationRule::after);
    return std::move(person_);
  }

 private:
  void read_method(const Node& node) {
    const std::string type = text_at(node, "type");
    const Method* method = method_of(type);
    if (method == nullptr) {
      person_.notes.push_back(fmt::format("contact method '{}' was left out", type));
      return;
    }
    Contact contact{.kind = method->kind, .name = method->name};
    if (method->kind == Contact::Kind::kMail) {
      contact.address = text_at(node, "address");
    } else if (method->kind != Contact::Kind::kPush) {
      contact.address = phone_number(text_at(node, "country_code"), text_at(node, "address"));
      if (contact.address.empty()) {
        person_.notes.push_back(fmt::format("{} to '{}' is no number and was left out",
                                            method->name, text_at(node, "address")));
        return;
      }
    } else if (person_.contact_named("push")) {
      // Several telephones of theirs; ours reaches all that they subscribe.
      names_[text_at(node, "id")] = "push";
      return;
    } else {
      person_.notes.emplace_back("must allow messages in the browser once, in place of the app");
    }
    for (int n = 2; person_.contact_named(contact.name); ++n) {
      contact.name = fmt::format("{}-{}", method->name, n);
    }
    names_[text_at(node, "id")] = contact.name;
    person_.contacts.push_back(std::move(contact));
  }

  void read_rule(const Node& node) {
    const auto name = names_.find(text_at(node, "contact_method.id"));
    if (name == names_.end()) return;  // its method was left out, and that was said
    const catalog::NotificationRule rule{
        name->second, minutes(integer_at(node, "start_delay_in_minutes").value_or(0))};
    auto& rules = text_at(node, "urgency") == "low" ? person_.not_urgent : person_.urgent;
    if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  }

  const Node& user_;
  SourcePerson person_;
  std::map<std::string, std::string> names_;  // id of a method -> name of the contact
};

// "08:00:00" to minutes; the seconds are cut.
std::optional<int> minute_of_day(std::string_view text) {
  const auto clock = calendar::parse_clock(text.substr(0, 5));
  return clock ? std::optional(*clock % kMinutesOfDay) : std::nullopt;
}

WeeklyHours hours_of(const Node& layer, std::vector<std::string>& notes) {
  std::vector<WeeklyHours::Piece> pieces;
  for (const Node* restriction : items_at(layer, "restrictions")) {
    const auto from = minute_of_day(text_at(*restriction, "start_time_of_day"));
    const auto length = integer_at(*restriction, "duration_seconds");
    const bool is_weekly = text_at(*restriction, "type").starts_with("weekly");
    const auto day = integer_at(*restriction, "start_day_of_week");
    if (!from || !length || *length < 60 || *length > 7 * 86'400 ||
        (is_weekly && (!day || *day < 1 || *day > 7))) {
      notes.push_back(fmt::format("a restriction of layer '{}' could not be read and was left out",
                                  text_at(layer, "name")));
      continue;
    }
    const int span = static_cast<int>(*length / 60);
    if (is_weekly) {
      add_hours(pieces, static_cast<int>(*day) - 1, *from, span);
    } else {
      WeeklyHours::Piece piece;
      piece.days.fill(true);
      piece.from = *from;
      piece.until = (*from + span) % kMinutesOfDay;
      if (piece.until == 0) piece.until = kMinutesOfDay;
      pieces.push_back(piece);
    }
  }
  return pieces.empty() ? WeeklyHours::always() : WeeklyHours(std::move(pieces));
}

std::optional<SourceLayer> read_layer(const Node& node, Time now, std::vector<std::string>& notes) {
  SourceLayer layer;
  layer.name = text_at(node, "name");
  const auto virtual_start = parse_rfc3339(text_at(node, "rotation_virtual_start"));
  const auto length = integer_at(node, "rotation_turn_length_seconds");
  if (!virtual_start || !length) {
    notes.push_back(
        fmt::format("layer '{}' was left out: its start or turn length lacks", layer.name));
    return std::nullopt;
  }
  // A layer that was removed is only ended there.
  if (is_over(text_at(node, "end"), now, fmt::format("layer '{}'", layer.name), notes)) {
    return std::nullopt;
  }
  if (const auto start = parse_rfc3339(text_at(node, "start")); start && *start > now) {
    notes.push_back(
        fmt::format("layer '{}' begins there at {}; here at once", layer.name, to_rfc3339(*start)));
  }
  layer.start = *virtual_start;
  layer.turn = seconds(*length);
  for (const Node* user : items_at(node, "users")) {
    const std::string id = text_at(*user, "user.id");
    layer.people.push_back({id.empty() ? text_at(*user, "id") : id});
  }
  layer.hours = hours_of(node, notes);
  return layer;
}

SourceSchedule read_schedule(const Node& node, Time now) {
  SourceSchedule schedule;
  schedule.id = text_at(node, "id");
  schedule.name = text_at(node, "name");
  schedule.zone = text_at(node, "time_zone");
  if (const auto teams = items_at(node, "teams"); !teams.empty()) {
    schedule.team = text_at(*teams.front(), "id");
  }
  // The API gives the highest layer first (as Grafana OnCall's migrator found, too); here the last
  // one wins.
  const auto layers = items_at(node, "schedule_layers");
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (auto read = read_layer(**layer, now, schedule.notes)) {
      schedule.layers.push_back(*std::move(read));
    }
  }
  if (layers.empty()) {
    schedule.notes.emplace_back(
        "it has no schedule_layers: export each by GET /schedules/ID, the list lacks them");
  }
  for (const Node* piece : items_at(node, "overrides_subschedule.rendered_schedule_entries")) {
    const auto end = parse_rfc3339(text_at(*piece, "end"));
    if (!end || *end <= now) continue;
    schedule.notes.push_back(fmt::format(
        "override by {} from {} to {}: enter it with `tocsin schedule override`",
        text_at(*piece, "user.summary"), text_at(*piece, "start"), text_at(*piece, "end")));
  }
  return schedule;
}

// People can take turns here, not schedules.
void let_take_turns(SourceStep& step, SourcePolicy& policy, Source& source) {
  if (step.targets.size() < 2) return;
  const size_t number = policy.steps.size() + 1;
  std::vector<std::string> people;
  for (const SourceTarget& target : step.targets) {
    if (target.kind != SourceTarget::Kind::kPerson) {
      policy.notes.push_back(fmt::format(
          "step {} took turns between schedules (round robin); here all of it are rung at once",
          number));
      return;
    }
    people.push_back(target.id);
  }
  step.targets = {
      take_turns(source, fmt::format("{} {}", policy.id, number), policy.name, std::move(people))};
}

SourcePolicy read_policy(const Node& node, Source& source) {
  SourcePolicy policy;
  policy.id = text_at(node, "id");
  policy.name = text_at(node, "name");
  policy.repeat =
      static_cast<int>(std::clamp<int64_t>(integer_at(node, "num_loops").value_or(0), 0, 100));
  Duration after{0};
  for (const Node* rule : items_at(node, "escalation_rules")) {
    SourceStep step;
    step.after = after;
    for (const Node* target : items_at(*rule, "targets")) {
      const bool is_schedule = text_at(*target, "type").starts_with("schedule");
      step.targets.push_back(
          {is_schedule ? SourceTarget::Kind::kSchedule : SourceTarget::Kind::kPerson,
           text_at(*target, "id")});
    }
    if (text_at(*rule, "escalation_rule_assignment_strategy.type") == "round_robin") {
      let_take_turns(step, policy, source);
    }
    policy.repeat_after = minutes(integer_at(*rule, "escalation_delay_in_minutes").value_or(30));
    after += policy.repeat_after;
    policy.steps.push_back(std::move(step));
  }
  return policy;
}

SourceService read_service(const Node& node) {
  SourceService service;
  service.id = text_at(node, "id");
  service.name = text_at(node, "name");
  service.description = text_at(node, "description");
  service.policy = text_at(node, "escalation_policy.id");
  if (text_at(node, "incident_urgency_rule.type") == "use_support_hours") {
    service.notes.emplace_back(
        "its support hours were left out: write them as a policy's condition");
  }
  return service;
}

}  // namespace

Result<Import> import_pagerduty(const ExportFiles& files, Time now) {
  Source source;
  ASSIGN_OR_RETURN(const auto users, objects(files, "users", "users"));
  for (const Node* user : users) source.people.push_back(PersonReader(*user).read());
  ASSIGN_OR_RETURN(const auto teams, objects(files, "teams", "teams"));
  for (const Node* team : teams) {
    SourceTeam read{.id = text_at(*team, "id"), .name = text_at(*team, "name")};
    for (const Node* user : users) {
      const auto of = items_at(*user, "teams");
      if (std::ranges::any_of(of, [&](const Node* t) { return text_at(*t, "id") == read.id; })) {
        read.members.push_back(text_at(*user, "id"));
      }
    }
    source.teams.push_back(std::move(read));
  }
  ASSIGN_OR_RETURN(const auto schedules, objects(files, "schedules", "schedules"));
  for (const Node* schedule : schedules) source.schedules.push_back(read_schedule(*schedule, now));
  ASSIGN_OR_RETURN(const auto policies,
                   objects(files, "escalation_policies", "escalation_policies"));
  for (const Node* policy : policies) source.policies.push_back(read_policy(*policy, source));
  ASSIGN_OR_RETURN(const auto services, objects(files, "services", "services"));
  for (const Node* service : services) source.services.push_back(read_service(*service));
  // A team's own policy, for what alerts by the team's name.
  for (SourceTeam& team : source.teams) {
    for (const Node* policy : policies) {
      const auto of = items_at(*policy, "teams");
      if (std::ranges::any_of(of, [&](const Node* t) { return text_at(*t, "id") == team.id; })) {
        team.policy = text_at(*policy, "id");
        break;
      }
    }
  }
  return documents_of(source);
}

}  // namespace tocsin::oncall
