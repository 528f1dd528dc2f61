#include "door/heartbeat_store.h"

#include "engine/timer_store.h"

namespace tocsin::door {
namespace {

#define HEARTBEAT_COLUMNS "name, origin, definition, is_enabled, since, last_ping, missed"

Result<Heartbeat> heartbeat_of(const store::Row& row) {
  Heartbeat heartbeat;
  const auto origin =
      row.text(1) == "catalog" ? HeartbeatSpec::Origin::kCatalog : HeartbeatSpec::Origin::kOpsgenie;
  ASSIGN_OR_RETURN(heartbeat.spec, heartbeat_from_json(row.text(2), row.text(0), origin));
  heartbeat.is_enabled = row.flag(3);
  heartbeat.since = row.time(4);
  heartbeat.last_ping = row.maybe_time(5);
  heartbeat.missed = row.maybe_time(6);
  return heartbeat;
}

}  // namespace

Result<std::vector<Heartbeat>> all_heartbeats(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto dues, engine::read_dues(sql, kHeartbeatTimer));
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " HEARTBEAT_COLUMNS " FROM heartbeat ORDER BY name"));
  std::vector<Heartbeat> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(Heartbeat heartbeat, heartbeat_of(row));
    if (const auto due = dues.find(heartbeat.spec.name); due != dues.end()) {
      heartbeat.due = due->second;
    }
    out.push_back(std::move(heartbeat));
  }
  return out;
}

Result<std::optional<Heartbeat>> read_heartbeat(store::Session& sql, std::string_view name) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " HEARTBEAT_COLUMNS " FROM heartbeat WHERE name = $1", name));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Heartbeat heartbeat, heartbeat_of(rows[0]));
  // Its own timer alone: each ping comes by here, however many heartbeats there are.
  ASSIGN_OR_RETURN(heartbeat.due, engine::read_due(sql, kHeartbeatTimer, name));
  return heartbeat;
}

Result<> write_heartbeat(store::Session& sql, const Heartbeat& heartbeat) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO heartbeat (" HEARTBEAT_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE SET origin = $2, "
      "definition = $3, is_enabled = $4, since = $5, last_ping = $6, missed = $7",
      heartbeat.spec.name, name_of(heartbeat.spec.origin), codec::to_text(to_json(heartbeat.spec)),
      heartbeat.is_enabled, heartbeat.since, heartbeat.last_ping, heartbeat.missed));
  return {};
}

Result<> delete_heartbeat(store::Session& sql, std::string_view name) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM heartbeat WHERE name = $1", name));
  return {};
}

}  // namespace tocsin::door
