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
}

const Counts* WindowTable::row(size_t level, int64_t boundary) const {
  const int64_t slots = kLevels[level].slots;
  const int64_t place = ((boundary % slots) + slots) % slots;
  return rows_[level].data() + static_cast<size_t>(place) * columns_;
}

Counts* WindowTable::row(size_t level, int64_t boundary) {
  return const_cast<Counts*>(std::as_const(*this).row(level, boundary));
}

void WindowTable::resize(size_t columns) {
  if (columns == columns_) return;
  const size_t kept = std::min(columns, columns_);
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const auto slots = static_cast<size_t>(kLevels[level].slots);
    std::vector<Counts> wider(slots * columns);
    for (size_t slot = 0; slot < slots; ++slot)
      std::copy_n(rows_[level].data() + slot * columns_, kept, wider.data() + slot * columns);
    rows_[level] = std::move(wider);
  }
  current_.resize(columns);
  columns_ = columns;
}

void WindowTable::clear(uint32_t column) {
  for (size_t level = 0; level < kLevels.size(); ++level)
    for (int64_t slot = 0; slot < kLevels[level].slots; ++slot) row(level, slot)[column] = {};
  current_[column] = {};
}

void WindowTable::advance(Time now) {
  if (now <= now_) return;
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const int64_t last = floor_boundary(now, kLevels[level].step);
    const int64_t first = std::max(last_[level] + 1, last - kLevels[level].slots + 1);
    for (int64_t boundary = first; boundary <= last; ++boundary)
      std::copy(current_.begin(), current_.end(), row(level, boundary));
    last_[level] = last;
  }
  now_ = now;
}

Time WindowTable::next_boundary() const { return Time(kSlot * (last_[0] + 1)); }

void WindowTable::add(uint32_t column, Time at, Counts events) {
  current_[column] += events;
  for (size_t level = 0; level < kLevels.size(); ++level) {
    const int64_t first = std::max(ceil_boundary(at, kLevels[level].step), oldest(level));
    for (int64_t boundary = first; boundary <= last_[level]; ++boundary)
      row(level, boundary)[column] += events;
  }
}

void WindowTable::fill(uint32_t column, std::span<const Event> events) {
  Counts sum;
  for (const Event& event : events) sum += event.counts;
  current_[column] += sum;
  for (size_t level = 0; level < kLevels.size(); ++level) {
    Counts so_far;
    auto next = events.begin();
    for (int64_t boundary = oldest(level); boundary <= last_[level]; ++boundary) {
      const Time end(kLevels[level].step * boundary);
      for (; next != events.end() && next->at <= end; ++next) so_far += next->counts;
      row(level, boundary)[column] += so_far;
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
    return {row(level, below), is_open ? current_.data() : row(level, below + 1),
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
