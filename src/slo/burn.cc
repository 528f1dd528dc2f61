#include "slo/burn.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "slo/fast_tier.h"
#include "slo/window_table.h"

namespace tocsin::slo {
namespace {

struct Row {
  const char* name;
  Severity severity;
  double budget_fraction;
  Duration long_window;
};

// Table 5-8 of the workbook with the fourth row of its worked rule.
constexpr std::array kRows{
    Row{"page-1h", Severity::kPage, 0.02, hours(1)},
    Row{"page-6h", Severity::kPage, 0.05, hours(6)},
    Row{"ticket-1d", Severity::kTicket, 0.10, hours(24)},
    Row{"ticket-3d", Severity::kTicket, 0.10, hours(72)},
};
constexpr double kLeastDefaultBurn = 0.9;
constexpr double kUsualPageBurn = 14.4;

Tier tier_of(const Row& row, double burn, double fraction) {
  return Tier{.name = row.name,
              .kind = Tier::Kind::kBurn,
              .severity = row.severity,
              .long_window = row.long_window,
              .short_window = short_window_for(row.long_window),
              .burn = burn,
              .budget_fraction = fraction};
}

std::optional<std::string> why_useless_burn(const Tier& tier, double target, Duration period) {
  const double ratio = tier.burn * (1 - target);
  if (ratio >= 1) {
    return fmt::format(
        "tier '{}' can never fire: a burn of {:.4g} on a target of {:.6g} needs an error ratio of "
        "{:.4g}, and no ratio passes 1; use a burn below {:.4g}",
        tier.name, tier.burn, target, ratio, 1 / (1 - target));
  }
  if (tier.short_window >= tier.long_window) {
    return fmt::format("tier '{}': the short window {} is not shorter than the long one {}; use {}",
                       tier.name, to_text(tier.short_window), to_text(tier.long_window),
                       to_text(short_window_for(tier.long_window)));
  }
  if (tier.short_window < WindowTable::kShortestWindow) {
    return fmt::format("tier '{}': the short window {} is shorter than {}, the shortest we keep",
                       tier.name, to_text(tier.short_window),
                       to_text(WindowTable::kShortestWindow));
  }
  if (tier.long_window > period) {
    return fmt::format("tier '{}': the long window {} is longer than the objective's period {}",
                       tier.name, to_text(tier.long_window), to_text(period));
  }
  if (tier.long_window > WindowTable::kLongestWindow) {
    return fmt::format("tier '{}': the long window {} is longer than {}, the longest we keep",
                       tier.name, to_text(tier.long_window), to_text(WindowTable::kLongestWindow));
  }
  return std::nullopt;
}

}  // namespace

double burn_for(double budget_fraction, Duration period, Duration window) {
  return budget_fraction * to_seconds(period) / to_seconds(window);
}

double fraction_for(double burn, Duration period, Duration window) {
  return burn * to_seconds(window) / to_seconds(period);
}

Duration period_of(const Window& window) {
  if (!window.is_calendar) return window.length;
  switch (window.unit) {
    case Window::Unit::kDay: return days(1) * window.count;
    case Window::Unit::kWeek: return days(7) * window.count;
    case Window::Unit::kMonth: return days(30) * window.count;
    case Window::Unit::kQuarter: return days(91) * window.count;
    case Window::Unit::kYear: return days(365) * window.count;
  }
  bug("unknown unit of a calendar window");
}

Duration longest_period_of(const Window& window) {
  if (!window.is_calendar) return window.length;
  Duration days_more(0);
  if (window.unit == Window::Unit::kMonth) days_more = days(window.count);
  if (window.unit == Window::Unit::kQuarter) days_more = days(window.count);
  if (window.unit == Window::Unit::kYear) days_more = days((window.count + 3) / 4);
  return period_of(window) + days_more + hours(1);
}

Duration short_window_for(Duration long_window) { return long_window / 12; }

double budget_seconds(double target, Duration period) { return (1 - target) * to_seconds(period); }

std::vector<Tier> default_tiers(double target, Duration period) {
  std::vector<Tier> tiers{fast_tier(target, period)};
  for (const Row& row : kRows) {
    if (row.long_window > period) continue;
    const Tier tier =
        tier_of(row, burn_for(row.budget_fraction, period, row.long_window), row.budget_fraction);
    if (tier.burn >= kLeastDefaultBurn && !why_useless(tier, target, period)) tiers.push_back(tier);
  }
  if (tiers.size() == 1) {
    const Tier usual =
        tier_of(kRows[0], kUsualPageBurn,
                std::min(1.0, fraction_for(kUsualPageBurn, period, kRows[0].long_window)));
    if (!why_useless(usual, target, period)) tiers.push_back(usual);
  }
  return tiers;
}

std::optional<std::string> why_useless(const Tier& tier, double target, Duration period) {
  return tier.kind == Tier::Kind::kFast ? why_useless_fast(tier, target, period)
                                        : why_useless_burn(tier, target, period);
}

}  // namespace tocsin::slo
