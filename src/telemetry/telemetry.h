#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "telemetry/folder.h"
#include "telemetry/ingest_metrics.h"
#include "telemetry/limits.h"
#include "telemetry/remote_write.h"
#include "telemetry/series_index.h"
#include "telemetry/telemetry_store.h"

namespace tocsin::telemetry {

// What became of a remote write request; `status` is the HTTP status of the answer.
struct WriteOutcome {
  int status = 204;
  std::string message;                                  // for a person; empty when all is well
  uint64_t samples = 0, histograms = 0, exemplars = 0;  // taken
};

// What became of a batch that was put together here: a scrape, a test.
struct IngestOutcome {
  uint64_t samples = 0;  // taken, also those that no signal wants
  uint64_t refused_samples = 0;
  std::optional<RefusedSeries> first_refusal;
};

struct IngestStatus {
  size_t series = 0, series_limit = 0;
  uint64_t samples_total = 0;
  std::optional<Time> last_sample_at;  // when the newest were taken
};

struct SignalStatus {
  std::shared_ptr<const SignalSpec> spec;
  size_t series = 0, streams = 0;
};

// One stream's slots at one level, oldest first. Columns: see shape_of.
struct StreamSlots {
  Labels labels;
  std::vector<SlotValues> slots;
};

// The room's front: samples in; events to the listener; rollups kept and read.
//
// A request is decoded and looked up on the caller's thread; only samples that matter take the one
// lock. What was counted is in telemetry.db with the next flush, together with the counters' last
// values: a crash loses what came since, and the counters' next samples bring it back.
//
// Thread-safe, except for load(), start() and stop(), which belong to the owner.
class Telemetry final : public RollupReader {
 public:
  // `database` may be null: nothing is kept then. The listener may be set once, before samples
  // come.
  static Result<std::unique_ptr<Telemetry>> open(IngestLimits limits, store::Database* database,
                                                 const Clock& clock, Rng& rng, Log& log,
                                                 Metrics& metrics);
  ~Telemetry() override;
  void set_listener(RatioListener* listener) { listener_ = listener; }

  // Reads what was kept. After open(), before everything else.
  Result<> load();
  // Takes the signals of the catalog, at start and on reload; all or nothing.
  Result<> configure(std::vector<SignalSpec> specs);
  // The place of a signal in RatioIncrement; stable for a name as long as the process lives.
  std::optional<SignalIndex> index_of(const SignalName& name) const;
  std::shared_ptr<const SignalSet> signals() const;

  // A remote write request with its headers as they came.
  WriteOutcome write(std::optional<std::string_view> content_type,
                     std::optional<std::string_view> content_encoding, std::string_view body);
  // A batch made with begin_series, add_label, samples and end_series; see WriteBatch.
  IngestOutcome ingest(WriteBatch& batch);
  const LabelHasher& hasher() const { return *hasher_; }
  // A source refused something before it became a batch.
  void count_refused(Refusal reason) { metrics_.refuse(reason); }

  // What a query source answered for a signal: events of (from, to], or a level at a moment.
  void add_ratio(const SignalName& name, const Labels& group, Time from, Time to, double bad,
                 double total, bool is_told);
  void add_rate(const SignalName& name, const Labels& group, Time from, Time to, double count);
  void add_level(const SignalName& name, const Labels& group, double value, Time at);

  // Writes a checkpoint and retires old rows; forgets idle series. At least every ten seconds.
  Result<> flush(Time now);
  // A thread that flushes every five seconds; stop() flushes a last time.
  void start();
  void stop();

  Result<std::vector<RatioSlot>> ratio(const SignalName& signal, RollupLevel level, Time from,
                                       Time to) const override;
  std::unique_ptr<RollupReader> cut(const SignalName& signal,
                                    const std::function<void()>& begin) const override;
  Result<std::vector<StreamSlots>> slots(const SignalName& signal, RollupLevel level, Time from,
                                         Time to) const;
  std::vector<double> bounds_of(const SignalName& signal) const;
  IngestStatus status() const;
  std::vector<SignalStatus> signal_status() const;
  const Clock& clock() const { return clock_; }

 private:
  struct Sighted {
    uint32_t entry;
    SeriesSighting sighting;
  };
  Telemetry(IngestLimits limits, std::unique_ptr<TelemetryStore> store, const Clock& clock,
            Rng& rng, Log& log, Metrics& metrics);

  std::unique_ptr<WriteBatch> borrow_batch();  // null: too many are out
  void give_back(std::unique_ptr<WriteBatch> batch);
  std::vector<Sighted> sight(WriteBatch& batch, const SignalSet& signals, IngestOutcome& outcome);
  std::expected<SeriesSighting, RefusedSeries> sight_one(const WriteBatch::Series& entry,
                                                         const SignalSet& signals) const;
  bool fold(WriteBatch& batch, std::vector<Sighted>& sighted, uint32_t generation, uint32_t minute,
            Time now, IngestOutcome& outcome);
  void refuse(WriteBatch::Series& entry, RefusedSeries refusal, IngestOutcome& outcome);
  // Tells the listener and lets go of the state's lock as soon as nobody can come between: so what
  // was counted first is told first, and at most one call is under way beside what is counted.
  void tell(std::unique_lock<std::mutex> state, std::vector<RatioIncrement> increments,
            Time arrived);
  // One stream with what is not flushed of it, at one moment.
  struct StreamCopy {
    Labels labels;
    int64_t id = 0;
    std::array<SlotRun, 3> pending;
  };
  class Cut;
  // With the state's lock.
  std::vector<StreamCopy> copy_streams(const SignalSpec& spec) const;
  // With the disk's lock, held since the streams were copied.
  Result<std::vector<StreamSlots>> read_streams(const std::vector<StreamCopy>& streams, Merge merge,
                                                RollupLevel level, Time from, Time to) const;
  template <class F>
  void add_queried(const SignalName& name, F&& add);
  void forget_idle(Time now);
  void run();

  const IngestLimits limits_;
  const Clock& clock_;
  Rng& rng_;
  Log& log_;
  IngestMetrics metrics_;
  std::unique_ptr<LabelHasher> hasher_;
  SeriesIndex index_;
  RatioListener* listener_ = nullptr;

  // Taken in this order where more than one is: disk, state, telling. The listener is called with
  // telling_ alone.
  mutable std::mutex disk_mutex_;
  const std::unique_ptr<TelemetryStore> store_;
  mutable std::mutex state_mutex_;
  Folder folder_;
  std::shared_ptr<const SignalSet> signals_;  // with signals_mutex_
  mutable std::mutex signals_mutex_;
  std::map<SignalName, SignalIndex> indexes_;
  mutable std::mutex telling_;

  std::mutex batches_mutex_;
  std::vector<std::unique_ptr<WriteBatch>> batches_;
  size_t batches_out_ = 0;
  std::atomic<int64_t> last_sample_us_ = 0;
  std::atomic<int64_t> last_forgotten_minute_ = 0;

  std::mutex run_mutex_;
  std::condition_variable run_changed_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace tocsin::telemetry
