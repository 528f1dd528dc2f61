#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "alert/inbox.h"
#include "alert/notification_log.h"

namespace tocsin::alert {

// The sends under way, at most one a key: intent, tries, outcome.
//
//   start() -> intent is written -> integration -> outcome is written -> the key is free
//                  ^ | refused         ^  | failed      ^ | refused
//                  +-+ 1 s             +--+ backoff     +-+ 1 s
//
// Nothing here waits: whatever answers, answers into the inbox, and the owner hands it to handle().
// A try may end the send only when its deadline is over or the failure says that trying is no use.
// An outcome that the database does not take is tried until it does, and the key stays busy. Of
// thousands that begin together kMostWriting are with the engine at a time: its queue is
// everybody's. Guarded by its owner.
class Sends {
 public:
  struct Parts {
    NotificationLog& book;
    std::shared_ptr<Inbox> inbox;
    Rng& rng;
    Log& log;
    Metrics& metrics;
  };
  struct Order {
    std::shared_ptr<const NotificationLog::Intent> intent;
    std::shared_ptr<receiver::Integration> integration;
    receiver::GroupMessage message;
    Duration deadline{};  // monotonic
  };

  static constexpr size_t kMostWriting = 1'000;

  explicit Sends(Parts parts) : parts_(std::move(parts)) {}

  bool is_busy(const ToldKey& key) const { return by_key_.contains(key); }
  size_t under_way() const { return sends_.size(); }

  void start(Order order);
  // Without a message: the receiver does not want to hear of resolved alerts.
  void settle(const ToldKey& key, const Fingerprints& resolved);
  // The key that is free again, if one is.
  std::optional<ToldKey> handle(SendEvent event, Duration now);
  void run_due(Duration now);
  std::optional<Duration> next_due() const;
  // From now on nothing is tried again; what waits for its next try has failed, and what has not
  // begun does not.
  void stop();

  // So that the counters of an integration are there before it is used.
  void make_metrics(std::string_view kind) { (void)metrics_of(kind); }

 private:
  enum class Step { kBeginning, kSending, kFinishing, kSettling };
  struct KindMetrics {
    Counter& notifications;
    Counter& requests;
    Counter& failed_requests;
    Histogram& latency;
  };
  struct Send {
    ToldKey key;
    std::optional<Order> order;  // none for settle()
    Fingerprints settled;        // of settle()
    Step step = Step::kBeginning;
    std::optional<Duration> due;  // it waits to do its step again
    int tries = 0;
    Duration try_began{};
    bool may_have_arrived = false;
    NotificationLog::Outcome outcome;
  };

  const KindMetrics& metrics_of(std::string_view kind);
  // Has the step written, now or when it is its turn.
  void write(uint64_t id, Send& send, Step step);
  void submit(uint64_t id, Send& send);
  void written_one();
  void attempt(uint64_t id, Send& send, Duration now);
  void wait(uint64_t id, Send& send, Duration until);
  void begun(uint64_t id, Send& send, const Result<>& written, Duration now);
  void answered(uint64_t id, Send& send, receiver::Sent sent, Duration now);
  void give_up(uint64_t id, Send& send, receiver::SendFailure failure);
  ToldKey free(uint64_t id);

  Parts parts_;
  bool is_stopping_ = false;
  uint64_t last_id_ = 0;
  std::map<uint64_t, Send> sends_;
  std::map<ToldKey, uint64_t> by_key_;
  std::set<std::pair<Duration, uint64_t>> due_;
  size_t writing_ = 0;  // steps that the engine has not answered
  // Whose step waits for one of those. What has ended comes first: until that is written a crash
  // makes the send again.
  std::deque<uint64_t> ends_, begins_;
  std::map<std::string, KindMetrics, std::less<>> metrics_;
};

// The wait before the next try when `tries` (from 1) have failed: 0.5 s, 0.75 s, ... to a minute,
// times 0.5 to 1.5 by `jitter` in [0, 1), as the reference's backoff has it (cenkalti/backoff).
Duration retry_wait(int tries, double jitter);

// Whether the message may have reached the provider although the try failed.
bool may_have_arrived(const receiver::SendFailure& failure);

}  // namespace tocsin::alert
