#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/alert_rules.h"
#include "store/database.h"

namespace tocsin::alert {

// The rows of alerts and of the tiers that fire. Writes belong to the engine's transactions.

// `about`: the objective, or what posted alerts have in common (correlation.h). Only one alert of a
// class fires for one of them.
Result<> insert_alert(store::Session& sql, std::string_view about, AlertClass cls,
                      const Alert& alert);
Result<> update_alert(store::Session& sql, const Alert& alert);  // all but id, class and start

Result<std::optional<Alert>> read_alert(store::Session& sql, std::string_view id);
Result<std::optional<Alert>> firing_alert(store::Session& sql, const slo::ObjectiveName& objective,
                                          AlertClass cls);
enum class Which { kFiring, kResolved, kAll };
// The firing ones first, newest first.
Result<std::vector<Alert>> list_alerts(store::Session& sql, Which which, int limit);
Result<std::vector<Alert>> alerts_of_incident(store::Session& sql, std::string_view incident);
Result<int64_t> count_firing(store::Session& sql);
// How many alerts of severity page fire and belong to the incident.
Result<int64_t> count_firing_pages(store::Session& sql, std::string_view incident);

// One tier that fires, as the database has it.
struct FiringTier {
  slo::ObjectiveName objective;
  std::string tier;  // "no-data" for an objective without data
  AlertClass cls = AlertClass::kPage;
  Time since;
  Time impact_started;
};
Result<> put_firing_tier(store::Session& sql, const FiringTier& tier);  // keeps an older `since`
Result<> delete_firing_tier(store::Session& sql, const slo::ObjectiveName& objective,
                            std::string_view tier);
Result<std::optional<FiringTier>> read_firing_tier(store::Session& sql,
                                                   const slo::ObjectiveName& objective,
                                                   std::string_view tier);
Result<std::vector<FiringTier>> firing_tiers_of(store::Session& sql,
                                                const slo::ObjectiveName& objective);
Result<std::vector<FiringTier>> all_firing_tiers(store::Session& sql);

}  // namespace tocsin::alert
