#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "calendar/zone.h"
#include "catalog/address.h"
#include "codec/fields.h"
#include "codec/yaml_writer.h"
#include "oncall/import.h"
#include "oncall/policy.h"
#include "oncall/schedule_spec.h"

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using codec::Node;

// --- nodes

// Control characters are no part of what people read, and the catalog refuses a NUL.
Node text(std::string value) {
  std::ranges::replace_if(value, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = std::move(value);
  node.quoted = true;
  return node;
}

Node plain(std::string value) {
  Node node = text(std::move(value));
  node.quoted = false;
  return node;
}

Node list(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::kSequence;
  node.items = std::move(items);
  return node;
}

Node mapping(std::vector<codec::Field> fields) {
  Node node;
  node.kind = Node::Kind::kMapping;
  node.fields = std::move(fields);
  return node;
}

Node document(std::string kind, std::string name, Node spec) {
  return mapping({{"apiVersion", plain("tocsin/v1")},
                  {"kind", plain(std::move(kind))},
                  {"metadata", mapping({{"name", text(std::move(name))}})},
                  {"spec", std::move(spec)}});
}

Node hours_node(const WeeklyHours& hours) {
  std::vector<Node> pieces;
  for (const auto& piece : hours.pieces()) {
    std::vector<Node> days;
    for (size_t i = 0; i < piece.days.size(); ++i) {
      if (piece.days[i]) days.push_back(plain(WeeklyHours::kDays[i]));
    }
    pieces.push_back(mapping({{"days", list(std::move(days))},
                              {"from", text(calendar::clock_text(piece.from))},
                              {"until", text(calendar::clock_text(piece.until))}}));
  }
  return list(std::move(pieces));
}

// --- what the catalog says of it

std::string text_of(const Node& document, std::string_view field) {
  const Node* value = document.find(field);
  if (field == "metadata" && value != nullptr) value = value->find("name");
  return value == nullptr ? std::string() : value->scalar;
}

// The kind of a thing in the plan, by that of its document.
std::string kind_of(const Node& document) {
  const std::string kind = text_of(document, "kind");
  if (kind == "EscalationPolicy") return "policy";
  return std::string(1, static_cast<char>(kind[0] - 'A' + 'a')) + kind.substr(1);
}

// Documents that the catalog would refuse, with what it says; by their place in the list.
std::map<size_t, std::vector<std::string>> refused(const std::vector<Node>& documents) {
  std::vector<std::pair<std::string, std::string>> files;
  for (size_t i = 0; i < documents.size(); ++i) {
    files.emplace_back(std::to_string(i), codec::to_yaml(documents[i]));
  }
  codec::Problems problems;
  const catalog::Catalog catalog = catalog::load_texts(files, problems);
  std::vector<ScheduleId> schedules;
  for (const ScheduleSpec& spec : read_schedules(catalog, problems)) {
    schedules.push_back(spec.schedule.id);
  }
  read_policies(catalog, schedules, problems);
  std::map<size_t, std::vector<std::string>> out;
  for (const codec::Problem& problem : problems.all()) {
    // Files are named by their place; what is in none is nobody's fault alone.
    size_t place = documents.size();
    std::from_chars(problem.file.data(), problem.file.data() + problem.file.size(), place);
    if (place >= documents.size()) continue;
    out[place].push_back(fmt::format("{}: {}", problem.field, problem.message));
  }
  return out;
}

// One thing that the catalog does not take must not keep all others out. Whatever referred to it is
// refused next, so this is repeated until it says false.
bool leave_out_refused(Import& import) {
  const auto why = refused(import.documents);
  for (auto it = why.rbegin(); it != why.rend(); ++it) {
    const auto at = import.documents.begin() + static_cast<std::ptrdiff_t>(it->first);
    const std::string kind = kind_of(*at), name = text_of(*at, "metadata");
    for (ImportedThing& thing : import.plan) {
      if (thing.kind != kind || thing.name != name) continue;
      thing.verdict = ImportVerdict::kImpossible;
      thing.name.clear();
      thing.notes.insert(thing.notes.end(), it->second.begin(), it->second.end());
    }
    if (kind == "schedule") {
      std::erase_if(import.schedules, [&](const auto& entry) { return entry.second == name; });
    }
    import.documents.erase(at);
  }
  return !why.empty();
}

// --- the writer

class Writer {
 public:
  explicit Writer(Source source) : source_(std::move(source)) {
    keep_first("person", source_.people);
    keep_first("team", source_.teams);
    keep_first("schedule", source_.schedules);
    keep_first("policy", source_.policies);
    keep_first("service", source_.services);
  }

  Import write() {
    name_all();
    forget_what_cannot_be();
    for (const auto& person : source_.people) write_person(person);
    for (const auto& team : source_.teams) write_team(team);
    for (const auto& policy : source_.policies) write_policy_team(policy);
    for (const auto& schedule : source_.schedules) write_schedule(schedule);
    for (const auto& policy : source_.policies) write_policy(policy);
    for (const auto& service : source_.services) write_service(service);
    out_.schedules = schedules_;
    for (const auto& person : source_.people) {
      const std::string name = known(people_, person.id);
      if (name.empty()) continue;
      out_.people.push_back({catalog::PersonId(name), person.name, person.mail});
    }
    out_.plan.insert(out_.plan.end(), source_.left_out.begin(), source_.left_out.end());
    return std::move(out_);
  }

 private:
  using Names = std::map<std::string, std::string>;  // id there -> name in the catalog

  // Things are told apart by their ids.
  template <class Things>
  void keep_first(const char* kind, Things& things) {
    std::set<std::string> seen;
    std::erase_if(things, [&](const auto& thing) {
      if (seen.insert(thing.id).second) return false;
      note(kind, thing.name, "",
           {fmt::format("its id '{}' is there twice", codec::shown(thing.id))});
      return true;
    });
  }

  // Every thing has its name before any refers to it. Two with the same name are numbered.
  template <class Things>
  static Names names_of(const Things& things, std::set<std::string>& taken) {
    Names names;
    for (const auto& thing : things) names.emplace(thing.id, unique(thing.name, taken));
    return names;
  }
  static std::string unique(std::string_view words, std::set<std::string>& taken) {
    const std::string wanted = catalog_name(words);
    std::string name = wanted;
    for (int n = 2; !taken.insert(name).second; ++n) {
      name = fmt::format("{}-{}", wanted.substr(0, 58), n);
    }
    return name;
  }

  void name_all() {
    std::set<std::string> people, schedules, policies, services;
    people_ = names_of(source_.people, people);
    teams_ = names_of(source_.teams, team_names_);
    // A policy without a team of its own becomes one, for services belong to teams.
    policy_teams_ = names_of(source_.policies, team_names_);
    schedules_ = names_of(source_.schedules, schedules);
    policies_ = names_of(source_.policies, policies);
    services_ = names_of(source_.services, services);
  }

  // The readers have looked at everything else.
  static bool is_usable(const catalog::Contact& contact) {
    return contact.kind != catalog::Contact::Kind::kMail ||
           catalog::wrong_with_mail(contact.address).empty();
  }

  // What is left out must not be referred to. In the order in which they need each other.
  void forget_what_cannot_be() {
    for (const auto& person : source_.people) {
      if (std::ranges::none_of(person.contacts, is_usable)) people_.erase(person.id);
    }
    for (const auto& s : source_.schedules) {
      const bool is_known_zone = calendar::Zone::find(s.zone).has_value();
      if (!is_known_zone || std::ranges::none_of(s.layers, [&](const SourceLayer& layer) {
            return every_of(layer) && has_somebody(people_of(layer));
          })) {
        schedules_.erase(s.id);
      }
    }
    for (const auto& p : source_.policies) {
      const bool is_possible = std::ranges::any_of(p.steps, [&](const SourceStep& step) {
        return std::ranges::any_of(step.targets,
                                   [&](const SourceTarget& t) { return !target_name(t).empty(); });
      });
      if (!is_possible) policies_.erase(p.id);
    }
    for (const auto& team : source_.teams) {
      if (!has_somebody(team.members) && known(policies_, team.policy).empty())
        teams_.erase(team.id);
    }
    for (const auto& p : source_.policies) {
      if (!policies_.contains(p.id)) policy_teams_.erase(p.id);
    }
  }

  bool has_somebody(const std::vector<std::string>& ids) const {
    return std::ranges::any_of(ids, [&](const std::string& id) { return people_.contains(id); });
  }

  const SourceTeam* team(const std::string& id) const {
    const auto found = std::ranges::find(source_.teams, id, &SourceTeam::id);
    return found == source_.teams.end() ? nullptr : &*found;
  }

  std::vector<std::string> people_of(const SourceLayer& layer) const {
    std::vector<std::string> ids = layer.people;
    for (const auto& id : layer.teams) {
      if (const SourceTeam* t = team(id))
        ids.insert(ids.end(), t->members.begin(), t->members.end());
    }
    return ids;
  }

  std::string target_name(const SourceTarget& target) const {
    switch (target.kind) {
      case SourceTarget::Kind::kPerson: return known(people_, target.id);
      case SourceTarget::Kind::kSchedule: return known(schedules_, target.id);
      case SourceTarget::Kind::kTeam: {
        const SourceTeam* t = team(target.id);
        return t != nullptr && has_somebody(t->members) ? known(teams_, target.id) : std::string();
      }
    }
    bug("unknown kind of target");
  }

  static std::string_view key_of(SourceTarget::Kind kind) {
    switch (kind) {
      case SourceTarget::Kind::kPerson: return "person";
      case SourceTarget::Kind::kSchedule: return "schedule";
      case SourceTarget::Kind::kTeam: return "team";
    }
    bug("unknown kind of target");
  }

  static std::string known(const Names& names, const std::string& id) {
    const auto found = names.find(id);
    return found == names.end() ? std::string() : found->second;
  }

  void note(std::string kind, const std::string& source, const std::string& name,
            std::vector<std::string> notes) {
    const auto verdict = name.empty()    ? ImportVerdict::kImpossible
                         : notes.empty() ? ImportVerdict::kSame
                                         : ImportVerdict::kChanged;
    out_.plan.push_back({std::move(kind), source, name, verdict, std::move(notes)});
  }

  void write_person(const SourcePerson& person) {
    std::vector<std::string> notes = person.notes;
    std::vector<codec::Field> spec{{"name", text(person.name)}};
    if (!person.zone.empty() && calendar::Zone::find(person.zone)) {
      spec.push_back({"zone", text(person.zone)});
    }
    if (!people_.contains(person.id)) {
      notes.emplace_back("nothing reaches them: no contact could be taken over");
      return note("person", person.name, "", std::move(notes));
    }
    std::vector<Node> contacts;
    for (const auto& contact : person.contacts) {
      if (!is_usable(contact)) {
        notes.push_back(fmt::format("contact '{}' was left out: '{}' is no mail address",
                                    contact.name, codec::shown(contact.address)));
        continue;
      }
      const std::string kind(catalog::name_of(contact.kind));
      contacts.push_back(
          mapping({{"name", text(contact.name)},
                   {kind, contact.kind == catalog::Contact::Kind::kPush ? plain("true")
                                                                        : text(contact.address)}}));
    }
    spec.push_back({"contacts", list(std::move(contacts))});
    std::vector<codec::Field> notify;
    for (const auto& [key, rules] :
         {std::pair("urgent", &person.urgent), std::pair("not_urgent", &person.not_urgent)}) {
      if (rules->empty()) continue;
      std::vector<Node> nodes;
      for (const auto& rule : *rules) {
        const auto contact =
            std::ranges::find(person.contacts, rule.contact, &catalog::Contact::name);
        if (contact == person.contacts.end() || !is_usable(*contact)) continue;
        nodes.push_back(
            mapping({{"contact", text(rule.contact)}, {"after", text(to_text(rule.after))}}));
      }
      notify.push_back({key, list(std::move(nodes))});
    }
    if (!notify.empty()) spec.push_back({"notify", mapping(std::move(notify))});
    const std::string name = people_.at(person.id);
    out_.documents.push_back(document("Person", name, mapping(std::move(spec))));
    note("person", person.name, name, std::move(notes));
  }

  Node people_node(const std::vector<std::string>& ids, std::vector<std::string>& notes) const {
    std::vector<Node> people;
    for (const auto& id : ids) {
      if (const std::string name = known(people_, id); !name.empty()) {
        people.push_back(text(name));
      } else {
        notes.push_back(fmt::format("person {} is not in the export and was left out", id));
      }
    }
    return list(std::move(people));
  }

  void write_team(const SourceTeam& team) {
    std::vector<std::string> notes = team.notes;
    const std::string policy = known(policies_, team.policy);
    Node members = people_node(team.members, notes);
    if (policy.empty() && members.items.empty()) {
      notes.emplace_back("it has neither members nor a policy, so nobody would answer");
      return note("team", team.name, "", std::move(notes));
    }
    const std::string name = teams_.at(team.id);
    std::vector<codec::Field> spec{{"name", text(team.name)}};
    if (policy.empty()) {
      notes.emplace_back("it has no policy of its own: its members are paged one after the other");
      spec.push_back({"escalation", one_after_the_other(members)});
    } else {
      spec.push_back({"escalation_policy", text(policy)});
    }
    spec.push_back({"members", std::move(members)});
    out_.documents.push_back(document("Team", name, mapping(std::move(spec))));
    note("team", team.name, name, std::move(notes));
  }

  // Where services name their policy themselves, a team stands between the two.
  void write_policy_team(const SourcePolicy& policy) {
    const bool is_used = std::ranges::any_of(
        source_.services, [&](const SourceService& s) { return s.policy == policy.id; });
    if (!is_used || !policy_teams_.contains(policy.id)) return;
    out_.documents.push_back(
        document("Team", policy_teams_.at(policy.id),
                 mapping({{"name", text(policy.name)},
                          {"escalation_policy", text(policies_.at(policy.id))}})));
  }

  void write_schedule(const SourceSchedule& schedule) {
    std::vector<std::string> notes = schedule.notes;
    const auto zone = calendar::Zone::find(schedule.zone);
    if (!zone) {
      notes.push_back(zone.error().message);
      return note("schedule", schedule.name, "", std::move(notes));
    }
    std::vector<Node> layers;
    std::set<std::string> taken;
    for (const SourceLayer& layer : schedule.layers) {
      if (auto node = layer_node(layer, *zone, taken, notes)) layers.push_back(*std::move(node));
    }
    if (layers.empty()) {
      notes.emplace_back("no layer could be taken over");
      return note("schedule", schedule.name, "", std::move(notes));
    }
    std::vector<codec::Field> spec{{"name", text(schedule.name)}, {"zone", text(schedule.zone)}};
    std::string team_name = known(teams_, schedule.team);
    if (team_name.empty()) team_name = write_schedule_team(schedule, notes);
    spec.push_back({"team", text(std::move(team_name))});
    spec.push_back({"layers", list(std::move(layers))});
    const std::string name = schedules_.at(schedule.id);
    out_.documents.push_back(document("Schedule", name, mapping(std::move(spec))));
    note("schedule", schedule.name, name, std::move(notes));
  }

  // A schedule is somebody's: where it names no team, those who take turns in it are one.
  std::string write_schedule_team(const SourceSchedule& schedule, std::vector<std::string>& notes) {
    std::vector<std::string> ids;
    for (const SourceLayer& layer : schedule.layers) {
      for (const auto& id : people_of(layer)) {
        if (people_.contains(id) && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
      }
    }
    std::string name = unique(schedule.name, team_names_);
    Node members = people_node(ids, notes);
    out_.documents.push_back(document("Team", name,
                                      mapping({{"name", text(schedule.name)},
                                               {"escalation", one_after_the_other(members)},
                                               {"members", std::move(members)}})));
    notes.push_back(
        fmt::format("it belonged to no team; '{}' was made of those who take turns", name));
    return name;
  }

  static Node one_after_the_other(const Node& people) {
    std::vector<Node> steps;
    for (size_t i = 0; i < people.items.size(); ++i) {
      steps.push_back(mapping({{"person", people.items[i]},
                               {"after", text(to_text(minutes(5) * static_cast<int>(i)))}}));
    }
    return list(std::move(steps));
  }

  std::optional<Node> layer_node(const SourceLayer& layer, const calendar::Zone& zone,
                                 std::set<std::string>& taken,
                                 std::vector<std::string>& notes) const {
    const auto every = every_of(layer);
    if (!every) {
      notes.push_back(
          fmt::format("layer '{}' was left out: a turn of {} is no whole number of hours",
                      layer.name, to_text(layer.turn)));
      return std::nullopt;
    }
    Node people = people_node(people_of(layer), notes);
    if (people.items.empty()) {
      notes.push_back(fmt::format("layer '{}' was left out: nobody of it is known", layer.name));
      return std::nullopt;
    }
    const std::string name = unique(layer.name.empty() ? "layer" : layer.name, taken);
    std::vector<codec::Field> fields{
        {"name", text(name)},
        {"every", text(*every)},
        {"hand_off", text(calendar::to_text(zone.to_civil(layer.start)))},
        {"first", people.items.front()},
        {"people", std::move(people)}};
    if (layer.hours != WeeklyHours::always()) fields.push_back({"hours", hours_node(layer.hours)});
    return mapping(std::move(fields));
  }

  static std::optional<std::string> every_of(const SourceLayer& layer) {
    if (layer.turn <= Duration(0) || layer.turn % hours(1) != Duration(0)) return std::nullopt;
    if (layer.turn % days(7) == Duration(0)) return fmt::format("{}w", layer.turn / days(7));
    if (layer.turn % days(1) == Duration(0)) return fmt::format("{}d", layer.turn / days(1));
    return fmt::format("{}h", layer.turn / hours(1));
  }

  void write_policy(const SourcePolicy& policy) {
    std::vector<std::string> notes = policy.notes;
    std::vector<Node> steps;
    for (const SourceStep& step : policy.steps) {
      std::vector<Node> targets;
      for (const SourceTarget& target : step.targets) {
        const std::string key(key_of(target.kind));
        const std::string name = target_name(target);
        if (name.empty()) {
          notes.push_back(
              fmt::format("{} {} could not be taken over, so this step lacks it", key, target.id));
        } else {
          targets.push_back(mapping({{key, text(name)}}));
        }
      }
      if (targets.empty()) continue;
      const Duration after = steps.empty() ? Duration(0) : step.after;
      if (steps.empty() && step.after > Duration(0)) {
        notes.push_back(fmt::format("its first step waited {}; here it is played at once",
                                    to_text(step.after)));
      }
      steps.push_back(
          mapping({{"after", text(to_text(after))}, {"notify", list(std::move(targets))}}));
    }
    if (steps.empty()) {
      notes.emplace_back("no step of it could be taken over");
      return note("policy", policy.name, "", std::move(notes));
    }
    const Duration repeat_after = std::max<Duration>(policy.repeat_after, minutes(1));
    const std::string name = policies_.at(policy.id);
    out_.documents.push_back(
        document("EscalationPolicy", name,
                 mapping({{"steps", list(std::move(steps))},
                          {"repeat", plain(std::to_string(std::min(policy.repeat, 100)))},
                          {"repeat_after", text(to_text(repeat_after))},
                          // As it was there; ours would bring in more people after 15 minutes.
                          {"bring_in", plain("false")}})));
    note("policy", policy.name, name, std::move(notes));
  }

  void write_service(const SourceService& service) {
    std::vector<std::string> notes = service.notes;
    std::string team = known(policy_teams_, service.policy);
    if (team.empty()) team = known(teams_, service.team);
    if (team.empty()) {
      notes.emplace_back("it names neither a policy nor a team of the export");
      return note("service", service.name, "", std::move(notes));
    }
    std::vector<codec::Field> spec{{"name", text(service.name)}, {"team", text(team)}};
    if (!service.description.empty()) spec.push_back({"description", text(service.description)});
    const std::string name = services_.at(service.id);
    out_.documents.push_back(document("Service", name, mapping(std::move(spec))));
    note("service", service.name, name, std::move(notes));
  }

  Source source_;
  Names people_, teams_, policy_teams_, schedules_, policies_, services_;
  std::set<std::string> team_names_;
  Import out_;
};

}  // namespace

std::string_view name_of(ImportVerdict verdict) {
  switch (verdict) {
    case ImportVerdict::kSame: return "ok";
    case ImportVerdict::kChanged: return "changed";
    case ImportVerdict::kImpossible: return "not possible";
  }
  bug("unknown verdict of an import");
}

std::string catalog_name(std::string_view words) {
  constexpr size_t kMost = 63;
  std::string name;
  for (const char c : words) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9')) {
      name += low;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  name.resize(std::min(name.size(), kMost));
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "unnamed" : name;
}

Import documents_of(const Source& source) {
  Import import = Writer(source).write();
  while (leave_out_refused(import)) {
  }
  return import;
}

}  // namespace tocsin::oncall
