#include "telemetry/folder.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {

Folder::Folder(Options options)
    : options_(options), signals_(std::make_shared<SignalSet>()), election_(options.fail_over) {}

void Folder::configure(std::shared_ptr<const SignalSet> signals) {
  const auto is_unchanged = [&](SignalIndex index) {
    const CompiledSignal* before = signals_->find(index);
    const CompiledSignal* after = signals->find(index);
    return before != nullptr && after != nullptr && before->fingerprint == after->fingerprint;
  };
  pairs_.dissolve(increments_, is_unchanged);
  std::erase_if(pair_index_, [&](const auto& pair) { return !is_unchanged(pair.first.first); });
  signals_ = std::move(signals);
  for (Series& series : series_.all()) series.feeds.clear();
  for (Stream& stream : streams_.all()) stream.level_series.clear();
  are_signals_stored_ = false;
  restored_signals_.clear();
  for (const CompiledSignal& signal : signals_->signals()) {
    const auto at = restored_fingerprints_.find(signal.spec->name.value());
    if (at != restored_fingerprints_.end() && at->second == signal.fingerprint) {
      restored_signals_.insert(signal.index);
    }
  }
}

FoldCounts Folder::fold(const WriteBatch& batch, uint32_t minute, Time now) {
  FoldCounts counts;
  const int64_t now_ms = to_millis(now);
  for (const WriteBatch::Series& entry : batch.series) {
    if (entry.decision.series == kDropSeries || entry.is_refused) continue;
    Series& series = series_[entry.decision.series];
    series.minute = minute;
    if (series.target != kNone) series_.target_at(series.target).minute = minute;
    if (!election_.admits(entry.decision.replica, now)) {
      counts.not_elected += entry.count;
      continue;
    }
    series_.touch(entry.decision.series);
    for (uint32_t i = 0; i < entry.count; ++i) {
      fold_sample(series, batch.samples[entry.first + i], now_ms, counts);
    }
  }
  pairs_.release(increments_);
  return counts;
}

void Folder::fold_sample(Series& series, const Sample& sample, int64_t now_ms, FoldCounts& counts) {
  const auto in_ms = [](Duration d) { return std::chrono::duration_cast<milliseconds>(d).count(); };
  if (sample.t_ms > now_ms + in_ms(options_.max_ahead)) {
    ++counts.future;
    return;
  }
  if (sample.t_ms < now_ms - in_ms(options_.max_age)) {
    ++counts.too_late;
    return;
  }
  // That a series has ended says nothing of its target, and ends no counter: should it come back,
  // it goes on from where it was, and what it counted unseen is there.
  if (is_stale_marker(sample.v)) {
    if (sample.t_ms >= series.level_ms) {
      series.level_ms = sample.t_ms;  // so that an older sample, come late, does not revive it
      series.is_stale = true;
    }
    return;
  }
  // While a target is down its scraper goes on to write `up`; that is no watching.
  if (series.target != kNone && (!series.is_up || sample.v > 0)) {
    series_.target_at(series.target).heard(sample.t_ms);
  }
  bool has_counter = false, has_level = false;
  for (const SeriesFeed& feed : series.feeds) (feed.is_level ? has_level : has_counter) = true;
  if (has_level && sample.t_ms >= series.level_ms) {
    series.level_ms = sample.t_ms;
    series.level = sample.v;
    series.is_stale = false;
    ++counts.folded;
  }
  if (!has_counter) return;
  if (!(sample.v >= 0) || !std::isfinite(sample.v)) {
    ++counts.not_a_count;
    return;
  }
  const auto birth = series.counter.is_empty() ? birth_of(series, sample.t_ms) : std::nullopt;
  const double last = series.counter.is_empty() ? 0 : series.counter.last_value();
  const CounterSeries::Outcome outcome =
      series.counter.add(sample.t_ms, sample.v, sample.start_ms, birth);
  switch (outcome.taken) {
    case CounterSeries::Taken::kDuplicate: ++counts.duplicates; return;
    case CounterSeries::Taken::kTooLate: ++counts.too_late; return;
    case CounterSeries::Taken::kFirst:
    case CounterSeries::Taken::kCounted: break;
  }
  ++counts.folded;
  counts.resets += sample.v < last && series.counter.last_ms() == sample.t_ms;
  for (const SeriesFeed& feed : series.feeds) {
    if (!feed.is_level) apply(feed, outcome.step, now_ms);
  }
}

// A series counts from zero only when its target was watched for more than one sample before it
// appeared: otherwise we, or a filter on the way, simply had not seen it, and its value is old.
std::optional<CounterSeries::Birth> Folder::birth_of(const Series& series, int64_t t_ms) {
  if (!series.may_be_born || series.target == kNone) return std::nullopt;
  const Target& target = series_.target_at(series.target);
  const bool is_known_from_before =
      target.is_restored && std::ranges::all_of(series.feeds, [this](const SeriesFeed& feed) {
        return feed.is_level || restored_signals_.contains(feed.signal);
      });
  if (!target.is_known_before(t_ms) && !is_known_from_before) return std::nullopt;
  return CounterSeries::Birth{target.sample_before(t_ms)};
}

void Folder::apply(const SeriesFeed& feed, const CounterStep& step, int64_t now_ms) {
  streams_.add(feed.stream, step, feed.bad, feed.total, feed.column, now_ms);
  if (!feed.is_told) return;
  const double bad = feed.bad * step.count;
  const double total = feed.total * step.count;
  if (feed.pair != kNone && feed.is_held) {
    pairs_.hold(feed.pair, feed.side, step, bad, total);
    return;
  }
  if (feed.pair != kNone) pairs_.mark(feed.pair, feed.side, step.to_ms);
  increments_.add(feed.signal, step.from_ms, step.to_ms, bad, total);
}

void Folder::add_ratio(const CompiledSignal& signal, const Labels& group, const CounterStep& step,
                       double bad, double total, Time now, bool is_told) {
  const auto stream = streams_.stream(*signal.spec, group);
  if (!stream) return;
  streams_.add(*stream, {step.from_ms, step.to_ms, bad}, 1, 1, 0, to_millis(now));
  streams_.add(*stream, {step.from_ms, step.to_ms, total - bad}, 0, 1, 0, to_millis(now));
  if (is_told && signal.spec->by.empty()) {
    increments_.add(signal.index, step.from_ms, step.to_ms, bad, total);
  }
}

std::vector<Folder::Untold> Folder::untold(SignalIndex signal, Time now) const {
  std::vector<Untold> out;
  pairs_.each_held(signal, [&](const CounterStep& step, double bad, double total) {
    out.push_back({step, bad, total});
  });
  // Which of the steps it is left of is not known; it is small.
  if (const auto [bad, total] = increments_.carry_of(signal); bad != 0 || total != 0) {
    out.push_back({{to_millis(now), to_millis(now), 0}, bad, total});
  }
  return out;
}

void Folder::add_rate(const CompiledSignal& signal, const Labels& group, const CounterStep& step,
                      Time now) {
  if (const auto stream = streams_.stream(*signal.spec, group)) {
    streams_.add(*stream, step, 1, 0, 0, to_millis(now));
  }
}

void Folder::add_level(const CompiledSignal& signal, const Labels& group, double value, Time at) {
  if (const auto stream = streams_.stream(*signal.spec, group)) {
    streams_.add_level(*stream, value, to_millis(at));
  }
}

double Folder::level_of(const SignalSpec& spec, const Stream& stream, int64_t now_ms,
                        size_t& live) {
  const int64_t oldest =
      now_ms - std::chrono::duration_cast<milliseconds>(options_.look_back).count();
  double sum = 0, most = 0;
  live = 0;
  for (const uint32_t index : stream.level_series) {
    const Series& series = series_[index];
    if (!series.is_used || series.is_stale || series.level_ms < oldest ||
        !std::isfinite(series.level)) {
      continue;
    }
    sum += series.level;
    most = live == 0 ? series.level : std::max(most, series.level);
    ++live;
  }
  switch (spec.fold) {
    case SignalSpec::LevelFold::kSum: return sum;
    case SignalSpec::LevelFold::kMax: return most;
    case SignalSpec::LevelFold::kAverage: return live == 0 ? 0 : sum / static_cast<double>(live);
  }
  return 0;
}

void Folder::read_levels(Time now) {
  const int64_t slot = floor_div(to_millis(now), width_ms(RollupLevel::kTenSeconds));
  if (slot <= last_level_slot_) return;
  last_level_slot_ = slot;
  for (const CompiledSignal& signal : signals_->signals()) {
    if (signal.spec->kind != SignalKind::kLevel) continue;
    for (const uint32_t i : streams_.streams_of(signal.spec->name, shape_of(*signal.spec))) {
      size_t live = 0;
      const double value = level_of(*signal.spec, streams_[i], to_millis(now), live);
      if (live > 0) streams_.add_level(i, value, to_millis(now));
    }
  }
}

Checkpoint Folder::checkpoint(Time now) {
  Checkpoint out;
  out.at = now;
  for (const uint32_t index : streams_.take_dirty()) {
    Stream& stream = streams_[index];
    for (size_t i = 0; i < kRollupLevels.size(); ++i) {
      if (stream.pending[i].empty()) continue;
      out.slots.push_back(
          {index, stream.id, kRollupLevels[i], stream.merge, stream.pending[i].take()});
    }
    if (stream.is_stored) continue;
    out.new_streams.push_back({stream.id, stream.signal.value(), stream.shape, stream.labels});
    stream.is_stored = true;
  }
  for (Bound& bound : streams_.bounds()) {
    if (!bound.is_stored) out.new_bounds.push_back(bound);
    bound.is_stored = true;
  }
  out.pages = series_.dirty_pages();
  if (!std::exchange(are_signals_stored_, true)) {
    auto& fingerprints = out.fingerprints.emplace();
    for (const CompiledSignal& signal : signals_->signals()) {
      fingerprints[signal.spec->name.value()] = signal.fingerprint;
    }
  }
  return out;
}

void Folder::put_back(Checkpoint checkpoint) {
  for (Checkpoint::Slots& slots : checkpoint.slots) {
    Stream& stream = streams_[slots.stream];
    for (size_t i = 0; i < kRollupLevels.size(); ++i) {
      if (kRollupLevels[i] == slots.level) stream.pending[i].merge(slots.values, stream.merge);
    }
    streams_.mark_dirty(slots.stream);
  }
  for (const Checkpoint::StreamRow& row : checkpoint.new_streams) {
    for (Stream& stream : streams_.all()) {
      if (stream.id == row.id) stream.is_stored = false;
    }
  }
  for (const Bound& unwritten : checkpoint.new_bounds) {
    for (Bound& bound : streams_.bounds()) {
      if (bound.signal == unwritten.signal && bound.column == unwritten.column) {
        bound.is_stored = false;
      }
    }
  }
  series_.mark_dirty(checkpoint.pages);
  if (checkpoint.fingerprints) are_signals_stored_ = false;
}

Result<> Folder::restore(const Restored& restored, uint32_t minute) {
  for (const Stream& stream : restored.streams) streams_.restore(stream);
  for (const Bound& bound : restored.bounds) streams_.restore(bound);
  for (const SeriesTable::Page& page : restored.pages) {
    RETURN_IF_ERROR(series_.restore(page, minute));
  }
  restored_fingerprints_ = restored.fingerprints;
  return {};
}

std::map<SignalIndex, size_t> Folder::series_by_signal() const {
  std::map<SignalIndex, size_t> counts;
  for (const Series& series : series_.all()) {
    for (size_t i = 0; i < series.feeds.size(); ++i) {
      // A series may feed a signal only once, see SignalSet::match.
      ++counts[series.feeds[i].signal];
    }
  }
  return counts;
}

}  // namespace tocsin::telemetry
