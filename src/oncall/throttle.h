#pragma once

#include "base/time.h"

namespace tocsin::oncall {

// In a storm one person gets a few messages at once, the first of each service among them, and then
// one message that tells of all the others. Nobody else's storm counts: there is no cap on what
// leaves the house.
inline constexpr Duration kStormWindow = seconds(30);
inline constexpr int kFewAtOnce = 3;  // of any services, in a window
inline constexpr int kServicesAtOnce =
    10;  // in a window, as long as each is the first of its service
// What comes at the same moment goes into one bundle.
inline constexpr Duration kGather = seconds(2);

// What began for one person within the last kStormWindow.
struct Recent {
  int calls = 0;
  int of_service = 0;  // of these, for the service of the page that is to be rung
};

inline bool goes_at_once(const Recent& recent) {
  return recent.calls < kFewAtOnce || (recent.of_service == 0 && recent.calls < kServicesAtOnce);
}

}  // namespace tocsin::oncall
