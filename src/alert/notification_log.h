#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "alert/told.h"
#include "engine/engine.h"

namespace tocsin::alert {

// What was told to whom, and what is being told, in memory and in tables told and notification.
// begin() writes the intent before a send, finish() its outcome; for one key they take turns. An
// intent without outcome that is found at load() was cut off by a crash: then, as after a failure
// that may hide an arrival, known() says what is in doubt.
//
// begin(), finish() and settle() do not wait; `done` is called on the writer's thread after the
// commit, or at once on the caller's when the engine refuses. Thread-safe. Stop the engine first.
class NotificationLog {
 public:
  NotificationLog(engine::Engine& engine, Metrics& metrics, Duration retention);
  ~NotificationLog();

  Result<> load(store::Session& sql);
  Duration retention() const { return retention_; }

  std::shared_ptr<const Known> known(const ToldKey& key) const;  // never null

  struct Intent {
    ToldKey key;
    receiver::Reason reason = receiver::Reason::kFirst;
    Fingerprints firing;
    Fingerprints resolved;
    Time at;  // when the group's turn was
    Duration repeat_interval{};
    bool maybe_duplicate = false;
  };
  using Done = std::move_only_function<void(Result<>)>;
  void begin(std::shared_ptr<const Intent> intent, Done done);

  struct Outcome {
    receiver::Sent sent;
    bool may_have_arrived = false;  // of a failure
    int tries = 0;
  };
  void finish(std::shared_ptr<const Intent> intent, Outcome outcome, Done done);
  // Notes that alerts are resolved without telling a receiver that does not want to hear of it.
  void settle(const ToldKey& key, const Fingerprints& resolved, Done done);

  // --- what the processes of a cluster know of each other
  using ToldList = std::vector<std::pair<ToldKey, Told>>;
  // What `peer` says that it has told; what is no news is passed over. Like begin() it does not
  // wait.
  void merge(ToldList heard, const std::string& peer, Done done);
  ToldList all() const;
  // Called on the writer's thread after each commit that changed what was told, also by merge().
  // Before the first change.
  void on_told(std::function<void(const ToldKey&, const Told&)> listener) {
    listener_ = std::move(listener);
  }

  // An alert was posted that may be one of those that were imported (told.h, adopt). Holds at once.
  void adopt(const ToldKey& key, uint64_t hash, uint64_t fingerprint, Time starts);
  bool has_imported() const { return !imported_.empty(); }
  bool is_imported(uint64_t hash) const { return imported_.contains(hash); }

  // Forgets notifications older than the retention, all of them in as many commits as they take,
  // and what was told of groups that are gone (`is_live` says which are not) once it has expired.
  // Does not wait.
  void collect(Time now, const std::function<bool(const ToldKey&)>& is_live);

 private:
  using KnownRef = std::shared_ptr<const Known>;
  struct UnderWay {
    std::string notification;
    KnownRef before;
  };
  void put(const ToldKey& key, KnownRef known);
  void forget(std::vector<ToldKey> expired, Time now);
  void forget_until(Time before);
  // After the commit: in memory, and to the listener.
  void put_told(engine::Tx& tx, const ToldKey& key, KnownRef known);
  Result<> write_begin(engine::Tx& tx, const Intent& intent);
  Result<> write_merge(engine::Tx& tx, const ToldList& heard, const std::string& peer);
  Result<> write_sent(engine::Tx& tx, const Intent& intent, const UnderWay& under_way, int tries);
  Result<> write_failed(engine::Tx& tx, const Intent& intent, const UnderWay& under_way,
                        const Outcome& outcome);

  engine::Engine& engine_;
  const Duration retention_;
  Counter& queries_metric_;
  Counter& collections_metric_;
  Counter& failed_collections_metric_;
  std::function<void(const ToldKey&, const Told&)> listener_;
  std::atomic<bool> is_forgetting_ = false;  // pieces of the last collect() are still to come
  std::unordered_set<uint64_t> imported_;    // all hashes of alerts; since load()

  mutable std::mutex mutex_;
  std::map<ToldKey, KnownRef> known_;
  std::map<ToldKey, UnderWay> under_way_;
};

}  // namespace tocsin::alert
