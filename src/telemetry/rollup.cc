#include "telemetry/rollup.h"

#include <cstring>
#include <limits>

namespace tocsin::telemetry {
namespace {

constexpr uint32_t kMaxColumns = 4096;

void put_double(std::string& out, double v) {
  char bytes[8];
  std::memcpy(bytes, &v, 8);
  out.append(bytes, 8);
}

}  // namespace

void SlotValues::merge(const SlotValues& other, Merge how) {
  const auto one = [how](double& mine, double theirs) {
    mine = how == Merge::kAdd ? mine + theirs : std::max(mine, theirs);
  };
  one(head[0], other.head[0]);
  one(head[1], other.head[1]);
  for (size_t i = 0; i < other.more.size(); ++i) one(column(i + 2), other.more[i]);
}

SlotValues& SlotRun::at(int64_t slot) {
  // Nearly always the newest one.
  if (!all_.empty() && all_.back().slot == slot) return all_.back();
  if (all_.empty() || all_.back().slot < slot) return all_.emplace_back(SlotValues{.slot = slot});
  const auto at = std::ranges::lower_bound(all_, slot, {}, &SlotValues::slot);
  return at->slot == slot ? *at : *all_.insert(at, SlotValues{.slot = slot});
}

void SlotRun::merge(const std::vector<SlotValues>& slots, Merge how) {
  for (const SlotValues& from : slots) {
    const auto at = std::ranges::lower_bound(all_, from.slot, {}, &SlotValues::slot);
    if (at != all_.end() && at->slot == from.slot) {
      at->merge(from, how);
    } else {
      all_.insert(at, from);
    }
  }
}

Result<std::vector<SlotValues>> read_chunk(std::string_view bytes, int64_t first_slot) {
  uint32_t columns = 0;
  if (bytes.size() < 4) return fail(Code::kDataLoss, "a rollup row in telemetry.db is too short");
  std::memcpy(&columns, bytes.data(), 4);
  bytes.remove_prefix(4);
  const size_t row = columns * sizeof(double);
  if (columns < 2 || columns > kMaxColumns || bytes.size() % row != 0) {
    return fail(Code::kDataLoss, "a rollup row in telemetry.db is damaged");
  }
  std::vector<SlotValues> slots;
  for (int64_t slot = first_slot; !bytes.empty(); ++slot, bytes.remove_prefix(row)) {
    SlotValues values{.slot = slot};
    std::memcpy(values.head.data(), bytes.data(), 16);
    if (std::isnan(values.head[0])) continue;
    values.more.resize(columns - 2);
    // memcpy may not be given the null of an empty vector.
    if (row > 16) std::memcpy(values.more.data(), bytes.data() + 16, row - 16);
    slots.push_back(std::move(values));
  }
  return slots;
}

std::string write_chunk(const std::vector<SlotValues>& slots, int64_t first_slot) {
  size_t more = 0;
  for (const SlotValues& s : slots) more = std::max(more, s.more.size());
  const auto columns = static_cast<uint32_t>(more + 2);
  std::string out(4, '\0');
  std::memcpy(out.data(), &columns, 4);
  int64_t next = first_slot;
  for (const SlotValues& s : slots) {
    for (; next < s.slot; ++next) {
      for (uint32_t i = 0; i < columns; ++i) {
        put_double(out, std::numeric_limits<double>::quiet_NaN());
      }
    }
    for (const double v : s.head) put_double(out, v);
    for (size_t i = 0; i < more; ++i) put_double(out, i < s.more.size() ? s.more[i] : 0);
    ++next;
  }
  return out;
}

}  // namespace tocsin::telemetry
