#pragma once

#include <cstdint>
#include <vector>

#include "telemetry/increment_batch.h"

namespace tocsin::telemetry {

// A ratio may be made of two counters that arrive in different requests: good events here, all
// events there. Told one by one, the total alone would look like a total outage for a moment. So
// what one side shows is held back from listeners until the other side is known up to the same
// time. If the other side stays away for a minute of sample time, what is held is told all the
// same, except where a side that was never seen means that the signal is not measured at all.
//
// One Pair joins the two sides of a signal within one target, or of one histogram. Pure.
class PairHold {
 public:
  enum class Side : uint8_t { kPart, kTotal };  // kPart: good or bad events
  static constexpr int64_t kPatienceMs = 60'000;

  // `needs_part`: total alone says nothing (latency, good/total). With bad/total, total is told at
  // once and only bad waits. `must_see_part`: never tell total before a part was seen (latency: the
  // bound may not be one of the histogram's).
  uint32_t make_pair(SignalIndex signal, bool needs_part, bool must_see_part);
  void hold(uint32_t pair, Side side, const CounterStep& step, double bad, double total);
  // Moves what may be told to `out`.
  void release(IncrementBatch& out);
  // Tells all that is measured and forgets the pairs: before the signals change.
  void dissolve(IncrementBatch& out);
  size_t held() const;

 private:
  struct Held {
    Side side;
    CounterStep step;
    double bad, total;
  };
  struct Pair {
    SignalIndex signal = 0;
    bool needs_part = true, must_see_part = false, is_touched = false;
    int64_t seen_ms[2] = {INT64_MIN, INT64_MIN};
    std::vector<Held> held;
  };
  bool may_tell(const Pair& pair, const Held& held) const;

  std::vector<Pair> pairs_;
  std::vector<uint32_t> touched_;
};

}  // namespace tocsin::telemetry
