#pragma once

#include <optional>
#include <string>

#include "slo/objective.h"
#include "slo/window_table.h"

namespace tocsin::slo {

// What is left of the promise. Events are requests, or slices where the objective counts slices.
//
// The budget of a period is known when its traffic is. Of a period of which little has been seen
// (the objective is new, the calendar month has just begun) the allowance is that of the traffic so
// far, and the first failures are many times as much: five minutes of a total outage in the first
// two hours would be "overspent by 4,000%" at 99.9%, and are 12% of the month's budget. So nothing
// is said of what is left before kLeastSeen of the period has been seen; from then on a share errs
// by a factor of four at most, if the traffic stays as it is, and less every day. A quarter of the
// usual 30 days holds each day of the week.
inline constexpr double kLeastSeen = 0.25;

struct Budget {
  Counts spent;        // bad and total of the period so far
  double allowed = 0;  // bad events that the target allows at this total
  // Share of `allowed` that is left, negative when overspent, and allowed - bad. Nothing: it is too
  // early to judge.
  std::optional<double> left;
  std::optional<double> left_events;
  double burn_now = 0;  // of the last hour
  // At the burn of now; 0: it is; nothing: never, or it is too early to judge.
  std::optional<Duration> exhausted_in;
  Duration seen{0};    // of the period
  Duration length{0};  // of the period
  Time period_start;
  std::optional<Time> period_end;  // calendar windows only
};

struct BudgetInput {
  double target = 0.999;
  Counts in_period;
  Counts in_last_hour;
  Time now;
  Time first_seen;  // of the signal's first event; now if there was none
  Time period_start;
  std::optional<Time> period_end;
  Duration rolling{0};  // the window's length when there is no period_end
};

// Time to exhaustion: rolling, left x length / burn (what falls out of the window on its far side
// is not foreseen). Calendar: the failures left, divided by how much faster failures come than the
// allowance grows with traffic; nothing when that is after the period's end.
Budget budget_of(const BudgetInput& input);

// "too early to judge: 2h of 30d seen"; empty when it is not.
std::string too_early_text(const Budget& budget);

}  // namespace tocsin::slo
