#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace tocsin::engine {

// The SQL of table `timers`.
struct DueTimer {
  std::string kind;
  std::string subject;
  Time due;
};

Result<> write_timer(store::Session& session, const Timer& timer, Time now);
Result<> delete_timer(store::Session& session, std::string_view kind, std::string_view subject);
// Deletes the timer if it is still due at that time; false when it was moved or cancelled.
Result<bool> take_timer(store::Session& session, const DueTimer& timer);
Result<> postpone_timer(store::Session& session, const DueTimer& timer, Time until, Time now);
// In order of due time, then of kind and subject.
Result<std::vector<DueTimer>> read_due_timers(store::Session& session, Time now, size_t limit);
Result<std::optional<Time>> read_next_due(store::Session& session);
// When one timer is due; nothing when there is none.
Result<std::optional<Time>> read_due(store::Session& session, std::string_view kind,
                                     std::string_view subject);
// When each timer of a kind is due, by subject.
Result<std::map<std::string, Time>> read_dues(store::Session& session, std::string_view kind);
// When the newest of the pending delays was set; nothing when none is pending.
Result<std::optional<Time>> read_newest_setting(store::Session& session);
// How many pending delays were moved.
Result<int64_t> move_delays(store::Session& session, Duration by);

}  // namespace tocsin::engine
