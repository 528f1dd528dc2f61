#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/counter_series.h"
#include "telemetry/signal.h"

namespace tocsin::telemetry {

inline constexpr std::array<RollupLevel, 3> kRollupLevels{
    RollupLevel::kTenSeconds, RollupLevel::kMinute, RollupLevel::kTenMinutes};

constexpr int64_t width_ms(RollupLevel level) {
  return std::chrono::duration_cast<milliseconds>(width_of(level)).count();
}
constexpr int64_t retention_ms(RollupLevel level) {
  return level == RollupLevel::kTenSeconds ? 6 * 3'600'000LL
         : level == RollupLevel::kMinute   ? 8 * 86'400'000LL
                                           : 400 * 86'400'000LL;
}
// Slots in one stored row: ten minutes, an hour, a day.
constexpr int64_t slots_per_chunk(RollupLevel level) {
  return level == RollupLevel::kTenMinutes ? 144 : 60;
}
// A gap between two samples that is longer than two slots of ten seconds is spread.
inline constexpr int64_t kPointMs = 20'000;

constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Shares the events of (from, to] among slots of `width`: calls add(slot, share) with rising slot
// numbers (start = slot * width) from `first_slot` on. A step no longer than kPointMs belongs to
// the slot of `to`; a longer one is even over time. Whole counts give whole shares, and the shares
// of all slots sum to `count`.
template <class Add>
void spread(const CounterStep& step, int64_t width, int64_t first_slot, Add&& add) {
  const int64_t length = step.to_ms - step.from_ms;
  if (length <= kPointMs) {
    const int64_t slot = floor_div(step.to_ms, width);
    if (slot >= first_slot) add(slot, step.count);
    return;
  }
  const bool is_whole = std::floor(step.count) == step.count && std::abs(step.count) < 9e15;
  const auto until = [&](int64_t boundary) {
    if (boundary >= step.to_ms) return step.count;
    if (boundary <= step.from_ms) return 0.0;
    const double part =
        step.count * (static_cast<double>(boundary - step.from_ms) / static_cast<double>(length));
    return is_whole ? std::floor(part) : part;
  };
  const int64_t last = floor_div(step.to_ms - 1, width);
  int64_t slot = std::max(first_slot, floor_div(step.from_ms, width));
  double before = until(slot * width);
  for (; slot <= last; ++slot) {
    const double now = until((slot + 1) * width);
    add(slot, now - before);
    before = now;
  }
}

// How two values of the same slot become one.
enum class Merge { kAdd, kMax };

// One slot of one stream: two columns in place, further ones (buckets) in `more`.
struct SlotValues {
  int64_t slot = 0;
  std::array<double, 2> head{};
  std::vector<double> more;

  double& column(size_t i) {
    if (i < 2) return head[i];
    if (more.size() <= i - 2) more.resize(i - 1);
    return more[i - 2];
  }
  void merge(const SlotValues& other, Merge how);
};

// Slots of one stream and level in rising order, few at a time: what came since the last flush.
class SlotRun {
 public:
  SlotValues& at(int64_t slot);
  const std::vector<SlotValues>& all() const { return all_; }
  bool empty() const { return all_.empty(); }
  std::vector<SlotValues> take() { return std::exchange(all_, {}); }
  void merge(const std::vector<SlotValues>& slots, Merge how);

 private:
  std::vector<SlotValues> all_;
};

// The bytes of a chunk: u32 columns, then for each slot from the first to the last used one that
// many doubles, little-endian; NaN in the first column: the slot holds nothing. kDataLoss when the
// bytes are damaged.
Result<std::vector<SlotValues>> read_chunk(std::string_view bytes, int64_t first_slot);
std::string write_chunk(const std::vector<SlotValues>& slots, int64_t first_slot);

}  // namespace tocsin::telemetry
