#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alert/alert.h"

namespace tocsin::alert {

// What the tiers of one objective have in common: one alert a class. The page tiers (fast, page-1h,
// page-6h) are one problem, the ticket tiers another, and not seeing anything is a third.
enum class AlertClass { kPage, kTicket, kNoData };

std::string_view name_of(AlertClass cls);  // page, ticket, no-data
std::optional<AlertClass> parse_alert_class(std::string_view text);

// The name of the tier that speaks for a whole objective without data (slo/objective.h).
inline constexpr std::string_view kNoDataTier = "no-data";

AlertClass class_of(const slo::TierChange& change);

// What a change means. A burn tier without data says nothing: it neither fires nor resolves.
enum class Verdict { kFires, kClears, kSaysNothing };
Verdict verdict_of(const slo::TierChange& change);

// Having no data is as severe as the objective declares it (`declared`), and being blind on a
// service of tier 1 always pages somebody.
slo::Severity severity_of(AlertClass cls, const catalog::Service* service, slo::Severity declared);

// What an alert is made from besides the change.
struct Setting {
  const slo::Objective& objective;
  const catalog::Service* service = nullptr;  // nullptr: not in the catalog any more
  std::string_view external_url;              // without a final slash
};

// A new alert, without id and incident. `impact_started` is the estimate of the evidence, never
// later than the moment at which the tier fired.
Alert make_alert(const Setting& setting, AlertClass cls, const slo::TierChange& change);

// Newer evidence: numbers and texts of a firing alert. The start of the impact only moves back.
void refresh(Alert& alert, const Setting& setting, AlertClass cls, const slo::TierChange& change);

// It is over: state, end and a text that says what it has cost. The counts only grow.
void resolve(Alert& alert, AlertClass cls, const slo::Evidence& last, Time at,
             std::string_view why);

}  // namespace tocsin::alert
