#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace tocsin::slo {

// Events of a signal: how many failed, of how many.
struct Counts {
  double bad = 0;
  double total = 0;

  double ratio() const { return total > 0 ? bad / total : 0; }
  Counts& operator+=(const Counts& o) {
    bad += o.bad;
    total += o.total;
    return *this;
  }
  friend Counts operator+(Counts a, const Counts& b) { return a += b; }
  friend Counts operator-(const Counts& a, const Counts& b) {
    return {a.bad - b.bad, a.total - b.total};
  }
  bool operator==(const Counts&) const = default;
};

// Exact event counts of many signals over sliding windows from 5 s to 92 d.
//
// For each signal (a *column*) the table keeps the cumulative pair (bad, total) at every boundary
// of a slot, on several levels of slot width. A window is one subtraction: now minus then. Nothing
// is ever taken out of a running sum, so nothing drifts, and an event that comes late is added to
// every boundary at or after its own time: it lands where it belongs.
//
// Each width is a multiple of the next finer one, so that every boundary of a level is one of the
// finer levels, too. It is kept once: a level holds only those that the finer one has forgotten,
// and takes them over when that happens.
//
// Rows lie by time (one boundary, all columns), so that a pass over all columns streams a few
// contiguous rows. Windows are left-open, (now - W, now], as in PromQL. An edge that falls inside a
// slot is interpolated linearly: a window's count is exact when its edge is a boundary, and never
// off by more than the events of the one slot that the edge cuts. Slot widths: 5 s (windows up to
// 5 min 20 s), 30 s (1 h), 4 min (6 h), 20 min (1 d), 1 h (3 d), 6 h (31 d), 1 d (92 d).
//
// Memory: bytes_per_column(), 8.7 KB. Not thread-safe.
class WindowTable {
 public:
  struct Level {
    Duration step;
    int64_t slots;  // how far back it reaches, counting those that finer levels hold
  };
  static constexpr std::array<Level, 7> kLevels{
      Level{seconds(5), 66}, Level{seconds(30), 123}, Level{minutes(4), 93}, Level{minutes(20), 75},
      Level{hours(1), 74},   Level{hours(6), 126},    Level{hours(24), 94},
  };
  static constexpr Duration kSlot = kLevels[0].step;
  static constexpr Duration kShortestWindow = seconds(30);
  static constexpr Duration kLongestWindow = days(92);

  // Time begins at `now`; it never goes back.
  explicit WindowTable(Time now);

  void resize(size_t columns);  // new columns are empty; cheap only when it shrinks or stays
  size_t columns() const { return columns_; }
  void clear(uint32_t column);

  Time now() const { return now_; }
  void advance(Time now);  // earlier than now(): nothing happens
  Time next_boundary() const;

  // Counts events that happened at `at`; a time after now() counts as now().
  void add(uint32_t column, Time at, Counts events);
  // Many events of one column at once, in order of time, however old: for filling at start.
  struct Event {
    Time at;
    Counts counts;
  };
  void fill(uint32_t column, std::span<const Event> events);

  // Events in (now - length, now].
  Counts window(uint32_t column, Duration length) const;
  // Events in (from, to]; `to` at most now().
  Counts between(uint32_t column, Time from, Time to) const;
  // window() of the columns first, first + 1, ...
  void windows(Duration length, uint32_t first, std::span<Counts> out) const;

  // The slots of (now - lookback, now] in order of time, each as fine as it is kept; adjacent.
  struct Slot {
    Time start, end;
    Counts counts;
  };
  std::vector<Slot> slots(uint32_t column, Duration lookback) const;
  // The newest `out.size()` slots of the finest level, newest first; the first is the open one.
  // out.size() <= 65.
  void newest_slots(uint32_t column, std::span<Slot> out) const;

  static constexpr size_t bytes_per_column() {
    int64_t rows = 1;  // the current pair
    for (size_t level = 0; level < kLevels.size(); ++level) rows += rows_of(level);
    return static_cast<size_t>(rows) * sizeof(Counts);
  }

 private:
  // Where a moment lies between two rows.
  struct Edge {
    const Counts* before;
    const Counts* after;
    double share;  // 0: at `before`
    Counts at(uint32_t column) const {
      const Counts &a = before[column], &b = after[column];
      return {a.bad + share * (b.bad - a.bad), a.total + share * (b.total - a.total)};
    }
  };
  using Boundaries = std::array<int64_t, kLevels.size()>;  // a boundary's number is time / step

  // The most rows that a level ever holds itself: what it reaches less what lies within the reach
  // of the finer one, whatever the phase.
  static constexpr int64_t rows_of(size_t level) {
    if (level == 0) return kLevels[0].slots;
    const Level& finer = kLevels[level - 1];
    return kLevels[level].slots - (finer.slots - 1) * finer.step / kLevels[level].step;
  }
  static int64_t oldest(const Boundaries& last, size_t level) {
    return last[level] - kLevels[level].slots + 1;
  }
  static Boundaries ends_of(const Boundaries& last);
  int64_t oldest(size_t level) const { return oldest(last_, level); }

  Edge edge(Time at) const;
  // A boundary that the level holds itself.
  const Counts* row(size_t level, int64_t boundary) const;
  Counts* row(size_t level, int64_t boundary);
  // A boundary of the level that it or a finer one holds.
  const Counts* row_or_finer(size_t level, int64_t boundary) const;

  size_t columns_ = 0;
  Time now_;
  Boundaries last_;  // the newest of each level, whoever holds it
  Boundaries end_;   // one behind the newest that the level holds itself
  std::array<std::vector<Counts>, kLevels.size()> rows_;
  std::vector<Counts> current_;
};

}  // namespace tocsin::slo
