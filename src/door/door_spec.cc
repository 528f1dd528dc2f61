#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/address.h"
#include "codec/fields.h"
#include "door/mapping.h"
#include "routing/label_name.h"

namespace tocsin::door {
namespace {

using codec::Fields;

// They have doors of their own, or would be taken for one in label `source`.
constexpr std::array<std::string_view, 5> kTaken = {"grafana", "alertmanager", "pagerduty",
                                                    "opsgenie", "heartbeat"};

std::optional<Path> read_path(Fields& fields, std::string_view key) {
  if (!fields.has(key)) {
    fields.raw(key);
    return std::nullopt;
  }
  const std::string text = fields.text(key);
  if (text.empty()) return std::nullopt;
  auto path = Path::parse(text);
  if (!path) {
    fields.problem(key, path.error().message);
    return std::nullopt;
  }
  return *std::move(path);
}

ValueRule read_rule(Fields& fields, const codec::Field& field) {
  ValueRule rule;
  if (field.value.kind != codec::Node::Kind::kMapping) {
    rule.path = read_path(fields, field.key);
    return rule;
  }
  Fields child = fields.child(field.key);
  rule.path = read_path(child, "path");
  rule.map = child.text_map("map");
  rule.fallback = child.text("default", "");
  if (!rule.path && rule.fallback.empty())
    child.problem("path", "is missing: say where the value is");
  child.finish();
  return rule;
}

std::vector<std::pair<std::string, ValueRule>> read_rules(Fields fields) {
  std::vector<std::pair<std::string, ValueRule>> rules;
  for (const codec::Field& field : fields.node().fields) {
    if (!routing::is_classic_label_name(field.key)) {
      fields.problem(field.key, "is no name for a label; use letters, digits and '_'");
    }
    rules.emplace_back(field.key, read_rule(fields, field));
  }
  fields.finish();
  return rules;
}

std::vector<std::string> read_states(Fields& fields, std::string_view key) {
  std::vector<std::string> states = fields.texts(key);
  for (std::string& state : states) state = to_lower(trim(state));
  return states;
}

void read_state(Fields fields, DoorSpec& door) {
  door.state = read_path(fields, "path");
  if (!fields.has("path")) fields.problem("path", "is missing: say where the state is");
  door.resolved = read_states(fields, "resolved");
  door.ignored = read_states(fields, "ignored");
  if (door.resolved.empty()) {
    fields.problem("resolved", "is missing: list the states that mean that it is over");
  }
  fields.finish();
}

// Labels by which alerts are found again belong to the door.
void check_own_labels(Fields& spec, const DoorSpec& door) {
  const auto is_set = [&](std::string_view name) {
    return door.fixed_labels.contains(std::string(name)) ||
           std::ranges::any_of(door.labels, [&](const auto& l) { return l.first == name; });
  };
  const char* where = door.labels.empty() ? "fixed_labels" : "labels";
  if (is_set(kKeyLabel)) {
    spec.problem(where, "dedup_key is set by the door; name its path under spec.dedup");
  }
  if (!door.dedup) return;
  for (const std::string_view name : {kSourceLabel, kIntegrationLabel}) {
    if (is_set(name)) {
      spec.problem(
          where, fmt::format("with spec.dedup the label {} is the door's own; leave it out", name));
    }
  }
}

DoorSpec read_door(const catalog::Document& document, codec::Problems& problems) {
  DoorSpec door;
  Fields root(document.node, document.file, problems);
  root.text("apiVersion");
  root.text("kind");
  Fields metadata = root.child("metadata");
  door.name = metadata.text("name");
  if (const std::string bad = catalog::wrong_with_name(door.name);
      !bad.empty() && !door.name.empty()) {
    metadata.problem("name", fmt::format("'{}' {}", codec::shown(door.name), bad));
  }
  if (std::ranges::find(kTaken, door.name) != kTaken.end()) {
    metadata.problem("name", fmt::format("'{}' is a door that is there already; choose another "
                                         "name",
                                         door.name));
  }
  metadata.finish();

  Fields spec = root.child("spec");
  door.alerts = read_path(spec, "alerts");
  door.labels = read_rules(spec.child("labels"));
  door.annotations = read_rules(spec.child("annotations"));
  door.fixed_labels = spec.text_map("fixed_labels");
  for (const auto& [name, value] : door.fixed_labels) {
    if (!routing::is_classic_label_name(name)) {
      spec.problem("fixed_labels", fmt::format("'{}' is no name for a label; use letters, digits "
                                               "and '_'",
                                               codec::shown(name)));
    }
  }
  if (spec.has("state")) {
    read_state(spec.child("state"), door);
  } else {
    spec.raw("state");
  }
  door.dedup = read_path(spec, "dedup");
  door.start = read_path(spec, "start");
  door.end = read_path(spec, "end");
  door.generator_url = read_path(spec, "generator_url");
  if (door.labels.empty() && !door.dedup) {
    spec.problem("labels", "is missing: without labels and without dedup all alerts are one");
  }
  check_own_labels(spec, door);
  spec.finish();
  root.finish();
  return door;
}

}  // namespace

std::vector<DoorSpec> read_doors(const catalog::Catalog& catalog, codec::Problems& problems) {
  std::vector<DoorSpec> doors;
  std::map<std::string, std::string> seen;  // and where
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != "tocsin/v1" || document.kind != "Door") continue;
    DoorSpec door = read_door(document, problems);
    const std::string where = fmt::format("{}:{}", document.file, document.node.place.line);
    const auto [first, is_new] = seen.emplace(door.name, where);
    if (!is_new && !door.name.empty()) {
      problems.add({document.file, document.node.place, "metadata.name",
                    fmt::format("door {} is declared at {} already", door.name, first->second)});
    }
    doors.push_back(std::move(door));
  }
  return doors;
}

}  // namespace tocsin::door
