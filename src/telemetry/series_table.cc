#include "telemetry/series_table.h"

#include <algorithm>
#include <cstring>

namespace tocsin::telemetry {
namespace {

// On disk, little-endian.
struct StoredSeries {
  uint64_t lo, hi;
  int64_t last_ms;  // 0: the place is free
  double last_value;
};
static_assert(sizeof(StoredSeries) == 32);
struct StoredTarget {
  uint64_t hash;
  int64_t last_ms;  // 0: the place is free
};
static_assert(sizeof(StoredTarget) == 16);

template <class T>
void put(std::string& out, const T& value) {
  const size_t at = out.size();
  out.resize(at + sizeof(T));
  std::memcpy(out.data() + at, &value, sizeof(T));
}

template <class T>
Result<std::vector<T>> read_all(const std::string& bytes, size_t most) {
  if (bytes.size() % sizeof(T) != 0 || bytes.size() / sizeof(T) > most) {
    return fail(Code::kDataLoss, "a page of counters in telemetry.db is damaged");
  }
  std::vector<T> out(bytes.size() / sizeof(T));
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

}  // namespace

void Target::heard(int64_t t_ms) {
  if (first_ms == 0) {
    first_ms = t_ms;
  } else if (t_ms > first_ms && (second_ms == 0 || t_ms < second_ms)) {
    second_ms = t_ms;
  }
  if (t_ms > last_ms) {
    before_last_ms = last_ms;
    last_ms = t_ms;
  }
}

uint32_t SeriesTable::find(const SeriesHash& identity) const {
  const auto at = by_identity_.find(identity);
  return at == by_identity_.end() ? kNone : at->second;
}

void SeriesTable::reserve_series(uint32_t count) {
  if (series_.size() < count) series_.resize(count);
  dirty_.resize((series_.size() + kPageSeries - 1) / kPageSeries);
}

uint32_t SeriesTable::make(const SeriesHash& identity) {
  uint32_t index = static_cast<uint32_t>(series_.size());
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else {
    reserve_series(index + 1);
  }
  series_[index].identity = identity;
  series_[index].is_used = true;
  by_identity_[identity] = index;
  touch(index);
  return index;
}

void SeriesTable::free(uint32_t index) {
  Series& series = series_[index];
  by_identity_.erase(series.identity);
  if (series.target != kNone && targets_[series.target].witness == index) {
    targets_[series.target].witness = kNone;
  }
  series = Series{};
  touch(index);
  free_.push_back(index);
}

uint32_t SeriesTable::target(uint64_t hash) {
  const auto [at, is_new] = by_target_.try_emplace(hash, 0);
  if (!is_new) return at->second;
  if (!free_targets_.empty()) {
    at->second = free_targets_.back();
    free_targets_.pop_back();
  } else {
    at->second = static_cast<uint32_t>(targets_.size());
    targets_.emplace_back();
  }
  targets_[at->second].hash = hash;
  return at->second;
}

std::vector<uint32_t> SeriesTable::evict(uint32_t oldest_minute) {
  std::vector<uint32_t> gone;
  for (uint32_t i = 0; i < series_.size(); ++i) {
    if (!series_[i].is_used || series_[i].minute >= oldest_minute) continue;
    gone.push_back(i);
    free(i);
  }
  for (uint32_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].hash == 0 || targets_[i].minute >= oldest_minute ||
        targets_[i].witness != kNone) {
      continue;
    }
    by_target_.erase(targets_[i].hash);
    targets_[i] = Target{};
    free_targets_.push_back(i);
  }
  return gone;
}

std::vector<SeriesTable::Page> SeriesTable::dirty_pages() {
  std::vector<Page> pages;
  for (uint32_t page = 0; page < dirty_.size(); ++page) {
    if (!dirty_[page]) continue;
    dirty_[page] = false;
    Page out{Page::Kind::kSeries, page, {}};
    const size_t end = std::min<size_t>(series_.size(), (page + 1) * kPageSeries);
    for (size_t i = page * kPageSeries; i < end; ++i) {
      const Series& s = series_[i];
      const bool is_kept = s.is_used && !s.counter.is_empty();
      put(out.bytes, is_kept ? StoredSeries{s.identity.lo, s.identity.hi, s.counter.last_ms(),
                                            s.counter.last_value()}
                             : StoredSeries{});
    }
    pages.push_back(std::move(out));
  }
  // Targets move with every scrape, and there are few of them.
  for (uint32_t page = 0; page * kPageTargets < targets_.size(); ++page) {
    Page out{Page::Kind::kTargets, page, {}};
    const size_t end = std::min<size_t>(targets_.size(), (page + 1) * kPageTargets);
    for (size_t i = page * kPageTargets; i < end; ++i) {
      put(out.bytes, StoredTarget{targets_[i].hash, targets_[i].last_ms});
    }
    pages.push_back(std::move(out));
  }
  return pages;
}

void SeriesTable::mark_dirty(const std::vector<Page>& pages) {
  for (const Page& page : pages) {
    if (page.kind == Page::Kind::kSeries && page.number < dirty_.size()) dirty_[page.number] = true;
  }
}

Result<> SeriesTable::restore(const Page& page, uint32_t minute) {
  if (page.kind == Page::Kind::kTargets) {
    ASSIGN_OR_RETURN(auto stored, read_all<StoredTarget>(page.bytes, kPageTargets));
    for (const StoredTarget& t : stored) {
      if (t.last_ms == 0) continue;
      Target& restored = targets_[target(t.hash)];
      restored.last_ms = t.last_ms;
      restored.is_restored = true;
      restored.minute = minute;
    }
    return {};
  }
  ASSIGN_OR_RETURN(auto stored, read_all<StoredSeries>(page.bytes, kPageSeries));
  const uint32_t first = page.number * kPageSeries;
  const auto before = static_cast<uint32_t>(series_.size());
  reserve_series(first + static_cast<uint32_t>(stored.size()));
  for (uint32_t i = before; i < first; ++i) free_.push_back(i);
  for (uint32_t i = 0; i < stored.size(); ++i) {
    if (stored[i].last_ms == 0) {
      free_.push_back(first + i);
      continue;
    }
    Series& series = series_[first + i];
    series.identity = {stored[i].lo, stored[i].hi};
    series.is_used = true;
    series.minute = minute;
    series.counter = CounterSeries::restored(stored[i].last_ms, stored[i].last_value);
    by_identity_[series.identity] = first + i;
  }
  return {};
}

}  // namespace tocsin::telemetry
