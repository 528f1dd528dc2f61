#include <filesystem>
#include <fstream>
#include <set>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "oncall/schedule_book.h"
#include "oncall/schedule_change.h"
#include "oncall/schedule_check.h"
#include "server/alerting.h"
#include "server/config.h"
#include "server/declared.h"

namespace tocsin::cli {
namespace {

Result<> check_alertmanager(const AlertmanagerFlags& flags) {
  ASSIGN_OR_RETURN(const auto config, server::load_alerting(flags.file, syntax_of(flags)));
  print(describe(*config.routing));
  return {};
}

// What not every catalog has is named where it is there.
std::string counted(size_t count, std::string_view what) {
  return count == 0 ? "" : fmt::format(", {} {}", count, what);
}

// People whom something verified reaches, as the server of this configuration says.
Result<std::set<std::string>> ask_who_is_reached(const server::Config& config) {
  const std::filesystem::path data(config.data);
  ServerFlags flags{.token_file = (data / "cli-token").string()};
  std::ifstream address(data / "address");
  if (!std::getline(address, flags.url)) {
    return fail(Code::kUnavailable, fmt::format("no server has run in {}", config.data));
  }
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/people"));
  std::set<std::string> reached;
  for (const codec::Json& person : list_of(answer, "people")) {
    if (field_of(person, "verified") == codec::Json(true)) reached.insert(show(person, "id"));
  }
  return reached;
}

// What was verified is known to the server alone; a machine that only checks files says that it
// does not know.
oncall::IsReached reach_of(const server::Config& config) {
  if (!config.notify.warn_unverified) return {};
  auto reached = ask_who_is_reached(config);
  if (!reached) {
    fmt::print(stderr, "warning: whose contacts are verified is not known here: {}\n",
               reached.error().message);
    return {};
  }
  return [known = *std::move(reached)](const catalog::Person& person) {
    return known.contains(person.id.value());
  };
}

// What would hurt in the next 14 days if nobody changed anything by hand. Not wrong, so only said.
void warn_of_schedules(const server::Declared& declared, Time now,
                       const oncall::IsReached& is_reached) {
  for (const oncall::ScheduleSpec& spec : declared.schedules) {
    oncall::Schedule schedule = spec.schedule;
    schedule.versions = {oncall::first_version(spec)};
    for (const oncall::ScheduleFault& fault :
         oncall::find_faults(schedule, *declared.catalog, now,
                             now + oncall::ScheduleBook::kNoticeAhead, is_reached)) {
      fmt::print(stderr, "warning: {}:{}: schedule {}: {}\n", spec.origin.file,
                 spec.origin.place.line, schedule.id.value(), fault.text);
    }
  }
}

}  // namespace

Result<> run_check(const std::string& config_file, const AlertmanagerFlags& alertmanager) {
  if (!alertmanager.file.empty()) {
    RETURN_IF_ERROR(check_alertmanager(alertmanager));
    if (config_file.empty()) return {};
  }
  codec::Problems problems;
  const server::Config config = server::load_config(config_file, problems);
  const server::Declared declared = server::load_declared(config, problems);
  RETURN_IF_ERROR(problems.as_result());
  if (config.alertmanager) {
    ASSIGN_OR_RETURN(const auto alerting,
                     server::load_alerting(config.alertmanager->file, config.alertmanager->syntax));
    print(describe(*alerting.routing));
  }
  for (const std::string& line : server::refused_contacts(declared, config.notify)) {
    fmt::print(stderr, "warning: {}\n", line);
  }
  warn_of_schedules(declared, SystemClock().now(), reach_of(config));
  print(fmt::format(
      "All is well: {} services, {} objectives, {} signals, {} teams, {} people{}{}{}.\n",
      declared.catalog->services.size(), declared.objectives.size(), declared.signals.size(),
      declared.catalog->teams.size(), declared.catalog->people.size(),
      counted(declared.doors.size(), "doors"), counted(declared.heartbeats.size(), "heartbeats"),
      counted(declared.schedules.size(), "schedules")));
  return {};
}

}  // namespace tocsin::cli
