#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "oncall/schedule.h"

// For tests only: short ways to write schedules and to read turns.
namespace tocsin::oncall::testing {

inline Time utc(std::string_view text) { return parse_rfc3339(text).value(); }
inline calendar::Zone zone(std::string_view name) { return calendar::Zone::find(name).value(); }
inline calendar::CivilSecond civil(std::string_view text) {
  return calendar::parse_civil(text).value();
}
inline catalog::PersonId person(std::string_view name) {
  return catalog::PersonId(std::string(name));
}

// {"ada", "grace alan"}: two turns, the second for both.
inline std::vector<Participant> participants(std::initializer_list<std::string_view> turns) {
  std::vector<Participant> out;
  for (std::string_view names : turns) {
    Participant one;
    while (!names.empty()) {
      const size_t space = names.find(' ');
      one.people.push_back(person(names.substr(0, space)));
      names = space == std::string_view::npos ? "" : names.substr(space + 1);
    }
    out.push_back(std::move(one));
  }
  return out;
}

// ada, grace, alan: a week each from Monday 2026-01-05 09:00 in Berlin.
inline Layer weekly(std::string name = "primary") {
  Layer layer{.name = std::move(name), .zone = zone("Europe/Berlin"), .rotation = {}, .off = {}};
  layer.rotation.start = civil("2026-01-05 09:00");
  layer.rotation.participants = participants({"ada", "grace", "alan"});
  return layer;
}

inline Schedule schedule_of(std::vector<Layer> layers) {
  Schedule schedule{.id = ScheduleId("payments"),
                    .name = "Payments",
                    .team = catalog::TeamId("payments"),
                    .zone = zone("Europe/Berlin"),
                    .versions = {},
                    .overrides = {},
                    .plans = {},
                    .absences = {},
                    .calendars = {}};
  schedule.versions = {{utc("2026-01-01T00:00:00Z"), std::move(layers)}};
  return schedule;
}

inline std::string names(const std::vector<catalog::PersonId>& people) {
  std::string text;
  for (const auto& one : people) text += (text.empty() ? "" : "+") + one.value();
  return text.empty() ? "-" : text;
}

// "01-05 09:00 ada", or "01-05 09:00 ada (grace)" with shadows: begins in `in`.
inline std::vector<std::string> lines(const std::vector<Turn>& turns, const calendar::Zone& in) {
  std::vector<std::string> out;
  for (const Turn& turn : turns) {
    out.push_back(calendar::to_text(in.to_civil(turn.begin)).substr(5, 11) + " " +
                  names(turn.people));
    if (!turn.shadows.empty()) out.back() += " (" + names(turn.shadows) + ")";
  }
  return out;
}
inline std::vector<std::string> lines(const Schedule& schedule, std::string_view begin,
                                      std::string_view end) {
  const auto& in = schedule.zone;
  return lines(turns(schedule, in.to_time(civil(begin)), in.to_time(civil(end))), in);
}

// "override ovr_1 for ada", "layer primary 3", "absence abs_1 of ada in primary", ...
inline std::vector<std::string> reasons(const Turn& turn) {
  std::vector<std::string> out;
  for (const Why& why : turn.why) {
    switch (why.kind) {
      case Why::Kind::kLayer: out.push_back(fmt::format("layer {} {}", why.layer, why.turn)); break;
      case Why::Kind::kOverride:
        out.push_back(fmt::format("override {} for {}", why.id, names(why.instead_of)));
        break;
      case Why::Kind::kPlan: out.push_back("plan " + why.id); break;
      case Why::Kind::kAbsence:
        out.push_back(
            fmt::format("absence {} of {} in {}", why.id, names(why.instead_of), why.layer));
        break;
      case Why::Kind::kNobody: out.emplace_back("nobody"); break;
    }
  }
  return out;
}

}  // namespace tocsin::oncall::testing
