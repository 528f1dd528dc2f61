#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>

#include "alert/alert.h"

namespace tocsin::alert {

// What the objectives said and the database does not know yet. An objective has a lane of its own:
// its changes are written in their order, those that wait together in one command, and a lane
// whose command failed (queue full, database busy or full) keeps them and tries again, while the
// other lanes go on. So no change is lost and one that cannot be written holds up nobody else.
//
// A lane keeps at most kMaxLane changes; beyond that only the newest of each tier, which is the
// state that counts.
//
// Thread-safe. Must outlive the engine's last call of a `done`: destroy the engine first.
class ChangeQueue {
 public:
  static constexpr size_t kMaxLane = 64;
  static constexpr Duration kRetryEvery = std::chrono::seconds(1);

  // Inside the transaction; the changes of one objective in their order.
  using Write = std::function<Result<>(engine::Tx&, std::span<const slo::TierChange>)>;

  ChangeQueue(engine::Engine& engine, Write write, Log& log, Metrics& metrics);
  ~ChangeQueue();

  void add(const slo::TierChange& change);
  // Tries the lanes that failed again. Called by the thread of start(), or by hand in a simulation.
  void retry();
  size_t waiting() const;

  void start();  // a thread of its own that retries every kRetryEvery while something waits
  void stop();

 private:
  struct Lane {
    std::deque<slo::TierChange> changes;
    bool is_under_way = false;
    int failures = 0;  // of the changes in front, in a row
  };

  void send(bool again);
  std::optional<std::pair<slo::ObjectiveName, std::vector<slo::TierChange>>> take(
      bool again, std::set<slo::ObjectiveName>& tried);
  void finished(const slo::ObjectiveName& objective, size_t count, const Result<>& result);

  engine::Engine& engine_;
  const Write write_;
  Log& log_;
  Gauge& waiting_metric_;
  Counter& retried_metric_;

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<slo::ObjectiveName, Lane> lanes_;
  size_t failed_lanes_ = 0;
  std::jthread thread_;
};

}  // namespace tocsin::alert
