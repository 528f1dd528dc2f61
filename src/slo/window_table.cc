#include "slo/window_table.h"

#include <algorithm>

namespace tocsin::slo {
namespace {

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
int64_t floor_boundary(Time t, Duration step) { return floor_div(to_micros(t), step.count()); }
int64_t ceil_boundary(Time t, Duration step) { return -floor_div(-to_micros(t), step.count()); }

}  // namespace

WindowTable::WindowTable(Time now) : now_(now) {
  for (size_t level = 0; level < kLevels.size(); ++level)
    last_[level] = floor_boundary(now, kLevels[level].step);
  end_ = ends_of(last_);
}

WindowTable::Boundaries WindowTable::ends_of(const Boundaries& last) {
  Boundaries ends;
  ends[0] = last[0] + 1;
  for (size_t level = 1; level < kLevels.size(); ++level) {
    const Duration finer = kLevels[level - 1].step * oldest(last, level - 1);
    ends[level] = ceil_boundary(Time(finer), kLevels[level].step);
  }
  return ends;
}

const Counts* WindowTable::row(size_t level, int64_t boundary) const {
  const int64_t rows = rows_of(level);
  const int64_t place = ((boundary % rows) + rows) % rows;
  return rows_[level].data() + static_cast<size_t>(place) * columns_;
}

const Counts* WindowTable::row_or_finer(size_t level, int64_t boundary) const {
  for (; level > 0 && boundary >= end_[level]; --level)
    boundary *= kLevels[level].step / kLevels[level - 1].step;
  return row(level, boundary);
}

Counts* WindowTable::row(size_t level, int64_t boundary) {
  return const_cast<Counts*>(std::as_const(*this).row(level, boundary));
}

void WindowTable::resize(size_t columns) {
  if (columns == columns_) return;
  const size_t kept = std::min(columns, columns_);
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const auto rows = static_cast<size_t>(rows_of(level));
    std::vector<Counts> wider(rows * columns);
    for (size_t row = 0; row < rows; ++row)
      std::copy_n(rows_[level].data() + row * columns_, kept, wider.data() + row * columns);
    rows_[level] = std::move(wider);
  }
  current_.resize(columns);
  columns_ = columns;
}

void WindowTable::clear(uint32_t column) {
  for (size_t level = 0; level < kLevels.size(); ++level)
    for (int64_t place = 0; place < rows_of(level); ++place) row(level, place)[column] = {};
  current_[column] = {};
}

void WindowTable::advance(Time now) {
  if (now <= now_) return;
  Boundaries last;
  for (size_t level = 0; level < kLevels.size(); ++level)
    last[level] = floor_boundary(now, kLevels[level].step);
  now_ = now;
  if (last == last_) return;
  const Boundaries end = ends_of(last);
  // From coarse to fine: what a level takes over is still where the finer one had it.
  for (size_t level = kLevels.size(); level-- > 0;) {
    for (int64_t k = std::max(end_[level], oldest(last, level)); k < end[level]; ++k) {
      const bool is_new = k > last_[level];  // has come since the last call
      const Counts* from = is_new ? current_.data() : row_or_finer(level, k);
      std::copy_n(from, columns_, row(level, k));
    }
  }
  last_ = last;
  end_ = end;
}

Time WindowTable::next_boundary() const { return Time(kSlot * (last_[0] + 1)); }

void WindowTable::add(uint32_t column, Time at, Counts events) {
  current_[column] += events;
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const int64_t first = std::max(ceil_boundary(at, kLevels[level].step), oldest(level));
    for (int64_t k = first; k < end_[level]; ++k) row(level, k)[column] += events;
  }
}

void WindowTable::fill(uint32_t column, std::span<const Event> events) {
  Counts sum;
  for (const Event& event : events) sum += event.counts;
  current_[column] += sum;
  for (size_t level = 0; level < kLevels.size(); ++level) {
    Counts so_far;
    auto next = events.begin();
    for (int64_t k = oldest(level); k < end_[level]; ++k) {
      const Time end(kLevels[level].step * k);
      for (; next != events.end() && next->at <= end; ++next) so_far += next->counts;
      row(level, k)[column] += so_far;
    }
  }
}

WindowTable::Edge WindowTable::edge(Time at) const {
  if (at >= now_) return {current_.data(), current_.data(), 0};
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const Duration step = kLevels[level].step;
    const int64_t below = floor_boundary(at, step);
    if (below < oldest(level)) continue;
    const bool is_open = below == last_[level];
    const Time start(step * below);
    const Time end = is_open ? now_ : Time(step * (below + 1));
    return {row_or_finer(level, below), is_open ? current_.data() : row_or_finer(level, below + 1),
            to_seconds(at - start) / to_seconds(end - start)};
  }
  const size_t coarsest = kLevels.size() - 1;
  const Counts* first = row(coarsest, oldest(coarsest));
  return {first, first, 0};
}

Counts WindowTable::window(uint32_t column, Duration length) const {
  return current_[column] - edge(now_ - length).at(column);
}

Counts WindowTable::between(uint32_t column, Time from, Time to) const {
  return edge(to).at(column) - edge(from).at(column);
}

void WindowTable::windows(Duration length, uint32_t first, std::span<Counts> out) const {
  const Edge then = edge(now_ - length);
  const Counts* now = current_.data() + first;
  const Counts *before = then.before + first, *after = then.after + first;
  const double share = then.share;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i].bad = now[i].bad - (before[i].bad + share * (after[i].bad - before[i].bad));
    out[i].total = now[i].total - (before[i].total + share * (after[i].total - before[i].total));
  }
}

std::vector<WindowTable::Slot> WindowTable::slots(uint32_t column, Duration lookback) const {
  std::vector<Slot> found;
  const Time limit = now_ - lookback;
  Time end = now_;
  Counts upper = current_[column];
  for (size_t level = 0; level < kLevels.size() && end > limit; ++level) {
    const Duration step = kLevels[level].step;
    for (int64_t k = ceil_boundary(end, step) - 1; k >= oldest(level) && end > limit; --k) {
      const Counts lower = row(level, k)[column];
      found.push_back({Time(step * k), end, upper - lower});
      end = Time(step * k);
      upper = lower;
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void WindowTable::newest_slots(uint32_t column, std::span<Slot> out) const {
  Counts upper = current_[column];
  Time end = now_;
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t k = last_[0] - static_cast<int64_t>(i);
    const Counts lower = row(0, k)[column];
    out[i] = {Time(kSlot * k), end, upper - lower};
    upper = lower;
    end = out[i].start;
  }
}

}  // namespace tocsin::slo
