#include "alert/open_problems.h"

#include <algorithm>
#include <set>

#include "alert/alert_store.h"
#include "alert/problem_store.h"

namespace tocsin::alert {
namespace {

constexpr int kMostRead = 1000;

std::string about_of(const Alert& alert) {
  for (const char* name : {"objective", "problem"}) {
    if (const auto found = alert.labels.find(name); found != alert.labels.end()) {
      return found->second;
    }
  }
  return {};
}

// The ids of those that decide about others, whatever their age: all of objectives, which have a
// tier that fires, and for each service one that pages and has a source which is no cause.
Result<store::Rows> deciding_alerts(store::Session& sql) {
  return sql.query(
      "SELECT id FROM alert WHERE state = 'firing'"
      " AND objective IN (SELECT objective FROM alert_tier)"
      " UNION SELECT MAX(id) FROM alert WHERE state = 'firing' AND severity = 'page'"
      " AND id IN (SELECT alert FROM alert_source"
      " WHERE role = 'source' AND is_cause = 0 AND left_at IS NULL) GROUP BY service");
}

Result<> add(store::Session& sql, const std::optional<Alert>& alert,
             std::vector<OpenProblem>& open) {
  if (!alert || alert->state != AlertState::kFiring) return {};
  if (std::ranges::find(open, alert->id, &OpenProblem::id) != open.end()) return {};
  OpenProblem one = problem_of(*alert);
  ASSIGN_OR_RETURN(const bool has_symptom, has_live_symptom(sql, one.id));
  one.is_symptom = one.is_objective || has_symptom;
  open.push_back(std::move(one));
  return {};
}

}  // namespace

bool is_of_objective(const Alert& alert) { return alert.labels.contains("objective"); }

OpenProblem problem_of(const Alert& alert) {
  OpenProblem one;
  one.id = alert.id;
  one.about = about_of(alert);
  const auto name = alert.labels.find("alertname");
  const bool is_blind = name != alert.labels.end() && name->second == "NoData";
  one.is_objective = is_of_objective(alert) && !is_blind;
  one.is_page = alert.severity == slo::Severity::kPage;
  one.service = alert.service;
  one.started = alert.started;
  return one;
}

Result<std::vector<OpenProblem>> open_problems(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto newest, list_alerts(sql, Which::kFiring, kMostRead));
  ASSIGN_OR_RETURN(const auto with_symptoms, alerts_with_symptoms(sql));
  std::vector<OpenProblem> open;
  std::set<std::string> known;
  const auto add_all = [&](const std::vector<Alert>& alerts) {
    for (const Alert& alert : alerts) {
      if (!known.insert(alert.id).second) continue;
      OpenProblem one = problem_of(alert);
      one.is_symptom = one.is_objective || with_symptoms.contains(alert.id);
      open.push_back(std::move(one));
    }
  };
  add_all(newest);
  if (newest.size() < size_t{kMostRead}) return open;
  ASSIGN_OR_RETURN(const auto deciding, deciding_alerts(sql));
  for (const auto& row : deciding) {
    const std::string& id = row.text(0);
    if (known.contains(id)) continue;
    ASSIGN_OR_RETURN(const auto alert, read_alert(sql, id));
    if (alert) add_all({*alert});
  }
  return open;
}

Result<> add_by_id(store::Session& sql, std::string_view id, std::vector<OpenProblem>& open) {
  if (std::ranges::find(open, id, &OpenProblem::id) != open.end()) return {};
  ASSIGN_OR_RETURN(const auto alert, read_alert(sql, id));
  return add(sql, alert, open);
}

Result<> add_by_what(store::Session& sql, std::string_view about, bool is_page,
                     std::vector<OpenProblem>& open) {
  const AlertClass cls = is_page ? AlertClass::kPage : AlertClass::kTicket;
  // The column holds what an alert is about, an objective or not.
  ASSIGN_OR_RETURN(const auto alert,
                   firing_alert(sql, slo::ObjectiveName(std::string(about)), cls));
  return add(sql, alert, open);
}

}  // namespace tocsin::alert
