#pragma once

#include <optional>

#include "catalog/catalog.h"

namespace tocsin::notify {

// Whether what is not urgent may go to this person at `now`, by their quiet hours in their zone.
struct Quiet {
  bool is_quiet = false;
  std::optional<Time> until;  // of is_quiet: when the hours are over; nothing: never
};
Quiet quiet_at(const catalog::Person& person, Time now);

}  // namespace tocsin::notify
