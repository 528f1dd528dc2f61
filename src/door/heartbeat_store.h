#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "door/heartbeat.h"
#include "store/database.h"

namespace tocsin::door {

// The timer whose due time is when a heartbeat is overdue; its subject is the name.
inline constexpr std::string_view kHeartbeatTimer = "heartbeat.due";

// The SQL of table `heartbeat`, with the due times of its timers.
Result<std::vector<Heartbeat>> all_heartbeats(store::Session& sql);  // by name
Result<std::optional<Heartbeat>> read_heartbeat(store::Session& sql, std::string_view name);
Result<> write_heartbeat(store::Session& sql, const Heartbeat& heartbeat);  // new or changed
Result<> delete_heartbeat(store::Session& sql, std::string_view name);

}  // namespace tocsin::door
