#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "telemetry/increment_batch.h"

namespace tocsin::telemetry {

// A ratio may be made of two counters that arrive in different requests: good events here, all
// events there. Told one by one, the total alone would look like a total outage for a moment. So
// what one side shows is held back from listeners until the other side is known up to the same
// time; for at most a minute of sample time, should the other side fall behind.
//
// A side that was never seen may not exist (no request ever succeeded, or ever failed). Then bad
// events wait for nobody's total; total of bad/total is told at once; total of good/total waits for
// its own next sample, because the good events may be on their way; and total of a latency is never
// told, because a histogram without the bound's bucket measures nothing.
//
// One Pair joins the two sides of a signal within one target, or of one histogram. Pure.
class PairHold {
 public:
  enum class Side : uint8_t { kPart, kTotal };  // kPart: good or bad events
  enum class Kind : uint8_t { kBadAndTotal, kGoodAndTotal, kLatency };
  static constexpr int64_t kPatienceMs = 60'000;

  uint32_t make_pair(SignalIndex signal, Kind kind);
  // The side is known up to `t_ms` through a series that needs no holding.
  void mark(uint32_t pair, Side side, int64_t t_ms);
  void hold(uint32_t pair, Side side, const CounterStep& step, double bad, double total);
  // Moves what may be told to `out`.
  void release(IncrementBatch& out);
  // Tells all that is measured of the signals that `keeps` does not keep, and forgets their pairs:
  // before those signals change.
  void dissolve(IncrementBatch& out, const std::function<bool(SignalIndex)>& keeps);
  // Calls `see(step, bad, total)` for all of a signal that is held back.
  template <class See>
  void each_held(SignalIndex signal, See&& see) const {
    for (const Pair& pair : pairs_) {
      if (pair.signal != signal) continue;
      for (const Held& held : pair.held) see(held.step, held.bad, held.total);
    }
  }
  size_t held() const;

 private:
  struct Held {
    Side side;
    CounterStep step;
    double bad, total;
  };
  struct Pair {
    SignalIndex signal = 0;
    Kind kind = Kind::kBadAndTotal;
    bool is_touched = false;
    bool is_free = false;
    int64_t seen_ms[2] = {INT64_MIN, INT64_MIN};
    std::vector<Held> held;
  };
  bool may_tell(const Pair& pair, const Held& held) const;

  std::vector<Pair> pairs_;
  std::vector<uint32_t> free_;  // places of pairs that were forgotten
  std::vector<uint32_t> touched_;
};

}  // namespace tocsin::telemetry
