#pragma once

#include <optional>

#include "slo/objective.h"
#include "slo/window_table.h"

namespace tocsin::slo {

// What is left of the promise. Events are requests, or slices where the objective counts slices.
struct Budget {
  Counts spent;                          // bad and total of the period so far
  double allowed = 0;                    // bad events that the target allows at this total
  double left = 1;                       // share of `allowed` that is left; negative when overspent
  double left_events = 0;                // allowed - bad
  double burn_now = 0;                   // of the last hour
  std::optional<Duration> exhausted_in;  // at the burn of now; 0: it is; nothing: never
  Time period_start;
  std::optional<Time> period_end;  // calendar windows only
};

struct BudgetInput {
  double target = 0.999;
  Counts in_period;
  Counts in_last_hour;
  Time now;
  Time period_start;
  std::optional<Time> period_end;
  Duration rolling{0};  // the window's length when there is no period_end
};

// Time to exhaustion: rolling, left x length / burn (what falls out of the window on its far side
// is not foreseen). Calendar: the failures left, divided by how much faster failures come than the
// allowance grows with traffic; nothing when that is after the period's end.
Budget budget_of(const BudgetInput& input);

}  // namespace tocsin::slo
