#include "oncall/schedule_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "catalog/address.h"
#include "catalog/hours.h"

namespace tocsin::oncall {
namespace {

using catalog::PersonId;
using codec::Fields;
using codec::Node;

constexpr int kMostCount = 1000;
constexpr size_t kMostParticipants = 200;
constexpr const char* kForms = "write 12h, 1d, 2w or 1mo";

template <class Map>
std::vector<std::string> names_of(const Map& things) {
  std::vector<std::string> names;
  for (const auto& [id, thing] : things) names.push_back(id.value());
  return names;
}

// Reads one layer; its place for problems of list items is the node's own.
class LayerReader {
 public:
  LayerReader(Fields& fields, const catalog::Catalog& catalog, const calendar::Zone& zone,
              codec::Problems& problems)
      : fields_(fields), catalog_(catalog), zone_(zone), problems_(problems) {}

  Layer read() {
    layer_.name = fields_.text("name");
    if (const std::string wrong = catalog::wrong_with_name(layer_.name);
        !layer_.name.empty() && !wrong.empty()) {
      fields_.problem("name", fmt::format("'{}' {}", codec::shown(layer_.name), wrong));
    }
    layer_.zone = fields_.has("zone") ? catalog::read_zone(fields_, "zone") : zone_;
    read_rotation();
    read_people();
    read_first();
    if (fields_.has("hours")) {
      layer_.hours = catalog::read_hours(fields_, "hours");
      if (layer_.hours.empty()) {
        fields_.problem("hours",
                        "holds no hours, so nobody would be on call; leave it out for all");
      }
    }
    read_off();
    layer_.is_shadow = fields_.flag("shadow", false);
    layer_.joins = fields_.flag("joins", false);
    if (layer_.joins && layer_.is_shadow) {
      fields_.problem("joins", "stands beside shadow, whose people are not on call; remove one");
    }
    return std::move(layer_);
  }

 private:
  void report(const Node& at, std::string path, std::string message) {
    problems_.add(
        {fields_.file(), at.place, fields_.path() + "." + std::move(path), std::move(message)});
  }

  void read_rotation() {
    Rotation& rotation = layer_.rotation;
    const std::string hand_off = fields_.text("hand_off");
    const auto start = calendar::parse_civil(hand_off);
    if (start) {
      rotation.start = *start;
    } else if (!hand_off.empty()) {
      fields_.problem("hand_off", start.error().message);
    }
    const std::string every = fields_.text("every", "");
    const std::string rule = fields_.text("rule", "");
    if (!every.empty() && !rule.empty()) {
      fields_.problem("rule", "stands beside every; remove one of the two");
    } else if (!rule.empty()) {
      if (start) read_rule(rule);
    } else if (!every.empty()) {
      read_every(every);
    } else {
      fields_.problem("every", fmt::format("is missing; {}, or a rule", kForms));
    }
  }

  void read_every(std::string_view text) {
    constexpr std::pair<std::string_view, Rotation::Unit> kUnits[] = {
        {"h", Rotation::Unit::kHour},
        {"d", Rotation::Unit::kDay},
        {"w", Rotation::Unit::kWeek},
        {"mo", Rotation::Unit::kMonth}};
    int count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
    const auto* known =
        std::ranges::find(kUnits, unit, &std::pair<std::string_view, Rotation::Unit>::first);
    if (known == std::end(kUnits) || (error != std::errc() && unit == text)) {
      fields_.problem("every",
                      fmt::format("'{}' is no length of a turn; {}", codec::shown(text), kForms));
    } else if (error != std::errc() || count < 1 || count > kMostCount) {
      fields_.problem("every", fmt::format("must be from 1{0} to {1}{0}", unit, kMostCount));
    } else {
      layer_.rotation.unit = known->second;
      layer_.rotation.count = count;
    }
  }

  void read_rule(std::string_view text) {
    Rotation& rotation = layer_.rotation;
    auto rule = calendar::Recurrence::parse(text, rotation.start, layer_.zone);
    if (!rule) {
      std::string_view message = rule.error().message;
      if (message.starts_with("rule: ")) message.remove_prefix(6);  // the field says so already
      fields_.problem("rule", std::string(message));
      return;
    }
    for (const std::string_view part : split(rule->rule(), ';')) {
      if (!part.starts_with("COUNT=") && !part.starts_with("UNTIL=")) continue;
      fields_.problem("rule", fmt::format("hand-offs do not end; leave out {}",
                                          part.substr(0, part.find('='))));
    }
    const auto first = rule->first_from(Time::min());
    if (first && first->civil != rotation.start) {
      fields_.problem("hand_off", fmt::format("is no hand-off of the rule; its first one behind it "
                                              "is {}",
                                              calendar::to_text(first->civil)));
    }
    rotation.unit = Rotation::Unit::kRule;
    rotation.rule = *std::move(rule);
  }

  void read_people() {
    const Node* people = fields_.raw("people");
    if (people == nullptr) {
      fields_.problem("people", "is missing; list at least one person, or {team: NAME}");
    } else if (people->kind == Node::Kind::kMapping) {
      read_team();
    } else if (people->kind != Node::Kind::kSequence) {
      fields_.problem("people", "must be a list of people, or {team: NAME}");
    } else if (people->items.empty()) {
      fields_.problem("people", "is empty; list at least one person");
    } else if (people->items.size() > kMostParticipants) {
      fields_.problem("people", fmt::format("holds more than {} turns", kMostParticipants));
    } else {
      for (size_t i = 0; i < people->items.size(); ++i) {
        read_participant(people->items[i], fmt::format("people[{}]", i));
      }
    }
  }

  void read_team() {
    Fields people = fields_.child("people");
    const std::string name = people.text("team");
    people.finish();
    if (name.empty()) return;
    const catalog::Team* team = catalog_.team(catalog::TeamId(name));
    if (team == nullptr) {
      people.problem("team", fmt::format("'{}' is not known{}", codec::shown(name),
                                         codec::did_you_mean(name, names_of(catalog_.teams))));
      return;
    }
    if (team->members.empty()) {
      people.problem("team", fmt::format("team {} has no members; list them in its spec.members",
                                         codec::shown(name)));
    }
    for (const PersonId& member : team->members) {
      layer_.rotation.participants.push_back({{member}});
    }
  }

  void read_participant(const Node& node, const std::string& path) {
    Participant participant;
    if (node.kind == Node::Kind::kScalar) {
      add_person(node, path, participant);
    } else if (node.kind == Node::Kind::kSequence && !node.items.empty()) {
      for (size_t i = 0; i < node.items.size(); ++i) {
        add_person(node.items[i], fmt::format("{}[{}]", path, i), participant);
      }
    } else {
      report(node, path,
             "must be a person, or a list of people who are on call together; a team's members "
             "take turns with people: {team: NAME}");
    }
    if (!participant.people.empty()) layer_.rotation.participants.push_back(std::move(participant));
  }

  void add_person(const Node& node, const std::string& path, Participant& participant) {
    if (node.kind != Node::Kind::kScalar || node.scalar.empty()) {
      report(node, path, "must be the name of a person");
      return;
    }
    const PersonId person(node.scalar);
    if (catalog_.person(person) == nullptr) {
      report(node, path,
             fmt::format("person '{}' is not known{}", codec::shown(node.scalar),
                         codec::did_you_mean(node.scalar, names_of(catalog_.people))));
    } else if (std::ranges::find(participant.people, person) != participant.people.end()) {
      report(node, path, fmt::format("'{}' is listed twice", node.scalar));
    } else {
      participant.people.push_back(person);
    }
  }

  // A turn of this person alone, or else the first one that they share.
  void read_first() {
    const std::string name = fields_.text("first", "");
    if (name.empty()) return;
    Rotation& rotation = layer_.rotation;
    const PersonId person(name);
    std::vector<std::string> known;
    std::optional<size_t> shared;
    for (size_t i = 0; i < rotation.participants.size(); ++i) {
      const auto& people = rotation.participants[i].people;
      for (const PersonId& one : people) known.push_back(one.value());
      if (people == std::vector{person}) {
        rotation.first = i;
        return;
      }
      if (!shared && std::ranges::find(people, person) != people.end()) shared = i;
    }
    if (shared) {
      rotation.first = *shared;
    } else if (!known.empty()) {
      fields_.problem("first", fmt::format("'{}' is not among the people of this layer{}",
                                           codec::shown(name), codec::did_you_mean(name, known)));
    }
  }

  void read_off() {
    layer_.off = fields_.texts("off");
    std::set<std::string> seen;
    for (const std::string& name : layer_.off) {
      const std::string wrong = catalog::wrong_with_name(name);
      if (!wrong.empty()) {
        fields_.problem("off", fmt::format("'{}' {}", codec::shown(name), wrong));
      } else if (!seen.insert(name).second) {
        fields_.problem("off", fmt::format("'{}' is listed twice", name));
      }
    }
  }

  Fields& fields_;
  const catalog::Catalog& catalog_;
  const calendar::Zone& zone_;
  codec::Problems& problems_;
  Layer layer_;
};

void read_layers(Fields& spec, const catalog::Catalog& catalog, ScheduleSpec& out,
                 codec::Problems& problems) {
  Version version{.from = Time(), .layers = {}};
  std::set<std::string> names;
  for (Fields& fields : spec.children("layers")) {
    Layer layer = LayerReader(fields, catalog, out.schedule.zone, problems).read();
    if (!layer.name.empty() && !names.insert(layer.name).second) {
      fields.problem("name", fmt::format("layer '{}' is there already; rename one of the two",
                                         codec::shown(layer.name)));
    }
    out.anchored[layer.name] = fields.has("first");
    fields.finish();
    version.layers.push_back(std::move(layer));
  }
  const Node* layers = spec.node().find("layers");
  if (layers == nullptr || layers->is_null() ||
      (layers->kind == Node::Kind::kSequence && layers->items.empty())) {
    spec.problem("layers", "nobody would be on call; write at least one layer");
  } else if (!version.layers.empty() && std::ranges::all_of(version.layers, &Layer::is_shadow)) {
    spec.problem("layers",
                 "all of them are shadows, so nobody would be on call; add one that is "
                 "not");
  }
  out.schedule.versions = {std::move(version)};
}

bool is_user_group(std::string_view id) {
  return id.size() >= 6 && id.size() <= 24 && id.front() == 'S' &&
         std::ranges::all_of(
             id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

ScheduleSpec read_schedule(const catalog::Document& document, const catalog::Catalog& catalog,
                           codec::Problems& problems) {
  ScheduleSpec out;
  Schedule& schedule = out.schedule;
  Fields root(document.node, document.file, problems);
  root.text("apiVersion");
  root.text("kind");
  Fields metadata = root.child("metadata");
  const std::string id = metadata.text("name");
  const Node* name = metadata.node().find("name");
  out.origin = {document.file, name == nullptr ? document.node.place : name->place,
                "metadata.name"};
  if (const std::string wrong = catalog::wrong_with_name(id); !id.empty() && !wrong.empty()) {
    metadata.problem("name", fmt::format("'{}' {}", codec::shown(id), wrong));
  }
  metadata.finish();
  schedule.id = ScheduleId(id);
  Fields spec = root.child("spec");
  schedule.name = spec.text("name", id);
  schedule.team = catalog::TeamId(spec.text("team"));
  if (!schedule.team.empty() && catalog.team(schedule.team) == nullptr) {
    spec.problem("team",
                 fmt::format("'{}' is not known{}", codec::shown(schedule.team.value()),
                             codec::did_you_mean(schedule.team.value(), names_of(catalog.teams))));
  }
  schedule.zone = catalog::read_zone(spec, "zone");
  schedule.longest_shift =
      spec.duration("longest_shift", schedule.longest_shift, hours(1), days(366));
  out.slack_user_group = spec.text("slack_user_group", "");
  if (!out.slack_user_group.empty() && !is_user_group(out.slack_user_group)) {
    spec.problem("slack_user_group",
                 "must be the id of a user group, such as S0604QSJC (in Slack: the group, copy "
                 "group ID)");
  }
  read_layers(spec, catalog, out, problems);
  spec.finish();
  root.finish();
  return out;
}

}  // namespace

std::vector<ScheduleSpec> read_schedules(const catalog::Catalog& catalog,
                                         codec::Problems& problems) {
  std::vector<ScheduleSpec> schedules;
  std::map<ScheduleId, std::string> seen;  // and where
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != "tocsin/v1" || document.kind != "Schedule") continue;
    ScheduleSpec spec = read_schedule(document, catalog, problems);
    const ScheduleId& id = spec.schedule.id;
    const auto [first, is_new] =
        seen.emplace(id, fmt::format("{}:{}", document.file, document.node.place.line));
    if (!is_new && !id.empty()) {
      problems.add({document.file, document.node.place, "metadata.name",
                    fmt::format("schedule '{}' is already declared in {}; remove or rename one of "
                                "the two",
                                codec::shown(id.value()), first->second)});
    }
    schedules.push_back(std::move(spec));
  }
  return schedules;
}

}  // namespace tocsin::oncall
