#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "slo/budget.h"
#include "slo/objective.h"

namespace tocsin::slo {

// An objective as a screen shows it. Plain values, taken at one moment.

enum class ObjectiveState { kOk, kBurning, kExhausted, kNoData };
std::string_view name_of(ObjectiveState state);  // "ok", "burning", "exhausted", "no_data"

enum class TierShown { kClear, kFiring, kTooFewEvents, kNoData };
std::string_view name_of(TierShown state);  // "clear", "firing", "too_few_events", "no_data"

struct TierView {
  const Tier* tier = nullptr;  // of ObjectiveView::objective
  TierShown state = TierShown::kClear;
  double nearness = 0;  // 1: at the threshold
  Evidence evidence;
};

struct ObjectiveView {
  std::shared_ptr<const Objective> objective;
  ObjectiveState state = ObjectiveState::kOk;
  Counts last_5m;
  Budget budget;
  std::vector<TierView> tiers;
  std::optional<Time> last_sample_at;
};

// The few numbers that move; see ObjectivePulse in api/openapi.yaml.
struct Pulse {
  std::shared_ptr<const Objective> objective;
  ObjectiveState state = ObjectiveState::kOk;
  std::optional<double> budget_left;  // as Budget::left
  std::string budget_too_early;       // why there is none
  double burn_now = 0;
  Counts last_5m;
};

}  // namespace tocsin::slo
