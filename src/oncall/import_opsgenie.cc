#include <fmt/format.h>

#include <algorithm>

#include "oncall/import_reading.h"

// The answers of Opsgenie's REST API (https://docs.opsgenie.com/docs/api-overview): users with
// ?expand=contact, notification rules of each (notification_rules-<user id>.json), teams with
// members and routing rules (routing_rules-<team id>.json), schedules with ?expand=rotation,
// escalations.
namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using catalog::Contact;
using codec::Node;

constexpr int kMinutesOfDay = WeeklyHours::kMinutesOfDay;

std::optional<std::pair<Contact::Kind, const char*>> method_of(std::string_view method) {
  if (method == "email") return std::pair(Contact::Kind::kMail, "mail");
  if (method == "sms") return std::pair(Contact::Kind::kSms, "sms");
  if (method == "voice") return std::pair(Contact::Kind::kVoice, "voice");
  if (method == "mobile") return std::pair(Contact::Kind::kPush, "push");
  return std::nullopt;
}

// "1-2125550123": the country before the dash.
std::string number_of(std::string_view to) {
  const size_t dash = to.find('-');
  if (dash == std::string_view::npos) return phone_number("", to);
  return phone_number(to.substr(0, dash), to.substr(dash + 1));
}

// "5 minutes"
std::optional<Duration> amount_at(const Node& node, std::string_view path) {
  const Node* value = at(node, path);
  if (value == nullptr) return std::nullopt;
  const auto amount = integer_at(*value, "timeAmount");
  const std::string unit = text_at(*value, "timeUnit");
  if (!amount || *amount < 0) return std::nullopt;
  if (unit == "hours") return hours(*amount);
  if (unit == "days") return days(*amount);
  if (unit == "seconds") return seconds(*amount);
  return minutes(*amount);
}

void read_contact(const Node& node, SourcePerson& person) {
  const std::string method = text_at(node, "contactMethod");
  const auto known = method_of(method.empty() ? text_at(node, "method") : method);
  if (!known || text_at(node, "enabled") == "false") {
    person.notes.push_back(fmt::format("contact {} was left out", known ? "that is off" : method));
    return;
  }
  const auto& [kind, base] = *known;
  Contact contact{.kind = kind, .name = base};
  const std::string to = text_at(node, "to");
  if (kind == Contact::Kind::kMail) contact.address = to;
  if (kind == Contact::Kind::kSms || kind == Contact::Kind::kVoice) {
    contact.address = number_of(to);
    if (contact.address.empty()) {
      person.notes.push_back(fmt::format("{} to '{}' is no number and was left out", base, to));
      return;
    }
  }
  if (kind == Contact::Kind::kPush) {
    if (person.contact_named("push")) return;
    person.notes.emplace_back("must allow messages in the browser once, in place of the app");
  }
  for (int n = 2; person.contact_named(contact.name); ++n)
    contact.name = fmt::format("{}-{}", base, n);
  person.contacts.push_back(std::move(contact));
}

// The steps of the rule for new alerts.
void read_rules(const std::vector<const Node*>& rules, SourcePerson& person) {
  for (const Node* rule : rules) {
    if (text_at(*rule, "actionType") != "create-alert" || text_at(*rule, "enabled") == "false")
      continue;
    if (!items_at(*rule, "criteria.conditions").empty()) {
      person.notes.push_back(fmt::format(
          "notification rule '{}' had conditions, which were left out", text_at(*rule, "name")));
    }
    for (const Node* step : items_at(*rule, "steps")) {
      if (text_at(*step, "enabled") == "false") continue;
      const auto known = method_of(text_at(*step, "contact.method"));
      if (!known) continue;
      const std::string to = text_at(*step, "contact.to");
      const auto contact = std::ranges::find_if(person.contacts, [&](const Contact& c) {
        return c.kind == known->first &&
               (c.address == to || c.address == number_of(to) || c.kind == Contact::Kind::kPush);
      });
      if (contact == person.contacts.end()) continue;
      const catalog::NotificationRule read{contact->name,
                                           amount_at(*step, "sendAfter").value_or(Duration(0))};
      if (std::ranges::find(person.urgent, read) == person.urgent.end())
        person.urgent.push_back(read);
    }
  }
  std::ranges::stable_sort(person.urgent, {}, &catalog::NotificationRule::after);
}

std::optional<int> clock_at(const Node& node, const char* hour, const char* minute) {
  const auto h = integer_at(node, hour);
  const int64_t m = integer_at(node, minute).value_or(0);
  if (!h || *h < 0 || *h > 24 || m < 0 || m > 59) return std::nullopt;
  return static_cast<int>(*h * 60 + m);
}

std::optional<int> day_at(const Node& node, const char* key) {
  std::string day = text_at(node, key).substr(0, 3);
  std::ranges::transform(day, day.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto found = std::ranges::find(WeeklyHours::kDays, day);
  if (found == WeeklyHours::kDays.end()) return std::nullopt;
  return static_cast<int>(found - WeeklyHours::kDays.begin());
}

WeeklyHours hours_of(const Node& rotation, std::vector<std::string>& notes) {
  std::vector<WeeklyHours::Piece> pieces;
  const auto refuse = [&] {
    notes.push_back(
        fmt::format("a time restriction of rotation '{}' could not be read and was left out",
                    text_at(rotation, "name")));
  };
  if (const Node* daily = at(rotation, "timeRestriction.restriction")) {
    const auto from = clock_at(*daily, "startHour", "startMin");
    const auto until = clock_at(*daily, "endHour", "endMin");
    if (from && until && *from < kMinutesOfDay) {
      WeeklyHours::Piece piece;
      piece.days.fill(true);
      piece.from = *from;
      piece.until = *until == 0 ? kMinutesOfDay : *until;
      pieces.push_back(piece);
    } else {
      refuse();
    }
  }
  for (const Node* weekly : items_at(rotation, "timeRestriction.restrictions")) {
    const auto from = clock_at(*weekly, "startHour", "startMin");
    const auto until = clock_at(*weekly, "endHour", "endMin");
    const auto first = day_at(*weekly, "startDay");
    const auto last = day_at(*weekly, "endDay");
    if (!from || !until || !first || !last || *from >= kMinutesOfDay) {
      refuse();
      continue;
    }
    constexpr int kWeek = 7 * kMinutesOfDay;
    int length = (*last - *first) * kMinutesOfDay + *until - *from;
    if (length <= 0) length += kWeek;
    add_hours(pieces, *first, *from, length);
  }
  return pieces.empty() ? WeeklyHours::always() : WeeklyHours(std::move(pieces));
}

std::optional<SourceLayer> read_rotation(const Node& node, Time now,
                                         std::vector<std::string>& notes) {
  SourceLayer layer;
  layer.name = text_at(node, "name");
  const auto start = parse_rfc3339(text_at(node, "startDate"));
  const int64_t length = integer_at(node, "length").value_or(1);
  if (!start || length < 1) {
    notes.push_back(
        fmt::format("rotation '{}' was left out: its start or length lacks", layer.name));
    return std::nullopt;
  }
  if (is_over(text_at(node, "endDate"), now, fmt::format("rotation '{}'", layer.name), notes)) {
    return std::nullopt;
  }
  layer.start = *start;
  const std::string type = text_at(node, "type");
  layer.turn = type == "weekly"   ? Duration(days(7) * length)
               : type == "hourly" ? Duration(hours(1) * length)
                                  : Duration(days(1) * length);
  for (const Node* participant : items_at(node, "participants")) {
    const std::string kind = text_at(*participant, "type");
    if (kind == "user") {
      layer.people.push_back({text_at(*participant, "id")});
    } else if (kind == "team") {
      layer.teams.push_back(text_at(*participant, "id"));
    } else {
      notes.push_back(
          fmt::format("rotation '{}' has a turn of '{}', which was left out", layer.name, kind));
    }
  }
  layer.hours = hours_of(node, notes);
  return layer;
}

SourceSchedule read_schedule(const Node& node, Time now) {
  SourceSchedule schedule;
  schedule.id = text_at(node, "id");
  schedule.name = text_at(node, "name");
  schedule.zone = text_at(node, "timezone");
  schedule.team = text_at(node, "ownerTeam.id");
  if (text_at(node, "enabled") == "false") schedule.notes.emplace_back("it was off there");
  const auto rotations = items_at(node, "rotations");
  for (const Node* rotation : rotations) {
    if (auto read = read_rotation(*rotation, now, schedule.notes)) {
      read->joins = !schedule.layers.empty();  // where rotations overlap, all of them are on call
      schedule.layers.push_back(*std::move(read));
    }
  }
  if (rotations.empty()) {
    schedule.notes.emplace_back("it has no rotations: export it with ?expand=rotation");
  }
  return schedule;
}

void read_rule(const Node& rule, SourcePolicy& policy) {
  const std::string type = text_at(rule, "recipient.type");
  SourceTarget target{SourceTarget::Kind::kPerson, text_at(rule, "recipient.id")};
  if (type == "schedule") target.kind = SourceTarget::Kind::kSchedule;
  if (type == "team") target.kind = SourceTarget::Kind::kTeam;
  if (type != "user" && type != "schedule" && type != "team") {
    policy.notes.push_back(fmt::format("a step for '{}' was left out", type));
    return;
  }
  if (const std::string how = text_at(rule, "notifyType");
      how != "default" && how != "all" && how != "users" && !how.empty()) {
    policy.notes.push_back(
        fmt::format("a step told the '{}' of its {}; here whoever is on call is told", how, type));
  }
  if (text_at(rule, "condition") == "if-not-closed") {
    policy.notes.emplace_back(
        "a step rang also after an acknowledgement (if-not-closed); write it as bring_in");
  }
  const Duration after = amount_at(rule, "delay").value_or(Duration(0));
  const auto same = std::ranges::find(policy.steps, after, &SourceStep::after);
  SourceStep& step =
      same != policy.steps.end() ? *same : policy.steps.emplace_back(SourceStep{after, {}});
  step.targets.push_back(std::move(target));
}

SourcePolicy read_escalation(const Node& node) {
  SourcePolicy policy;
  policy.id = text_at(node, "id");
  policy.name = text_at(node, "name");
  for (const Node* rule : items_at(node, "rules")) read_rule(*rule, policy);
  std::ranges::stable_sort(policy.steps, {}, &SourceStep::after);
  policy.repeat =
      static_cast<int>(std::clamp<int64_t>(integer_at(node, "repeat.count").value_or(0), 0, 100));
  policy.repeat_after = minutes(integer_at(node, "repeat.waitInterval").value_or(5));
  return policy;
}

// Whom a team's alerts go to: its default routing rule.
Result<> read_routing(const ExportFiles& files, SourceTeam& team, Source& source) {
  ASSIGN_OR_RETURN(const auto rules,
                   objects(files, fmt::format("routing_rules-{}", team.id), "data"));
  for (const Node* rule : rules) {
    if (text_at(*rule, "isDefault") != "true") {
      team.notes.push_back(fmt::format("routing rule '{}' was left out", text_at(*rule, "name")));
      continue;
    }
    const std::string type = text_at(*rule, "notify.type");
    const std::string id = text_at(*rule, "notify.id");
    if (type == "escalation") team.policy = id;
    if (type != "schedule") continue;
    // A schedule alone: a policy that rings whoever is on call.
    team.policy = "schedule of " + team.id;
    source.policies.push_back(
        {.id = team.policy,
         .name = team.name,
         .steps = {{Duration(0), {{SourceTarget::Kind::kSchedule, id}}}},
         .repeat = 3,
         .repeat_after = minutes(5),
         .notes = {"made of the team's routing rule, which names a schedule alone"}});
  }
  return {};
}

}  // namespace

Result<Import> import_opsgenie(const ExportFiles& files, Time now) {
  Source source;
  ASSIGN_OR_RETURN(const auto users, objects(files, "users", "data"));
  for (const Node* user : users) {
    SourcePerson person;
    person.id = text_at(*user, "id");
    person.name = text_at(*user, "fullName");
    person.mail = text_at(*user, "username");
    person.zone = text_at(*user, "timeZone");
    for (const Node* contact : items_at(*user, "userContacts")) read_contact(*contact, person);
    if (person.contacts.empty() && !person.mail.empty()) {
      person.contacts.push_back(
          {.kind = Contact::Kind::kMail, .name = "mail", .address = person.mail});
    }
    ASSIGN_OR_RETURN(const auto rules,
                     objects(files, fmt::format("notification_rules-{}", person.id), "data"));
    read_rules(rules, person);
    source.people.push_back(std::move(person));
  }
  ASSIGN_OR_RETURN(const auto escalations, objects(files, "escalations", "data"));
  for (const Node* escalation : escalations)
    source.policies.push_back(read_escalation(*escalation));
  ASSIGN_OR_RETURN(const auto teams, objects(files, "teams", "data"));
  for (const Node* node : teams) {
    SourceTeam team{.id = text_at(*node, "id"), .name = text_at(*node, "name")};
    for (const Node* member : items_at(*node, "members")) {
      team.members.push_back(text_at(*member, "user.id"));
    }
    RETURN_IF_ERROR(read_routing(files, team, source));
    source.teams.push_back(std::move(team));
  }
  ASSIGN_OR_RETURN(const auto schedules, objects(files, "schedules", "data"));
  for (const Node* schedule : schedules) source.schedules.push_back(read_schedule(*schedule, now));
  ASSIGN_OR_RETURN(const auto services, objects(files, "services", "data"));
  for (const Node* node : services) {
    source.services.push_back({.id = text_at(*node, "id"),
                               .name = text_at(*node, "name"),
                               .description = text_at(*node, "description"),
                               .team = text_at(*node, "teamId")});
  }
  return documents_of(source);
}

}  // namespace tocsin::oncall
