// schedule: list, show, preview, gaps.
#include "cli/schedule.h"

#include "base/text.h"
#include "cli/print.h"
#include "cli/schedule_body.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string names_of(const codec::Json& object, std::string_view field) {
  return words_of(object, field, ", ", "nobody");
}

void print_part(const std::string& title, const std::vector<std::string>& heading,
                const Rows& rows) {
  if (rows.empty()) return;
  print("\n" + title + "\n");
  print(print_table(heading, rows));
}

void print_layers(const codec::Json& schedule) {
  Rows rows;
  for (const codec::Json& layer : list_of(schedule, "layers")) {
    std::vector<std::string> people;
    for (const codec::Json& turn : list_of(layer, "people")) {
      std::vector<std::string> together;
      if (turn.is_array()) {
        for (const codec::Json& one : turn.get_array()) together.emplace_back(one.as_string());
      }
      people.push_back(join(together, "+"));
    }
    const bool is_shadow = field_of(layer, "is_shadow") == codec::Json(true);
    const bool joins = field_of(layer, "joins") == codec::Json(true);
    rows.push_back({show(layer, "name"), show(layer, "every"), show(layer, "hand_off"),
                    show(layer, "zone"), show(layer, "hours"),
                    is_shadow ? "learning"
                    : joins   ? "as well"
                              : "on call",
                    join(people, ", ")});
  }
  print_part("Layers (a later one wins, or is on call as well)",
             {"NAME", "EVERY", "HANDS OFF", "ZONE", "HOURS", "KIND", "PEOPLE"}, rows);
}

void print_changes(const codec::Json& schedule) {
  Rows overrides, plans, swaps, absences;
  for (const codec::Json& one : list_of(schedule, "overrides")) {
    overrides.push_back({show(one, "id"), show(one, "kind"), show(one, "person"),
                         show(one, "replaces"), show(one, "begin"), show(one, "end"),
                         show(one, "by"), show(one, "note")});
  }
  for (const codec::Json& one : list_of(schedule, "plans")) {
    plans.push_back({show(one, "id"), show(one, "begin"), show(one, "end"),
                     fmt::format("{}", list_of(one, "shifts").size()), show(one, "note")});
  }
  for (const codec::Json& one : list_of(schedule, "swaps")) {
    swaps.push_back({show(one, "id"), show(one, "state"), show(one, "from"), show(one, "to"),
                     show(one, "begin"), show(one, "end"), show(one, "note")});
  }
  for (const codec::Json& one : list_of(schedule, "absences")) {
    absences.push_back({show(one, "id"), show(one, "person"), show(one, "begin"), show(one, "end"),
                        show(one, "note")});
  }
  print_part("Overrides", {"ID", "KIND", "PERSON", "REPLACES", "FROM", "UNTIL", "BY", "NOTE"},
             overrides);
  print_part("Fixed plans", {"ID", "FROM", "UNTIL", "SHIFTS", "NOTE"}, plans);
  print_part("Swaps", {"ID", "STATE", "OF", "TO", "FROM", "UNTIL", "NOTE"}, swaps);
  print_part("Away", {"ID", "PERSON", "FROM", "UNTIL", "NOTE"}, absences);
}

}  // namespace

Result<> run_schedule_list(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/schedules"));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  Rows rows;
  for (const codec::Json& one : list_of(answer, "schedules")) {
    const codec::Json& now = field_of(one, "on_call");
    rows.push_back({show(one, "id"), show(one, "team"), names_of(now, "people"), show(now, "end"),
                    fmt::format("{}", list_of(one, "faults").size())});
  }
  print(rows.empty() ? "No schedules. Declare one in the catalog with kind: Schedule.\n"
                     : print_table({"NAME", "TEAM", "ON CALL", "UNTIL", "FAULTS AHEAD"}, rows));
  return {};
}

// The user group of Slack that has whoever is on call.
void print_group(const codec::Json& group) {
  if (group.is_null()) return;
  const std::string problem = show(group, "problem");
  print(fmt::format("Slack group {}: {}\n", show(group, "id"),
                    words_of(group, "members", ", ", "not set yet")));
  if (!problem.empty() && problem != "-") print(fmt::format("warning: {}\n", problem));
}

Result<> run_schedule_show(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json schedule, api.get(schedule_path(flags)));
  if (flags.server.json) {
    print_json(schedule);
    return {};
  }
  print(fmt::format("{} ({}, shown in {})\n{}\n", show(schedule, "name"), show(schedule, "team"),
                    show(schedule, "zone"), show(field_of(schedule, "on_call"), "explain")));
  for (const codec::Json& fault : list_of(schedule, "faults")) {
    print(fmt::format("warning: {}\n", show(fault, "text")));
  }
  print_group(field_of(schedule, "slack_user_group"));
  print_layers(schedule);
  print_changes(schedule);
  return {};
}

Result<> run_schedule_preview(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  std::string path = schedule_path(flags) + "/turns?layers=false";
  if (!flags.from.empty()) path += "&from=" + url_encode(flags.from);
  if (!flags.until.empty()) path += "&until=" + url_encode(flags.until);
  ASSIGN_OR_RETURN(const codec::Json answer, api.get(path));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  Rows rows;
  for (const codec::Json& turn : list_of(answer, "turns")) {
    const auto& why = list_of(turn, "why");
    rows.push_back({show(turn, "begin"), show(turn, "end"), names_of(turn, "people"),
                    list_of(turn, "shadows").empty() ? "-" : names_of(turn, "shadows"),
                    why.empty() ? "-" : show(why.front(), "kind")});
  }
  print(print_table({"FROM", "UNTIL", "ON CALL", "LEARNING", "BY"}, rows));
  return {};
}

Result<> run_schedule_gaps(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/schedules"));
  codec::JsonArray found;
  bool is_known = flags.name.empty();
  for (const codec::Json& one : list_of(answer, "schedules")) {
    const std::string id = show(one, "id");
    if (!flags.name.empty() && id != flags.name) continue;
    is_known = true;
    for (const codec::Json& fault : list_of(one, "faults")) {
      codec::JsonObject line = fault.as_object();
      line["schedule"] = id;
      found.push_back(std::move(line));
    }
  }
  if (!is_known) return not_found(fmt::format("there is no schedule '{}'", flags.name));
  if (flags.server.json) {
    print_json(codec::JsonObject{{"faults", std::move(found)}});
    return {};
  }
  Rows rows;
  for (const codec::Json& fault : found) {
    rows.push_back({show(fault, "schedule"), show(fault, "kind"), show(fault, "text")});
  }
  print(rows.empty() ? "The next 14 days are covered.\n"
                     : print_table({"SCHEDULE", "KIND", "WHAT"}, rows));
  return {};
}

}  // namespace tocsin::cli
