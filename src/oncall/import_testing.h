#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "codec/json.h"
#include "codec/yaml_writer.h"
#include "oncall/import.h"
#include "oncall/policy.h"
#include "oncall/schedule_spec.h"

// For tests only: exports from texts, and what the catalog makes of an import.
namespace tocsin::oncall::testing {

inline ExportFiles export_of(std::vector<std::pair<std::string, std::string>> texts) {
  ExportFiles out;
  for (auto& [name, text] : texts) {
    auto node = codec::parse_json(text);
    if (!node) throw std::runtime_error(name + ": " + node.error().message);
    out.emplace(name, *std::move(node));
  }
  return out;
}

inline Import made(Result<Import> import) {
  if (!import) throw std::runtime_error(import.error().message);
  return *std::move(import);
}

// A problem of the catalog fails the test.
struct Loaded {
  catalog::Catalog catalog;
  std::map<std::string, Schedule> schedules;
  std::map<std::string, Policy> policies;
};
inline Loaded loaded(const Import& import) {
  std::string text;
  for (const auto& document : import.documents) text += "---\n" + codec::to_yaml(document);
  codec::Problems problems;
  Loaded out;
  out.catalog = catalog::load_texts({{"import.yaml", text}}, problems);
  std::vector<ScheduleId> ids;
  for (auto& spec : read_schedules(out.catalog, problems)) {
    ids.push_back(spec.schedule.id);
    out.schedules.emplace(spec.schedule.id.value(), std::move(spec.schedule));
  }
  for (auto& policy : read_policies(out.catalog, ids, problems)) {
    out.policies.emplace(policy.id.value(), std::move(policy));
  }
  EXPECT_TRUE(problems.empty()) << problems.as_result().error().message << "\n" << text;
  return out;
}

// "person Ada -> ada: ok", one for each thing.
inline std::vector<std::string> plan_of(const Import& import) {
  std::vector<std::string> lines;
  for (const auto& thing : import.plan) {
    lines.push_back(fmt::format("{} {} -> {}: {}", thing.kind, thing.source, thing.name,
                                name_of(thing.verdict)));
  }
  return lines;
}

inline std::string notes_of(const Import& import) {
  std::string all;
  for (const auto& thing : import.plan) {
    for (const auto& note : thing.notes) all += thing.source + ": " + note + "\n";
  }
  return all;
}

// "ada grace"
inline std::string on_call(const Schedule& schedule, std::string_view at) {
  const Turn turn = turn_at(schedule, *parse_rfc3339(at));
  std::vector<std::string> names;
  for (const auto& person : turn.people) names.push_back(person.value());
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace tocsin::oncall::testing
