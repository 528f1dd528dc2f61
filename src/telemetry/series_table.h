#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "telemetry/pair_hold.h"
#include "telemetry/write_batch.h"

namespace tocsin::telemetry {

inline constexpr uint32_t kNone = 0xffffffff;

// What one series adds to one stream.
struct SeriesFeed {
  uint32_t stream = 0;
  SignalIndex signal = 0;
  int8_t bad = 0, total = 0;  // how many bad and total events one event of the series is
  bool is_level = false;
  bool is_told = false;  // to the listener of ratios
  uint32_t column = 0;   // of its own beside bad and total: a bucket, or the count of a rate
  uint32_t pair = kNone;
  bool is_held = true;  // by its pair; false: it tells the pair that its side is known
  PairHold::Side side = PairHold::Side::kTotal;
};

// A series that matters: it feeds a signal, or is the one by which we know that its target lives.
struct Series {
  SeriesHash identity;  // of its labels without the replica's
  CounterSeries counter;
  uint32_t target = kNone;
  uint32_t generation = 0;  // of the signals that `feeds` were made for
  uint32_t minute = 0;      // when it was last heard
  bool is_used = false;
  bool may_be_born = false;  // its first sample may count from zero
  bool is_stale = false;
  bool is_up = false;  // the scraper's `up`: speaks for the target only when it is 1
  double level = 0;
  int64_t level_ms = 0;
  std::vector<SeriesFeed> feeds;
};

// Who is scraped: one job and instance. Tells whether a new series of it was born just now or has
// merely not been seen by us before.
struct Target {
  uint64_t hash = 0;
  int64_t first_ms = 0, second_ms = 0;  // the first two times heard in this process
  int64_t last_ms = 0, before_last_ms = 0;
  bool is_restored = false;  // known from before a restart
  uint32_t witness = kNone;  // the series that is followed even if it feeds nothing
  uint32_t minute = 0;

  void heard(int64_t t_ms);
  // Watched for more than one sample before `t_ms`, in this process.
  bool is_known_before(int64_t t_ms) const { return second_ms != 0 && second_ms < t_ms; }
  int64_t sample_before(int64_t t_ms) const { return last_ms < t_ms ? last_ms : before_last_ms; }
};

// All series that matter and all targets, with their form on disk: pages of a fixed number of
// series, so that a flush writes a few large rows. Not thread-safe: the folder's lock guards it.
class SeriesTable {
 public:
  static constexpr uint32_t kPageSeries = 256;
  static constexpr uint32_t kPageTargets = 512;

  uint32_t find(const SeriesHash& identity) const;  // kNone
  uint32_t make(const SeriesHash& identity);
  void free(uint32_t series);
  Series& operator[](uint32_t series) { return series_[series]; }
  std::vector<Series>& all() { return series_; }
  const std::vector<Series>& all() const { return series_; }
  size_t size() const { return by_identity_.size(); }

  uint32_t target(uint64_t hash);  // finds or makes
  Target& target_at(uint32_t index) { return targets_[index]; }
  size_t targets() const { return by_target_.size(); }

  void touch(uint32_t series) { dirty_.at(series / kPageSeries) = true; }
  // Forgets what was not heard since before `oldest_minute`; the ids of the series.
  std::vector<uint32_t> evict(uint32_t oldest_minute);

  struct Page {
    enum class Kind { kSeries, kTargets } kind = Kind::kSeries;
    uint32_t number = 0;
    std::string bytes;
  };
  std::vector<Page> dirty_pages();  // and marks them clean
  void mark_dirty(const std::vector<Page>& pages);
  // kDataLoss when the bytes are damaged. `minute` counts as the time they were last heard.
  Result<> restore(const Page& page, uint32_t minute);

 private:
  struct HashOfHash {
    size_t operator()(const SeriesHash& hash) const { return hash.lo; }
  };
  void reserve_series(uint32_t count);

  std::vector<Series> series_;
  std::vector<uint32_t> free_;
  std::unordered_map<SeriesHash, uint32_t, HashOfHash> by_identity_;
  std::vector<bool> dirty_;
  std::vector<Target> targets_;
  std::vector<uint32_t> free_targets_;
  std::unordered_map<uint64_t, uint32_t> by_target_;
};

}  // namespace tocsin::telemetry
