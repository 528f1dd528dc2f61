#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calendar/period.h"
#include "slo/silence.h"
#include "slo/slices.h"
#include "slo/tier_state.h"
#include "slo/view.h"

namespace tocsin::slo {

inline constexpr std::string_view kNoDataTier = "no-data";

// Whether two versions of an objective count the same events in the same period.
bool counts_alike(const Objective& a, const Objective& b);

// What the events of an objective look like at one moment: its column of the table, how old its
// history is, and when it was last heard.
struct Sight {
  const WindowTable& table;
  uint32_t column;
  Time first_seen;  // of the first event; now if there was none
  const Silence& silence;
};

// One objective under watch: the state of its tiers, its calendar period and its slices. The book
// holds one for each objective and calls it under its lock. Pure but for its own state: the time is
// the table's.
class Watched {
 public:
  // `periods` for calendar windows. The objective's tiers must be useful (why_useless).
  Watched(std::shared_ptr<const Objective> objective, std::optional<calendar::Periods> periods,
          Time now);

  const Objective& objective() const { return *objective_; }
  std::shared_ptr<const Objective> shared_objective() const { return objective_; }
  // What an earlier version of the same objective knew: for a reload that changed little.
  void take_over(Watched& earlier);

  bool knows_its_past() const { return knows_its_past_; }

  void count(Time at, Counts events);  // an increment of its signal
  // Its part of the past, in order of time; an event stands in the middle of its slot's width.
  void fill(std::span<const WindowTable::Event> events, std::span<const Duration> widths, Time now);

  // Looks at all tiers; changes are handed to `emit` in the order of the tiers.
  using Emit = std::function<void(TierChange)>;
  void evaluate(const Sight& sight, const Emit& emit);
  // A tier that fired when we were stopped. False: there is no such tier now.
  bool restore_firing(std::string_view tier, std::optional<Time> impact_started);
  // Clears what fires and will not be watched any more, because the objective is taken away or its
  // `successor` lacks the tier.
  void retire(const Sight& sight, const Watched* successor, const Emit& emit);

  // Needs a look at every edge, not only when the sweep finds it.
  bool is_hot() const;
  bool is_firing() const;
  std::optional<Time> period_end() const;  // of the calendar period under way

  ObjectiveView view(const Sight& sight) const;
  Pulse pulse(const Sight& sight) const;
  std::optional<Evidence> evidence(const Sight& sight, std::string_view tier) const;

  uint64_t version = 0;  // the book's count of changes when this one last changed

 private:
  struct TierWatch {
    const Tier* tier;
    TierMachine machine;
    std::optional<Time> impact_started;
  };
  TierReading read(const Tier& tier, const Sight& sight) const;
  Evidence evidence_of(const TierWatch& watch, TierReading reading, const Sight& sight) const;
  Time find_impact(const Tier& tier, const Sight& sight) const;
  void evaluate_silence(const Sight& sight, const Emit& emit);
  TierChange silence_change(TierState state, const Sight& sight) const;
  void advance(const Sight& sight);
  Budget budget(const Sight& sight) const;
  Counts last_hour(const Sight& sight) const;
  ObjectiveState state(const Sight& sight, const Budget& budget) const;
  bool has_tier(std::string_view name) const;
  bool is_bad_slice(const Counts& counts) const;

  std::shared_ptr<const Objective> objective_;
  Duration period_;
  std::optional<calendar::Periods> periods_;
  calendar::Period current_period_{};
  Counts in_period_;  // calendar windows that count occurrences
  std::vector<TierWatch> tiers_;
  std::unique_ptr<Slices> slices_;
  bool is_silent_ = false;
  bool knows_its_past_ = false;  // was filled, or took it over
};

}  // namespace tocsin::slo
