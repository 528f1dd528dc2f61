#include "telemetry/stream_table.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::telemetry {

std::string shape_of(const SignalSpec& spec) {
  return fmt::format("{}/{}/{}", static_cast<int>(spec.kind), static_cast<int>(spec.fold),
                     join(spec.by, ","));
}

Merge merge_of(const SignalSpec& spec) {
  return spec.kind == SignalKind::kLevel && spec.fold == SignalSpec::LevelFold::kMax ? Merge::kMax
                                                                                     : Merge::kAdd;
}

std::optional<uint32_t> StreamTable::stream(const SignalSpec& spec, const Labels& group) {
  const std::string shape = shape_of(spec);
  const auto found = by_group_.find({spec.name.value(), shape, group});
  if (found != by_group_.end()) return found->second;
  std::vector<uint32_t>& siblings = by_signal_[{spec.name.value(), shape}];
  if (siblings.size() >= kMaxGroups) return std::nullopt;
  const auto index = static_cast<uint32_t>(streams_.size());
  Stream& made = streams_.emplace_back();
  made.id = next_id_++;
  made.signal = spec.name;
  made.shape = shape;
  made.labels = group;
  made.merge = merge_of(spec);
  siblings.push_back(index);
  by_group_[{spec.name.value(), shape, group}] = index;
  return index;
}

void StreamTable::restore(Stream stream) {
  const auto index = static_cast<uint32_t>(streams_.size());
  next_id_ = std::max(next_id_, stream.id + 1);
  by_signal_[{stream.signal.value(), stream.shape}].push_back(index);
  by_group_[{stream.signal.value(), stream.shape, stream.labels}] = index;
  streams_.push_back(std::move(stream));
}

void StreamTable::restore(Bound bound) {
  columns_[bound.signal.value()][bound.le] = bound.column;
  bounds_.push_back(std::move(bound));
}

std::optional<uint32_t> StreamTable::bucket_column(const SignalName& signal, double le) {
  auto& columns = columns_[signal.value()];
  if (const auto at = columns.find(le); at != columns.end()) return at->second;
  if (columns.size() >= kMaxBuckets) return std::nullopt;
  const auto column = static_cast<uint32_t>(columns.size() + 2);
  columns[le] = column;
  bounds_.push_back({signal, column, le, false});
  return column;
}

const std::vector<uint32_t>& StreamTable::streams_of(const SignalName& signal,
                                                     const std::string& shape) const {
  static const std::vector<uint32_t> kNone;
  const auto at = by_signal_.find({signal.value(), shape});
  return at == by_signal_.end() ? kNone : at->second;
}

std::vector<double> StreamTable::bounds_of(const SignalName& signal) const {
  std::vector<double> bounds;
  const auto at = columns_.find(signal.value());
  if (at == columns_.end()) return bounds;
  bounds.resize(at->second.size());
  for (const auto& [le, column] : at->second) {
    if (column - 2 < bounds.size()) bounds[column - 2] = le;
  }
  return bounds;
}

void StreamTable::mark_dirty(uint32_t stream) {
  if (!streams_[stream].is_dirty) dirty_.push_back(stream);
  streams_[stream].is_dirty = true;
}

void StreamTable::add(uint32_t stream, const CounterStep& step, int first, int second,
                      uint32_t column, int64_t now_ms) {
  Stream& s = streams_[stream];
  mark_dirty(stream);
  for (size_t i = 0; i < kRollupLevels.size(); ++i) {
    const int64_t width = width_ms(kRollupLevels[i]);
    const int64_t oldest = floor_div(now_ms - retention_ms(kRollupLevels[i]), width);
    spread(step, width, oldest, [&](int64_t slot, double n) {
      SlotValues& values = s.pending[i].at(slot);
      values.head[0] += first * n;
      values.head[1] += second * n;
      if (column >= 2) values.column(column) += n;
    });
  }
}

void StreamTable::add_level(uint32_t stream, double value, int64_t at_ms) {
  Stream& s = streams_[stream];
  mark_dirty(stream);
  for (size_t i = 0; i < kRollupLevels.size(); ++i) {
    const int64_t slot = floor_div(at_ms, width_ms(kRollupLevels[i]));
    SlotRun& run = s.pending[i];
    const bool is_new = run.empty() || run.all().back().slot != slot;
    SlotValues& values = run.at(slot);
    const SlotValues reading{.slot = slot, .head = {value, 1}};
    // A level may be negative, so the first reading of a slot stands, and is not merged with zero.
    if (is_new && values.head[1] == 0) {
      values.head = reading.head;
    } else {
      values.merge(reading, s.merge);
    }
  }
}

std::vector<uint32_t> StreamTable::take_dirty() {
  for (const uint32_t i : dirty_) streams_[i].is_dirty = false;
  return std::exchange(dirty_, {});
}

}  // namespace tocsin::telemetry
