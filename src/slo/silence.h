#pragma once

#include <optional>

#include "base/time.h"

namespace tocsin::slo {

// Learns how often a signal is heard and says when it has been silent for too long: after five of
// its usual intervals, at least 60 s. The interval is the longest recent gap between samples; it
// falls by a second in 32 s, and one long gap raises it at most to the patience of that moment, so
// that an outage of the measuring does not blunt the next alarm for long. Nothing is said before
// kLeastSamples samples: what never spoke cannot fall silent.
class Silence {
 public:
  static constexpr int kLeastSamples = 10;
  static constexpr Duration kLeastPatience = seconds(60);
  static constexpr int kIntervals = 5;
  static constexpr Duration kLongestPatience = hours(24);

  // A sample with the time `at` came at `arrived`. Only samples newer than all before count.
  void heard(Time at, Time arrived);
  // Silence is counted from `now` at the earliest: what came while we were down has not been
  // missed.
  void begin(Time now);

  Duration patience() const;
  // When it becomes silent if nothing comes; nothing: not known well enough.
  std::optional<Time> deadline() const;
  bool is_silent(Time now) const;

  std::optional<Time> last_at() const { return last_at_; }  // the newest sample's own time
  Time last_arrived() const { return last_arrived_; }

 private:
  Duration interval_{0};
  std::optional<Time> last_at_;
  Time last_arrived_;
  int samples_ = 0;
};

}  // namespace tocsin::slo
