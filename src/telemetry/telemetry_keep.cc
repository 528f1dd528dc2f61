#include <algorithm>
#include <map>

#include "telemetry/telemetry.h"

// What Telemetry keeps and reads back: checkpoints and rollups.

namespace tocsin::telemetry {
namespace {

constexpr auto kFlushEvery = seconds(5);

void append_pending(const SlotRun& run, int64_t first, int64_t last, Merge how,
                    std::vector<SlotValues>& slots) {
  SlotRun merged;
  merged.merge(slots, how);
  std::vector<SlotValues> wanted;
  for (const SlotValues& values : run.all()) {
    if (values.slot >= first && values.slot < last) wanted.push_back(values);
  }
  merged.merge(wanted, how);
  slots = merged.take();
}

size_t position(RollupLevel level) {
  return static_cast<size_t>(std::ranges::find(kRollupLevels, level) - kRollupLevels.begin());
}

}  // namespace

Result<> Telemetry::flush(Time now) {
  std::scoped_lock disk(disk_mutex_);
  const Duration began = clock_.monotonic();
  Checkpoint checkpoint;
  {
    std::scoped_lock lock(state_mutex_);
    folder_.read_levels(now);
    if (store_) checkpoint = folder_.checkpoint(now);
  }
  forget_idle(now);
  if (!store_) return {};
  if (auto written = store_->write(checkpoint); !written) {
    metrics_.failed_flushes.add();
    std::scoped_lock lock(state_mutex_);
    folder_.put_back(std::move(checkpoint));
    return fail(std::move(written.error()).in("writing telemetry.db"));
  }
  metrics_.flushes.add();
  if (auto retired = store_->retire(now); !retired) {
    return fail(std::move(retired.error()).in("retiring old rollups"));
  }
  metrics_.flush_seconds.observe(to_seconds(clock_.monotonic() - began));
  return {};
}

void Telemetry::forget_idle(Time now) {
  const int64_t minute = std::chrono::floor<minutes>(now.time_since_epoch()).count();
  if (last_forgotten_minute_.exchange(minute) == minute) return;
  const auto oldest = [&](Duration age) {
    const auto n = std::chrono::floor<minutes>(age).count();
    return static_cast<uint32_t>(std::max<int64_t>(0, minute - n));
  };
  index_.evict(oldest(limits_.forget_series));
  std::scoped_lock lock(state_mutex_);
  folder_.evict(oldest(limits_.forget_counters));
}

void Telemetry::start() {
  thread_ = std::thread([this] { run(); });
}

void Telemetry::run() {
  for (bool is_last = false; !is_last;) {
    {
      std::unique_lock lock(run_mutex_);
      run_changed_.wait_for(lock, kFlushEvery, [this] { return is_stopping_; });
      is_last = is_stopping_;
    }
    if (auto flushed = flush(clock_.now()); !flushed) {
      log_.error("telemetry could not be kept", {{"error", flushed.error()}});
    }
  }
}

void Telemetry::stop() {
  {
    std::scoped_lock lock(run_mutex_);
    is_stopping_ = true;
  }
  run_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::vector<StreamSlots>> Telemetry::slots(const SignalName& name, RollupLevel level,
                                                  Time from, Time to) const {
  const std::shared_ptr<const SignalSet> current = signals();
  const CompiledSignal* signal = current->find(name);
  std::vector<StreamSlots> out;
  if (signal == nullptr) return out;
  const int64_t width = width_ms(level);
  const int64_t first = floor_div(to_millis(from) + width - 1, width);
  const int64_t last = floor_div(to_millis(to) + width - 1, width);
  // With the disk's lock held no flush is under way, so every slot is either pending or stored.
  std::scoped_lock disk(disk_mutex_);
  std::vector<std::pair<int64_t, SlotRun>> pending;  // by stream id
  {
    std::scoped_lock lock(state_mutex_);
    const StreamTable& streams = folder_.streams();
    for (const uint32_t i : streams.streams_of(name, shape_of(*signal->spec))) {
      out.push_back({streams[i].labels, {}});
      pending.emplace_back(streams[i].id, streams[i].pending[position(level)]);
    }
  }
  for (size_t i = 0; i < out.size(); ++i) {
    if (store_) {
      ASSIGN_OR_RETURN(out[i].slots, store_->read(pending[i].first, level, from, to));
    }
    append_pending(pending[i].second, first, last, merge_of(*signal->spec), out[i].slots);
  }
  return out;
}

Result<std::vector<RatioSlot>> Telemetry::ratio(const SignalName& signal, RollupLevel level,
                                                Time from, Time to) const {
  ASSIGN_OR_RETURN(const std::vector<StreamSlots> streams, slots(signal, level, from, to));
  std::map<int64_t, RatioSlot> by_slot;
  for (const StreamSlots& stream : streams) {
    for (const SlotValues& values : stream.slots) {
      RatioSlot& slot = by_slot[values.slot];
      slot.start = from_millis(values.slot * width_ms(level));
      slot.bad += values.head[0];
      slot.total += values.head[1];
    }
  }
  std::vector<RatioSlot> out;
  out.reserve(by_slot.size());
  for (const auto& [number, slot] : by_slot) out.push_back(slot);
  return out;
}

std::vector<double> Telemetry::bounds_of(const SignalName& signal) const {
  std::scoped_lock lock(state_mutex_);
  return folder_.streams().bounds_of(signal);
}

}  // namespace tocsin::telemetry
