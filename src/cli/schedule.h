#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/api_client.h"

namespace tocsin::cli {

// What the commands below `schedule` take; each uses some of it.
struct ScheduleFlags {
  ServerFlags server;
  std::string name;  // of the schedule, calendar, ...
  std::string id;    // of an override, plan, absence, swap or link
  std::string file;
  std::string kind = "replace";
  std::string person, replaces, to;
  std::string from, until, lasts;
  std::string note, zone;
  std::optional<std::string> text;  // of a hand-off note; "-": standard input
  bool draft = false;
  std::vector<std::string> shifts;  // "ada+grace=FROM/UNTIL" each
};

Result<> run_oncall(const ServerFlags& flags);

Result<> run_schedule_list(const ScheduleFlags& flags);
Result<> run_schedule_show(const ScheduleFlags& flags);
Result<> run_schedule_preview(const ScheduleFlags& flags);
Result<> run_schedule_gaps(const ScheduleFlags& flags);

Result<> run_schedule_override_add(const ScheduleFlags& flags);
Result<> run_schedule_override_remove(const ScheduleFlags& flags);
Result<> run_schedule_take(const ScheduleFlags& flags);
// Shifts in the place of the layers; from the first of them to the last unless told otherwise.
Result<> run_schedule_plan_add(const ScheduleFlags& flags);
Result<> run_schedule_plan_remove(const ScheduleFlags& flags);
Result<> run_schedule_plan_list(const ScheduleFlags& flags);
Result<> run_schedule_away_add(const ScheduleFlags& flags);
Result<> run_schedule_away_remove(const ScheduleFlags& flags);
// Of one person, or everybody without one.
Result<> run_schedule_away_list(const ScheduleFlags& flags);
Result<> run_schedule_swap_ask(const ScheduleFlags& flags);
// `answer`: take, decline or withdraw.
Result<> run_schedule_swap_answer(const ScheduleFlags& flags, const std::string& answer);
Result<> run_schedule_note(const ScheduleFlags& flags);
Result<> run_schedule_import(const ScheduleFlags& flags);
Result<> run_schedule_ical_add(const ScheduleFlags& flags);
Result<> run_schedule_ical_list(const ScheduleFlags& flags);
Result<> run_schedule_ical_remove(const ScheduleFlags& flags);

}  // namespace tocsin::cli
