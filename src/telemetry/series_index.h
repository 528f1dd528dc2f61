#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "telemetry/write_batch.h"

namespace tocsin::telemetry {

// From a hash of label bytes to what was decided about the series, so that labels are parsed and
// matched once and not with each sample. Most series matter to nobody: their decision is to drop
// them, and it is remembered just the same.
//
// Open addressing in shards with a mutex each; a slot is half a cache line and lookups of one
// request are grouped by shard and prefetched. Memory is bounded by `max_series` (32 bytes each, at
// most 2.7 times that while a shard grows). Thread-safe.
class SeriesIndex {
 public:
  explicit SeriesIndex(size_t max_series);
  ~SeriesIndex();

  // Fills in the decision of each series that is known in this generation, marks it as seen at
  // `minute`, and lists the others in batch.missing.
  void resolve(WriteBatch& batch, uint32_t generation, uint32_t minute);
  // Remembers a decision. False when the limit is reached and nothing was remembered. When another
  // thread was faster, its decision stays and is given back in `decision`.
  bool remember(const SeriesHash& hash, uint32_t generation, uint32_t minute, Decision& decision);
  // Whether the label set is known from an earlier generation: it is not new, though its decision
  // must be made again.
  bool is_known(const SeriesHash& hash) const;
  bool is_full() const { return size_.load(std::memory_order_relaxed) >= max_series_; }

  // Forgets series that were not seen since before `oldest_minute`; gives memory back.
  size_t evict(uint32_t oldest_minute);
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  size_t max_series() const { return max_series_; }
  size_t memory() const;

 private:
  struct Slot {
    uint64_t lo = 0, hi = 0;
    uint32_t generation = 0;  // 0: empty
    uint32_t series = 0;
    uint32_t replica = 0;
    uint32_t minute = 0;
  };
  static_assert(sizeof(Slot) == 32);
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::vector<Slot> slots;  // a power of two
    size_t used = 0;
    Slot* find(const SeriesHash& hash);
    void rebuild(size_t capacity, uint32_t oldest_minute);
  };
  static constexpr uint32_t kShards = 32;
  static uint32_t shard_of(const SeriesHash& hash) { return static_cast<uint32_t>(hash.hi >> 59); }

  const size_t max_series_;
  std::atomic<size_t> size_ = 0;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace tocsin::telemetry
