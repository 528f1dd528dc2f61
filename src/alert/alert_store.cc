#include "alert/alert_store.h"

#include "alert/alert_json.h"

namespace tocsin::alert {
namespace {

// In the order in which alert_of reads them.
#define ALERT_COLUMNS                                                                         \
  "id, fingerprint, state, severity, service, team, labels, tiers, summary, impact, runbook," \
  " links, evidence, impact_started, started, updated, ended, incident, problem"

Result<Alert> alert_of(const store::Row& row) {
  Alert alert;
  alert.id = row.text(0);
  alert.fingerprint = row.text(1);
  alert.state = row.text(2) == "firing" ? AlertState::kFiring : AlertState::kResolved;
  alert.severity = row.text(3) == "page" ? slo::Severity::kPage : slo::Severity::kTicket;
  alert.service = catalog::ServiceId(row.text(4));
  alert.team = catalog::TeamId(row.text(5));
  ASSIGN_OR_RETURN(alert.labels, read_labels(row.text(6)));
  ASSIGN_OR_RETURN(alert.tiers, read_names(row.text(7)));
  alert.summary = row.text(8);
  alert.impact = row.text(9);
  alert.runbook = row.text(10);
  ASSIGN_OR_RETURN(alert.links, read_links(row.text(11)));
  ASSIGN_OR_RETURN(alert.evidence, read_evidence(row.text(12)));
  alert.impact_started = row.time(13);
  alert.started = row.time(14);
  alert.updated = row.time(15);
  alert.ended = row.maybe_time(16);
  alert.incident = row.text(17);
  alert.problem = row.text(18);
  return alert;
}

Result<std::vector<Alert>> alerts_of(const store::Rows& rows) {
  std::vector<Alert> alerts;
  alerts.reserve(rows.size());
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(Alert alert, alert_of(row));
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

Result<std::optional<Alert>> only_alert(const store::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Alert alert, alert_of(rows.front()));
  return alert;
}

FiringTier tier_of(const store::Row& row) {
  return FiringTier{slo::ObjectiveName(row.text(0)), row.text(1),
                    parse_alert_class(row.text(2)).value_or(AlertClass::kPage), row.time(3),
                    row.time(4)};
}

std::vector<FiringTier> tiers_of(const store::Rows& rows) {
  std::vector<FiringTier> tiers;
  for (const auto& row : rows) tiers.push_back(tier_of(row));
  return tiers;
}

Result<int64_t> first_number(Result<store::Rows> rows) {
  if (!rows) return fail(std::move(rows.error()));
  return rows->front().integer(0);
}

}  // namespace

Result<> insert_alert(store::Session& sql, std::string_view about, AlertClass cls,
                      const Alert& alert) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO alert (objective, class, " ALERT_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
      " $19, $20, $21)",
      about, name_of(cls), alert.id, alert.fingerprint, name_of(alert.state),
      name_of(alert.severity), alert.service, alert.team, labels_text(alert.labels),
      names_text(alert.tiers), alert.summary, alert.impact, alert.runbook, links_text(alert.links),
      evidence_text(alert.evidence), alert.impact_started, alert.started, alert.updated,
      alert.ended, alert.incident, alert.problem));
  return {};
}

Result<> update_alert(store::Session& sql, const Alert& alert) {
  RETURN_IF_ERROR(
      sql.exec("UPDATE alert SET state = $2, severity = $3, tiers = $4, summary = $5, impact = $6,"
               " evidence = $7, impact_started = $8, updated = $9, ended = $10, incident = $11"
               " WHERE id = $1",
               alert.id, name_of(alert.state), name_of(alert.severity), names_text(alert.tiers),
               alert.summary, alert.impact, evidence_text(alert.evidence), alert.impact_started,
               alert.updated, alert.ended, alert.incident));
  return {};
}

Result<std::optional<Alert>> read_alert(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " ALERT_COLUMNS " FROM alert WHERE id = $1", id));
  return only_alert(rows);
}

Result<std::optional<Alert>> firing_alert(store::Session& sql, const slo::ObjectiveName& objective,
                                          AlertClass cls) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " ALERT_COLUMNS
                             " FROM alert WHERE objective = $1 AND class = $2 AND state = 'firing'",
                             objective, name_of(cls)));
  return only_alert(rows);
}

Result<std::vector<Alert>> list_alerts(store::Session& sql, Which which, int limit) {
  if (which == Which::kAll) {
    ASSIGN_OR_RETURN(
        const auto rows,
        sql.query(
            "SELECT " ALERT_COLUMNS
            " FROM alert ORDER BY CASE state WHEN 'firing' THEN 0 ELSE 1 END, started DESC, id"
            " LIMIT $1",
            limit));
    return alerts_of(rows);
  }
  const std::string_view state = which == Which::kFiring ? "firing" : "resolved";
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " ALERT_COLUMNS
                             " FROM alert WHERE state = $1 ORDER BY started DESC, id LIMIT $2",
                             state, limit));
  return alerts_of(rows);
}

Result<std::vector<Alert>> alerts_of_incident(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " ALERT_COLUMNS
                             " FROM alert WHERE incident = $1 ORDER BY started, id LIMIT 1000",
                             incident));
  return alerts_of(rows);
}

Result<int64_t> count_firing(store::Session& sql) {
  return first_number(sql.query("SELECT COUNT(*) FROM alert WHERE state = 'firing'"));
}

Result<int64_t> count_firing_pages(store::Session& sql, std::string_view incident) {
  return first_number(
      sql.query("SELECT COUNT(*) FROM alert"
                " WHERE incident = $1 AND state = 'firing' AND severity = 'page'",
                incident));
}

Result<> put_firing_tier(store::Session& sql, const FiringTier& tier) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO alert_tier (objective, tier, class, since, impact_started)"
               " VALUES ($1, $2, $3, $4, $5)"
               " ON CONFLICT (objective, tier) DO UPDATE SET class = excluded.class,"
               " impact_started = excluded.impact_started",
               tier.objective, tier.tier, name_of(tier.cls), tier.since, tier.impact_started));
  return {};
}

Result<> delete_firing_tier(store::Session& sql, const slo::ObjectiveName& objective,
                            std::string_view tier) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM alert_tier WHERE objective = $1 AND tier = $2", objective, tier));
  return {};
}

Result<std::optional<FiringTier>> read_firing_tier(store::Session& sql,
                                                   const slo::ObjectiveName& objective,
                                                   std::string_view tier) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT objective, tier, class, since, impact_started FROM alert_tier"
                             " WHERE objective = $1 AND tier = $2",
                             objective, tier));
  if (rows.empty()) return std::nullopt;
  return tier_of(rows.front());
}

Result<std::vector<FiringTier>> firing_tiers_of(store::Session& sql,
                                                const slo::ObjectiveName& objective) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT objective, tier, class, since, impact_started FROM alert_tier"
                             " WHERE objective = $1 ORDER BY tier",
                             objective));
  return tiers_of(rows);
}

Result<std::vector<FiringTier>> all_firing_tiers(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT objective, tier, class, since, impact_started FROM alert_tier"
                             " ORDER BY objective, tier"));
  return tiers_of(rows);
}

}  // namespace tocsin::alert
