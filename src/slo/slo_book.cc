#include "slo/slo_book.h"

#include <algorithm>
#include <limits>

#include "slo/burn.h"
#include "slo/past.h"

namespace tocsin::slo {
namespace {

constexpr int64_t kNothingYet = std::numeric_limits<int64_t>::max();
// A snapshot of many objectives lets others in after so many.
constexpr size_t kViewsAtOnce = 256;

Result<std::optional<calendar::Periods>> periods_of(const Objective& objective) {
  const Window& window = objective.window;
  if (!window.is_calendar) return std::nullopt;
  auto zone = calendar::Zone::find(window.zone);
  if (!zone) return fail(zone.error().in("objective '" + objective.name.value() + "'"));
  calendar::Periods periods;
  periods.unit = static_cast<calendar::Periods::Unit>(window.unit);
  periods.count = window.count;
  if (window.start != Time{}) periods.start = zone->to_civil(window.start);
  periods.zone = *std::move(zone);
  return periods;
}

// How far back an objective looks.
Duration memory_of(const Objective& objective) {
  return std::max<Duration>(WindowTable::kLongestWindow,
                            longest_period_of(objective.window) + days(1));
}

}  // namespace

struct SloBook::Filling {
  telemetry::SignalIndex signal = 0;
  bool is_new = false;  // the signal was not watched: its windows are filled, too
  Past past;
};

SloBook::SloBook(Time now, TierListener& listener, Log& log, Metrics& metrics)
    : listener_(listener),
      log_(log),
      increments_(metrics.counter("tocsin_slo_increments_total",
                                  "Increments of signals that objectives count")),
      unwatched_(metrics.counter("tocsin_slo_increments_unwatched_total",
                                 "Increments of signals without an objective")),
      changes_(metrics.counter("tocsin_slo_tier_changes_total", "Changes of a tier's state")),
      table_(now),
      last_edge_(table_.next_boundary() - WindowTable::kSlot) {
  metrics.gauge_from("tocsin_slo_objectives", "Objectives under watch",
                     [this] { return static_cast<double>(size()); });
  metrics.gauge_from("tocsin_slo_objectives_without_data", "Objectives whose signal is silent",
                     [this] { return static_cast<double>(without_data()); });
}

SloBook::~SloBook() = default;

Sight SloBook::sight(const Place& place) const {
  const Column& column = columns_[place.column];
  const int64_t first = first_seen_[place.column];
  return {table_, place.column, first == kNothingYet ? table_.now() : from_micros(first),
          column.silence};
}

uint32_t SloBook::column_for(telemetry::SignalIndex signal) {
  if (signal < column_of_.size() && column_of_[signal] >= 0)
    return static_cast<uint32_t>(column_of_[signal]);
  const auto spare = std::find_if(columns_.begin(), columns_.end(),
                                  [](const Column& column) { return !column.is_used; });
  const auto place = static_cast<uint32_t>(spare - columns_.begin());
  if (spare == columns_.end()) columns_.emplace_back();
  if (signal >= column_of_.size()) column_of_.resize(signal + 1, -1);
  column_of_[signal] = place;
  columns_[place] = Column{.signal = signal, .silence = {}, .objectives = {}, .is_used = true};
  return place;
}

bool SloBook::is_watched(telemetry::SignalIndex signal) const {
  return signal < column_of_.size() && column_of_[signal] >= 0;
}

bool SloBook::needs_past(const Objective& objective) const {
  if (!objective.window.is_calendar && objective.budgeting == Budgeting::kOccurrences) return false;
  const auto known = names_.find(objective.name);
  return known == names_.end() ||
         !counts_alike(places_[known->second].watched->objective(), objective);
}

std::vector<SloBook::Filling> SloBook::read_pasts(const std::vector<Entry>& entries,
                                                  const telemetry::RollupReader& rollups,
                                                  Time now) {
  struct Want {
    telemetry::SignalName name;
    Duration memory{0};
    bool is_new = false;
  };
  std::map<telemetry::SignalIndex, Want> wanted;
  {
    std::lock_guard lock(mutex_);
    for (const Entry& entry : entries) {
      const bool is_new = !is_watched(entry.signal);
      if (!is_new && !needs_past(entry.objective)) continue;
      Want& want = wanted[entry.signal];
      want = {entry.objective.signal, std::max(want.memory, memory_of(entry.objective)), is_new};
    }
  }
  std::vector<Filling> fillings;
  for (const auto& [signal, want] : wanted) {
    const auto until_here = rollups.cut(want.name, [&, signal = signal] {
      std::lock_guard lock(mutex_);
      set_aside_[signal].clear();
    });
    auto past = read_past(until_here ? *until_here : rollups, want.name, now - want.memory, now);
    if (!past) {
      log_.error("the past of a signal cannot be read; its windows count from now",
                 {{"signal", want.name.value()}, {"error", past.error()}});
      past = Past{};
    }
    fillings.push_back({signal, want.is_new, *std::move(past)});
  }
  return fillings;
}

// The objectives that had not known their past, by their places.
std::vector<uint32_t> SloBook::fill(const Filling& filling) {
  const auto place = static_cast<uint32_t>(column_of_[filling.signal]);
  const Past& past = filling.past;
  Column& column = columns_[place];
  std::vector<uint32_t> filled;
  for (uint32_t objective : column.objectives) {
    if (places_[objective].watched->knows_its_past()) continue;
    filled.push_back(objective);
    if (!past.events.empty())
      places_[objective].watched->fill(past.events, past.widths, table_.now());
  }
  if (!filling.is_new || past.events.empty()) return filled;
  table_.fill(place, past.events);
  first_seen_[place] = std::min(first_seen_[place], to_micros(past.events.front().at));
  for (size_t i = 0; i < past.events.size(); ++i) {
    const Time at = std::min(past.events[i].at, table_.now());
    if (past.widths[i] < seconds(10) || !column.silence.last_at()) column.silence.heard(at, at);
  }
  column.silence.begin(table_.now());
  return filled;
}

// What came while the past was read. A signal that was watched before has it in its column; only
// the objectives that were just filled lack it.
void SloBook::catch_up(const Filling& filling, const std::vector<uint32_t>& filled) {
  const auto aside = set_aside_.find(filling.signal);
  if (aside == set_aside_.end()) return;
  for (const telemetry::RatioIncrement& increment : aside->second) {
    if (filling.is_new) {
      take(increment);
      continue;
    }
    for (uint32_t objective : filled) {
      places_[objective].watched->count(std::min(increment.at, table_.now()),
                                        {increment.bad, increment.total});
    }
  }
}

Result<> SloBook::configure(std::vector<Entry> entries, const telemetry::RollupReader& rollups,
                            Time now) {
  std::vector<Place> places;
  std::vector<std::optional<calendar::Periods>> periods;
  for (const Entry& entry : entries) {
    ASSIGN_OR_RETURN(auto found, periods_of(entry.objective));
    periods.push_back(std::move(found));
  }
  const auto fillings = read_pasts(entries, rollups, now);
  {
    std::lock_guard lock(mutex_);
    table_.advance(now);
    std::map<ObjectiveName, uint32_t> by_name;
    for (size_t i = 0; i < entries.size(); ++i) {
      const uint32_t column = column_for(entries[i].signal);
      entries[i].objective.tiers.shrink_to_fit();  // it is kept for as long as it is watched
      auto objective = std::make_shared<const Objective>(std::move(entries[i].objective));
      by_name[objective->name] = static_cast<uint32_t>(places.size());
      places.push_back(
          {std::make_unique<Watched>(std::move(objective), std::move(periods[i]), table_.now()),
           column});
    }
    table_.resize(std::max(columns_.size(), table_.columns()));
    first_seen_.resize(columns_.size(), kNothingYet);
    index(std::move(places), std::move(by_name));
    touched_.clear();
    for (const Filling& filling : fillings) catch_up(filling, fill(filling));
    set_aside_.clear();
    rebuild_sweep();
    evaluate_touched();
  }
  deliver();
  return {};
}

void SloBook::index(std::vector<Place> places, std::map<ObjectiveName, uint32_t> by_name) {
  const Watched::Emit emit = [this](TierChange change) { outgoing_.push_back(std::move(change)); };
  for (Place& old : places_) {
    const auto next = by_name.find(old.watched->objective().name);
    Watched* successor = next == by_name.end() ? nullptr : places[next->second].watched.get();
    old.watched->retire(sight(old), successor, emit);
    if (successor) successor->take_over(*old.watched);
  }
  places_ = std::move(places);
  names_ = std::move(by_name);
  for (Column& column : columns_) column.objectives.clear();
  hot_.assign(places_.size(), false);
  for (uint32_t i = 0; i < places_.size(); ++i) {
    columns_[places_[i].column].objectives.push_back(i);
    places_[i].watched->version = ++version_;
    hot_[i] = places_[i].watched->is_hot();
  }
  silence_check_ = table_.now();
  drop_unused_columns();
}

void SloBook::drop_unused_columns() {
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    if (!column.is_used || !column.objectives.empty()) continue;
    column_of_[column.signal] = -1;
    table_.clear(i);
    first_seen_[i] = kNothingYet;
    column = {};
  }
}

void SloBook::rebuild_sweep() {
  sweep_.clear();
  period_end_.reset();
  for (uint32_t i = 0; i < places_.size(); ++i) {
    const Watched& watched = *places_[i].watched;
    const Objective& objective = watched.objective();
    if (objective.budgeting == Budgeting::kOccurrences)
      sweep_.add(i, places_[i].column, objective.target, objective.tiers);
    if (const auto end = watched.period_end())
      period_end_ = period_end_ ? std::min(*period_end_, *end) : *end;
  }
  sweep_.finish(columns_.size());
}

void SloBook::restore(std::span<const Firing> firing) {
  {
    std::lock_guard lock(mutex_);
    for (const Firing& tier : firing) {
      const auto found = names_.find(tier.objective);
      if (found != names_.end() &&
          places_[found->second].watched->restore_firing(tier.tier, tier.impact_started)) {
        hot_[found->second] = true;
        continue;
      }
      TierChange cleared;
      cleared.objective = tier.objective;
      cleared.tier = tier.tier;
      cleared.at = table_.now();
      outgoing_.push_back(std::move(cleared));
    }
  }
  deliver();
}

void SloBook::evaluate(uint32_t objective) {
  Place& place = places_[objective];
  const size_t before = outgoing_.size();
  place.watched->evaluate(sight(place),
                          [this](TierChange change) { outgoing_.push_back(std::move(change)); });
  if (outgoing_.size() != before) place.watched->version = ++version_;
  hot_[objective] = place.watched->is_hot();
}

void SloBook::on_increments(std::span<const telemetry::RatioIncrement> increments, Time arrived) {
  bool has_changes = false;
  {
    std::lock_guard lock(mutex_);
    table_.advance(arrived);
    touched_.clear();
    ++version_;
    uint64_t unwatched = 0;
    for (const auto& increment : increments) {
      const auto aside = set_aside_.find(increment.signal);
      if (aside != set_aside_.end()) aside->second.push_back(increment);
      if (is_watched(increment.signal)) {
        take(increment);
      } else if (aside == set_aside_.end()) {
        ++unwatched;
      }
    }
    increments_.add(increments.size() - unwatched);
    unwatched_.add(unwatched);
    evaluate_touched();
    has_changes = !outgoing_.empty();
  }
  if (has_changes) deliver();
}

void SloBook::take(const telemetry::RatioIncrement& increment) {
  const Time now = table_.now();
  const auto index = static_cast<uint32_t>(column_of_[increment.signal]);
  Column& column = columns_[index];
  const Time at = std::min(increment.at, now);
  column.silence.heard(at, now);
  bool is_urgent = increment.bad > 0;
  if (increment.total > 0) {
    table_.add(index, at, {increment.bad, increment.total});
    first_seen_[index] = std::min(first_seen_[index], to_micros(at));
  }
  for (uint32_t objective : column.objectives) {
    Watched& watched = *places_[objective].watched;
    watched.count(at, {increment.bad, increment.total});
    watched.version = version_;
    is_urgent = is_urgent || hot_[objective];
  }
  if (is_urgent && (touched_.empty() || touched_.back() != index)) touched_.push_back(index);
}

void SloBook::evaluate_touched() {
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  for (uint32_t column : touched_)
    for (uint32_t objective : columns_[column].objectives) evaluate(objective);
}

void SloBook::advance(Time now) {
  {
    std::lock_guard lock(mutex_);
    table_.advance(now);
    const Time edge = table_.next_boundary() - WindowTable::kSlot;
    if (edge == last_edge_) return;
    last_edge_ = edge;
    sweep();
  }
  deliver();
}

void SloBook::sweep() {
  std::vector<uint32_t> found;
  sweep_.run(table_, first_seen_, found);
  const Time now = table_.now();
  const bool has_ended = period_end_ && now >= *period_end_;
  for (uint32_t i = 0; i < places_.size(); ++i)
    if (has_ended || hot_[i]) found.push_back(i);
  if (now >= silence_check_) find_silent(found);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (uint32_t objective : found) evaluate(objective);
  if (!has_ended) return;
  period_end_.reset();
  for (const Place& place : places_)
    if (const auto end = place.watched->period_end())
      period_end_ = period_end_ ? std::min(*period_end_, *end) : *end;
}

// A deadline moves on with everything that is heard, so that the next one to end is only known
// roughly: never before silence_check_.
void SloBook::find_silent(std::vector<uint32_t>& found) {
  const Time now = table_.now();
  silence_check_ = now + Silence::kLeastPatience;
  for (const Column& column : columns_) {
    const auto deadline = column.silence.deadline();
    if (!deadline) continue;
    if (now >= *deadline) {
      found.insert(found.end(), column.objectives.begin(), column.objectives.end());
    } else {
      silence_check_ = std::min(silence_check_, *deadline);
    }
  }
}

void SloBook::deliver() {
  std::lock_guard order(delivery_);
  for (;;) {
    TierChange change;
    {
      std::lock_guard lock(mutex_);
      if (outgoing_.empty()) return;
      change = std::move(outgoing_.front());
      outgoing_.pop_front();
    }
    changes_.add();
    listener_.on_change(change);
  }
}

Time SloBook::next_edge() const {
  std::lock_guard lock(mutex_);
  return table_.next_boundary();
}

size_t SloBook::size() const {
  std::lock_guard lock(mutex_);
  return places_.size();
}

size_t SloBook::without_data() const {
  std::lock_guard lock(mutex_);
  const Time now = table_.now();
  return static_cast<size_t>(std::count_if(places_.begin(), places_.end(), [&](const Place& place) {
    const Silence& silence = columns_[place.column].silence;
    return silence.is_silent(now) || !silence.last_at();
  }));
}

std::vector<ObjectiveView> SloBook::objectives() const {
  std::vector<ObjectiveView> views;
  std::unique_lock lock(mutex_);
  views.reserve(places_.size());
  ObjectiveName last;
  for (;;) {
    auto next = views.empty() ? names_.begin() : names_.upper_bound(last);
    for (size_t i = 0; i < kViewsAtOnce && next != names_.end(); ++i, ++next) {
      const Place& place = places_[next->second];
      views.push_back(place.watched->view(sight(place)));
      last = next->first;
    }
    if (next == names_.end()) return views;
    lock.unlock();
    lock.lock();
  }
}

std::optional<ObjectiveView> SloBook::objective(const ObjectiveName& name) const {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  const Place& place = places_[found->second];
  return place.watched->view(sight(place));
}

std::optional<Evidence> SloBook::evidence(const ObjectiveName& name, std::string_view tier) const {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  const Place& place = places_[found->second];
  return place.watched->evidence(sight(place), tier);
}

SloBook::Pulses SloBook::pulses_since(uint64_t token) const {
  std::unique_lock lock(mutex_);
  Pulses pulses{version_, {}};
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.watched->version <= token) continue;
    pulses.pulses.push_back(place.watched->pulse(sight(place)));
    if (pulses.pulses.size() % kViewsAtOnce != 0) continue;
    lock.unlock();
    lock.lock();  // what changes now comes again with the next token
  }
  return pulses;
}

}  // namespace tocsin::slo
