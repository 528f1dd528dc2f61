#include "slo/sweep.h"

#include <algorithm>

#include "slo/fast_tier.h"
#include "slo/tier_state.h"

namespace tocsin::slo {
namespace {

// So many columns are looked at together that their windows stay in the first cache.
constexpr size_t kBlock = 128;
constexpr double kRounding = 1 - 1e-9;

}  // namespace

void Sweep::clear() {
  windows_.clear();
  checks_.clear();
  begin_.clear();
}

uint16_t Sweep::place_of(Duration window) {
  const auto at = std::find(windows_.begin(), windows_.end(), window);
  if (at == windows_.end()) windows_.push_back(window);
  return static_cast<uint16_t>(std::find(windows_.begin(), windows_.end(), window) -
                               windows_.begin());
}

void Sweep::add(uint32_t objective, uint32_t column, double target,
                const std::vector<Tier>& tiers) {
  for (const Tier& tier : tiers) {
    if (tier.kind == Tier::Kind::kFast) {
      // Its fourth condition, the cheap one: half of kLeastSpent within the lookback.
      const uint16_t window = place_of(kFastLookback);
      const double least = to_seconds(kLeastSpent) / to_seconds(kFastLookback) / 2;
      checks_.push_back({column, objective, window, window, least});
      continue;
    }
    checks_.push_back({column, objective, place_of(tier.long_window), place_of(tier.short_window),
                       tier.burn * (1 - target) * kRounding});
  }
}

void Sweep::finish(size_t columns) {
  checks_.shrink_to_fit();
  std::stable_sort(checks_.begin(), checks_.end(),
                   [](const Check& a, const Check& b) { return a.column < b.column; });
  begin_.assign(columns + 1, 0);
  for (const Check& check : checks_) ++begin_[check.column + 1];
  for (size_t i = 0; i < columns; ++i) begin_[i + 1] += begin_[i];
  block_.resize(windows_.size() * kBlock);
}

void Sweep::run(const WindowTable& table, const std::vector<int64_t>& first_seen,
                std::vector<uint32_t>& found) {
  const size_t columns = begin_.empty() ? 0 : begin_.size() - 1;
  const size_t before = found.size();
  for (size_t first = 0; first < columns; first += kBlock) {
    const size_t count = std::min(kBlock, columns - first);
    for (size_t w = 0; w < windows_.size(); ++w)
      table.windows(windows_[w], static_cast<uint32_t>(first), {&block_[w * kBlock], count});
    check_block(static_cast<uint32_t>(first), count, to_micros(table.now()), first_seen, found);
  }
  std::sort(found.begin() + static_cast<ptrdiff_t>(before), found.end());
  found.erase(std::unique(found.begin() + static_cast<ptrdiff_t>(before), found.end()),
              found.end());
}

void Sweep::check_block(uint32_t first, size_t count, int64_t now_us,
                        const std::vector<int64_t>& first_seen, std::vector<uint32_t>& found) {
  for (size_t i = 0; i < count; ++i) {
    const Duration seen(now_us - first_seen[first + i]);
    for (uint32_t c = begin_[first + i]; c < begin_[first + i + 1]; ++c) {
      const Check& check = checks_[c];
      const Counts& in_short = block_[check.in_short * kBlock + i];
      if (in_short.bad <= 0 || in_short.bad < check.least * in_short.total) continue;
      const Counts& in_long = block_[check.in_long * kBlock + i];
      const double scale =
          check.in_long == check.in_short ? 1 : scale_for(windows_[check.in_long], seen);
      if (in_long.bad >= check.least * in_long.total * scale) found.push_back(check.objective);
    }
  }
}

}  // namespace tocsin::slo
