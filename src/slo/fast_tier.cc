#include "slo/fast_tier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "slo/burn.h"
#include "slo/enough.h"

namespace tocsin::slo {
namespace {

using Slot = WindowTable::Slot;

// Instances are scraped at moments of their own. Within a group of this length each one has its say
// once, at scrape intervals up to 15 s; so a group's ratio is the service's, not one instance's.
constexpr size_t kGroup = seconds(15) / WindowTable::kSlot;
// A longer silence between two groups is missing data, not one long scrape interval.
constexpr size_t kLongestGap = seconds(60) / WindowTable::kSlot;

bool has_events(const Slot& slot) { return slot.counts.total > 0; }

// Outage seconds: each group's ratio times the time that its events speak for, which reaches back
// to the group before it.
double outage_seconds(std::span<const Slot> slots) {
  double sum = 0;
  size_t i = 0;
  while (i < slots.size()) {
    Counts group;
    size_t end = std::min(i + kGroup, slots.size());
    for (size_t k = i; k < end; ++k) group += slots[k].counts;
    while (end < slots.size() && !has_events(slots[end]) && end - i < kLongestGap) ++end;
    const bool reaches_the_edge = end == slots.size();
    const size_t length = reaches_the_edge ? std::min(end - i, kGroup) : end - i;
    sum += group.ratio() * to_seconds(WindowTable::kSlot) * static_cast<double>(length);
    i = end;
  }
  return sum;
}

// The ratio of the next piece of at least `least` slots that holds events; moves `i` behind it.
double next_ratio(std::span<const Slot> slots, size_t& i, size_t least) {
  Counts piece;
  const size_t begin = i;
  while (i < slots.size() && (i - begin < least || piece.total <= 0)) piece += slots[i++].counts;
  return piece.ratio();
}

// What held for two scrapes: the smaller ratio of the newest piece and the one before it. Pieces of
// single slots are quick where all instances are scraped at once; pieces of a group's length are
// right where they are scraped one after the other. Both err to the low side, so the larger one
// counts.
double held_ratio(std::span<const Slot> slots) {
  size_t i = 0;
  const double newest = next_ratio(slots, i, 1);
  const double quick = std::min(newest, next_ratio(slots, i, kGroup - 1));
  i = 0;
  const double group = next_ratio(slots, i, kGroup);
  return std::max(quick, std::min(group, next_ratio(slots, i, kGroup)));
}

double needed_seconds(const Tier& tier, double target, Duration period) {
  return tier.budget_fraction * budget_seconds(target, period);
}

}  // namespace

Tier fast_tier(double target, Duration period) {
  // A total outage always reaches this share after kLeastSpent, also where 2% would be more.
  const double outage = to_seconds(kTimeToAct + kLeastSpent) / budget_seconds(target, period);
  return Tier{.name = "fast",
              .kind = Tier::Kind::kFast,
              .severity = Severity::kPage,
              .budget_fraction = std::min(kUsualFastFraction, outage)};
}

double least_fast_ratio(const Tier& tier, double target, Duration period) {
  const double lookback = to_seconds(kFastLookback);
  return std::max(needed_seconds(tier, target, period) / (lookback + to_seconds(kTimeToAct)),
                  to_seconds(kLeastSpent) / lookback);
}

std::optional<Duration> fast_detection_time(const Tier& tier, double target, Duration period,
                                            double ratio) {
  if (ratio < least_fast_ratio(tier, target, period)) return std::nullopt;
  const double spent = to_seconds(kLeastSpent) / ratio;
  const double share = needed_seconds(tier, target, period) / ratio - to_seconds(kTimeToAct);
  return from_seconds(std::max(spent, share));
}

std::optional<std::string> why_useless_fast(const Tier& tier, double target, Duration period) {
  if (least_fast_ratio(tier, target, period) <= 1) return std::nullopt;
  const double most = to_seconds(kFastLookback + kTimeToAct) / budget_seconds(target, period);
  return fmt::format(
      "tier '{}' can never fire: even a total outage costs only {:.4g} of the budget until a "
      "person "
      "can act, and the tier wants {:.4g}; use a budget fraction of at most {:.4g}",
      tier.name, most, tier.budget_fraction, most);
}

FastReading read_fast(const Tier& tier, double target, Duration period,
                      std::span<const Slot> newest_first) {
  FastReading reading;
  const size_t recent = std::min(newest_first.size(), 2 * kGroup + 1);
  for (const Slot& slot : newest_first) reading.lookback += slot.counts;
  for (const Slot& slot : newest_first.first(recent)) reading.recent += slot.counts;
  const auto newest = std::find_if(newest_first.begin(), newest_first.end(), has_events);
  const auto slots = newest_first.subspan(static_cast<size_t>(newest - newest_first.begin()));
  reading.spent = outage_seconds(slots);
  reading.present = held_ratio(slots);
  reading.needed = needed_seconds(tier, target, period);

  const double least = to_seconds(kLeastSpent);
  const double at_last = reading.spent + reading.present * to_seconds(kTimeToAct);
  reading.nearness = std::min(at_last / reading.needed, reading.spent / least);
  const double of_all = reading.lookback.ratio() * to_seconds(kFastLookback);
  constexpr double kRounding = 1e-9;
  const bool is_going_on = reading.present >= least_fast_ratio(tier, target, period) / 2;
  const bool holds = reading.nearness >= 1 - kRounding && is_going_on && of_all >= least / 2;
  const bool is_plenty = is_enough(reading.lookback, target, kLeastFailures);
  reading.is_met = holds && is_plenty;
  reading.is_too_few = holds && !is_plenty;
  return reading;
}

FastReading read_fast(const Tier& tier, double target, Duration period, const WindowTable& table,
                      uint32_t column) {
  std::array<Slot, kFastSlots> slots;
  table.newest_slots(column, slots);
  return read_fast(tier, target, period, slots);
}

}  // namespace tocsin::slo
