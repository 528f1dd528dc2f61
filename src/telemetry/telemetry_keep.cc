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

using SlotSums = std::map<int64_t, RatioSlot>;

SlotSums summed(const std::vector<StreamSlots>& streams, RollupLevel level) {
  SlotSums sums;
  for (const StreamSlots& stream : streams) {
    for (const SlotValues& values : stream.slots) {
      RatioSlot& slot = sums[values.slot];
      slot.start = from_millis(values.slot * width_ms(level));
      slot.bad += values.head[0];
      slot.total += values.head[1];
    }
  }
  return sums;
}

std::vector<RatioSlot> in_order(const SlotSums& sums) {
  std::vector<RatioSlot> out;
  out.reserve(sums.size());
  for (const auto& [number, slot] : sums) out.push_back(slot);
  return out;
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

std::vector<Telemetry::StreamCopy> Telemetry::copy_streams(const SignalSpec& spec) const {
  std::vector<StreamCopy> out;
  const StreamTable& streams = folder_.streams();
  for (const uint32_t i : streams.streams_of(spec.name, shape_of(spec))) {
    out.push_back({streams[i].labels, streams[i].id, streams[i].pending});
  }
  return out;
}

Result<std::vector<StreamSlots>> Telemetry::read_streams(const std::vector<StreamCopy>& streams,
                                                         Merge merge, RollupLevel level, Time from,
                                                         Time to) const {
  const int64_t width = width_ms(level);
  const int64_t first = floor_div(to_millis(from) + width - 1, width);
  const int64_t last = floor_div(to_millis(to) + width - 1, width);
  std::vector<StreamSlots> out;
  for (const StreamCopy& stream : streams) {
    StreamSlots& slots = out.emplace_back(StreamSlots{stream.labels, {}});
    if (store_) {
      ASSIGN_OR_RETURN(slots.slots, store_->read(stream.id, level, from, to));
    }
    append_pending(stream.pending[position(level)], first, last, merge, slots.slots);
  }
  return out;
}

Result<std::vector<StreamSlots>> Telemetry::slots(const SignalName& name, RollupLevel level,
                                                  Time from, Time to) const {
  const std::shared_ptr<const SignalSet> current = signals();
  const CompiledSignal* signal = current->find(name);
  if (signal == nullptr) return std::vector<StreamSlots>();
  // With the disk's lock held no flush is under way, so every slot is either pending or stored.
  std::scoped_lock disk(disk_mutex_);
  std::vector<StreamCopy> streams;
  {
    std::scoped_lock lock(state_mutex_);
    streams = copy_streams(*signal->spec);
  }
  return read_streams(streams, merge_of(*signal->spec), level, from, to);
}

Result<std::vector<RatioSlot>> Telemetry::ratio(const SignalName& name, RollupLevel level,
                                                Time from, Time to) const {
  const std::shared_ptr<const SignalSet> current = signals();
  const CompiledSignal* signal = current->find(name);
  if (signal == nullptr) return std::vector<RatioSlot>();
  ASSIGN_OR_RETURN(const std::vector<StreamSlots> streams, slots(name, level, from, to));
  std::scoped_lock lock(state_mutex_);
  if (!folder_.is_measured(*signal->spec)) return std::vector<RatioSlot>();
  return in_order(summed(streams, level));
}

// The past of one signal up to the moment when it was made: streams as they were then, without what
// had not been told of them. Holds the disk's lock, so that what is stored stays what it was.
class Telemetry::Cut final : public RollupReader {
 public:
  Cut(const Telemetry& telemetry, SignalName name)
      : telemetry_(telemetry), name_(std::move(name)) {}

  void take(const std::function<void()>& begin) {
    const std::shared_ptr<const SignalSet> current = telemetry_.signals();
    const CompiledSignal* signal = current->find(name_);
    std::scoped_lock state(telemetry_.state_mutex_);
    // Nothing is being told while this is held, and nothing will be before the state's is let go.
    std::scoped_lock telling(telemetry_.telling_);
    begin();
    if (signal == nullptr || !telemetry_.folder_.is_measured(*signal->spec)) return;
    merge_ = merge_of(*signal->spec);
    streams_ = telemetry_.copy_streams(*signal->spec);
    untold_ = telemetry_.folder_.untold(signal->index, telemetry_.clock_.now());
  }

  Result<std::vector<RatioSlot>> ratio(const SignalName& signal, RollupLevel level, Time from,
                                       Time to) const override {
    if (signal != name_) return invalid("this is the past of another signal");
    ASSIGN_OR_RETURN(const auto streams,
                     telemetry_.read_streams(streams_, merge_, level, from, to));
    SlotSums sums = summed(streams, level);
    const int64_t width = width_ms(level);
    for (const Folder::Untold& untold : untold_) {
      const auto take_off = [&](double of, double RatioSlot::* column) {
        spread({untold.step.from_ms, untold.step.to_ms, of}, width, INT64_MIN / width,
               [&](int64_t slot, double n) {
                 const Time start = from_millis(slot * width);
                 if (start < from || start >= to) return;
                 sums[slot].start = start;
                 sums[slot].*column -= n;
               });
      };
      take_off(untold.bad, &RatioSlot::bad);
      take_off(untold.total, &RatioSlot::total);
    }
    return in_order(sums);
  }

 private:
  const Telemetry& telemetry_;
  const SignalName name_;
  const std::unique_lock<std::mutex> disk_{telemetry_.disk_mutex_};
  Merge merge_ = Merge::kAdd;
  std::vector<StreamCopy> streams_;
  std::vector<Folder::Untold> untold_;
};

std::unique_ptr<RollupReader> Telemetry::cut(const SignalName& signal,
                                             const std::function<void()>& begin) const {
  auto out = std::make_unique<Cut>(*this, signal);
  out->take(begin);
  return out;
}

std::vector<double> Telemetry::bounds_of(const SignalName& signal) const {
  std::scoped_lock lock(state_mutex_);
  return folder_.streams().bounds_of(signal);
}

}  // namespace tocsin::telemetry
