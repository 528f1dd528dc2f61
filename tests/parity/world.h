#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/time.h"

namespace tocsin::parity {

// One scrape of one instance: the counters of requests that succeeded and that failed. A counter
// that is not there yet is not exposed.
struct Scrape {
  Time at;
  std::string instance;
  double good = 0, bad = 0;
  bool has_bad = true;
};

struct Instance {
  std::string name;
  Duration phase{0};     // of its scrapes
  double share = 1;      // of the traffic
  Duration restarts{0};  // its counters begin anew so often; 0: never
  Duration born{0};      // since the world's begin
};

// A service that both sides watch, as a list of scrapes in order of time.
struct Service {
  std::string name;
  double per_second = 20;
  std::vector<Instance> instances;
  // Share of failures, by seconds since the looked-at hours begin, and the instance's number.
  std::function<double(double since, size_t instance)> ratio;
  bool bad_is_born_late = false;  // the counter of failures appears with the first one
  std::vector<Scrape> scrapes;
};

inline constexpr Duration kScrape = seconds(15);
inline constexpr Duration kHistory = hours(76);  // more than the longest window
inline constexpr Duration kLooked = hours(7);
inline const Time kBegin = from_micros(1'767'571'200'000'000);
inline const Time kLookedFrom = kBegin + kHistory;
inline const Time kEnd = kLookedFrom + kLooked;

// Steady, outage, ramp, resets, several phases, few requests, a late counter. The same every time.
std::vector<Service> make_world();

std::string openmetrics(const std::vector<Service>& services);

}  // namespace tocsin::parity
