#pragma once

#include <cstdint>
#include <vector>

#include "slo/objective.h"
#include "slo/window_table.h"

namespace tocsin::slo {

// Looks at every objective at once when a slot's edge has passed, and names the few that need a
// closer look: those where a tier that could fire is at its threshold. 50,000 objectives with eight
// windows each take about 2 ms of CPU (bench/objectives_bench). It reads whole rows of the table
// and keeps no state of its own but the thresholds. Not thread-safe.
class Sweep {
 public:
  void clear();
  // The tiers of an objective whose events are those of `column`.
  void add(uint32_t objective, uint32_t column, double target, const std::vector<Tier>& tiers);
  // To be called after the last add(). `columns`: of the table.
  void finish(size_t columns);

  // Appends objectives, each once at most, in no particular order. `first_seen`: when each column's
  // first event happened, in microseconds since 1970.
  void run(const WindowTable& table, const std::vector<int64_t>& first_seen,
           std::vector<uint32_t>& found);

 private:
  struct Check {
    uint32_t column;
    uint32_t objective;
    uint16_t in_long, in_short;  // places in windows_
    double least;                // ratio
  };
  uint16_t place_of(Duration window);
  void check_block(uint32_t first, size_t count, int64_t now_us,
                   const std::vector<int64_t>& first_seen, std::vector<uint32_t>& found);

  std::vector<Duration> windows_;
  std::vector<Check> checks_;    // by column
  std::vector<uint32_t> begin_;  // of each column, in checks_
  std::vector<Counts> block_;    // windows x kBlock
};

}  // namespace tocsin::slo
