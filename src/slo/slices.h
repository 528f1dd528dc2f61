#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "slo/window_table.h"

namespace tocsin::slo {

// Good or bad for each slice of time, one bit each: the budget of objectives that count slices
// (budgetingMethod Timeslices). A slice without events is good. Slices end at multiples of their
// width since 1970. 30 d of minutes are 5.4 KB. Not thread-safe.
class Slices {
 public:
  // Remembers `kept` of time before now.
  Slices(Duration width, Duration kept, Time now);

  Duration width() const { return width_; }
  // Says for each slice that has ended since the last call, and for those that `touch` named,
  // whether it is bad. `is_bad` gets the slice's start and end.
  using Judge = std::function<bool(Time start, Time end)>;
  void advance(Time now, const Judge& is_bad);
  // A late event fell at this time: its slice is judged again.
  void touch(Time at);
  void set(Time start, bool is_bad);  // for filling at start

  // Bad and all whole slices that ended in (from, now]. Slices before the first one that was ever
  // seen do not count.
  Counts since(Time from) const;
  void seen_since(Time first);  // the first data; an earlier one wins

 private:
  int64_t number_of(Time at) const;  // slice (n x width, (n + 1) x width]
  bool bit(int64_t slice) const;
  void set_bit(int64_t slice, bool is_bad);

  Duration width_;
  int64_t capacity_;
  int64_t next_;   // the first slice that has not ended
  int64_t first_;  // the first slice that counts
  std::vector<uint64_t> bits_;
  std::vector<int64_t> touched_;
};

}  // namespace tocsin::slo
