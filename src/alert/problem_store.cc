#include "alert/problem_store.h"

#include "alert/alert_json.h"
#include "alert/posted_store.h"

namespace tocsin::alert {
namespace {

#define SOURCE_COLUMNS \
  "alert, fingerprint, joined, role, is_cause, why, labels, summary, left_at, how_left"

AlertSource source_of(const store::Row& row) {
  AlertSource source;
  source.alert = row.text(0);
  source.fingerprint = fingerprint_of(row.integer(1));
  source.joined = row.time(2);
  source.role = row.text(3) == "source" ? SourceRole::kSource : SourceRole::kEvidence;
  source.is_cause = row.integer(4) != 0;
  source.why = row.text(5);
  source.labels = row.text(6);
  source.summary = row.text(7);
  source.left = row.maybe_time(8);
  source.how_left = row.text(9);
  return source;
}

Result<std::vector<AlertSource>> sources_of(Result<store::Rows> rows) {
  if (!rows) return fail(std::move(rows.error()));
  std::vector<AlertSource> sources;
  for (const auto& row : *rows) sources.push_back(source_of(row));
  return sources;
}

Result<int64_t> count_live(store::Session& sql, std::string_view alert, SourceRole role) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT COUNT(*) FROM alert_source"
                                              " WHERE alert = $1 AND role = $2 AND left_at IS NULL",
                                              alert, name_of(role)));
  return rows.front().integer(0);
}

std::optional<GateReason> parse_reason(std::string_view text) {
  for (const GateReason reason :
       {GateReason::kNoOwner, GateReason::kNobodyToReach, GateReason::kNoImpact,
        GateReason::kNoRunbook, GateReason::kCauseWithoutSymptom}) {
    if (name_of(reason) == text) return reason;
  }
  return std::nullopt;
}

std::string reasons_text(const GateVerdict& verdict) {
  std::vector<std::string> names;
  for (const GateReason reason : verdict.reasons) names.emplace_back(name_of(reason));
  return names_text(names);
}

}  // namespace

std::string_view name_of(SourceRole role) {
  return role == SourceRole::kSource ? "source" : "evidence";
}

Result<> insert_source(store::Session& sql, const AlertSource& source) {
  RETURN_IF_ERROR(sql.exec("INSERT INTO alert_source (" SOURCE_COLUMNS
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
                           " ON CONFLICT (alert, fingerprint, joined) DO UPDATE SET left_at = NULL,"
                           " how_left = ''",
                           source.alert, to_column(source.fingerprint), source.joined,
                           name_of(source.role), source.is_cause, source.why, source.labels,
                           source.summary, source.left, source.how_left));
  return {};
}

Result<> end_source(store::Session& sql, std::string_view alert, uint64_t fingerprint, Time at,
                    std::string_view how) {
  RETURN_IF_ERROR(
      sql.exec("UPDATE alert_source SET left_at = $3, how_left = $4"
               " WHERE alert = $1 AND fingerprint = $2 AND left_at IS NULL",
               alert, to_column(fingerprint), at, how));
  return {};
}

Result<std::vector<AlertSource>> live_sources_of(store::Session& sql, uint64_t fingerprint) {
  return sources_of(sql.query("SELECT " SOURCE_COLUMNS
                              " FROM alert_source WHERE fingerprint = $1 AND left_at IS NULL"
                              " ORDER BY joined, alert",
                              to_column(fingerprint)));
}

Result<std::set<uint64_t>> all_live_fingerprints(store::Session& sql) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT DISTINCT fingerprint FROM alert_source WHERE left_at IS NULL"));
  std::set<uint64_t> all;
  for (const auto& row : rows) all.insert(fingerprint_of(row.integer(0)));
  return all;
}

Result<std::vector<AlertSource>> sources_of_alert(store::Session& sql, std::string_view alert,
                                                  int limit) {
  return sources_of(
      sql.query("SELECT " SOURCE_COLUMNS " FROM alert_source WHERE alert = $1"
                " ORDER BY CASE WHEN left_at IS NULL THEN 0 ELSE 1 END, role DESC, joined,"
                " fingerprint LIMIT $2",
                alert, limit));
}

Result<std::vector<AlertSource>> live_sources_at(store::Session& sql, std::string_view alert,
                                                 int limit) {
  return sources_of(sql.query("SELECT " SOURCE_COLUMNS " FROM alert_source"
                              " WHERE alert = $1 AND role = 'source' AND left_at IS NULL"
                              " ORDER BY joined, fingerprint LIMIT $2",
                              alert, limit));
}

Result<int64_t> count_live_sources(store::Session& sql, std::string_view alert) {
  return count_live(sql, alert, SourceRole::kSource);
}

Result<int64_t> count_live_evidence(store::Session& sql, std::string_view alert) {
  return count_live(sql, alert, SourceRole::kEvidence);
}

Result<std::set<std::string>> alerts_with_symptoms(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT DISTINCT alert FROM alert_source"
                             " WHERE role = 'source' AND is_cause = 0 AND left_at IS NULL"));
  std::set<std::string> alerts;
  for (const auto& row : rows) alerts.insert(row.text(0));
  return alerts;
}

Result<bool> has_live_symptom(store::Session& sql, std::string_view alert) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT 1 FROM alert_source WHERE alert = $1 AND role = 'source'"
                             " AND is_cause = 0 AND left_at IS NULL LIMIT 1",
                             alert));
  return !rows.empty();
}

Result<> insert_split(store::Session& sql, uint64_t fingerprint, std::string_view alert,
                      std::string_view by, Time at) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO alert_split (fingerprint, alert, made_by, made)"
               " VALUES ($1, $2, $3, $4) ON CONFLICT (fingerprint) DO NOTHING",
               to_column(fingerprint), alert, by, at));
  return {};
}

Result<> delete_split(store::Session& sql, uint64_t fingerprint) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM alert_split WHERE fingerprint = $1", to_column(fingerprint)));
  return {};
}

Result<bool> is_split(store::Session& sql, uint64_t fingerprint) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT 1 FROM alert_split WHERE fingerprint = $1",
                                              to_column(fingerprint)));
  return !rows.empty();
}

Result<> put_verdict(store::Session& sql, uint64_t fingerprint, const GateVerdict& verdict,
                     Time at) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO gate_verdict (fingerprint, decision, mode, reasons, judged)"
               " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (fingerprint) DO UPDATE SET"
               " decision = excluded.decision, mode = excluded.mode, reasons = excluded.reasons,"
               " judged = excluded.judged",
               to_column(fingerprint), name_of(verdict.decision), name_of(verdict.mode),
               reasons_text(verdict), at));
  return {};
}

Result<> delete_verdict(store::Session& sql, uint64_t fingerprint) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM gate_verdict WHERE fingerprint = $1", to_column(fingerprint)));
  return {};
}

Result<std::optional<GateVerdict>> read_verdict(store::Session& sql, uint64_t fingerprint) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT decision, mode, reasons FROM gate_verdict WHERE fingerprint = $1",
                to_column(fingerprint)));
  if (rows.empty()) return std::nullopt;
  GateVerdict verdict;
  for (const Decision decision : {Decision::kPage, Decision::kTicket, Decision::kDashboard}) {
    if (name_of(decision) == rows.front().text(0)) verdict.decision = decision;
  }
  verdict.mode = rows.front().text(1) == name_of(catalog::PageGate::kEnforce)
                     ? catalog::PageGate::kEnforce
                     : catalog::PageGate::kObserve;
  ASSIGN_OR_RETURN(const auto names, read_names(rows.front().text(2)));
  for (const std::string& name : names) {
    if (const auto reason = parse_reason(name)) verdict.reasons.push_back(*reason);
  }
  return verdict;
}

}  // namespace tocsin::alert
