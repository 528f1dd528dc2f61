#include "slo/budget.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::slo {
namespace {

constexpr Duration kNever = days(3660);

std::optional<Duration> until(double s) {
  if (s > to_seconds(kNever)) return std::nullopt;
  return from_seconds(s);
}

std::optional<Duration> time_to_exhaustion(const Budget& budget, const BudgetInput& input) {
  if (!budget.left || budget.spent.total <= 0) return std::nullopt;
  if (*budget.left <= 0) return Duration(0);
  if (!input.period_end) {
    if (budget.burn_now <= 0) return std::nullopt;
    return until(*budget.left * to_seconds(input.rolling) / budget.burn_now);
  }
  const double growth =
      (input.in_last_hour.bad - (1 - input.target) * input.in_last_hour.total) / 3600;
  if (growth <= 0) return std::nullopt;
  const auto left = until(*budget.left_events / growth);
  if (!left || input.now + *left > *input.period_end) return std::nullopt;
  return left;
}

// As a person says it: in one unit, the part of it left out.
std::string roughly(Duration d) {
  const Duration unit = d >= days(1) ? Duration(days(1)) : d >= hours(1) ? hours(1) : minutes(1);
  return to_text(d / unit * unit);
}

}  // namespace

Budget budget_of(const BudgetInput& input) {
  Budget budget;
  budget.spent = input.in_period;
  budget.allowed = (1 - input.target) * input.in_period.total;
  budget.length = input.period_end ? *input.period_end - input.period_start : input.rolling;
  budget.seen = std::clamp(input.now - std::max(input.first_seen, input.period_start), Duration(0),
                           budget.length);
  if (to_seconds(budget.seen) >= kLeastSeen * to_seconds(budget.length)) {
    budget.left_events = budget.allowed - input.in_period.bad;
    budget.left = budget.allowed > 0 ? *budget.left_events / budget.allowed : 1;
  }
  budget.burn_now = input.in_last_hour.ratio() / (1 - input.target);
  budget.period_start = input.period_start;
  budget.period_end = input.period_end;
  budget.exhausted_in = time_to_exhaustion(budget, input);
  return budget;
}

std::string too_early_text(const Budget& budget) {
  if (budget.left) return {};
  return fmt::format("too early to judge: {} of {} seen", roughly(budget.seen),
                     roughly(budget.length));
}

}  // namespace tocsin::slo
