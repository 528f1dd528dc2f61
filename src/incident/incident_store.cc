#include "incident/incident_store.h"

#include "incident/lifecycle.h"

namespace tocsin::incident {
namespace {

#define INCIDENT_COLUMNS                                                            \
  "id, number, title, state, severity, is_severity_by_hand, service, team, impact," \
  " impact_started, detected, paged, acknowledged, declared, mitigated, resolved,"  \
  " clean_since, who_has_it, follows, opened, updated"

Incident incident_of(const store::Row& row) {
  Incident i;
  i.id = row.text(0);
  i.number = row.integer(1);
  i.title = row.text(2);
  const auto state = parse_state(row.text(3));
  if (!state) bug("an incident's row has a state that its table forbids");
  i.state = *state;
  i.severity = static_cast<int>(row.integer(4));
  i.is_severity_by_hand = row.flag(5);
  i.service = catalog::ServiceId(row.text(6));
  i.team = catalog::TeamId(row.text(7));
  i.impact = row.text(8);
  i.times.impact_started = row.maybe_time(9);
  i.times.detected = row.maybe_time(10);
  i.times.paged = row.maybe_time(11);
  i.times.acknowledged = row.maybe_time(12);
  i.times.declared = row.maybe_time(13);
  i.times.mitigated = row.maybe_time(14);
  i.times.resolved = row.maybe_time(15);
  i.clean_since = row.maybe_time(16);
  i.who_has_it = row.text(17);
  i.follows = row.text(18);
  i.opened = row.time(19);
  i.updated = row.time(20);
  return i;
}

Result<std::optional<Incident>> first(Result<store::Rows> rows) {
  if (!rows) return fail(std::move(rows.error()));
  if (rows->empty()) return std::nullopt;
  return incident_of(rows->front());
}

Result<int64_t> first_number(Result<store::Rows> rows) {
  if (!rows) return fail(std::move(rows.error()));
  return rows->front().integer(0);
}

std::vector<Incident> incidents_of(const store::Rows& rows) {
  std::vector<Incident> incidents;
  for (const auto& row : rows) incidents.push_back(incident_of(row));
  return incidents;
}

}  // namespace

Result<> insert_incident(store::Session& sql, const Incident& i) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO incident (" INCIDENT_COLUMNS
      ", is_open) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
      " $17, $18, $19, $20, $21, $22)",
      i.id, i.number, i.title, name_of(i.state), i.severity, i.is_severity_by_hand, i.service,
      i.team, i.impact, i.times.impact_started, i.times.detected, i.times.paged,
      i.times.acknowledged, i.times.declared, i.times.mitigated, i.times.resolved, i.clean_since,
      i.who_has_it, i.follows, i.opened, i.updated, is_open(i.state)));
  return {};
}

Result<> update_incident(store::Session& sql, const Incident& i) {
  RETURN_IF_ERROR(
      sql.exec("UPDATE incident SET title = $2, state = $3, is_open = $4, severity = $5,"
               " is_severity_by_hand = $6, impact = $7, impact_started = $8, detected = $9,"
               " paged = $10, acknowledged = $11, declared = $12, mitigated = $13, resolved = $14,"
               " clean_since = $15, who_has_it = $16, updated = $17 WHERE id = $1",
               i.id, i.title, name_of(i.state), is_open(i.state), i.severity, i.is_severity_by_hand,
               i.impact, i.times.impact_started, i.times.detected, i.times.paged,
               i.times.acknowledged, i.times.declared, i.times.mitigated, i.times.resolved,
               i.clean_since, i.who_has_it, i.updated));
  return {};
}

Result<std::optional<Incident>> read_incident(store::Session& sql, std::string_view id) {
  return first(sql.query("SELECT " INCIDENT_COLUMNS " FROM incident WHERE id = $1", id));
}

Result<std::optional<Incident>> read_incident_by_number(store::Session& sql, int64_t number) {
  return first(sql.query("SELECT " INCIDENT_COLUMNS " FROM incident WHERE number = $1", number));
}

Result<std::optional<Incident>> open_incident_of(store::Session& sql,
                                                 const catalog::ServiceId& service,
                                                 const catalog::TeamId& team) {
  return first(sql.query("SELECT " INCIDENT_COLUMNS
                         " FROM incident WHERE service = $1 AND is_open = 1"
                         " AND (service <> '' OR team = $2)",
                         service, team));
}

Result<std::optional<Incident>> resolved_lately(store::Session& sql,
                                                const catalog::ServiceId& service,
                                                const catalog::TeamId& team, Time since) {
  return first(sql.query("SELECT " INCIDENT_COLUMNS
                         " FROM incident WHERE service = $1 AND resolved >= $3"
                         " AND (service <> '' OR team = $2) ORDER BY number DESC LIMIT 1",
                         service, team, since));
}

Result<int64_t> next_number(store::Session& sql) {
  return first_number(sql.query("SELECT COALESCE(MAX(number), 0) + 1 FROM incident"));
}

Result<std::vector<Incident>> list_incidents(store::Session& sql, Which which, int limit) {
  auto rows =
      which == Which::kOpen
          ? sql.query("SELECT " INCIDENT_COLUMNS
                      " FROM incident WHERE is_open = 1 ORDER BY number DESC LIMIT $1",
                      limit)
          : sql.query("SELECT " INCIDENT_COLUMNS " FROM incident ORDER BY number DESC LIMIT $1",
                      limit);
  if (!rows) return fail(std::move(rows.error()));
  return incidents_of(*rows);
}

Result<std::vector<Incident>> incidents_of_team(store::Session& sql, const catalog::TeamId& team,
                                                Which which, Time opened_before, int limit) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT " INCIDENT_COLUMNS
                " FROM incident WHERE team = $1 AND opened < $2 AND (is_open = 1 OR $3 = 0)"
                " ORDER BY number DESC LIMIT $4",
                team.value(), opened_before, which == Which::kOpen ? 1 : 0, limit));
  return incidents_of(rows);
}

Result<int64_t> count_open(store::Session& sql) {
  return first_number(sql.query("SELECT COUNT(*) FROM incident WHERE is_open = 1"));
}

}  // namespace tocsin::incident
