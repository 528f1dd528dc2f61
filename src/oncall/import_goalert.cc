#include <fmt/format.h>

#include <algorithm>

#include "calendar/zone.h"
#include "oncall/import_layers.h"
#include "oncall/import_reading.h"

// The answers of GoAlert's GraphQL API (target/goalert, graphql2/schema.graphql and
// graphql2/graph/*.graphqls), whole: {"data": {"users": {"nodes": [...]}, "schedules": ...}}. Any
// file may hold any of users, rotations, schedules, escalationPolicies, services, userOverrides.
// What schedules and rotations mean is in oncall/state.go, schedule/rule/rule.go and
// schedule/rotation/rotation.go: everybody of all rules that are active is on call.
namespace tocsin::oncall {
namespace {

using calendar::CivilSecond;
using calendar::WeeklyHours;
using catalog::Contact;
using codec::Node;

using Objects = std::vector<const Node*>;
using Index = std::map<std::string, const Node*>;

Result<> check(const ExportFiles& files) {
  for (const auto& [name, node] : files) {
    const auto errors = items_at(node, "errors");
    if (!errors.empty()) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}.json holds an error instead of an answer: {}", name,
                              text_at(*errors.front(), "message")));
    }
    const Node* data = node.find("data");
    if (data == nullptr || data->kind != Node::Kind::kMapping) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}.json has no object under 'data'; it must hold the answer of the "
                              "API as it came",
                              name));
    }
  }
  return {};
}

Objects nodes(const ExportFiles& files, std::string_view key) {
  Objects out;
  for (const auto& [name, node] : files) {
    const auto items = items_at(node, fmt::format("data.{}.nodes", key));
    out.insert(out.end(), items.begin(), items.end());
  }
  return out;
}

// --- people

// Older servers tell `type` and `value`, newer ones `dest` {type, args}.
struct Way {
  std::string_view type, dest, argument;
  Contact::Kind kind;
  const char* name;
};
constexpr Way kWays[] = {
    {"EMAIL", "builtin-smtp-email", "email_address", Contact::Kind::kMail, "mail"},
    {"SMS", "builtin-twilio-sms", "phone_number", Contact::Kind::kSms, "sms"},
    {"VOICE", "builtin-twilio-voice", "phone_number", Contact::Kind::kVoice, "voice"}};

class PersonReader {
 public:
  SourcePerson read(const Node& user) {
    person_.id = text_at(user, "id");
    person_.name = text_at(user, "name");
    person_.mail = text_at(user, "email");
    for (const Node* method : items_at(user, "contactMethods")) read_method(*method);
    for (const Node* rule : items_at(user, "notificationRules")) read_rule(*rule);
    std::ranges::stable_sort(person_.urgent, {}, &catalog::NotificationRule::after);
    if (person_.contacts.empty() && !person_.mail.empty()) {
      person_.contacts.push_back(
          {.kind = Contact::Kind::kMail, .name = "mail", .address = person_.mail});
    }
    return std::move(person_);
  }

 private:
  void read_method(const Node& node) {
    const std::string type = text_at(node, "type"), dest = text_at(node, "dest.type");
    const auto* way = std::ranges::find_if(
        kWays, [&](const Way& one) { return dest.empty() ? one.type == type : one.dest == dest; });
    const std::string shown =
        fmt::format("contact method '{}' ({})", text_at(node, "name"), dest.empty() ? type : dest);
    if (way == std::end(kWays) || text_at(node, "disabled") == "true") {
      person_.notes.push_back(
          shown + (way == std::end(kWays) ? " was left out" : " is off and was left out"));
      return;
    }
    std::string address = text_at(node, fmt::format("dest.args.{}", way->argument));
    if (address.empty()) address = text_at(node, "value");
    if (way->kind != Contact::Kind::kMail) {
      const std::string number = phone_number("", address);
      if (number.empty()) {
        person_.notes.push_back(fmt::format("{} is no number and was left out", shown));
        return;
      }
      address = number;
    }
    Contact contact{.kind = way->kind, .name = way->name, .address = std::move(address)};
    for (int n = 2; person_.contact_named(contact.name); ++n) {
      contact.name = fmt::format("{}-{}", way->name, n);
    }
    names_[text_at(node, "id")] = contact.name;
    person_.contacts.push_back(std::move(contact));
  }

  void read_rule(const Node& node) {
    std::string method = text_at(node, "contactMethodID");
    if (method.empty()) method = text_at(node, "contactMethod.id");
    const auto name = names_.find(method);
    if (name == names_.end()) return;  // its method was left out, and that was said
    const int64_t delay =
        std::clamp<int64_t>(integer_at(node, "delayMinutes").value_or(0), 0, 1440);
    const catalog::NotificationRule rule{name->second, minutes(delay)};
    if (std::ranges::find(person_.urgent, rule) == person_.urgent.end()) {
      person_.urgent.push_back(rule);
    }
  }

  SourcePerson person_;
  std::map<std::string, std::string> names_;  // id of a method -> name of the contact
};

// --- rotations

class RotationReader {
 public:
  explicit RotationReader(Time now) : now_(now) {}

  // Nothing, and a note, when it cannot be read.
  std::optional<SourceLayer> read(const Node& node, std::vector<std::string>& notes) const {
    SourceLayer layer;
    layer.name = text_at(node, "name");
    layer.zone = text_at(node, "timeZone");
    const auto zone = calendar::Zone::find(layer.zone);
    const auto start = parse_rfc3339(text_at(node, "start"));
    const int64_t length = integer_at(node, "shiftLength").value_or(1);
    const std::string type = text_at(node, "type");
    if (!zone || !start || length < 1 || length > 1000 ||
        (type != "hourly" && type != "daily" && type != "weekly" && type != "monthly")) {
      notes.push_back(fmt::format(
          "rotation '{}' was left out: its start, length or zone could not be read", layer.name));
      return std::nullopt;
    }
    if (type == "monthly") {
      layer.months = static_cast<int>(length);
    } else {
      layer.turn = length * (type == "weekly"  ? Duration(days(7))
                             : type == "daily" ? Duration(days(1))
                                               : Duration(hours(1)));
    }
    for (const Node* user : items_at(node, "users")) {
      layer.people.push_back({text_at(*user, "id")});
    }
    if (layer.people.empty()) {
      for (const Node* id : items_at(node, "userIDs")) layer.people.push_back({id->scalar});
    }
    if (layer.people.empty()) {
      notes.push_back(fmt::format("rotation '{}' was left out: it has no users", layer.name));
      return std::nullopt;
    }
    layer.hand_off = zone->to_civil(*start);
    put_current(node, *zone, *layer.hand_off, layer);
    return layer;
  }

 private:
  // Who is on call there is a state, not a rule: activeUserIndex has it until the next hand-off.
  // The hand-offs stay as they are, and the users are turned so that it comes out the same.
  void put_current(const Node& node, const calendar::Zone& zone, const CivilSecond& start,
                   SourceLayer& layer) const {
    CivilSecond moment = zone.to_civil(now_);
    if (const auto coming = items_at(node, "nextHandoffTimes"); !coming.empty()) {
      if (const auto next = parse_rfc3339(coming.front()->scalar)) {
        moment = zone.to_civil(*next) - 1;
      }
    }
    const auto size = static_cast<int64_t>(layer.people.size());
    const int64_t active = integer_at(node, "activeUserIndex").value_or(0);
    if (active < 0 || active >= size) return;
    int64_t n = turn_at(start, moment, layer);
    layer.hand_off = start;
    if (n < 0) {  // the start is still to come, but somebody is on call before it, too
      layer.hand_off = begin_of(start, n, layer);
      n = 0;
    }
    std::ranges::rotate(layer.people, layer.people.begin() + ((active - n % size) + size) % size);
  }

  static CivilSecond begin_of(const CivilSecond& start, int64_t n, const SourceLayer& layer) {
    if (layer.months == 0) return start + n * (layer.turn / seconds(1));
    cctz::civil_month month(start);
    month += n * layer.months;
    for (int day = start.day();; --day) {
      const CivilSecond begin(month.year(), month.month(), day, start.hour(), start.minute());
      if (begin.month() == month.month()) return begin;
    }
  }

  // The number of the turn that holds the moment.
  static int64_t turn_at(const CivilSecond& start, const CivilSecond& moment,
                         const SourceLayer& layer) {
    int64_t n = layer.months > 0
                    ? (cctz::civil_month(moment) - cctz::civil_month(start)) / layer.months + 1
                    : (moment - start) / (layer.turn / seconds(1)) + 1;
    while (begin_of(start, n, layer) > moment) --n;
    return n;
  }

  Time now_;
};

// --- schedules

std::optional<int> clock(const std::string& text) {
  const auto at = calendar::parse_clock(text);
  return at ? std::optional(*at % WeeklyHours::kMinutesOfDay) : std::nullopt;
}

// Rules of one target: their hours together. Days begin with Sunday there; a rule from an hour to
// the same one is the whole day.
std::optional<WeeklyHours> hours_of(const Node& target, std::vector<std::string>& notes) {
  std::vector<WeeklyHours::Piece> pieces;
  for (const Node* rule : items_at(target, "rules")) {
    const auto from = clock(text_at(*rule, "start")), until = clock(text_at(*rule, "end"));
    const auto days = items_at(*rule, "weekdayFilter");
    if (!from || !until || days.size() != 7) {
      notes.emplace_back("a rule could not be read and was left out");
      continue;
    }
    int length = *until - *from;
    if (length <= 0) length += WeeklyHours::kMinutesOfDay;
    bool is_always = length == WeeklyHours::kMinutesOfDay;
    for (int day = 0; day < 7; ++day) {
      const bool is_on = days[static_cast<size_t>((day + 1) % 7)]->scalar == "true";
      is_always = is_always && is_on;
      if (is_on) add_hours(pieces, day, *from, length);
    }
    if (is_always) return WeeklyHours::always();
  }
  if (pieces.empty()) return std::nullopt;  // never
  return WeeklyHours(std::move(pieces));
}

class ScheduleReader {
 public:
  ScheduleReader(const Index& rotations, const Index& people, Time now)
      : rotations_(rotations), people_(people), now_(now) {}

  SourceSchedule read(const Node& node, const Objects& overrides) const {
    SourceSchedule schedule;
    schedule.id = text_at(node, "id");
    schedule.name = text_at(node, "name");
    schedule.zone = text_at(node, "timeZone");
    std::vector<LeveledLayer> layers;
    for (const Node* target : items_at(node, "targets")) {
      if (auto layer = read_target(*target, schedule)) layers.push_back({0, *std::move(layer)});
    }
    schedule.layers = stacked(std::move(layers), schedule.zone);
    for (const Node* plan : items_at(node, "temporarySchedules")) {
      note_ahead(*plan, "temporary schedule", "enter it as a fixed plan", schedule.notes);
    }
    for (const Node* one : overrides) {
      if (text_at(*one, "target.id") != schedule.id) continue;
      const std::string who = text_at(*one, "addUser.name"),
                        whom = text_at(*one, "removeUser.name");
      const std::string what = whom.empty()  ? "override: " + who + " added"
                               : who.empty() ? "override: " + whom + " removed"
                                             : "override: " + who + " in the place of " + whom;
      note_ahead(*one, what, "enter it with `tocsin schedule override`", schedule.notes);
    }
    return schedule;
  }

  // A rotation that a policy rings itself.
  SourceSchedule of_rotation(const Node& rotation) const {
    SourceSchedule schedule;
    schedule.id = text_at(rotation, "id");
    schedule.name = text_at(rotation, "name");
    schedule.zone = text_at(rotation, "timeZone");
    schedule.notes.emplace_back("made of a rotation, which a policy rings without a schedule");
    if (auto layer = RotationReader(now_).read(rotation, schedule.notes)) {
      schedule.layers.push_back(*std::move(layer));
    }
    return schedule;
  }

 private:
  void note_ahead(const Node& span, std::string_view what, std::string_view how,
                  std::vector<std::string>& notes) const {
    const auto end = parse_rfc3339(text_at(span, "end"));
    if (!end || *end <= now_) return;
    notes.push_back(
        fmt::format("{} from {} to {}: {}", what, text_at(span, "start"), to_rfc3339(*end), how));
  }

  std::optional<SourceLayer> read_target(const Node& target, SourceSchedule& schedule) const {
    const std::string id = text_at(target, "target.id"), type = text_at(target, "target.type");
    const auto hours = hours_of(target, schedule.notes);
    if (!hours) return std::nullopt;
    std::optional<SourceLayer> layer;
    if (type == "user") {
      layer = one_person(id, schedule);
    } else if (const auto rotation = rotations_.find(id); rotation != rotations_.end()) {
      layer = RotationReader(now_).read(*rotation->second, schedule.notes);
    } else {
      schedule.notes.push_back(fmt::format("{} {} is not in the export", type, id));
    }
    if (!layer) return layer;
    layer->hours = *hours;
    if (layer->zone == schedule.zone || *hours == WeeklyHours::always()) return layer;
    // Hours are those of the schedule there, hand-offs those of the rotation; a layer has one zone.
    const auto theirs = calendar::Zone::find(layer->zone);
    const auto ours = calendar::Zone::find(schedule.zone);
    if (!theirs || !ours || !layer->hand_off) return layer;
    layer->hand_off = ours->to_civil(theirs->to_time(*layer->hand_off));
    schedule.notes.push_back(fmt::format(
        "rotation '{}' hands off by the clocks of {}, here by those of {}: they may differ by an "
        "hour where only one of both has set its clocks",
        layer->name, layer->zone, schedule.zone));
    layer->zone = schedule.zone;
    return layer;
  }

  std::optional<SourceLayer> one_person(const std::string& id,
                                        const SourceSchedule& schedule) const {
    SourceLayer layer;
    const auto person = people_.find(id);
    layer.name = person == people_.end() ? id : text_at(*person->second, "name");
    layer.zone = schedule.zone;
    layer.turn = days(7);
    layer.hand_off = CivilSecond(2026, 1, 5);  // any Monday that is over: it is always their turn
    layer.people = {{id}};
    return layer;
  }

  const Index& rotations_;
  const Index& people_;
  Time now_;
};

// --- policies

// `rotations`: those that a step rings itself are added.
SourcePolicy read_policy(const Node& node, std::vector<std::string>& rotations) {
  SourcePolicy policy;
  policy.id = text_at(node, "id");
  policy.name = text_at(node, "name");
  policy.repeat =
      static_cast<int>(std::clamp<int64_t>(integer_at(node, "repeat").value_or(0), 0, 100));
  auto steps = items_at(node, "steps");
  std::ranges::stable_sort(
      steps, {}, [](const Node* step) { return integer_at(*step, "stepNumber").value_or(0); });
  Duration after{0};
  for (const Node* one : steps) {
    SourceStep step{after, {}, {}};
    const auto add = [&](std::string_view type, std::string id) {
      if (type == "user" || type == "builtin-user") {
        step.targets.push_back({SourceTarget::Kind::kPerson, std::move(id)});
      } else if (type == "schedule" || type == "builtin-schedule") {
        step.targets.push_back({SourceTarget::Kind::kSchedule, std::move(id)});
      } else if (type == "rotation" || type == "builtin-rotation") {
        rotations.push_back(id);
        step.targets.push_back({SourceTarget::Kind::kSchedule, std::move(id)});
      } else {
        policy.notes.push_back(fmt::format("a step for {} was left out", type));
      }
    };
    for (const Node* target : items_at(*one, "targets")) {
      add(text_at(*target, "type"), text_at(*target, "id"));
    }
    for (const Node* action : items_at(*one, "actions")) {
      std::string id;
      for (const char* key : {"user_id", "schedule_id", "rotation_id"}) {
        if (id.empty()) id = text_at(*action, fmt::format("args.{}", key));
      }
      add(text_at(*action, "type"), std::move(id));
    }
    policy.repeat_after =
        minutes(std::clamp<int64_t>(integer_at(*one, "delayMinutes").value_or(15), 1, 1440));
    after += policy.repeat_after;
    policy.steps.push_back(std::move(step));
  }
  return policy;
}

Index index_of(const Objects& objects) {
  Index index;
  for (const Node* one : objects) index.emplace(text_at(*one, "id"), one);
  return index;
}

}  // namespace

Result<Import> import_goalert(const ExportFiles& files, Time now) {
  RETURN_IF_ERROR(check(files));
  Source source;
  const Objects users = nodes(files, "users");
  for (const Node* user : users) source.people.push_back(PersonReader().read(*user));
  const Index rotations = index_of(nodes(files, "rotations")), people = index_of(users);
  const ScheduleReader reader(rotations, people, now);
  const Objects overrides = nodes(files, "userOverrides");
  for (const Node* schedule : nodes(files, "schedules")) {
    source.schedules.push_back(reader.read(*schedule, overrides));
  }
  std::vector<std::string> rung;
  for (const Node* policy : nodes(files, "escalationPolicies")) {
    source.policies.push_back(read_policy(*policy, rung));
  }
  std::ranges::sort(rung);
  const auto repeated = std::ranges::unique(rung);
  rung.erase(repeated.begin(), repeated.end());
  for (const std::string& id : rung) {
    const auto rotation = rotations.find(id);
    if (rotation != rotations.end())
      source.schedules.push_back(reader.of_rotation(*rotation->second));
  }
  for (const Node* node : nodes(files, "services")) {
    source.services.push_back({.id = text_at(*node, "id"),
                               .name = text_at(*node, "name"),
                               .description = text_at(*node, "description"),
                               .team = "",
                               .policy = text_at(*node, "escalationPolicyID"),
                               .notes = {}});
  }
  return documents_of(source);
}

}  // namespace tocsin::oncall
