#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/posted_book.h"
#include "alert/suppression.h"

namespace tocsin::alert {

// Which firing alerts their groups do not tell, why and since when, in memory and in table
// suppression. A flush says what it sees; what is other than at the flush before is written as an
// entry of the alert's history, `posted_alert.suppressed` or `posted_alert.unsuppressed`, with the
// group, its receiver and the reasons. Nothing is written for an alert that may be told and always
// might, and nothing twice: not after a restart, not after a reload.
//
// see() and forget() never wait. What they find is written by send(), kPiece changes a commit, one
// commit under way at a time, so that a storm of suppressed alerts neither holds up the posts nor
// makes a commit each. What the database refuses is tried again each second. Beyond kMostWaiting a
// change is not noted; the next flush sees it again.
//
// Thread-safe. Stop the engine before it ends.
class SuppressionLog {
 public:
  static constexpr size_t kPiece = 1'000;
  static constexpr size_t kMostWaiting = 200'000;

  struct Parts {
    engine::Engine& engine;
    PostedBook& alerts;
    const Clock& clock;
    Log& log;
    Metrics& metrics;
  };
  explicit SuppressionLog(Parts parts);
  ~SuppressionLog();

  Result<> load(store::Session& sql);  // once, before anything else

  struct Group {
    std::string key;
    std::string receiver;
    bool operator==(const Group&) const = default;
  };
  // `alert` fires and stands in the group; `by`: why the flush at `now` does not tell it.
  void see(const std::string& group_key, const std::string& receiver, uint64_t fingerprint,
           const routing::PostedAlert& alert, const Suppressors& by, Time now);
  // It is resolved, or not in the group any more: what suppressed it says nothing any more, and
  // that needs no entry.
  void forget(const std::string& group_key, const std::string& receiver, uint64_t fingerprint);
  // Forgets what `is_there` denies: after a reload the groups may be others.
  void keep_only(const std::function<bool(const Group&, uint64_t fingerprint)>& is_there);

  void send();                               // writes what waits, without waiting
  std::optional<Duration> next_due() const;  // monotonic: when send() should be called

  struct Record {
    std::shared_ptr<const Group> group;
    std::shared_ptr<const Suppressors> by;
    Time since;
    int64_t row = 0;
  };
  std::vector<Record> of(uint64_t fingerprint) const;
  size_t alerts() const { return alerts_.load(std::memory_order_relaxed); }  // suppressed anywhere

 private:
  struct Change {
    uint64_t fingerprint = 0;
    std::shared_ptr<const Group> group;
    std::shared_ptr<const Suppressors> by;  // null: no entry
    bool is_suppressed = false;
    Time at;
    int64_t old_row = 0, new_row = 0;  // 0: none
  };

  Record* find(uint64_t fingerprint, const std::string& group_key, const std::string& receiver);
  void erase(uint64_t fingerprint, Record* record);
  bool queue(Change change);
  Result<> write(engine::Tx& tx, const std::vector<Change>& changes);
  void finished(size_t count, const Result<>& result);
  template <class T>
  std::shared_ptr<const T> shared(std::shared_ptr<const T>& last, const T& value);

  const Parts parts_;
  Gauge& waiting_metric_;
  std::atomic<size_t> alerts_ = 0;

  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, std::vector<Record>> by_alert_;
  std::deque<Change> waiting_;
  bool is_under_way_ = false;
  std::optional<Duration> try_again_;
  int64_t last_row_ = 0;
  // Neighbours have mostly the same.
  std::shared_ptr<const Group> last_group_;
  std::shared_ptr<const Suppressors> last_by_;
};

}  // namespace tocsin::alert
