// schedule plan, schedule away: fixed plans in the place of the layers, and who is away.
#include <algorithm>

#include "base/text.h"
#include "cli/print.h"
#include "cli/schedule_body.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

constexpr const char* kShiftForm =
    "write a shift as PEOPLE=FROM/UNTIL: ada+grace=2026-12-24T08:00:00Z/2026-12-25T08:00:00Z";

struct Shift {
  codec::JsonArray people;
  Time begin, end;
};

Result<Time> read_moment(std::string_view shift, std::string_view text) {
  auto time = parse_rfc3339(text);
  if (!time) return invalid(fmt::format("--shift {}: {}", shift, time.error().message));
  return *time;
}

// "ada+grace=2026-12-24T08:00:00Z/2026-12-25T08:00:00Z"; the span is written as ISO 8601 has it.
Result<Shift> read_shift(std::string_view text) {
  const size_t equals = text.find('='), slash = text.find('/');
  if (equals == std::string_view::npos || slash == std::string_view::npos || slash < equals) {
    return invalid(fmt::format("--shift {}: {}", text, kShiftForm));
  }
  Shift shift;
  for (const std::string_view name : split(text.substr(0, equals), '+')) {
    if (name.empty()) return invalid(fmt::format("--shift {}: {}", text, kShiftForm));
    shift.people.emplace_back(name);
  }
  ASSIGN_OR_RETURN(shift.begin, read_moment(text, text.substr(equals + 1, slash - equals - 1)));
  ASSIGN_OR_RETURN(shift.end, read_moment(text, text.substr(slash + 1)));
  return shift;
}

std::string shifts_text(const codec::Json& plan) {
  std::vector<std::string> out;
  for (const codec::Json& shift : list_of(plan, "shifts")) {
    out.push_back(fmt::format("{}={}/{}", words_of(shift, "people", "+", ""), show(shift, "begin"),
                              show(shift, "end")));
  }
  return join(out, " ");
}

}  // namespace

Result<> run_schedule_plan_add(const ScheduleFlags& flags) {
  if (flags.shifts.empty()) return invalid(fmt::format("say who: --shift; {}", kShiftForm));
  codec::JsonArray shifts;
  Time first = Time::max(), last = Time::min();
  for (const std::string& text : flags.shifts) {
    ASSIGN_OR_RETURN(Shift shift, read_shift(text));
    first = std::min(first, shift.begin);
    last = std::max(last, shift.end);
    shifts.push_back(codec::JsonObject{{"people", std::move(shift.people)},
                                       {"begin", to_rfc3339(shift.begin)},
                                       {"end", to_rfc3339(shift.end)}});
  }
  const codec::JsonObject body{{"begin", flags.from.empty() ? to_rfc3339(first) : flags.from},
                               {"end", flags.until.empty() ? to_rfc3339(last) : flags.until},
                               {"note", flags.note},
                               {"shifts", std::move(shifts)}};
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json made, api.post(schedule_path(flags, "/plans"), body));
  print_made(flags, made);
  return {};
}

Result<> run_schedule_plan_remove(const ScheduleFlags& flags) {
  return remove_at(flags, schedule_path(flags, "/plans/" + url_encode(flags.id)), "taken back");
}

Result<> run_schedule_plan_list(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json schedule, api.get(schedule_path(flags)));
  const codec::JsonArray& plans = list_of(schedule, "plans");
  if (flags.server.json) {
    print_json(codec::JsonObject{{"plans", plans}});
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& plan : plans) {
    rows.push_back({show(plan, "id"), show(plan, "begin"), show(plan, "end"), shifts_text(plan),
                    show(plan, "note")});
  }
  print(rows.empty() ? "No plans.\n" : print_table({"ID", "BEGIN", "END", "SHIFTS", "NOTE"}, rows));
  return {};
}

Result<> run_schedule_away_add(const ScheduleFlags& flags) {
  codec::JsonObject body{{"person", flags.person}, {"note", flags.note}};
  RETURN_IF_ERROR(put_span(flags, body));
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json made, api.post("/api/v1/absences", body));
  print_made(flags, made);
  return {};
}

Result<> run_schedule_away_remove(const ScheduleFlags& flags) {
  return remove_at(flags, "/api/v1/absences/" + url_encode(flags.id), "taken back");
}

Result<> run_schedule_away_list(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/absences"));
  codec::JsonArray absences;
  for (const codec::Json& one : list_of(answer, "absences")) {
    if (flags.person.empty() || show(one, "person") == flags.person) absences.push_back(one);
  }
  if (flags.server.json) {
    print_json(codec::JsonObject{{"absences", std::move(absences)}});
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& one : absences) {
    rows.push_back({show(one, "id"), show(one, "person"), show(one, "begin"), show(one, "end"),
                    show(one, "note")});
  }
  print(rows.empty() ? "Nobody is away.\n"
                     : print_table({"ID", "PERSON", "FROM", "UNTIL", "NOTE"}, rows));
  return {};
}

}  // namespace tocsin::cli
