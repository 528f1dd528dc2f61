#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/engine.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// Hears what changed in the book, after it is durable. Called on the writer's thread (or, for alerts
// that ran out, on the caller of expire()); must not block.
class PostedListener {
 public:
  virtual ~PostedListener() = default;
  virtual void on_posted(std::span<const routing::PostedAlertRef> changed) = 0;
};

// The alerts that others post, in memory and in table posted_alerts. A post that says something new
// (a new alert, other annotations, a resolve, a start that moved) is committed before put() answers.
// A post that only repeats an alert moves `ends` and `updated` in memory and costs no write: the row
// keeps how long the sender asked for (`ends` - `updated`), and after a restart a firing alert is given
// that long again for its sender to come back. An alert whose `ends` passes is written as resolved.
//
// Readers get snapshots of pointers; an alert itself is immutable. Thread-safe.
class PostedBook {
 public:
  struct Parts {
    engine::Engine& engine;
    const Clock& clock;
    Log& log;
    Metrics& metrics;
  };
  struct Limits {
    size_t max_alerts = 1'000'000;  // beyond it put() refuses with kResourceExhausted
    size_t per_alertname = 0;       // --alerts.per-alertname-limit; 0: none
    Duration keep_resolved = std::chrono::minutes(15);  // in the API's memory after the end
  };

  PostedBook(Parts parts, Limits limits);

  Result<> load(store::Session& sql);  // once, before anything else
  void listen(PostedListener& listener) { listener_ = &listener; }

  // Blocks for the commit when something is new; never on the engine's thread. All or nothing.
  Result<> put(std::vector<routing::PostedAlert> alerts);

  routing::PostedAlertRef find(uint64_t fingerprint) const;
  std::vector<routing::PostedAlertRef> all() const;  // not yet collected, unordered
  size_t size() const;

  // Writes down the alerts whose end has passed since the last call and tells the listener; forgets
  // resolved ones that nobody holds (`is_held`: a group still has to tell it) after keep_resolved.
  // Returns when it should be called next.
  Result<Time> expire(Time now, const std::function<bool(uint64_t)>& is_held);

 private:
  struct Shard;
  // ... (state: see posted_book.cc)
  PostedListener* listener_ = nullptr;
};

}  // namespace tocsin::alert
