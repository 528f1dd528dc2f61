#pragma once

#include <vector>

#include "oncall/schedule_spec.h"

namespace tocsin::oncall {

// What a changed document makes of a schedule that is in use. Pure.

// Of a schedule that is new: its layers, from the earliest of their hand-offs on.
Version first_version(const ScheduleSpec& spec);

// The versions of `current` once its document, which said `before`, says `after`. What was before
// `now` stays. A layer whose words did not change goes on as it is. One that changed and says who
// begins (`first`) is taken as it stands, from now on. In any other, who is on call keeps the turn
// until its planned end, and behind them the order goes on as the new list has it:
//   - where the new hand-offs lie at other times, the one that is nearest to the planned end ends
//     the turn, if less than half a turn lies between; else who follows begins at the planned end,
//     with what is left of a turn;
//   - of several who are on call together those stay who are still in the list;
//   - a layer that was renamed is the same layer;
//   - who is not in the list any more hands off now, to whoever came next.
std::vector<Version> next_versions(const Schedule& current, const ScheduleSpec& before,
                                   const ScheduleSpec& after, Time now);

}  // namespace tocsin::oncall
