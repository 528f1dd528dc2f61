#include "oncall/import_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "codec/fields.h"
#include "codec/yaml_writer.h"
#include "oncall/policy.h"
#include "oncall/schedule_spec.h"

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;
using codec::Node;

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

}  // namespace

Node text_node(std::string value) {
  std::ranges::replace_if(value, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = std::move(value);
  node.quoted = true;
  return node;
}

Node plain_node(std::string value) {
  Node node = text_node(std::move(value));
  node.quoted = false;
  return node;
}

Node list_node(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::kSequence;
  node.items = std::move(items);
  return node;
}

Node mapping_node(std::vector<codec::Field> fields) {
  Node node;
  node.kind = Node::Kind::kMapping;
  node.fields = std::move(fields);
  return node;
}

Node document_node(std::string kind, std::string name, Node spec) {
  return mapping_node({{"apiVersion", plain_node("tocsin/v1")},
                       {"kind", plain_node(std::move(kind))},
                       {"metadata", mapping_node({{"name", text_node(std::move(name))}})},
                       {"spec", std::move(spec)}});
}

Node hours_node(const WeeklyHours& hours) {
  std::vector<Node> pieces;
  for (const auto& piece : hours.pieces()) {
    std::vector<Node> days;
    for (size_t i = 0; i < piece.days.size(); ++i) {
      if (piece.days[i]) days.push_back(plain_node(WeeklyHours::kDays[i]));
    }
    pieces.push_back(mapping_node({{"days", list_node(std::move(days))},
                                   {"from", text_node(calendar::clock_text(piece.from))},
                                   {"until", text_node(calendar::clock_text(piece.until))}}));
  }
  return list_node(std::move(pieces));
}

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

}  // namespace tocsin::oncall
