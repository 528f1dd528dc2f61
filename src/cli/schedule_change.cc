// schedule: what changes who is on call (override, take, swap), and calendars in and out.
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "cli/print.h"
#include "cli/schedule.h"
#include "cli/schedule_body.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) return not_found(fmt::format("{} cannot be read", path));
  return std::move(text).str();
}

}  // namespace

Result<> run_schedule_override_add(const ScheduleFlags& flags) {
  codec::JsonObject body{{"kind", flags.kind},
                         {"person", flags.person},
                         {"replaces", flags.replaces},
                         {"note", flags.note}};
  RETURN_IF_ERROR(put_span(flags, body));
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json made, api.post(schedule_path(flags, "/overrides"), body));
  print_made(flags, made);
  return {};
}

Result<> run_schedule_override_remove(const ScheduleFlags& flags) {
  return remove_at(flags, schedule_path(flags, "/overrides/" + url_encode(flags.id)), "taken back");
}

Result<> run_schedule_take(const ScheduleFlags& flags) {
  codec::JsonObject body{{"person", flags.person}};
  if (!flags.until.empty() || !flags.lasts.empty()) {
    codec::JsonObject span;
    RETURN_IF_ERROR(put_span(flags, span));
    body["until"] = span["end"];
  }
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json made, api.post(schedule_path(flags, "/take"), body));
  if (flags.server.json) {
    print_json(made);
  } else {
    print(fmt::format("{} is on call until {}\n", show(made, "person"), show(made, "end")));
  }
  return {};
}

Result<> run_schedule_swap_ask(const ScheduleFlags& flags) {
  codec::JsonObject body{{"from", flags.person}, {"to", flags.to}, {"note", flags.note}};
  RETURN_IF_ERROR(put_span(flags, body));
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json made, api.post(schedule_path(flags, "/swaps"), body));
  print_made(flags, made);
  return {};
}

Result<> run_schedule_swap_answer(const ScheduleFlags& flags, const std::string& answer) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json swap,
                   api.post(fmt::format("/api/v1/swaps/{}/{}", url_encode(flags.id), answer),
                            {{"person", flags.person}}));
  if (flags.server.json) {
    print_json(swap);
  } else {
    print(fmt::format("{} is {}\n", show(swap, "id"), show(swap, "state")));
  }
  return {};
}

Result<> run_schedule_import(const ScheduleFlags& flags) {
  if (flags.name.empty() == flags.person.empty()) {
    return invalid("name the calendar with --name, or whose vacations they are with --person");
  }
  ASSIGN_OR_RETURN(std::string text, read_file(flags.file));
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  std::string path = flags.person.empty()
                         ? "/api/v1/calendars/" + url_encode(flags.name)
                         : fmt::format("/api/v1/people/{}/vacations", url_encode(flags.person));
  if (!flags.zone.empty()) path += "?zone=" + url_encode(flags.zone);
  ASSIGN_OR_RETURN(const codec::Json answer, api.put(path, "text/calendar", std::move(text)));
  for (const codec::Json& note : list_of(answer, "notes")) {
    fmt::print(stderr, "warning: line {}: {}\n", show(note, "line"), show(note, "text"));
  }
  if (flags.server.json) {
    print_json(answer);
  } else if (flags.person.empty()) {
    print(fmt::format("{}: {} days off\n", flags.name, show(answer, "days")));
  } else {
    print(fmt::format("{}: {} absences\n", flags.person, show(answer, "absences")));
  }
  return {};
}

Result<> run_schedule_ical_add(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json link,
                   api.post("/api/v1/ical-links", {{"kind", flags.kind}, {"name", flags.name}}));
  if (flags.server.json) {
    print_json(link);
  } else {
    print(show(link, "url") + "\n");
  }
  return {};
}

Result<> run_schedule_ical_list(const ScheduleFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/ical-links"));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& one : list_of(answer, "links")) {
    rows.push_back({show(one, "id"), show(one, "kind"), show(one, "name")});
  }
  print(rows.empty() ? "No links.\n" : print_table({"ID", "KIND", "OF"}, rows));
  return {};
}

Result<> run_schedule_ical_remove(const ScheduleFlags& flags) {
  return remove_at(flags, "/api/v1/ical-links/" + url_encode(flags.id), "no more");
}

}  // namespace tocsin::cli
