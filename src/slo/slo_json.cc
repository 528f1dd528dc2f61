#include "slo/slo_json.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace tocsin::slo {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

struct Number {
  std::string_view name;
  double Evidence::* field;
};
constexpr Number kNumbers[] = {
    {"bad_short", &Evidence::bad_short},
    {"total_short", &Evidence::total_short},
    {"bad_long", &Evidence::bad_long},
    {"total_long", &Evidence::total_long},
    {"burn_short", &Evidence::burn_short},
    {"burn_long", &Evidence::burn_long},
    {"threshold", &Evidence::threshold},
    {"failed_since_start", &Evidence::failed_since_start},
    {"total_since_start", &Evidence::total_since_start},
};

double finite(double value) { return std::isfinite(value) ? value : 0; }

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(finite(*value)) : Json(nullptr);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

JsonObject tier_json(const TierView& view) {
  const Tier& tier = *view.tier;
  const bool is_fast = tier.kind == Tier::Kind::kFast;
  JsonObject json{{"name", tier.name},
                  {"severity", tier.severity == Severity::kPage ? "page" : "ticket"},
                  {"kind", is_fast ? "fast" : "burn"},
                  {"state", name_of(view.state)},
                  {"nearness", view.nearness},
                  {"evidence", evidence_json(view.evidence)}};
  if (!is_fast) {
    json["long_window_seconds"] = to_seconds(tier.long_window);
    json["short_window_seconds"] = to_seconds(tier.short_window);
  }
  return json;
}

JsonObject budget_json(const Budget& budget) {
  return {{"bad", budget.spent.bad},
          {"total", budget.spent.total},
          {"allowed", budget.allowed},
          {"left", number_or_null(budget.left)},
          {"left_events", number_or_null(budget.left_events)},
          {"too_early", text_or_null(too_early_text(budget))},
          {"seen_seconds", to_seconds(budget.seen)},
          {"burn_now", budget.burn_now},
          {"exhausted_in_seconds",
           budget.exhausted_in ? Json(to_seconds(*budget.exhausted_in)) : Json(nullptr)},
          {"period_start", to_rfc3339(budget.period_start)},
          {"period_end", budget.period_end ? Json(to_rfc3339(*budget.period_end)) : Json(nullptr)}};
}

std::string window_text(const Window& window) {
  if (!window.is_calendar) return fmt::format("{} rolling", to_text(window.length));
  constexpr std::array<std::string_view, 5> kUnits = {"day", "week", "month", "quarter", "year"};
  const std::string_view unit = kUnits[static_cast<size_t>(window.unit)];
  return window.count == 1 ? fmt::format("calendar {} {}", unit, window.zone)
                           : fmt::format("{} calendar {}s {}", window.count, unit, window.zone);
}

JsonObject ratio_json(const Counts& counts) {
  return {{"bad", counts.bad},
          {"total", counts.total},
          {"ratio", counts.total > 0 ? Json(counts.bad / counts.total) : Json(nullptr)}};
}

}  // namespace

JsonObject objective_json(const ObjectiveView& view) {
  const Objective& o = *view.objective;
  JsonArray tiers;
  for (const TierView& tier : view.tiers) tiers.push_back(tier_json(tier));
  return {{"name", o.name.value()},
          {"display_name", o.display_name},
          {"description", o.description},
          {"service", o.service.value()},
          {"signal", o.signal.value()},
          {"target", o.target},
          {"window", window_text(o.window)},
          {"budgeting", o.budgeting == Budgeting::kOccurrences ? "occurrences" : "timeslices"},
          {"state", name_of(view.state)},
          {"error_ratio_5m", ratio_json(view.last_5m)},
          {"budget", budget_json(view.budget)},
          {"tiers", std::move(tiers)},
          {"last_sample_at",
           view.last_sample_at ? Json(to_rfc3339(*view.last_sample_at)) : Json(nullptr)}};
}

JsonObject pulse_json(const Pulse& pulse) {
  return {{"name", pulse.objective->name.value()},
          {"state", name_of(pulse.state)},
          {"budget_left", number_or_null(pulse.budget_left)},
          {"budget_too_early", text_or_null(pulse.budget_too_early)},
          {"burn_now", finite(pulse.burn_now)},
          {"bad_5m", finite(pulse.last_5m.bad)},
          {"total_5m", finite(pulse.last_5m.total)}};
}

JsonObject evidence_json(const Evidence& evidence) {
  JsonObject object;
  for (const Number& number : kNumbers) object[number.name] = finite(evidence.*number.field);
  object["budget_left"] = number_or_null(evidence.budget_left);
  if (evidence.impact_started) object["impact_started_at"] = to_rfc3339(*evidence.impact_started);
  return object;
}

Result<Evidence> read_evidence(const Json& json) {
  const auto damaged =
      fail(Code::kDataLoss, "these are not the numbers of an alert as they are written");
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged;
  Evidence evidence;
  for (const Number& number : kNumbers) {
    const Json* value = object->if_contains(number.name);
    if (value == nullptr || !value->is_number()) return damaged;
    evidence.*number.field = value->to_number<double>();
  }
  const Json* left = object->if_contains("budget_left");
  if (left == nullptr || !(left->is_null() || left->is_number())) return damaged;
  if (left->is_number()) evidence.budget_left = left->to_number<double>();
  if (const Json* at = object->if_contains("impact_started_at")) {
    if (!at->is_string()) return damaged;
    ASSIGN_OR_RETURN(evidence.impact_started, parse_rfc3339(std::string_view(at->get_string())));
  }
  return evidence;
}

}  // namespace tocsin::slo
