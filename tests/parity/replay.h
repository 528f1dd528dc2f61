#pragma once

#include <map>
#include <string>
#include <vector>

#include "parity/world.h"
#include "slo/slo_book.h"

namespace tocsin::parity {

// What Tocsin made of a service's samples.
struct Ours {
  // Bad and total of a window by its length, at each step of kScrape.
  std::map<Duration, std::map<Time, slo::Counts>> windows;
  std::vector<slo::TierChange> changes;
};

// Gives the scrapes to the real room `telemetry`, as they would come, and watches the standard
// tiers at 99.9% over 30 days.
Ours replay(const Service& service);

}  // namespace tocsin::parity
