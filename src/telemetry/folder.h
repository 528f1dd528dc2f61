#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "telemetry/checkpoint.h"
#include "telemetry/replica_election.h"
#include "telemetry/signal_set.h"

namespace tocsin::telemetry {

// A label set seen for the first time in this generation of the signals, with what could be found
// out about it without a lock. The views live as long as the batch.
struct SeriesSighting {
  LabelSet labels;  // without the replica's label
  std::vector<SignalMatch> matches;
  std::string_view cluster, replica;  // replica empty: no HA pair
  SeriesHash identity;
  uint64_t target_hash = 0;     // of job and instance; 0: the series names neither
  uint64_t histogram_hash = 0;  // of the labels without le; for buckets
  bool was_known = false;       // seen in an earlier generation: not born now
};

// What became of the samples of series that matter; the rest is not looked at.
struct FoldCounts {
  uint64_t folded = 0, duplicates = 0, too_late = 0, not_elected = 0, not_a_count = 0, future = 0,
           resets = 0;
};

// Turns samples into events of signals: the state behind all counters, streams and targets.
// Not thread-safe: its owner holds one lock around every call. The work is a few per cent of what
// taking a request costs, because only the samples that matter come here.
class Folder {
 public:
  struct Options {
    Duration fail_over = std::chrono::seconds(30);
    // A level counts a series whose newest sample is at most this old (Prometheus' look-back).
    Duration look_back = std::chrono::minutes(5);
    Duration max_ahead = std::chrono::minutes(10);
    // Older samples cannot be what a sender could not deliver; they are counted as too late.
    Duration max_age = std::chrono::days(31);
  };
  explicit Folder(Options options);

  // Takes the signals of a new generation. Counters go on; each series is decided anew when it is
  // next seen. What is held back of signals that did not change stays so; the rest is told.
  void configure(std::shared_ptr<const SignalSet> signals);
  uint32_t generation() const { return signals_->generation(); }

  // `is_over_group_limit` is set when a signal could not take the series.
  Decision decide(const SeriesSighting& sighting, uint32_t minute, bool& is_over_group_limit);
  FoldCounts fold(const WriteBatch& batch, uint32_t minute, Time now);
  // Adds counts that were asked from a query source.
  void add_ratio(const CompiledSignal& signal, const Labels& group, const CounterStep& step,
                 double bad, double total, Time now, bool is_told);
  void add_rate(const CompiledSignal& signal, const Labels& group, const CounterStep& step,
                Time now);
  void add_level(const CompiledSignal& signal, const Labels& group, double value, Time at);

  // What is in the streams of a signal and has not been told: to be taken off from what is read
  // there by somebody who will be told it.
  struct Untold {
    CounterStep step;  // its count is of no meaning
    double bad = 0, total = 0;
  };
  std::vector<Untold> untold(SignalIndex signal, Time now) const;
  // Whether a bucket has the bound of a latency. Other signals always measure something.
  bool is_measured(const SignalSpec& spec) const;

  bool has_increments() const { return !increments_.empty(); }
  std::vector<RatioIncrement> take_increments(Time now) { return increments_.take(now); }

  // Reads the levels into the slot of `now`; once a slot of ten seconds.
  void read_levels(Time now);
  Checkpoint checkpoint(Time now);
  void put_back(Checkpoint checkpoint);  // it could not be written
  Result<> restore(const Restored& restored, uint32_t minute);
  // Forgets series that were not heard since before the minute.
  size_t evict(uint32_t oldest_minute) { return series_.evict(oldest_minute).size(); }

  const StreamTable& streams() const { return streams_; }
  size_t series() const { return series_.size(); }
  size_t targets() const { return series_.targets(); }
  std::map<SignalIndex, size_t> series_by_signal() const;

 private:
  void feed(Series& series, uint32_t index, const SeriesSighting& sighting,
            bool& is_over_group_limit);
  bool feed_signal(const SignalMatch& match, const SeriesSighting& sighting, SeriesFeed& feed);
  bool feed_ratio(const SignalSpec& spec, const SignalMatch& match, SeriesFeed& feed,
                  uint64_t target_hash);
  bool feed_bucket(const SignalSpec& spec, const SeriesSighting& sighting, SeriesFeed& feed);
  uint32_t pair_of(SignalIndex signal, uint64_t key, PairHold::Kind kind);
  void fold_sample(Series& series, const Sample& sample, int64_t now_ms, FoldCounts& counts);
  std::optional<CounterSeries::Birth> birth_of(const Series& series, int64_t t_ms);
  void apply(const SeriesFeed& feed, const CounterStep& step, int64_t now_ms);
  double level_of(const SignalSpec& spec, const Stream& stream, int64_t now_ms, size_t& live);

  const Options options_;
  std::shared_ptr<const SignalSet> signals_;
  SeriesTable series_;
  StreamTable streams_;
  ReplicaElection election_;
  PairHold pairs_;
  std::map<std::pair<SignalIndex, uint64_t>, uint32_t> pair_index_;
  IncrementBatch increments_;
  std::map<std::string, std::string> restored_fingerprints_;
  std::set<SignalIndex> restored_signals_;  // unchanged since before the restart
  bool are_signals_stored_ = false;
  int64_t last_level_slot_ = INT64_MIN;
};

}  // namespace tocsin::telemetry
