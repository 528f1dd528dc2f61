#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tocsin::alert {

// When an alert that fires and resolves again and again is held rather than told (docs/problems.md,
// Flapping). Time is cut into slots; a slot counts as changed when the alert fired or resolved in
// it. The weighted share of changed slots among the last kFlapSlots is compared with two marks, so
// that it neither starts nor stops at every change (Nagios Core, state flapping).
struct FlapRules {
  Duration slot = std::chrono::minutes(2);  // 0: nothing flaps
  double high = 0.30;                       // flaps from here on ...
  double low = 0.15;                        // ... until it is below this
};
inline constexpr int kFlapSlots = 20;

// The changes of one alert. A value; kept in its row.
struct Flapping {
  uint32_t changes = 0;       // bit 0 is the newest slot
  int64_t newest = 0;         // its number: floor(time / slot)
  std::optional<Time> since;  // it flaps since
  bool operator==(const Flapping&) const = default;
};

// From 0 to 1: the share of changed slots. The newest weighs 1.2, the oldest 0.8, evenly between.
double share_of(const Flapping& flapping);

// As it is when it has fired or resolved at `at`. A clock that was set back changes the newest
// slot.
Flapping after_change(Flapping flapping, Time at, const FlapRules& rules);
// As it is at `now` if nothing has happened since: it may flap no longer.
Flapping at_time(Flapping flapping, Time now, const FlapRules& rules);

// Since when it flaps and how often it has changed, at `now`; nothing when it does not.
struct Flaps {
  Time since;
  int changes = 0;  // slots with a change within the window
};
std::optional<Flaps> flaps(const Flapping& flapping, Time now, const FlapRules& rules);
// When it will flap no longer if nothing more happens; nothing when it does not flap.
std::optional<Time> steady_at(const Flapping& flapping, const FlapRules& rules);

}  // namespace tocsin::alert
