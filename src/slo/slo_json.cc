#include "slo/slo_json.h"

#include <fmt/format.h>

#include <array>

namespace tocsin::slo {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

JsonObject evidence_json(const Evidence& e) {
  return {{"bad_short", e.bad_short},
          {"total_short", e.total_short},
          {"bad_long", e.bad_long},
          {"total_long", e.total_long},
          {"burn_short", e.burn_short},
          {"burn_long", e.burn_long},
          {"threshold", e.threshold},
          {"budget_left", e.budget_left},
          {"failed_since_start", e.failed_since_start},
          {"total_since_start", e.total_since_start}};
}

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
          {"left", budget.left},
          {"left_events", budget.left_events},
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
  return {{"name", pulse.objective->name.value()}, {"state", name_of(pulse.state)},
          {"budget_left", pulse.budget_left},      {"burn_now", pulse.burn_now},
          {"bad_5m", pulse.last_5m.bad},           {"total_5m", pulse.last_5m.total}};
}

}  // namespace tocsin::slo
