#include "telemetry/series_index.h"

#include <array>

namespace tocsin::telemetry {
namespace {

constexpr size_t kFirstCapacity = 64;
// Far enough ahead that a slot has arrived from memory, near enough that it is still in the cache.
constexpr size_t kPrefetchAhead = 12;

}  // namespace

SeriesIndex::SeriesIndex(size_t max_series)
    : max_series_(max_series), shards_(std::make_unique<Shard[]>(kShards)) {
  for (uint32_t i = 0; i < kShards; ++i) shards_[i].slots.resize(kFirstCapacity);
}

SeriesIndex::~SeriesIndex() = default;

// The slot of the hash, or the empty one where it belongs. There is always an empty one.
SeriesIndex::Slot* SeriesIndex::Shard::find(const SeriesHash& hash) {
  const size_t mask = slots.size() - 1;
  size_t at = hash.lo & mask;
  while (slots[at].generation != 0 && (slots[at].lo != hash.lo || slots[at].hi != hash.hi)) {
    at = (at + 1) & mask;
  }
  return &slots[at];
}

void SeriesIndex::Shard::rebuild(size_t capacity, uint32_t oldest_minute) {
  std::vector<Slot> old(capacity);
  old.swap(slots);
  used = 0;
  for (const Slot& slot : old) {
    if (slot.generation == 0 || slot.minute < oldest_minute) continue;
    *find({slot.lo, slot.hi}) = slot;
    ++used;
  }
}

void SeriesIndex::resolve(WriteBatch& batch, uint32_t generation, uint32_t minute) {
  batch.missing.clear();
  auto& series = batch.series;
  // Counting sort of the series by shard.
  std::array<uint32_t, kShards + 1> begin{};
  for (const auto& s : series) ++begin[shard_of(s.hash) + 1];
  for (uint32_t i = 0; i < kShards; ++i) begin[i + 1] += begin[i];
  batch.order.resize(series.size());
  std::array<uint32_t, kShards + 1> next = begin;
  for (uint32_t i = 0; i < series.size(); ++i) batch.order[next[shard_of(series[i].hash)]++] = i;

  for (uint32_t k = 0; k < kShards; ++k) {
    const std::span<const uint32_t> mine(batch.order.data() + begin[k], begin[k + 1] - begin[k]);
    if (mine.empty()) continue;
    Shard& shard = shards_[k];
    std::scoped_lock lock(shard.mutex);
    const size_t mask = shard.slots.size() - 1;
    const Slot* slots = shard.slots.data();
    const auto prefetch = [&](size_t i) {
      if (i < mine.size()) __builtin_prefetch(slots + (series[mine[i]].hash.lo & mask), 1);
    };
    for (size_t i = 0; i < kPrefetchAhead; ++i) prefetch(i);
    for (size_t i = 0; i < mine.size(); ++i) {
      prefetch(i + kPrefetchAhead);
      auto& s = series[mine[i]];
      Slot* slot = shard.find(s.hash);
      if (slot->generation != generation) [[unlikely]] {
        batch.missing.push_back(mine[i]);
        continue;
      }
      if (slot->minute != minute) slot->minute = minute;
      s.decision = {slot->series, slot->replica};
    }
  }
}

bool SeriesIndex::remember(const SeriesHash& hash, uint32_t generation, uint32_t minute,
                           Decision& decision) {
  Shard& shard = shards_[shard_of(hash)];
  std::scoped_lock lock(shard.mutex);
  Slot* slot = shard.find(hash);
  if (slot->generation == generation) {
    decision = {slot->series, slot->replica};
    return true;
  }
  if (slot->generation == 0) {
    if (is_full()) return false;
    if ((shard.used + 1) * 4 > shard.slots.size() * 3) {
      shard.rebuild(shard.slots.size() * 2, 0);
      slot = shard.find(hash);
    }
    ++shard.used;
    size_.fetch_add(1, std::memory_order_relaxed);
  }
  *slot = {hash.lo, hash.hi, generation, decision.series, decision.replica, minute};
  return true;
}

bool SeriesIndex::is_known(const SeriesHash& hash) const {
  Shard& shard = shards_[shard_of(hash)];
  std::scoped_lock lock(shard.mutex);
  return shard.find(hash)->generation != 0;
}

size_t SeriesIndex::evict(uint32_t oldest_minute) {
  size_t evicted = 0;
  for (uint32_t k = 0; k < kShards; ++k) {
    Shard& shard = shards_[k];
    std::scoped_lock lock(shard.mutex);
    size_t live = 0;
    for (const Slot& slot : shard.slots) {
      live += slot.generation != 0 && slot.minute >= oldest_minute;
    }
    if (live == shard.used) continue;
    evicted += shard.used - live;
    size_t capacity = kFirstCapacity;
    while (capacity * 3 < (live + 1) * 4) capacity *= 2;
    shard.rebuild(capacity, oldest_minute);
  }
  size_.fetch_sub(evicted, std::memory_order_relaxed);
  return evicted;
}

size_t SeriesIndex::memory() const {
  size_t bytes = 0;
  for (uint32_t k = 0; k < kShards; ++k) {
    std::scoped_lock lock(shards_[k].mutex);
    bytes += shards_[k].slots.capacity() * sizeof(Slot);
  }
  return bytes;
}

}  // namespace tocsin::telemetry
