#pragma once

#include <map>
#include <memory>

#include "store/database.h"
#include "telemetry/checkpoint.h"

namespace tocsin::telemetry {

// telemetry.db: rollups and the last values of counters, in a file of their own, because losing
// them costs a chart and not a page. SQLite with synchronous=NORMAL: after a power cut the newest
// flushes may be missing, but whatever is there is whole. Used by one thread at a time.
//
//   rollup        one row for a stream, level and chunk of slots (ten minutes, an hour, a day)
//   counter_page  one row for 256 series or 512 targets, see SeriesTable
class TelemetryStore {
 public:
  static Result<std::unique_ptr<TelemetryStore>> open(store::Database& database);

  Result<Restored> load();
  // Keeps the secret of the label hash: identities of series must mean the same after a restart.
  Result<> keep_secret(const std::string& secret);
  // One transaction.
  Result<> write(const Checkpoint& checkpoint);
  // Deletes what is older than its level keeps, a few rows at a time; how many.
  Result<int64_t> retire(Time now);
  // Slots with from <= start < to, in order.
  Result<std::vector<SlotValues>> read(int64_t stream, RollupLevel level, Time from, Time to) const;

 private:
  explicit TelemetryStore(std::unique_ptr<store::Session> session) : session_(std::move(session)) {}
  Result<> write_rows(const Checkpoint& checkpoint);
  Result<> write_slots(const Checkpoint::Slots& slots);
  Result<std::vector<SlotValues>> read_one(int64_t stream, int level, int64_t chunk,
                                           int64_t first_slot) const;

  std::unique_ptr<store::Session> session_;
};

}  // namespace tocsin::telemetry
