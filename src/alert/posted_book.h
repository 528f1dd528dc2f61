#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/posted_store.h"
#include "engine/engine.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// Hears what changed in the book, after it is durable. Called on the writer's thread; must not
// block.
class PostedListener {
 public:
  virtual ~PostedListener() = default;
  virtual void on_posted(std::span<const routing::PostedAlertRef> changed) = 0;
};

// The alerts that others post, in memory and in table posted_alert. A post that says something new
// (a new alert, other annotations, a resolve, a start that moved) is committed before put()
// answers. A post that only repeats an alert moves `ends` and `updated` in memory and costs no
// write: the row keeps how long the sender asked for (`ends` - `updated`), and after a restart a
// firing alert is given that long again for its sender to come back. An alert whose `ends` passes
// is written as resolved.
//
// Posts of one alert that are committed together are merged in their order: the writer looks first
// at what its batch has changed, which readers see only when it is durable.
//
// Readers get pointers; an alert does not change as long as one of them has it. Thread-safe. Stop
// the engine first.
class PostedBook {
 public:
  struct Parts {
    engine::Engine& engine;
    const Clock& clock;
    Log& log;
    Metrics& metrics;
  };
  struct Limits {
    size_t max_alerts = 1'000'000;
    size_t per_alertname = 0;                           // --alerts.per-alertname-limit; 0: none
    Duration keep_resolved = std::chrono::minutes(15);  // in the API's memory after the end
  };

  PostedBook(Parts parts, Limits limits);
  ~PostedBook();

  Result<> load(store::Session& sql);  // once, before anything else
  void listen(PostedListener& listener) { listener_ = &listener; }

  // Blocks for the commit when something is new; never on the engine's thread. What is new is
  // committed together or not at all. New alerts beyond a limit are left out and the answer is
  // kResourceExhausted; the others are kept all the same, for a sender does not send twice.
  Result<> put(std::span<const routing::PostedView> alerts,
               const store::Actor& by = store::system_actor("alertmanager-api"));
  Result<> put(const std::vector<routing::PostedAlert>& alerts,
               const store::Actor& by = store::system_actor("alertmanager-api"));
  // For the metric: alerts that the API refused before they came here.
  void count_invalid(size_t alerts) { invalid_metric_.add(alerts); }

  // For history_of_alert(); 0 when it is not in memory.
  int64_t last_entry(uint64_t fingerprint) const;
  // Null when there is none.
  routing::PostedAlertRef find(uint64_t fingerprint) const;
  std::vector<routing::PostedAlertRef> all() const;  // not yet collected, unordered
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // Those that are not written as resolved.
  size_t firing() const { return firing_.load(std::memory_order_relaxed); }

  // Has the engine write down the alerts whose end has passed (the listener hears of them), and
  // forgets resolved ones that nobody holds (`is_held`: a group still has to tell it) after
  // keep_resolved. Does not wait. Returns when it should be called next.
  Time expire(Time now, const std::function<bool(uint64_t)>& is_held);

 private:
  // An alert as it is in memory. `is_ended`: that it is resolved has been written down.
  struct State {
    std::shared_ptr<routing::PostedAlert> alert;
    bool is_ended = false;
    PostedPlace place;
  };
  struct Entry {
    State state;
    bool is_queued = false;  // it is in due_
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<uint64_t, Entry> entries;
  };
  struct Change {
    uint64_t fingerprint;
    State state;  // no alert: it is forgotten
  };
  // What one command has changed and is not durable yet. Ends with the command's effect: after the
  // commit, or when the command or its commit failed.
  class Stage;
  struct Staged {
    const State* state;
    Staged* before;  // of the same alert, by an earlier command
  };
  struct Due {
    Time at;
    uint64_t fingerprint;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  Shard& shard(uint64_t fingerprint) { return shards_[fingerprint >> (64 - kShardBits)]; }
  const Shard& shard(uint64_t fingerprint) const {
    return shards_[fingerprint >> (64 - kShardBits)];
  }
  bool repeat(const routing::PostedView& post, Time now);
  Result<> admit(std::vector<routing::PostedView>& news);
  // On the writer's thread.
  State current(uint64_t fingerprint) const;
  Result<> write(engine::Tx& tx, std::span<const routing::PostedView> news, const store::Actor& by,
                 Time now);
  Result<> write_new(engine::Tx& tx, std::span<const routing::PostedView> news,
                     const store::Actor& by, std::vector<Change>& changes);
  Result<> write_over(engine::Tx& tx, const State& old, const routing::PostedView& post,
                      const store::Actor& by, Time now, std::vector<Change>& changes);
  Result<> write_ends(engine::Tx& tx, std::span<const uint64_t> ended,
                      std::span<const uint64_t> forgotten, Time now);
  void stage(engine::Tx& tx, std::vector<Change> changes);
  void apply(const std::vector<Change>& changes);

  void enqueue(uint64_t fingerprint, Entry& entry, Time at);  // the shard is locked
  void requeue(std::span<const uint64_t> fingerprints, Time not_before);
  void count_name(std::string_view name, int by);

  static constexpr int kShardBits = 6;

  engine::Engine& engine_;
  const Clock& clock_;
  Log& log_;
  const Limits limits_;
  PostedListener* listener_ = nullptr;
  Counter& firing_metric_;
  Counter& resolved_metric_;
  Counter& invalid_metric_;
  Counter& limited_metric_;
  Gauge& size_metric_;

  std::array<Shard, size_t{1} << kShardBits> shards_;
  std::atomic<size_t> size_ = 0;
  std::atomic<size_t> firing_ = 0;

  // What the batch under way has changed, the newest of each alert. On the writer's thread alone.
  boost::unordered_flat_map<uint64_t, Staged*> staged_;
  int64_t last_number_ = 0;  // of a row; on the writer's thread

  std::mutex due_mutex_;  // after a shard's
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::mutex names_mutex_;
  std::unordered_map<std::string, size_t> by_name_;  // only with a limit
};

}  // namespace tocsin::alert
