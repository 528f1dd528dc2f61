#pragma once

#include "run.h"

namespace tocsin::simulation {

// One random night on call, repeatable from its seed: policies with schedules, rounds of a team,
// rooms and several acknowledgements; overrides, swaps and absences while it rings; providers that
// lie; answers from channels; edits; crashes. `faults` of the report counts messages that were said
// not to have arrived.
Report live_night(uint64_t seed);

}  // namespace tocsin::simulation
