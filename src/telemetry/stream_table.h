#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "telemetry/label_set.h"
#include "telemetry/rollup.h"

namespace tocsin::telemetry {

// What a signal's slots mean. Slots of another shape are not read: a signal that changed from rate
// to ratio starts anew.
//   ratio    column 0 bad, 1 total
//   latency  column 0 slow, 1 total, 2... cumulative counts of buckets (bounds in StreamTable)
//   rate     column 0 count
//   level    column 0 sum of the values read (max: the largest), 1 how many were read
std::string shape_of(const SignalSpec& spec);
Merge merge_of(const SignalSpec& spec);

// One stream of a signal: all series with the same values of the `by` labels.
struct Stream {
  int64_t id = 0;  // in telemetry.db
  SignalName signal;
  std::string shape;
  Labels labels;
  Merge merge = Merge::kAdd;
  bool is_stored = false;  // its row is in telemetry.db
  bool is_dirty = false;
  std::array<SlotRun, 3> pending;      // by level, what is not flushed yet
  std::vector<uint32_t> level_series;  // kLevel: the series whose newest values make the level
};

// A bucket bound of a latency signal, and the column that counts it.
struct Bound {
  SignalName signal;
  uint32_t column = 0;
  double le = 0;  // seconds; may be +Inf
  bool is_stored = false;
};

// The streams of all signals with what was counted since the last flush. Not thread-safe: the
// folder's lock guards it.
class StreamTable {
 public:
  static constexpr size_t kMaxGroups = 1000;  // a signal
  static constexpr size_t kMaxBuckets = 200;  // a signal

  // Nothing when the signal has too many groups already.
  std::optional<uint32_t> stream(const SignalSpec& spec, const Labels& group);
  std::optional<uint32_t> bucket_column(const SignalName& signal, double le);
  void restore(Stream stream);
  void restore(Bound bound);

  Stream& operator[](uint32_t index) { return streams_[index]; }
  const Stream& operator[](uint32_t index) const { return streams_[index]; }
  const std::vector<uint32_t>& streams_of(const SignalName& signal, const std::string& shape) const;
  // Bounds by column, from column 2 on.
  std::vector<double> bounds_of(const SignalName& signal) const;

  // Adds the events of a step to all levels: `first` and `second` times to the columns 0 and 1, and
  // once to `column` when that is 2 or more. Slots that are older than their level keeps are left
  // out. A count of zero still says that there was something to count.
  void add(uint32_t stream, const CounterStep& step, int first, int second, uint32_t column,
           int64_t now_ms);
  void add_level(uint32_t stream, double value, int64_t at_ms);

  std::vector<uint32_t> take_dirty();  // and marks them clean
  void mark_dirty(uint32_t stream);
  std::vector<Stream>& all() { return streams_; }
  std::vector<Bound>& bounds() { return bounds_; }

 private:
  using Key = std::pair<std::string, std::string>;  // signal, shape
  std::vector<Stream> streams_;
  std::map<Key, std::vector<uint32_t>> by_signal_;
  std::map<std::tuple<std::string, std::string, Labels>, uint32_t> by_group_;
  std::vector<Bound> bounds_;
  std::map<std::string, std::map<double, uint32_t>> columns_;
  std::vector<uint32_t> dirty_;
  int64_t next_id_ = 1;
};

}  // namespace tocsin::telemetry
