#include "oncall/schedule_api_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/api_body.h"
#include "catalog/catalog_json.h"
#include "oncall/schedule_json.h"
#include "oncall/schedule_store.h"

namespace tocsin::oncall {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

constexpr std::array kDayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                  "Friday", "Saturday", "Sunday"};

std::string every_text(const Rotation& rotation) {
  if (rotation.unit == Rotation::Unit::kRule) return rotation.rule ? rotation.rule->rule() : "rule";
  return fmt::format("{} {}{}", rotation.count, name_of(rotation.unit),
                     rotation.count == 1 ? "" : "s");
}

// Behind "hands off".
std::string hand_off_text(const Rotation& rotation) {
  const calendar::CivilSecond& start = rotation.start;
  std::string at = fmt::format("at {:02}:{:02}", start.hour(), start.minute());
  switch (rotation.unit) {
    case Rotation::Unit::kHour:
      return fmt::format("counted from {}", calendar::to_text(start).substr(0, 16));
    case Rotation::Unit::kWeek:
      return fmt::format(
          "{} {}", kDayNames[static_cast<size_t>(cctz::get_weekday(calendar::CivilDay(start)))],
          at);
    case Rotation::Unit::kMonth: return fmt::format("on day {} {}", start.day(), at);
    case Rotation::Unit::kDay:
    case Rotation::Unit::kRule: return at;
  }
  bug("unknown unit of a rotation");
}

std::string_view name_of(Why::Kind kind) {
  constexpr std::array<std::string_view, 5> kNames = {"layer", "override", "plan", "absence",
                                                      "nobody"};
  return kNames.at(static_cast<size_t>(kind));
}

JsonObject why_json(const Why& why) {
  return {{"kind", name_of(why.kind)},
          {"layer", why.layer},
          {"turn", why.turn},
          {"id", why.id},
          {"instead_of", catalog::names_json(why.instead_of)}};
}

Result<Time> time_from_query(const net::Request& request, std::string_view name, Time fallback) {
  const auto text = request.query_value(name);
  if (!text || text->empty()) return fallback;
  auto time = parse_rfc3339(*text);
  if (!time) return fail(std::move(time).error().in(name));
  return *time;
}

}  // namespace

JsonObject to_json(const Override& one) {
  return {{"id", one.id},
          {"kind", name_of(one.kind)},
          {"person", one.person.value()},
          {"replaces", one.replaces.value()},
          {"begin", to_rfc3339(one.begin)},
          {"end", to_rfc3339(one.end)},
          {"note", one.note},
          {"by", one.by}};
}

JsonObject to_json(const FixedPlan& plan) {
  JsonArray shifts;
  for (const auto& shift : plan.shifts) {
    shifts.push_back(JsonObject{{"people", catalog::names_json(shift.people)},
                                {"begin", to_rfc3339(shift.begin)},
                                {"end", to_rfc3339(shift.end)}});
  }
  return {{"id", plan.id},     {"begin", to_rfc3339(plan.begin)}, {"end", to_rfc3339(plan.end)},
          {"note", plan.note}, {"shifts", std::move(shifts)},     {"by", plan.by}};
}

JsonObject to_json(const SwapRequest& swap) {
  return {{"id", swap.id},
          {"schedule", swap.schedule.value()},
          {"from", swap.from.value()},
          {"to", swap.to.value()},
          {"begin", to_rfc3339(swap.begin)},
          {"end", to_rfc3339(swap.end)},
          {"state", name_of(swap.state)},
          {"note", swap.note},
          {"created", to_rfc3339(swap.created)}};
}

JsonObject to_json(const Absence& absence) {
  return {{"id", absence.id},
          {"person", absence.person.value()},
          {"begin", to_rfc3339(absence.begin)},
          {"end", to_rfc3339(absence.end)},
          {"note", absence.note}};
}

JsonObject to_json(const Served& served) {
  return {{"person", served.person.value()},
          {"begin", to_rfc3339(served.begin)},
          {"end", served.end ? Json(to_rfc3339(*served.end)) : Json()},
          {"why", served.why}};
}

JsonObject to_json(const Schedule& schedule, const Turn& turn) {
  JsonArray why;
  for (const Why& one : turn.why) why.push_back(why_json(one));
  return {{"begin", to_rfc3339(turn.begin)},
          {"end", to_rfc3339(turn.end)},
          {"people", catalog::names_json(turn.people)},
          {"shadows", catalog::names_json(turn.shadows)},
          {"why", std::move(why)},
          {"explain", explain(schedule, turn)}};
}

JsonObject to_json(const Layer& layer) {
  JsonArray people;
  for (const Participant& one : layer.rotation.participants)
    people.push_back(catalog::names_json(one.people));
  return {
      {"name", layer.name},
      {"zone", layer.zone.name()},
      {"every", every_text(layer.rotation)},
      {"hand_off", hand_off_text(layer.rotation)},
      {"people", std::move(people)},
      {"hours",
       layer.hours == calendar::WeeklyHours::always() ? "always" : calendar::to_text(layer.hours)},
      {"off", codec::to_array(layer.off)},
      {"is_shadow", layer.is_shadow},
      {"joins", layer.joins}};
}

JsonObject to_json(const GroupRow& group) {
  const auto& at = group.state.confirmed;
  return {{"id", group.id},
          {"members", codec::to_array(group.state.members)},
          {"confirmed_at", at ? Json(to_rfc3339(*at)) : Json(nullptr)},
          {"problem", group.problem.empty() ? Json(nullptr) : Json(group.problem)}};
}

JsonObject to_json(const ScheduleFault& fault) {
  return {{"kind", name_of(fault.kind)},
          {"begin", to_rfc3339(fault.begin)},
          {"end", to_rfc3339(fault.end)},
          {"person", fault.person.empty() ? Json() : Json(fault.person.value())},
          {"text", fault.text}};
}

std::vector<Interval> shifts_of(const Schedule& schedule, const catalog::PersonId& person,
                                Time begin, Time end) {
  std::vector<Interval> out;
  for (const Turn& turn : turns(schedule, begin, end)) {
    if (std::ranges::find(turn.people, person) == turn.people.end()) continue;
    if (!out.empty() && out.back().end == turn.begin) {
      out.back().end = turn.end;
    } else {
      out.push_back({turn.begin, turn.end});
    }
  }
  return out;
}

Result<catalog::PersonId> person_or_caller(const std::string& named, const access::Caller& caller) {
  if (!named.empty()) return catalog::PersonId(named);
  if (!caller.person.empty()) return catalog::PersonId(caller.person);
  return invalid(fmt::format("person is missing; {} is nobody of the catalog, so say who",
                             caller.actor.to_text()));
}

Result<> require_own(const catalog::PersonId& person, const access::Caller& caller) {
  if (caller.role == access::Role::kAdmin || caller.person == person.value()) return {};
  return fail(Code::kPermissionDenied, fmt::format("only {} may answer for {}, or an admin",
                                                   person.value(), person.value()));
}

Result<Time> read_time_field(codec::Fields& fields, const char* key) {
  ASSIGN_OR_RETURN(const auto time, alert::read_time(fields, key));
  if (!time) return invalid(fmt::format("{} is missing; write it as 2026-01-31T12:00:00Z", key));
  return *time;
}

Result<Interval> window_of(const net::Request& request, Interval fallback, Duration longest) {
  ASSIGN_OR_RETURN(const Time begin, time_from_query(request, "from", fallback.begin));
  ASSIGN_OR_RETURN(const Time end,
                   time_from_query(request, "until", begin + (fallback.end - fallback.begin)));
  if (begin >= end) return invalid("until must be after from");
  if (end - begin > longest) {
    return invalid(
        fmt::format("from and until are more than {} apart; ask for less", to_text(longest)));
  }
  return Interval{begin, end};
}

Result<Schedule> schedule_of(const ScheduleBook& book, const std::string& id) {
  const auto all = book.schedules();
  const auto found = all->find(ScheduleId(id));
  if (found != all->end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, schedule] : *all) names.push_back(name.value());
  return not_found(
      fmt::format("there is no schedule '{}'{}", codec::shown(id), codec::did_you_mean(id, names)));
}

}  // namespace tocsin::oncall
