#pragma once

#include "codec/fields.h"
#include "slo/objective.h"

namespace tocsin::slo {

// An SLO's spec.timeWindow; 30 days rolling where there is none. Problems are reported there.
Window read_time_window(codec::Fields& spec);

}  // namespace tocsin::slo
