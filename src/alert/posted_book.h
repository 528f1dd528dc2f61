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

#include "alert/flapping.h"
#include "alert/posted_store.h"
#include "engine/engine.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// Hears what changed in the book, after it is durable. Called on the writer's thread, or on that of
// clock_was_set(); must not block.
class PostedListener {
 public:
  virtual ~PostedListener() = default;
  virtual void on_posted(std::span<const routing::PostedAlertRef> changed) = 0;
};

// The alerts that others post, in memory and in table posted_alert. A post that says something new
// (a new alert, other annotations, a resolve, a start that moved) is committed before put()
// answers. A post that only repeats an alert moves `ends` and `updated` in memory and costs no
// write: the row keeps how long the sender asked for (`ends` - `updated`), and after a restart, or
// when the clock was set, a firing alert is given that long again for its sender to come back. An
// alert whose `ends` passes is written as resolved.
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
    FlapRules flapping;
  };

  PostedBook(Parts parts, Limits limits);
  ~PostedBook();

  Result<> load(store::Session& sql);  // once, before anything else
  void listen(PostedListener& listener) { listeners_.push_back(&listener); }  // while wiring
  // The end of an alert that was never posted here is nothing, unless `is_awaited` says that
  // somebody was told of it elsewhere. Before the first post; called on the writer's thread.
  void await_ends(std::function<bool(const routing::PostedAlert&)> is_awaited) {
    is_awaited_ = std::move(is_awaited);
  }

  // Blocks for the commit when something is new; never on the engine's thread. What is new is
  // committed together or not at all. New alerts beyond a limit are left out and the answer is
  // kResourceExhausted; the others are kept all the same, for a sender does not send twice.
  Result<> put(std::span<const routing::PostedView> alerts,
               const store::Actor& by = store::system_actor("alertmanager-api"));
  Result<> put(const std::vector<routing::PostedAlert>& alerts,
               const store::Actor& by = store::system_actor("alertmanager-api"));
  // The same within a command of the caller's own, so that the alert and what the caller writes are
  // one commit; on the engine's thread, which put() would wait for. A limit that is reached fails
  // the command.
  Result<> put_in(engine::Tx& tx, const std::vector<routing::PostedAlert>& alerts,
                  const store::Actor& by);
  // For the metric: alerts that the API refused before they came here.
  void count_invalid(size_t alerts) { invalid_metric_.add(alerts); }

  // While it flaps.
  std::optional<Flaps> flaps_at(uint64_t fingerprint, Time now) const;
  // For other rooms' parts that hang on one firing (MarkBook), on the writer's thread. Hears within
  // the transaction that a firing has ended; before load().
  using FiringEnded = std::function<Result<>(engine::Tx&, uint64_t fingerprint)>;
  void on_firing_ended(FiringEnded listener) { firing_ended_ = std::move(listener); }
  // kNotFound, or kFailedPrecondition for one that is resolved.
  Result<> check_firing(uint64_t fingerprint, Time now) const;
  // On the writer's thread, within a command: an entry in an alert's history that changes nothing
  // else about it. Its labels are put into the data. Of an alert that is gone nothing is written.
  struct Note {
    uint64_t fingerprint = 0;
    std::string kind;
    Time happened;
    codec::JsonObject data;
  };
  Result<> append(engine::Tx& tx, std::vector<Note> notes, const store::Actor& by);
  // One that happens now.
  Result<> note(engine::Tx& tx, uint64_t fingerprint, std::string_view kind, codec::JsonObject data,
                const store::Actor& by);

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
  // The wall clock was set, so the ends of what fires mean nothing any more: each alert is given as
  // long again as its sender asked for, and the listeners hear of all. Before expire().
  void clock_was_set(Time now);

 private:
  // An alert as it is in memory. `is_ended`: that it is resolved has been written down.
  struct State {
    std::shared_ptr<routing::PostedAlert> alert;
    bool is_ended = false;
    PostedPlace place;
    Flapping flapping;
    std::optional<Time> given_again;  // its end counts from here, not from when it was posted
  };
  struct Entry {
    State state;
    Time queued = Time::max();  // when due_ has it; an older place of it there means nothing
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<uint64_t, Entry> entries;
  };
  struct Change {
    uint64_t fingerprint;
    State state;           // no alert: it is forgotten
    bool is_note = false;  // nothing but its place in the logbook has changed
    // What the writer looked at, if there was one. Held, so that a repeat that comes before the
    // commit makes a new one and is seen.
    routing::PostedAlertRef seen = nullptr;
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

  static size_t shard_index(uint64_t fingerprint) { return fingerprint >> (64 - kShardBits); }
  Shard& shard(uint64_t fingerprint) { return shards_[shard_index(fingerprint)]; }
  const Shard& shard(uint64_t fingerprint) const { return shards_[shard_index(fingerprint)]; }
  void count_received(std::span<const routing::PostedView> alerts, Time now);
  std::vector<routing::PostedView> take_repeats(std::span<const routing::PostedView> posts,
                                                Time now);
  bool repeat(State& state, const routing::PostedView& post, Time now);
  Result<> admit(std::vector<routing::PostedView>& news);
  // On the writer's thread.
  State current(uint64_t fingerprint) const;
  static Duration lasts_of(const State& state);
  static void give_again(State& state, Time now);
  static routing::PostedAlert& writable(std::shared_ptr<routing::PostedAlert>& alert);
  Result<> write(engine::Tx& tx, std::span<const routing::PostedView> news, const store::Actor& by,
                 Time now);
  Result<> write_new(engine::Tx& tx, std::span<const routing::PostedView> news,
                     const store::Actor& by, std::vector<Change>& changes);
  Result<> write_awaited_end(engine::Tx& tx, const routing::PostedView& post,
                             const store::Actor& by, std::vector<Change>& changes);
  Result<> write_over(engine::Tx& tx, const State& old, const routing::PostedView& post,
                      const store::Actor& by, Time now, std::vector<Change>& changes);
  // What expire() found to be written down.
  struct Dues {
    std::vector<uint64_t> ended, steady, forgotten;
    size_t size() const { return ended.size() + steady.size() + forgotten.size(); }
    std::vector<uint64_t> all() const;
  };
  Result<> write_ends(engine::Tx& tx, const Dues& dues, Time now);
  Result<> note_change(engine::Tx& tx, uint64_t fingerprint, const routing::PostedAlert& alert,
                       Time now, PostedPlace& place, Flapping& flapping) const;
  Time due_of(const State& state) const;
  void stage(engine::Tx& tx, std::vector<Change> changes);
  void apply(const std::vector<Change>& changes);
  void say_again(routing::PostedAlertRef alert);

  void enqueue(uint64_t fingerprint, Entry& entry, Time at);  // the shard is locked
  void requeue(std::span<const uint64_t> fingerprints, Time not_before);
  void count_name(std::string_view name, int by);

  static constexpr int kShardBits = 4;
  static constexpr size_t kShards = size_t{1} << kShardBits;

  engine::Engine& engine_;
  const Clock& clock_;
  Log& log_;
  const Limits limits_;
  std::vector<PostedListener*> listeners_;
  FiringEnded firing_ended_ = [](engine::Tx&, uint64_t) { return Result<>(); };
  std::function<bool(const routing::PostedAlert&)> is_awaited_;
  Counter& firing_metric_;
  Counter& resolved_metric_;
  Counter& invalid_metric_;
  Counter& limited_metric_;
  Gauge& size_metric_;

  std::array<Shard, kShards> shards_;
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
