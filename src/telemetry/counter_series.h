#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tocsin::telemetry {

// Events that a counter shows: `count` of them happened in (from_ms, to_ms]. With from_ms == to_ms
// they are placed at that moment.
struct CounterStep {
  int64_t from_ms = 0, to_ms = 0;
  double count = 0;
};

// Folds the samples of one monotonic counter into steps.
//
// The rule. Let S be the samples known, in order of their times. The count of the series is the sum
// of inc(a, b) over neighbours of S, where inc(a, b) = b - a, or b when b < a (the counter was
// reset). A sample that is newer than all others adds one pair. A late one, between a and b, adds
// inc(a, x) + inc(x, b) - inc(a, b), which is zero unless it shows a reset that was hidden, and
// never negative. So the count depends on which samples came and not on their order; each event is
// counted once; the same sample again changes nothing. Events that were counted already stay where
// they were placed; those that a late sample adds are placed at its own time.
//
// The last kMemory samples are kept to find a late sample's neighbours. A sample older than those,
// or more than an hour behind the newest, cannot be placed and counts nothing.
//
// Pure; used by one thread at a time.
class CounterSeries {
 public:
  static constexpr size_t kMemory = 8;
  static constexpr int64_t kLatestMs = 3'600'000;

  enum class Taken { kCounted, kFirst, kDuplicate, kTooLate };
  struct Outcome {
    Taken taken = Taken::kCounted;
    CounterStep step;  // count may be 0
  };

  // How the first sample is taken. A series that was born while its target was already watched
  // began at zero: its first value is events since the target's sample before, `since_ms`. Else the
  // first value is where counting begins.
  struct Birth {
    int64_t since_ms = 0;
  };

  // `v` must be finite and not negative. `start_ms`, when not 0, says when the counter began: if
  // that is after the last sample, it was reset even if its value did not fall.
  Outcome add(int64_t t_ms, double v, int64_t start_ms, const std::optional<Birth>& birth);

  bool is_empty() const { return size_ == 0; }
  int64_t last_ms() const { return known_[size_ - 1].t_ms; }
  double last_value() const { return known_[size_ - 1].v; }

  // What survives a restart: the newest sample. Late samples from before it count nothing.
  static CounterSeries restored(int64_t t_ms, double v);

 private:
  struct Known {
    int64_t t_ms = 0;
    double v = 0;
  };
  // What stands before the oldest known sample.
  enum class Before { kForgotten, kNothing, kZero };

  Outcome add_late(int64_t t_ms, double v);
  void insert(size_t at, Known sample);

  std::array<Known, kMemory> known_{};
  uint8_t size_ = 0;
  Before before_ = Before::kNothing;
};

}  // namespace tocsin::telemetry
