#pragma once

#include <vector>

#include "slo/window_table.h"
#include "telemetry/signal.h"

namespace tocsin::slo {

// What a signal's rollups say of the past, as events in order of time: each slot's counts stand in
// the middle of the slot, ten-second slots are split evenly over the two slots of the window table
// that they cover. So a window that is filled from them differs from one that was lived through by
// at most the events of one rollup slot at its edge (10 s for windows up to 6 h, 1 min up to 8 d,
// 10 min beyond).
struct Past {
  std::vector<WindowTable::Event> events;
  std::vector<Duration> widths;  // of the slot that each event stands for
};

// From `from` (at most 400 d ago) to the end, which may lie a little after `now`.
Result<Past> read_past(const telemetry::RollupReader& rollups, const telemetry::SignalName& signal,
                       Time from, Time now);

}  // namespace tocsin::slo
