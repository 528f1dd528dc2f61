#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/series_table.h"
#include "telemetry/stream_table.h"

namespace tocsin::telemetry {

// One consistent moment of what was counted: the slots that changed since the last one, and the
// counters' last values. Written in one transaction: whatever a counter's last value covers is in
// the slots, and nothing else is.
struct Checkpoint {
  struct StreamRow {
    int64_t id = 0;
    std::string signal, shape;
    Labels labels;
  };
  struct Slots {
    uint32_t stream = 0;  // index in the table
    int64_t id = 0;
    RollupLevel level = RollupLevel::kTenSeconds;
    Merge merge = Merge::kAdd;
    std::vector<SlotValues> values;
  };
  Time at;
  std::vector<StreamRow> new_streams;
  std::vector<Bound> new_bounds;
  std::vector<Slots> slots;
  std::vector<SeriesTable::Page> pages;
  // By signal; only when they changed since the last checkpoint.
  std::optional<std::map<std::string, std::string>> fingerprints;
};

// What is read back at start.
struct Restored {
  std::string secret;  // of the label hash; empty in a new database
  std::vector<Stream> streams;
  std::vector<Bound> bounds;
  std::vector<SeriesTable::Page> pages;
  std::map<std::string, std::string> fingerprints;
};

}  // namespace tocsin::telemetry
