#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "house.h"

namespace tocsin::simulation {

// One random life of an installation, repeatable from its seed: services and people, objectives
// that burn and calm down, alerts that others post, providers that fail, a database that refuses,
// clocks that are set, and crashes; then everything is mended, watched, and brought to rest.
struct Report {
  uint64_t seed = 0;
  std::vector<std::string> findings;  // empty: all promises were kept
  int commits = 0, crashes = 0, incidents = 0, pages = 0, arrivals = 0, faults = 0;
  int posts = 0, notifications = 0;  // accepted alerts; messages to receivers
  std::vector<std::string> story;    // what was done, for a person who replays it
};

// How the wall clock is set: by up to an hour while the process runs, or by up to half a day,
// mostly while it is down.
enum class Clocks { kOrdinary, kWild };

Report run(uint64_t seed, Clocks clocks = Clocks::kOrdinary, Posts posts = Posts::kMany);

}  // namespace tocsin::simulation
