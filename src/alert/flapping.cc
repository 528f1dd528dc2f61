#include "alert/flapping.h"

#include <bit>

namespace tocsin::alert {
namespace {

constexpr uint32_t kAllSlots = (uint32_t{1} << kFlapSlots) - 1;

int64_t slot_of(Time at, Duration slot) { return to_micros(at) / slot.count(); }

Flapping moved_to(Flapping flapping, int64_t newest) {
  if (newest <= flapping.newest) return flapping;
  const int64_t by = newest - flapping.newest;
  flapping.changes = by >= kFlapSlots ? 0 : (flapping.changes << by) & kAllSlots;
  flapping.newest = newest;
  return flapping;
}

Flapping settled(Flapping flapping, const FlapRules& rules) {
  if (flapping.since && share_of(flapping) < rules.low) flapping.since.reset();
  return flapping;
}

}  // namespace

// Whole weights, so that a share that is equal to a mark is so exactly: 190 times the ones above.
double share_of(const Flapping& flapping) {
  constexpr int kNewest = 228;
  constexpr int kStep = 4;
  constexpr int kAll = kFlapSlots * (2 * kNewest - kStep * (kFlapSlots - 1)) / 2;
  int changed = 0;
  for (int i = 0; i < kFlapSlots; ++i) {
    if ((flapping.changes >> i) & 1) changed += kNewest - kStep * i;
  }
  return static_cast<double>(changed) / kAll;
}

Flapping after_change(Flapping flapping, Time at, const FlapRules& rules) {
  if (rules.slot <= Duration(0)) return {};
  flapping = settled(moved_to(flapping, slot_of(at, rules.slot)), rules);
  flapping.changes |= 1;
  if (!flapping.since && share_of(flapping) >= rules.high) flapping.since = at;
  return flapping;
}

Flapping at_time(Flapping flapping, Time now, const FlapRules& rules) {
  if (rules.slot <= Duration(0)) return {};
  return settled(moved_to(flapping, slot_of(now, rules.slot)), rules);
}

std::optional<Flaps> flaps(const Flapping& flapping, Time now, const FlapRules& rules) {
  if (!flapping.since) return std::nullopt;
  const Flapping current = at_time(flapping, now, rules);
  if (!current.since) return std::nullopt;
  return Flaps{*current.since, std::popcount(current.changes)};
}

std::optional<Time> steady_at(const Flapping& flapping, const FlapRules& rules) {
  if (!flapping.since || rules.slot <= Duration(0)) return std::nullopt;
  for (int64_t newest = flapping.newest;; ++newest) {
    if (share_of(moved_to(flapping, newest)) >= rules.low) continue;
    return Time(rules.slot * newest);
  }
}

}  // namespace tocsin::alert
