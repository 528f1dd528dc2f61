#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "catalog/catalog.h"
#include "telemetry/signal.h"

namespace tocsin::slo {

using ObjectiveName = StrongId<struct ObjectiveNameTag>;

enum class Severity { kPage, kTicket };

// One pair of windows, or the fast tier. Formulas and sources: docs/detection.md.
struct Tier {
  enum class Kind { kBurn, kFast };
  std::string name;  // "page-1h", "fast"
  Kind kind = Kind::kBurn;
  Severity severity = Severity::kPage;
  Duration long_window{0}, short_window{0};  // kBurn
  double burn = 0;                           // kBurn: threshold of the burn rate; > 0
  double budget_fraction = 0;  // what of the period's budget is spent when a constant burn fires it
};

enum class Budgeting { kOccurrences, kTimeslices };

struct Window {
  bool is_calendar = false;
  Duration length = std::chrono::days(30);  // rolling
  // Calendar: whole days, weeks, months, quarters or years in `zone`, beginning at `start`.
  enum class Unit { kDay, kWeek, kMonth, kQuarter, kYear } unit = Unit::kMonth;
  int count = 1;
  std::string zone = "UTC";
  Time start;
};

struct Objective {
  ObjectiveName name;
  std::string display_name;
  std::string description;
  catalog::ServiceId service;
  telemetry::SignalName signal;  // of kind ratio or latency
  double target = 0.999;         // 0 < target < 1
  Budgeting budgeting = Budgeting::kOccurrences;
  double slice_target = 0;  // kTimeslices
  Duration slice_window = std::chrono::minutes(1);
  Window window;
  std::vector<Tier> tiers;
  // Of the alert that the signal has fallen silent; nothing: no such alert.
  std::optional<Severity> no_data = Severity::kTicket;
  std::string runbook;     // overrides the service's
  std::string users_lose;  // what users lose when this burns: "Customers cannot pay"
};

enum class TierState { kClear, kFiring, kNoData };

// The numbers behind a verdict, with the counts beside every ratio.
struct Evidence {
  double bad_short = 0, total_short = 0, bad_long = 0, total_long = 0;
  double burn_short = 0, burn_long = 0, threshold = 0;
  // Share of the period's budget, may be negative; nothing: it is too early to judge (budget.h).
  std::optional<double> budget_left;
  double failed_since_start = 0, total_since_start = 0;  // since `impact_started`
  std::optional<Time>
      impact_started;  // where the bad ratio left its normal, estimated from the signal
};

// A tier changed its state. `at` is the evaluation's time. For kNoData the tier's name is "no-data"
// and it speaks for the whole objective.
struct TierChange {
  ObjectiveName objective;
  std::string tier;
  Severity severity = Severity::kPage;
  TierState state = TierState::kClear;
  Time at;
  Evidence evidence;
};

// Declared here, implemented by `alert`. Called outside of all locks of `slo`, one at a time, in
// order.
class TierListener {
 public:
  virtual ~TierListener() = default;
  virtual void on_change(const TierChange& change) = 0;
};

}  // namespace tocsin::slo
