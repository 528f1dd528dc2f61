#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calendar/zone.h"
#include "catalog/address.h"
#include "oncall/import_nodes.h"

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using codec::Node;

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

  // The catalog takes what stands in ${} from the server's environment: whoever may write their own
  // address there must not get a secret sent to it.
  static Node address_node(std::string_view address) {
    std::string literal;
    for (const char c : address) literal += c == '$' ? std::string("$$") : std::string(1, c);
    return text_node(std::move(literal));
  }

  // What is left out must not be referred to. In the order in which they need each other.
  void forget_what_cannot_be() {
    for (const auto& person : source_.people) {
      if (std::ranges::none_of(person.contacts, is_usable)) people_.erase(person.id);
    }
    for (const auto& s : source_.schedules) {
      const bool is_known_zone = calendar::Zone::find(s.zone).has_value();
      if (!is_known_zone || std::ranges::none_of(s.layers, [&](const SourceLayer& layer) {
            return (every_of(layer) || !layer.rule.empty()) && zone_of(layer, s.zone) &&
                   has_somebody(people_of(layer));
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

  std::vector<std::vector<std::string>> turns_of(const SourceLayer& layer) const {
    std::vector<std::vector<std::string>> turns = layer.people;
    for (const auto& id : layer.teams) {
      const SourceTeam* t = team(id);
      if (t == nullptr) continue;
      for (const auto& member : t->members) turns.push_back({member});
    }
    return turns;
  }
  std::vector<std::string> people_of(const SourceLayer& layer) const {
    std::vector<std::string> ids;
    for (const auto& turn : turns_of(layer)) ids.insert(ids.end(), turn.begin(), turn.end());
    return ids;
  }

  static Result<calendar::Zone> zone_of(const SourceLayer& layer, const std::string& schedule) {
    return calendar::Zone::find(layer.zone.empty() ? schedule : layer.zone);
  }

  std::string target_name(const SourceTarget& target) const {
    switch (target.kind) {
      case SourceTarget::Kind::kPerson: return known(people_, target.id);
      case SourceTarget::Kind::kSchedule: return known(schedules_, target.id);
      case SourceTarget::Kind::kTeam:
      case SourceTarget::Kind::kRoundRobin: {
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
      case SourceTarget::Kind::kRoundRobin: return "round_robin";
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
    std::vector<codec::Field> spec{{"name", text_node(person.name)}};
    if (!person.zone.empty() && calendar::Zone::find(person.zone)) {
      spec.push_back({"zone", text_node(person.zone)});
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
      contacts.push_back(mapping_node(
          {{"name", text_node(contact.name)},
           {kind, contact.kind == catalog::Contact::Kind::kPush ? plain_node("true")
                                                                : address_node(contact.address)}}));
    }
    spec.push_back({"contacts", list_node(std::move(contacts))});
    std::vector<codec::Field> notify;
    for (const auto& [key, rules] :
         {std::pair("urgent", &person.urgent), std::pair("not_urgent", &person.not_urgent)}) {
      if (rules->empty()) continue;
      std::vector<Node> nodes;
      for (const auto& rule : *rules) {
        const auto contact =
            std::ranges::find(person.contacts, rule.contact, &catalog::Contact::name);
        if (contact == person.contacts.end() || !is_usable(*contact)) continue;
        nodes.push_back(mapping_node(
            {{"contact", text_node(rule.contact)}, {"after", text_node(to_text(rule.after))}}));
      }
      notify.push_back({key, list_node(std::move(nodes))});
    }
    if (!notify.empty()) spec.push_back({"notify", mapping_node(std::move(notify))});
    const std::string name = people_.at(person.id);
    out_.documents.push_back(document_node("Person", name, mapping_node(std::move(spec))));
    note("person", person.name, name, std::move(notes));
  }

  Node people_node(const std::vector<std::string>& ids, std::vector<std::string>& notes) const {
    std::vector<Node> people;
    std::set<std::string> seen;  // a list names nobody twice
    for (const auto& id : ids) {
      if (!seen.insert(id).second) continue;
      if (const std::string name = known(people_, id); !name.empty()) {
        people.push_back(text_node(name));
      } else {
        add_note(notes, fmt::format("person {} is not in the export and was left out", id));
      }
    }
    return list_node(std::move(people));
  }

  static void add_note(std::vector<std::string>& notes, std::string note) {
    if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
  }

  // The turns, in their order: a name, or a list of those who are on call together.
  Node turns_node(const SourceLayer& layer, std::vector<std::string>& notes) const {
    std::vector<Node> turns;
    for (const auto& turn : turns_of(layer)) {
      Node people = people_node(turn, notes);
      if (people.items.empty()) continue;
      turns.push_back(people.items.size() == 1 ? people.items.front() : std::move(people));
    }
    return list_node(std::move(turns));
  }

  // Who is named as the first: somebody of the first turn who has no turn alone behind it, for that
  // one would be taken. Nobody: the document leaves it to the order.
  static const Node* first_of(const Node& turns) {
    const Node& first = turns.items.front();
    if (first.kind == Node::Kind::kScalar) return &first;
    const auto is_alone = [&](const Node& person) {
      return std::ranges::any_of(turns.items, [&](const Node& turn) {
        return turn.kind == Node::Kind::kScalar && turn.scalar == person.scalar;
      });
    };
    const auto found = std::ranges::find_if_not(first.items, is_alone);
    return found == first.items.end() ? nullptr : &*found;
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
    std::vector<codec::Field> spec{{"name", text_node(team.name)}};
    if (policy.empty()) {
      notes.emplace_back("it has no policy of its own: its members are paged one after the other");
      spec.push_back({"escalation", one_after_the_other(members)});
    } else {
      spec.push_back({"escalation_policy", text_node(policy)});
    }
    spec.push_back({"members", std::move(members)});
    out_.documents.push_back(document_node("Team", name, mapping_node(std::move(spec))));
    note("team", team.name, name, std::move(notes));
  }

  // Where services name their policy themselves, a team stands between the two.
  void write_policy_team(const SourcePolicy& policy) {
    const bool is_used = std::ranges::any_of(
        source_.services, [&](const SourceService& s) { return s.policy == policy.id; });
    if (!is_used || !policy_teams_.contains(policy.id)) return;
    out_.documents.push_back(
        document_node("Team", policy_teams_.at(policy.id),
                      mapping_node({{"name", text_node(policy.name)},
                                    {"escalation_policy", text_node(policies_.at(policy.id))}})));
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
      if (auto node = layer_node(layer, schedule.zone, taken, notes)) {
        layers.push_back(*std::move(node));
      }
    }
    if (layers.empty()) {
      notes.emplace_back("no layer could be taken over");
      return note("schedule", schedule.name, "", std::move(notes));
    }
    std::vector<codec::Field> spec{{"name", text_node(schedule.name)},
                                   {"zone", text_node(schedule.zone)}};
    std::string team_name = known(teams_, schedule.team);
    if (team_name.empty()) team_name = write_schedule_team(schedule, notes);
    spec.push_back({"team", text_node(std::move(team_name))});
    spec.push_back({"layers", list_node(std::move(layers))});
    const std::string name = schedules_.at(schedule.id);
    out_.documents.push_back(document_node("Schedule", name, mapping_node(std::move(spec))));
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
    out_.documents.push_back(
        document_node("Team", name,
                      mapping_node({{"name", text_node(schedule.name)},
                                    {"escalation", one_after_the_other(members)},
                                    {"members", std::move(members)}})));
    notes.push_back(
        fmt::format("it belonged to no team; '{}' was made of those who take turns", name));
    return name;
  }

  static Node one_after_the_other(const Node& people) {
    std::vector<Node> steps;
    for (size_t i = 0; i < people.items.size(); ++i) {
      steps.push_back(
          mapping_node({{"person", people.items[i]},
                        {"after", text_node(to_text(minutes(5) * static_cast<int>(i)))}}));
    }
    return list_node(std::move(steps));
  }

  std::optional<Node> layer_node(const SourceLayer& layer, const std::string& schedule_zone,
                                 std::set<std::string>& taken,
                                 std::vector<std::string>& notes) const {
    const auto zone = zone_of(layer, schedule_zone);
    if (!zone) {
      notes.push_back(fmt::format("layer '{}' was left out: {}", layer.name, zone.error().message));
      return std::nullopt;
    }
    const auto every = every_of(layer);
    if (!every && layer.rule.empty()) {
      notes.push_back(
          fmt::format("layer '{}' was left out: a turn of {} is no whole number of hours",
                      layer.name, to_text(layer.turn)));
      return std::nullopt;
    }
    Node people = turns_node(layer, notes);
    if (people.items.empty()) {
      notes.push_back(fmt::format("layer '{}' was left out: nobody of it is known", layer.name));
      return std::nullopt;
    }
    const std::string name = unique(layer.name.empty() ? "layer" : layer.name, taken);
    const calendar::CivilSecond hand_off = layer.hand_off.value_or(zone->to_civil(layer.start));
    std::vector<codec::Field> fields{{"name", text_node(name)}};
    if (layer.joins) fields.push_back({"joins", plain_node("true")});
    if (!layer.zone.empty() && layer.zone != schedule_zone) {
      fields.push_back({"zone", text_node(layer.zone)});
    }
    fields.push_back(layer.rule.empty() ? codec::Field{"every", text_node(*every)}
                                        : codec::Field{"rule", text_node(layer.rule)});
    fields.push_back({"hand_off", text_node(calendar::to_text(hand_off))});
    if (const Node* first = first_of(people)) fields.push_back({"first", *first});
    fields.push_back({"people", std::move(people)});
    if (layer.hours != WeeklyHours::always()) fields.push_back({"hours", hours_node(layer.hours)});
    return mapping_node(std::move(fields));
  }

  static std::optional<std::string> every_of(const SourceLayer& layer) {
    if (layer.months > 0) return fmt::format("{}mo", layer.months);
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
          targets.push_back(mapping_node({{key, text_node(name)}}));
        }
      }
      if (targets.empty()) continue;
      const Duration after = steps.empty() ? Duration(0) : step.after;
      if (steps.empty() && step.after > Duration(0)) {
        notes.push_back(fmt::format("its first step waited {}; here it is played at once",
                                    to_text(step.after)));
      }
      std::vector<codec::Field> fields{{"after", text_node(to_text(after))},
                                       {"notify", list_node(std::move(targets))}};
      if (!step.hours_utc.empty()) {
        fields.push_back({"when", mapping_node({{"during", hours_node(step.hours_utc)},
                                                {"zone", text_node("UTC")}})});
      }
      steps.push_back(mapping_node(std::move(fields)));
    }
    if (steps.empty()) {
      notes.emplace_back("no step of it could be taken over");
      return note("policy", policy.name, "", std::move(notes));
    }
    const Duration repeat_after = std::max<Duration>(policy.repeat_after, minutes(1));
    const std::string name = policies_.at(policy.id);
    out_.documents.push_back(document_node(
        "EscalationPolicy", name,
        mapping_node({{"steps", list_node(std::move(steps))},
                      {"repeat", plain_node(std::to_string(std::min(policy.repeat, 100)))},
                      {"repeat_after", text_node(to_text(repeat_after))},
                      // As it was there; ours would bring in more people after 15 minutes.
                      {"bring_in", plain_node("false")}})));
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
    std::vector<codec::Field> spec{{"name", text_node(service.name)}, {"team", text_node(team)}};
    if (!service.description.empty())
      spec.push_back({"description", text_node(service.description)});
    const std::string name = services_.at(service.id);
    out_.documents.push_back(document_node("Service", name, mapping_node(std::move(spec))));
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
