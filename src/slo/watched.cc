#include "slo/watched.h"

#include <algorithm>

#include "slo/burn.h"
#include "slo/onset.h"

namespace tocsin::slo {
namespace {

constexpr Duration kBurnNow = hours(1);
constexpr Duration kErrorsNow = minutes(5);
constexpr Duration kLeastLookback = hours(1);

bool is_same(const Window& a, const Window& b) {
  if (a.is_calendar != b.is_calendar) return false;
  if (!a.is_calendar) return a.length == b.length;
  return a.unit == b.unit && a.count == b.count && a.zone == b.zone && a.start == b.start;
}

}  // namespace

bool counts_alike(const Objective& a, const Objective& b) {
  return a.signal == b.signal && a.budgeting == b.budgeting && is_same(a.window, b.window) &&
         (a.budgeting == Budgeting::kOccurrences ||
          (a.slice_target == b.slice_target && a.slice_window == b.slice_window));
}

Watched::Watched(std::shared_ptr<const Objective> objective,
                 std::optional<calendar::Periods> periods, Time now)
    : objective_(std::move(objective)),
      period_(period_of(objective_->window)),
      periods_(std::move(periods)) {
  tiers_.reserve(objective_->tiers.size());
  for (const Tier& tier : objective_->tiers) tiers_.push_back({&tier, {}, {}});
  if (periods_) current_period_ = calendar::period_at(*periods_, now);
  if (objective_->budgeting == Budgeting::kTimeslices)
    slices_ = std::make_unique<Slices>(objective_->slice_window,
                                       longest_period_of(objective_->window), now);
}

bool Watched::is_bad_slice(const Counts& counts) const {
  return counts.bad > 0 && counts.ratio() > 1 - objective_->slice_target + 1e-12;
}

void Watched::count(Time at, Counts events) {
  if (periods_ && at >= current_period_.begin) in_period_ += events;
  if (slices_ && events.total > 0) slices_->touch(at);
}

void Watched::fill(std::span<const WindowTable::Event> events, std::span<const Duration> widths,
                   Time now) {
  knows_its_past_ = true;
  if (slices_ && !events.empty()) slices_->seen_since(events.front().at);
  Counts slice;
  Time slice_end;
  for (size_t i = 0; i < events.size(); ++i) {
    if (periods_ && events[i].at >= current_period_.begin) in_period_ += events[i].counts;
    if (!slices_) continue;
    const Duration width = slices_->width();
    const Time start = events[i].at - widths[i] / 2;
    if (widths[i] > width) {  // coarser than slices: all of them share its ratio
      for (Time t = start; t < start + widths[i]; t += width)
        slices_->set(t, is_bad_slice(events[i].counts));
      continue;
    }
    const Time begin(width * (to_micros(start) / width.count()));
    if (begin + width != slice_end) slice = {};
    slice_end = begin + width;
    slice += events[i].counts;
    if (slice_end <= now) slices_->set(begin, is_bad_slice(slice));
  }
}

void Watched::take_over(Watched& earlier) {
  is_silent_ = earlier.is_silent_;
  for (TierWatch& watch : tiers_)
    for (const TierWatch& old : earlier.tiers_)
      if (old.tier->name == watch.tier->name) {
        watch.machine = old.machine;
        watch.impact_started = old.impact_started;
      }
  if (!counts_alike(*objective_, *earlier.objective_)) return;
  current_period_ = earlier.current_period_;
  in_period_ = earlier.in_period_;
  slices_ = std::move(earlier.slices_);
  knows_its_past_ = true;
}

void Watched::advance(const Sight& sight) {
  const Time now = sight.table.now();
  if (periods_ && now >= current_period_.end) {
    current_period_ = calendar::period_at(*periods_, now);
    in_period_ = sight.table.between(sight.column, current_period_.begin, now);
  }
  if (!slices_) return;
  slices_->advance(now, [&](Time start, Time end) {
    return is_bad_slice(sight.table.between(sight.column, start, end));
  });
}

TierReading Watched::read(const Tier& tier, const Sight& sight) const {
  const double target = objective_->target;
  if (tier.kind == Tier::Kind::kFast)
    return read_fast_tier(tier, target, period_, sight.table, sight.column);
  const Time now = sight.table.now();
  const Duration seen = now - sight.first_seen;
  BurnCounts counts;
  counts.long_scale = scale_for(tier.long_window, seen);
  counts.in_long = sight.table.window(sight.column, tier.long_window);
  if (!slices_) {
    counts.in_short = sight.table.window(sight.column, tier.short_window);
    return read_burn(tier, target, counts);
  }
  const Counts requests = counts.in_long;
  counts.in_long = slices_->since(now - tier.long_window);
  counts.in_short = slices_->since(now - tier.short_window);
  return read_slices(tier, target, counts, requests);
}

Time Watched::find_impact(const Tier& tier, const Sight& sight) const {
  const Duration lookback = std::max(kLeastLookback, tier.long_window);
  const double normal = normal_ratio(sight.table, sight.column, lookback, objective_->target);
  Time at =
      find_onset(sight.table.slots(sight.column, lookback), normal).value_or(sight.table.now());
  // A tier that fires already tells of the same trouble, unless it began before this one looks.
  const Time oldest = sight.table.now() - lookback;
  for (const TierWatch& other : tiers_)
    if (other.machine.firing() && other.impact_started && *other.impact_started >= oldest)
      at = std::min(at, *other.impact_started);
  return at;
}

Evidence Watched::evidence_of(const TierWatch& watch, TierReading reading,
                              const Sight& sight) const {
  Evidence evidence = reading.evidence;
  evidence.budget_left = budget(sight).left;
  evidence.impact_started = watch.impact_started;
  if (watch.impact_started) {
    const Counts since =
        sight.table.between(sight.column, *watch.impact_started, sight.table.now());
    evidence.failed_since_start = since.bad;
    evidence.total_since_start = since.total;
  }
  return evidence;
}

TierChange Watched::silence_change(TierState state, const Sight& sight) const {
  TierChange change{objective_->name,
                    std::string(kNoDataTier),
                    objective_->no_data.value_or(Severity::kTicket),
                    state,
                    sight.table.now(),
                    {}};
  const Counts recent = sight.table.window(sight.column, kErrorsNow);
  change.evidence.bad_short = recent.bad;
  change.evidence.total_short = recent.total;
  change.evidence.budget_left = budget(sight).left;
  change.evidence.impact_started = sight.silence.last_at();
  return change;
}

void Watched::evaluate_silence(const Sight& sight, const Emit& emit) {
  const bool is_silent = sight.silence.is_silent(sight.table.now());
  if (is_silent == is_silent_) return;
  is_silent_ = is_silent;
  if (objective_->no_data)
    emit(silence_change(is_silent ? TierState::kNoData : TierState::kClear, sight));
}

void Watched::evaluate(const Sight& sight, const Emit& emit) {
  advance(sight);
  evaluate_silence(sight, emit);
  if (is_silent_) return;  // what fires goes on firing; nothing new is judged on old data
  const Time now = sight.table.now();
  for (TierWatch& watch : tiers_) {
    const TierReading reading = read(*watch.tier, sight);
    const auto state =
        watch.machine.step(reading, clear_hold(*watch.tier), now, sight.silence.last_arrived());
    if (!state) continue;
    if (*state == TierState::kFiring) watch.impact_started = find_impact(*watch.tier, sight);
    emit({objective_->name, watch.tier->name, watch.tier->severity, *state, now,
          evidence_of(watch, reading, sight)});
    if (*state == TierState::kClear) watch.impact_started.reset();
  }
}

bool Watched::restore_firing(std::string_view tier, std::optional<Time> impact_started) {
  if (tier == kNoDataTier) {
    is_silent_ = objective_->no_data.has_value();
    return is_silent_;
  }
  for (TierWatch& watch : tiers_) {
    if (watch.tier->name != tier) continue;
    watch.machine.restore_firing();
    watch.impact_started = impact_started;
    return true;
  }
  return false;
}

void Watched::retire(const Sight& sight, const Watched* successor, const Emit& emit) {
  if (!successor && is_silent_ && objective_->no_data)
    emit(silence_change(TierState::kClear, sight));
  for (TierWatch& watch : tiers_) {
    const bool goes_on = successor && successor->has_tier(watch.tier->name);
    if (!watch.machine.firing() || goes_on) continue;
    emit({objective_->name, watch.tier->name, watch.tier->severity, TierState::kClear,
          sight.table.now(), evidence_of(watch, read(*watch.tier, sight), sight)});
  }
}

bool Watched::has_tier(std::string_view name) const {
  return std::any_of(tiers_.begin(), tiers_.end(),
                     [&](const TierWatch& watch) { return watch.tier->name == name; });
}

bool Watched::is_firing() const {
  return std::any_of(tiers_.begin(), tiers_.end(),
                     [](const TierWatch& watch) { return watch.machine.firing(); });
}

std::optional<Time> Watched::period_end() const {
  if (!periods_) return std::nullopt;
  return current_period_.end;
}

bool Watched::is_hot() const { return is_silent_ || slices_ || is_firing(); }

Counts Watched::last_hour(const Sight& sight) const {
  if (slices_) return slices_->since(sight.table.now() - kBurnNow);
  return sight.table.window(sight.column, kBurnNow);
}

Budget Watched::budget(const Sight& sight) const {
  const Time now = sight.table.now();
  BudgetInput input;
  input.target = objective_->target;
  input.now = now;
  input.first_seen = sight.first_seen;
  input.in_last_hour = last_hour(sight);
  input.rolling = period_;
  input.period_start = periods_ ? current_period_.begin : now - period_;
  if (periods_) input.period_end = current_period_.end;
  if (slices_) {
    input.in_period = slices_->since(input.period_start);
  } else {
    input.in_period = periods_ ? in_period_ : sight.table.window(sight.column, period_);
  }
  return budget_of(input);
}

ObjectiveState Watched::state(const Sight& sight, const Budget& budget) const {
  if (is_silent_ || !sight.silence.last_at()) return ObjectiveState::kNoData;
  if (is_firing()) return ObjectiveState::kBurning;
  const bool is_spent = budget.left && *budget.left <= 0 && budget.spent.bad > 0;
  return is_spent ? ObjectiveState::kExhausted : ObjectiveState::kOk;
}

ObjectiveView Watched::view(const Sight& sight) const {
  ObjectiveView view;
  view.objective = objective_;
  view.last_5m = sight.table.window(sight.column, kErrorsNow);
  view.budget = budget(sight);
  view.state = state(sight, view.budget);
  view.last_sample_at = sight.silence.last_at();
  for (const TierWatch& watch : tiers_) {
    const TierReading reading = read(*watch.tier, sight);
    TierView tier{watch.tier, TierShown::kClear, reading.nearness,
                  evidence_of(watch, reading, sight)};
    if (watch.machine.firing()) {
      tier.state = TierShown::kFiring;
    } else if (view.state == ObjectiveState::kNoData) {
      tier.state = TierShown::kNoData;
    } else if (reading.is_too_few || reading.evidence.total_long < 1) {
      tier.state = TierShown::kTooFewEvents;
    }
    view.tiers.push_back(tier);
  }
  return view;
}

Pulse Watched::pulse(const Sight& sight) const {
  const Budget now = budget(sight);
  return {objective_,          state(sight, now), now.left,
          too_early_text(now), now.burn_now,      sight.table.window(sight.column, kErrorsNow)};
}

std::optional<Evidence> Watched::evidence(const Sight& sight, std::string_view tier) const {
  for (const TierWatch& watch : tiers_)
    if (watch.tier->name == tier) return evidence_of(watch, read(*watch.tier, sight), sight);
  if (tier == kNoDataTier) return silence_change(TierState::kNoData, sight).evidence;
  return std::nullopt;
}

}  // namespace tocsin::slo
