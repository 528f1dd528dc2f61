#pragma once

#include "cli/schedule.h"

namespace tocsin::cli {

// What the commands below `schedule` have in common: the path, the body and what is printed.

// Of the schedule that the flags name; `rest` begins with '/', or is empty for the schedule itself.
std::string schedule_path(const ScheduleFlags& flags, const std::string& rest = "");

// DELETE `path`; then says of flags.id that it `is` so ("taken back"), unless JSON is wanted.
Result<> remove_at(const ScheduleFlags& flags, const std::string& path, std::string_view is);

// `begin` and `end`: from --from, or now; until --until, or so long after it as --for says.
Result<> put_span(const ScheduleFlags& flags, codec::JsonObject& body);

// On standard output nothing but the id, so that a script can take it.
void print_made(const ScheduleFlags& flags, const codec::Json& answer);

}  // namespace tocsin::cli
