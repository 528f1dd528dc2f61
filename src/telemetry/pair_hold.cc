#include "telemetry/pair_hold.h"

#include <algorithm>

namespace tocsin::telemetry {

uint32_t PairHold::make_pair(SignalIndex signal, Kind kind) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(pairs_.size()));
    pairs_.emplace_back();
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  pairs_[index] = {.signal = signal, .kind = kind};
  return index;
}

void PairHold::mark(uint32_t index, Side side, int64_t t_ms) {
  Pair& pair = pairs_[index];
  int64_t& seen = pair.seen_ms[static_cast<size_t>(side)];
  seen = std::max(seen, t_ms);
  if (pair.is_touched) return;
  pair.is_touched = true;
  touched_.push_back(index);
}

void PairHold::hold(uint32_t index, Side side, const CounterStep& step, double bad, double total) {
  mark(index, side, step.to_ms);
  pairs_[index].held.push_back({side, step, bad, total});
}

bool PairHold::may_tell(const Pair& pair, const Held& held) const {
  const auto mine = static_cast<size_t>(held.side);
  const int64_t other = pair.seen_ms[1 - mine];
  if (other >= held.step.to_ms) return true;
  if (other == INT64_MIN && held.side == Side::kTotal) {
    return pair.kind == Kind::kBadAndTotal ||
           (pair.kind == Kind::kGoodAndTotal && pair.seen_ms[mine] > held.step.to_ms);
  }
  return pair.seen_ms[mine] - held.step.to_ms >= kPatienceMs;
}

void PairHold::release(IncrementBatch& out) {
  for (const uint32_t index : touched_) {
    Pair& pair = pairs_[index];
    pair.is_touched = false;
    std::erase_if(pair.held, [&](const Held& held) {
      if (!may_tell(pair, held)) {
        // Not measured at all: let it go rather than keep it for ever.
        return pair.seen_ms[static_cast<size_t>(held.side)] - held.step.to_ms >= kPatienceMs;
      }
      out.add(pair.signal, held.step.from_ms, held.step.to_ms, held.bad, held.total);
      return true;
    });
  }
  touched_.clear();
}

void PairHold::dissolve(IncrementBatch& out, const std::function<bool(SignalIndex)>& keeps) {
  for (uint32_t index = 0; index < pairs_.size(); ++index) {
    Pair& pair = pairs_[index];
    if (pair.is_free || keeps(pair.signal)) continue;
    for (const Held& held : pair.held) {
      const int64_t other = pair.seen_ms[1 - static_cast<size_t>(held.side)];
      if (pair.kind == Kind::kLatency && other == INT64_MIN) continue;
      out.add(pair.signal, held.step.from_ms, held.step.to_ms, held.bad, held.total);
    }
    if (pair.is_touched) std::erase(touched_, index);
    pair = {.is_free = true};
    free_.push_back(index);
  }
}

size_t PairHold::held() const {
  size_t n = 0;
  for (const Pair& pair : pairs_) n += pair.held.size();
  return n;
}

}  // namespace tocsin::telemetry
