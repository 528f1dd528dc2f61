#pragma once

#include <string>

#include "base/time.h"

namespace tocsin::alert {

// Numbers as somebody who was woken reads them. Not for machines: these round.

std::string in_thousands(double count);  // 1204.0 is "1,204"; below 10 with one decimal if needed
// 0.38 is "38%", 0.004 is "0.4%", 0.99996 is "99.99%": never "0%" or "100%" unless it is so.
std::string percent(double share);
std::string times(double factor);  // 380.2 is "380x", 14.42 is "14.4x"
// "12:03 UTC" on the day of `now`, else "2026-01-04 12:03 UTC".
std::string moment(Time at, Time now);

}  // namespace tocsin::alert
