#pragma once

#include <map>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/clock.h"
#include "slo/burn.h"
#include "slo/slo_book.h"

namespace tocsin::slo {

// For tests: remembers what it was told.
class Recorder final : public TierListener {
 public:
  void on_change(const TierChange& change) override { changes.push_back(change); }
  // The first change of this tier to this state at or after `from`.
  const TierChange* first(std::string_view tier, TierState state, Time from = Time{}) const {
    for (const TierChange& change : changes)
      if (change.tier == tier && change.state == state && change.at >= from) return &change;
    return nullptr;
  }
  std::vector<TierChange> changes;
};

// For tests: rollups as `telemetry` keeps them, of whatever was put in.
class FakeRollups final : public telemetry::RollupReader {
 public:
  void add(const telemetry::SignalName& signal, Time at, Counts counts) {
    for (const auto level : {telemetry::RollupLevel::kTenSeconds, telemetry::RollupLevel::kMinute,
                             telemetry::RollupLevel::kTenMinutes}) {
      const int64_t width = telemetry::width_of(level).count();
      slots_[{signal.value(), level}][to_micros(at) / width * width] += counts;
    }
  }
  Result<std::vector<telemetry::RatioSlot>> ratio(const telemetry::SignalName& signal,
                                                  telemetry::RollupLevel level, Time from,
                                                  Time to) const override {
    if (broken) return fail(Code::kDataLoss, "rollups are damaged");
    std::vector<telemetry::RatioSlot> slots;
    const auto found = slots_.find({signal.value(), level});
    if (found == slots_.end()) return slots;
    for (auto at = found->second.lower_bound(to_micros(from));
         at != found->second.end() && at->first < to_micros(to); ++at)
      slots.push_back({from_micros(at->first), at->second.bad, at->second.total});
    return slots;
  }
  bool broken = false;

 private:
  std::map<std::pair<std::string, telemetry::RollupLevel>, std::map<int64_t, Counts>> slots_;
};

// A book with one listener on simulated time.
struct BookBench {
  explicit BookBench(Time now) : book(now, recorder, log, metrics) {}
  ManualClock clock;
  Metrics metrics;
  Log log{clock, LogLevel::kError, LogFormat::kLogfmt,
          [this](LogLevel, std::string_view line) { errors += line; }};
  std::string errors;
  Recorder recorder;
  FakeRollups rollups;
  SloBook book;
};

inline Objective objective_of(const std::string& name, double target = 0.999,
                              Duration period = days(30)) {
  Objective objective;
  objective.name = ObjectiveName(name);
  objective.service = catalog::ServiceId("shop");
  objective.signal = telemetry::SignalName(name);
  objective.target = target;
  objective.window.length = period;
  objective.tiers = default_tiers(target, period);
  return objective;
}

}  // namespace tocsin::slo
