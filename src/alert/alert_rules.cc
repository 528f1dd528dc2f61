#include "alert/alert_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "alert/numbers.h"
#include "base/text.h"

namespace tocsin::alert {
namespace {

using slo::Evidence;

struct Counts {
  double bad = 0, total = 0;
  double share() const { return total > 0 ? bad / total : 0; }
};

// Since the start of the impact where that is known, else over the short window.
Counts counts_of(const Evidence& e) {
  if (e.total_since_start > 0) return {e.failed_since_start, e.total_since_start};
  return {e.bad_short, e.total_short};
}

std::string service_name(const Setting& setting) {
  if (setting.service == nullptr) return setting.objective.service.value();
  return setting.service->name.empty() ? setting.service->id.value() : setting.service->name;
}

std::string objective_title(const Setting& setting) {
  return setting.objective.display_name.empty() ? setting.objective.name.value()
                                                : setting.objective.display_name;
}

// ", 12% of the budget is left"; nothing while it is too early to judge.
std::string budget_clause(const Evidence& e) {
  if (!e.budget_left) return {};
  if (*e.budget_left < 0)
    return fmt::format(", the budget is overspent by {}", percent(-*e.budget_left));
  return fmt::format(", {} of the budget is left", percent(*e.budget_left));
}

std::string problem_of(const Setting& setting, AlertClass cls) {
  if (cls == AlertClass::kNoData) return "No data about " + objective_title(setting);
  return setting.objective.users_lose.empty() ? objective_title(setting) + " is below its objective"
                                              : setting.objective.users_lose;
}

std::string burning_impact(std::string_view lost, const Evidence& e, Time impact_started, Time at) {
  const Counts counts = counts_of(e);
  const double burn = e.burn_short > 0 ? e.burn_short : e.burn_long;
  return fmt::format("{}: {} of {} requests failed since {} ({}). Burn rate {}{}.", lost,
                     in_thousands(counts.bad), in_thousands(counts.total),
                     moment(impact_started, at), percent(counts.share()), times(burn),
                     budget_clause(e));
}

std::string blind_impact(const Setting& setting, Time since, Time at) {
  return fmt::format(
      "No data about {} since {}: nobody can see whether users are hurt. Look at what sends or "
      "serves its metrics.",
      objective_title(setting), moment(since, at));
}

void describe(Alert& alert, const Setting& setting, AlertClass cls, Time at) {
  if (cls == AlertClass::kNoData) {
    alert.summary =
        fmt::format("{}: no data about {}", service_name(setting), objective_title(setting));
    alert.impact = blind_impact(setting, alert.impact_started, at);
    return;
  }
  const Evidence& e = alert.evidence;
  const Counts now = e.total_short > 0 ? Counts{e.bad_short, e.total_short} : counts_of(e);
  alert.summary =
      fmt::format("{}: {} of requests fail", service_name(setting), percent(now.share()));
  alert.impact = burning_impact(alert.problem, e, alert.impact_started, at);
}

std::vector<catalog::Link> links_of(const Setting& setting) {
  std::vector<catalog::Link> links;
  links.push_back({"Objective", fmt::format("{}/objectives/{}", setting.external_url,
                                            url_encode(setting.objective.name.value()))});
  if (setting.service != nullptr) {
    links.insert(links.end(), setting.service->dashboards.begin(),
                 setting.service->dashboards.end());
  }
  return links;
}

}  // namespace

std::string_view name_of(AlertClass cls) {
  switch (cls) {
    case AlertClass::kPage: return "page";
    case AlertClass::kTicket: return "ticket";
    case AlertClass::kNoData: return kNoDataTier;
  }
  bug("unknown class of alert");
}

std::optional<AlertClass> parse_alert_class(std::string_view text) {
  for (const AlertClass cls : {AlertClass::kPage, AlertClass::kTicket, AlertClass::kNoData}) {
    if (text == name_of(cls)) return cls;
  }
  return std::nullopt;
}

AlertClass class_of(const slo::TierChange& change) {
  if (change.tier == kNoDataTier) return AlertClass::kNoData;
  return change.severity == slo::Severity::kPage ? AlertClass::kPage : AlertClass::kTicket;
}

Verdict verdict_of(const slo::TierChange& change) {
  const bool is_no_data_tier = change.tier == kNoDataTier;
  switch (change.state) {
    case slo::TierState::kClear: return Verdict::kClears;
    case slo::TierState::kFiring: return Verdict::kFires;
    case slo::TierState::kNoData: return is_no_data_tier ? Verdict::kFires : Verdict::kSaysNothing;
  }
  bug("unknown state of a tier");
}

slo::Severity severity_of(AlertClass cls, const catalog::Service* service, slo::Severity declared) {
  switch (cls) {
    case AlertClass::kPage: return slo::Severity::kPage;
    case AlertClass::kTicket: return slo::Severity::kTicket;
    case AlertClass::kNoData:
      return service != nullptr && service->tier == 1 ? slo::Severity::kPage : declared;
  }
  bug("unknown class of alert");
}

Alert make_alert(const Setting& setting, AlertClass cls, const slo::TierChange& change) {
  Alert alert;
  alert.severity = severity_of(cls, setting.service, change.severity);
  alert.labels = {
      {"alertname", cls == AlertClass::kNoData ? "NoData" : "ErrorBudgetBurn"},
      {"objective", change.objective.value()},
      {"service", setting.objective.service.value()},
      {"severity", alert.severity == slo::Severity::kPage ? "page" : "ticket"},
      {"tier", std::string(name_of(cls))},
  };
  alert.fingerprint = fingerprint(alert.labels);
  alert.service = setting.objective.service;
  if (setting.service != nullptr) alert.team = setting.service->team;
  alert.runbook = !setting.objective.runbook.empty() ? setting.objective.runbook
                  : setting.service != nullptr       ? setting.service->runbook
                                                     : "";
  alert.links = links_of(setting);
  alert.problem = problem_of(setting, cls);
  alert.evidence = change.evidence;
  alert.impact_started = std::min(change.evidence.impact_started.value_or(change.at), change.at);
  alert.started = change.at;
  alert.updated = change.at;
  alert.tiers = {change.tier};
  describe(alert, setting, cls, change.at);
  return alert;
}

void refresh(Alert& alert, const Setting& setting, AlertClass cls, const slo::TierChange& change) {
  alert.evidence = change.evidence;
  alert.impact_started =
      std::min(alert.impact_started, change.evidence.impact_started.value_or(alert.impact_started));
  alert.updated = std::max(alert.updated, change.at);
  describe(alert, setting, cls, change.at);
}

void resolve(Alert& alert, AlertClass cls, const Evidence& last, Time at, std::string_view why) {
  Evidence& e = alert.evidence;
  if (last.total_since_start >= e.total_since_start) {
    e.failed_since_start = std::max(e.failed_since_start, last.failed_since_start);
    e.total_since_start = last.total_since_start;
    if (last.total_since_start > 0) e.budget_left = last.budget_left;
  }
  alert.state = AlertState::kResolved;
  alert.ended = std::max(at, alert.started);
  alert.updated = *alert.ended;
  const std::string span = fmt::format("from {} to {}", moment(alert.impact_started, *alert.ended),
                                       moment(*alert.ended, *alert.ended));
  if (!why.empty()) {
    alert.impact = fmt::format("Ended at {}: {}.", moment(*alert.ended, *alert.ended), why);
  } else if (cls == AlertClass::kNoData) {
    alert.impact = fmt::format("Data is back; there was none {}.", span);
  } else {
    const Counts counts = counts_of(e);
    alert.impact =
        fmt::format("Over: {} of {} requests failed {} ({}){}.", in_thousands(counts.bad),
                    in_thousands(counts.total), span, percent(counts.share()), budget_clause(e));
  }
}

}  // namespace tocsin::alert
