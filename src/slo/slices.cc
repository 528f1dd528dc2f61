#include "slo/slices.h"

#include <algorithm>
#include <bit>

namespace tocsin::slo {

Slices::Slices(Duration width, Duration kept, Time now)
    : width_(width), capacity_((kept / width + 2 + 63) / 64 * 64) {
  next_ = to_micros(now) / width_.count();
  first_ = next_;
  bits_.resize(static_cast<size_t>(capacity_ / 64));
}

int64_t Slices::number_of(Time at) const { return (to_micros(at) - 1) / width_.count(); }

bool Slices::bit(int64_t slice) const {
  const int64_t place = slice % capacity_;
  return bits_[static_cast<size_t>(place / 64)] >> (place % 64) & 1;
}

void Slices::set_bit(int64_t slice, bool is_bad) {
  const int64_t place = slice % capacity_;
  uint64_t& word = bits_[static_cast<size_t>(place / 64)];
  const uint64_t mask = uint64_t{1} << (place % 64);
  word = is_bad ? word | mask : word & ~mask;
}

void Slices::advance(Time now, const Judge& is_bad) {
  const auto judge = [&](int64_t slice) {
    set_bit(slice, is_bad(Time(width_ * slice), Time(width_ * (slice + 1))));
  };
  for (int64_t slice : touched_)
    if (slice < next_ && slice >= next_ - capacity_) judge(slice);
  touched_.clear();
  const int64_t end = to_micros(now) / width_.count();
  next_ = std::max(next_, end - capacity_);
  for (; next_ < end; ++next_) judge(next_);
}

void Slices::touch(Time at) {
  const int64_t slice = number_of(at);
  first_ = std::min(first_, slice);
  if (slice >= next_) return;
  if (std::find(touched_.begin(), touched_.end(), slice) == touched_.end())
    touched_.push_back(slice);
}

void Slices::set(Time start, bool is_bad) {
  const int64_t slice = to_micros(start) / width_.count();
  if (slice < next_ && slice >= next_ - capacity_) set_bit(slice, is_bad);
}

void Slices::seen_since(Time first) { first_ = std::min(first_, number_of(first)); }

Counts Slices::since(Time from) const {
  const int64_t least = (to_micros(from) + width_.count() - 1) / width_.count();
  const int64_t begin = std::max({least, first_, next_ - capacity_});
  Counts counts;
  for (int64_t slice = begin; slice < next_;) {
    const int64_t place = slice % capacity_;
    const int64_t take = std::min<int64_t>(64 - place % 64, next_ - slice);
    uint64_t word = bits_[static_cast<size_t>(place / 64)] >> (place % 64);
    if (take < 64) word &= (uint64_t{1} << take) - 1;
    counts.bad += std::popcount(word);
    slice += take;
  }
  counts.total = static_cast<double>(std::max<int64_t>(0, next_ - begin));
  return counts;
}

}  // namespace tocsin::slo
