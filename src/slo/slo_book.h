#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "slo/sweep.h"
#include "slo/view.h"
#include "slo/watched.h"
#include "telemetry/signal.h"

namespace tocsin::slo {

// All objectives under watch: takes increments from `telemetry`, tells the listener which tiers
// fire and clear, answers what screens and the API ask.
//
// An objective is looked at when increments for it arrive, and all of them whenever a slot's edge
// passes (every 5 s; advance()). Nothing here reads a clock: time is what on_increments and advance
// are given.
//
// Thread-safe. One mutex guards all state and is held for microseconds for each increment and for a
// few milliseconds in a sweep of 50,000 objectives. The listener is called outside of it, one call
// at a time, in the order in which the changes happened, by whichever thread caused or found them;
// it may call back for views and evidence, not for anything that changes the book.
class SloBook final : public telemetry::RatioListener {
 public:
  SloBook(Time now, TierListener& listener, Log& log, Metrics& metrics);
  ~SloBook() override;

  struct Entry {
    Objective objective;
    telemetry::SignalIndex signal = 0;
  };
  // Watches these objectives from now on. Counts of signals that are watched already are kept, and
  // so is the state of tiers that keep their objective and name; tiers that are taken away while
  // they fire are cleared. Signals that were not watched are filled from their rollups (read before
  // the lock is taken); what comes meanwhile is set aside and counted behind it, so that every
  // event counts once. What cannot be read is logged and counts from zero. Fails, changing nothing,
  // on a calendar zone that is not known. Called by one thread at a time.
  Result<> configure(std::vector<Entry> entries, const telemetry::RollupReader& rollups, Time now);

  // The tiers that fire according to the database, after a restart: call after the first
  // configure() and before increments come. A tier that is not watched any more is cleared. Tiers
  // are looked at again with the next data, and clear only on evidence.
  struct Firing {
    ObjectiveName objective;
    std::string tier;
    std::optional<Time> impact_started;
  };
  void restore(std::span<const Firing> firing);

  void on_increments(std::span<const telemetry::RatioIncrement> increments, Time arrived) override;

  // A window's edge has passed, or silence has lasted: call at next_edge(), or every second.
  void advance(Time now);
  Time next_edge() const;

  size_t size() const;
  size_t without_data() const;
  std::vector<ObjectiveView> objectives() const;  // by name
  std::optional<ObjectiveView> objective(const ObjectiveName& name) const;
  // The numbers of a tier as they are now; of "no-data" too. Nothing: no such objective or tier.
  std::optional<Evidence> evidence(const ObjectiveName& name, std::string_view tier) const;

  // Objectives that changed after `token` (0: all), and the token to ask with next time.
  struct Pulses {
    uint64_t token = 0;
    std::vector<Pulse> pulses;
  };
  Pulses pulses_since(uint64_t token) const;

  static constexpr size_t bytes_per_signal() { return WindowTable::bytes_per_column(); }

 private:
  struct Column {
    telemetry::SignalIndex signal = 0;
    Silence silence;
    std::vector<uint32_t> objectives;
    bool is_used = false;
  };
  struct Place {  // of an objective
    std::unique_ptr<Watched> watched;
    uint32_t column = 0;
  };
  struct Filling;

  Sight sight(const Place& place) const;
  void evaluate(uint32_t objective);
  void sweep();
  void find_silent(std::vector<uint32_t>& found);
  void deliver();
  uint32_t column_for(telemetry::SignalIndex signal);
  void drop_unused_columns();
  void rebuild_sweep();
  bool is_watched(telemetry::SignalIndex signal) const;
  bool needs_past(const Objective& objective) const;
  std::vector<Filling> read_pasts(const std::vector<Entry>& entries,
                                  const telemetry::RollupReader& rollups, Time now);
  std::vector<uint32_t> fill(const Filling& filling);
  void take(const telemetry::RatioIncrement& increment);
  void catch_up(const Filling& filling, const std::vector<uint32_t>& filled);
  void evaluate_touched();
  void index(std::vector<Place> places, std::map<ObjectiveName, uint32_t> by_name);

  TierListener& listener_;
  Log& log_;
  Counter& increments_;
  Counter& unwatched_;
  Counter& changes_;

  mutable std::mutex mutex_;
  WindowTable table_;
  Sweep sweep_;
  std::vector<Column> columns_;
  std::vector<int64_t> first_seen_;          // by column, microseconds; INT64_MAX: nothing yet
  std::vector<int64_t> column_of_;           // by signal index; -1: not watched
  std::vector<Place> places_;                // objectives
  std::vector<uint8_t> hot_;                 // by objective: Watched::is_hot
  std::map<ObjectiveName, uint32_t> names_;  // places in places_
  Time last_edge_;                           // the boundary that was swept last
  Time silence_check_;                       // no signal falls silent before
  std::optional<Time> period_end_;           // the next end of a calendar period
  // Signals whose past is being read, with what came of them since that past was cut.
  std::map<telemetry::SignalIndex, std::vector<telemetry::RatioIncrement>> set_aside_;
  uint64_t version_ = 0;
  std::vector<uint32_t> touched_;  // scratch: columns of one call, with bad events or hot
  std::deque<TierChange> outgoing_;

  std::mutex delivery_;  // taken before mutex_, held while the listener is called
};

}  // namespace tocsin::slo
