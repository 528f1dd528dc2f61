#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slo/objective.h"

namespace tocsin::slo {

// Burn rate: how many times faster than evenly the error budget is spent; 1 spends it exactly in
// the period. Formulas: the SRE workbook, "Alerting on SLOs"
// (https://sre.google/workbook/alerting-on-slos/).

// The burn that spends `budget_fraction` of a period's budget within `window`:
// fraction x period / window. 2% of 30 d in 1 h is 14.4.
double burn_for(double budget_fraction, Duration period, Duration window);

// What a constant `burn` over `window` spends of the period's budget: the inverse of burn_for.
double fraction_for(double burn, Duration period, Duration window);

// The length of a budget's period; a calendar month counts 30 days, a quarter 91, a year 365.
Duration period_of(const Window& window);
// The longest that it can be: months of 31 days, a quarter of 92, a leap year, and the hour that
// clocks go back.
Duration longest_period_of(const Window& window);

// The short window that belongs to a long one: a twelfth of it.
Duration short_window_for(Duration long_window);

// Seconds of total outage that the whole budget of a period pays for.
double budget_seconds(double target, Duration period);

// The tiers of an objective that names none: fast, page-1h, page-6h, ticket-1d, ticket-3d. Left out
// are rows that could never fire (burn x (1 - target) >= 1) and rows that would fire while the
// budget lasts (burn < 0.9, short periods); page-1h at 14.4 stays when no other row does.
std::vector<Tier> default_tiers(double target, Duration period);

// Why a tier cannot work for this objective, with the fix; nothing when it can.
std::optional<std::string> why_useless(const Tier& tier, double target, Duration period);

}  // namespace tocsin::slo
