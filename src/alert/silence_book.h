#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.h"
#include "routing/silence.h"

namespace tocsin::alert {

// The silences, in memory and in table silence; every change is committed with its entry in the
// logbook before the call answers. Expired ones are kept for `retention`. Thread-safe. Stop the
// engine first.
class SilenceBook {
 public:
  struct Limits {
    Duration retention = std::chrono::hours(120);
    size_t max_silences = 0;  // --silences.max-silences, expired ones included; 0: none
    size_t max_bytes = 0;     // --silences.max-silence-size-bytes; 0: none
  };
  SilenceBook(engine::Engine& engine, const Clock& clock, Rng& rng, Metrics& metrics,
              Limits limits);
  ~SilenceBook();

  Result<> load(store::Session& sql);
  // The id, which may be a new one (routing/silence.h, plan_change). kNotFound for an unknown id.
  Result<std::string> set(routing::Silence silence, const store::Actor& by);
  Result<> expire(const std::string& id, const store::Actor& by);  // twice is fine; kNotFound
  // The same within somebody's transaction (RecurringBook).
  Result<std::string> set(engine::Tx& tx, routing::Silence silence, const store::Actor& by);
  Result<> expire(engine::Tx& tx, const std::string& id, const store::Actor& by);

  // Silences of a peer of the cluster: of each id the newer one holds. Does not wait; `done` is
  // called after the commit.
  void merge(std::vector<routing::Silence> heard, const std::string& peer,
             engine::Engine::Done done);
  // Called on the writer's thread after each commit that changed a silence, also by merge(). Before
  // the first change.
  void on_change(std::function<void(const routing::Silence&)> listener) {
    listener_ = std::move(listener);
  }

  std::optional<routing::Silence> find(const std::string& id) const;
  std::vector<routing::Silence> all() const;
  // Ids of the active silences that match, sorted. The answer for one alert is cached until a
  // silence changes or starts or ends. `fingerprint` is that of `labels`.
  std::vector<std::string> muting(const routing::Labels& labels, uint64_t fingerprint,
                                  Time now) const;
  std::vector<std::string> muting(const routing::Labels& labels, Time now) const {
    return muting(labels, labels.fingerprint(), now);
  }
  // Forgets expired ones after the retention. Does not wait; from any thread.
  void collect(Time now);
  // Sets the gauges of the states if one may have begun or ended since they were set. For who comes
  // by often: it costs one comparison else.
  void keep_count(Time now) const;

 private:
  using SilenceRef = std::shared_ptr<const routing::Silence>;
  struct Index;
  struct Answer {
    uint64_t version = 0;
    std::vector<std::string> ids;
  };
  struct Cache {
    std::mutex mutex;
    std::unordered_map<uint64_t, Answer> answers;
  };

  std::shared_ptr<const Index> index(Time now) const;
  void count(Time now) const;
  void recount_soon();
  void put(routing::Silence silence);
  Result<> write(engine::Tx& tx, const routing::Silence& silence, const char* kind,
                 const store::Actor& by, const std::string& replaces = "");
  Result<> check_limits(const routing::Silence& silence, bool is_new) const;
  std::string new_id();

  engine::Engine& engine_;
  const Clock& clock_;
  Rng& rng_;
  const Limits limits_;
  Gauge& active_metric_;
  Gauge& pending_metric_;
  Gauge& expired_metric_;
  Counter& queries_metric_;
  std::function<void(const routing::Silence&)> listener_;

  mutable std::shared_mutex mutex_;
  std::map<std::string, SilenceRef> silences_;
  uint64_t changes_ = 0;

  mutable std::mutex count_mutex_;  // before mutex_
  // The gauges hold from the one to before the other.
  mutable Time counted_, counted_until_ = Time::min();

  mutable std::mutex index_mutex_;  // before mutex_
  mutable std::shared_ptr<const Index> index_;
  mutable uint64_t last_version_ = 0;
  mutable std::array<Cache, 16> caches_;
};

}  // namespace tocsin::alert
