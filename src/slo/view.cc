#include "slo/view.h"

#include "base/result.h"

namespace tocsin::slo {

std::string_view name_of(ObjectiveState state) {
  switch (state) {
    case ObjectiveState::kOk: return "ok";
    case ObjectiveState::kBurning: return "burning";
    case ObjectiveState::kExhausted: return "exhausted";
    case ObjectiveState::kNoData: return "no_data";
  }
  bug("unknown state of an objective");
}

std::string_view name_of(TierShown state) {
  switch (state) {
    case TierShown::kClear: return "clear";
    case TierShown::kFiring: return "firing";
    case TierShown::kTooFewEvents: return "too_few_events";
    case TierShown::kNoData: return "no_data";
  }
  bug("unknown state of a tier");
}

}  // namespace tocsin::slo
