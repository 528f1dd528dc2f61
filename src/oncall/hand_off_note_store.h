#pragma once

#include <optional>
#include <vector>

#include "oncall/hand_off_note.h"
#include "store/database.h"

namespace tocsin::oncall {

Result<std::optional<HandOffNote>> open_note(store::Session& sql, const ScheduleId& schedule);
// The open note of its schedule is this from now on.
Result<> write_open_note(store::Session& sql, const HandOffNote& note);
Result<> delete_open_note(store::Session& sql, const ScheduleId& schedule);
// The open note is closed, if there is one: it belongs to `receivers` now.
Result<std::optional<HandOffNote>> hand_over_note(store::Session& sql, const ScheduleId& schedule,
                                                  const std::vector<catalog::PersonId>& receivers,
                                                  Time at);
// Closed ones, the newest first.
Result<std::vector<HandOffNote>> closed_notes(store::Session& sql, const ScheduleId& schedule,
                                              int limit);

}  // namespace tocsin::oncall
