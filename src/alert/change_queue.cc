#include "alert/change_queue.h"

#include <algorithm>
#include <set>

namespace tocsin::alert {
namespace {

constexpr int kComplainEvery = 30;  // failures in a row between two lines of the log

// Keeps the newest change of each tier, in order.
void keep_newest(std::deque<slo::TierChange>& changes, size_t from) {
  std::set<std::string> seen;
  std::deque<slo::TierChange> kept;
  for (size_t i = changes.size(); i > from; --i) {
    if (seen.insert(changes[i - 1].tier).second) kept.push_front(std::move(changes[i - 1]));
  }
  changes.resize(from);
  for (auto& change : kept) changes.push_back(std::move(change));
}

}  // namespace

ChangeQueue::ChangeQueue(engine::Engine& engine, Write write, Log& log, Metrics& metrics)
    : engine_(engine),
      write_(std::move(write)),
      log_(log),
      waiting_metric_(metrics.gauge("tocsin_alert_changes_waiting",
                                    "Changes of tiers that are not in the database yet")),
      retried_metric_(metrics.counter("tocsin_alert_changes_retried_total",
                                      "Writes of changes of tiers that failed and are repeated")) {}

ChangeQueue::~ChangeQueue() { stop(); }

void ChangeQueue::add(const slo::TierChange& change) {
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[change.objective];
    lane.changes.push_back(change);
    // What is under way stands in front and must stay: finished() removes it by its count.
    if (lane.changes.size() > kMaxLane && !lane.is_under_way) keep_newest(lane.changes, 0);
  }
  send(false);
}

void ChangeQueue::retry() { send(true); }

size_t ChangeQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [_, lane] : lanes_) count += lane.changes.size();
  return count;
}

std::optional<std::pair<slo::ObjectiveName, std::vector<slo::TierChange>>> ChangeQueue::take(
    bool again, std::set<slo::ObjectiveName>& tried) {
  const std::lock_guard lock(mutex_);
  for (auto& [objective, lane] : lanes_) {
    if (lane.is_under_way || lane.changes.empty() || (lane.failures > 0 && !again)) continue;
    // A refusal may come back at once, within submit: each lane is sent once a call.
    if (!tried.insert(objective).second) continue;
    lane.is_under_way = true;
    return std::pair(objective, std::vector(lane.changes.begin(), lane.changes.end()));
  }
  return std::nullopt;
}

void ChangeQueue::send(bool again) {
  std::set<slo::ObjectiveName> tried;
  while (auto next = take(again, tried)) {
    auto& [objective, changes] = *next;
    const size_t count = changes.size();
    engine_.submit(
        [this, changes = std::move(changes)](engine::Tx& tx) { return write_(tx, changes); },
        [this, objective = objective, count](Result<> result) {
          finished(objective, count, result);
        });
  }
}

void ChangeQueue::finished(const slo::ObjectiveName& objective, size_t count,
                           const Result<>& result) {
  bool has_more = false;
  int failures = 0;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[objective];
    lane.is_under_way = false;
    if (result) {
      if (lane.failures > 0) --failed_lanes_;
      lane.failures = 0;
      lane.changes.erase(lane.changes.begin(),
                         lane.changes.begin() + static_cast<std::ptrdiff_t>(count));
      has_more = !lane.changes.empty();
      if (!has_more) lanes_.erase(objective);
    } else {
      if (lane.failures == 0) ++failed_lanes_;
      failures = ++lane.failures;
      if (lane.changes.size() > kMaxLane) keep_newest(lane.changes, 0);
      wake_.notify_all();
    }
    size_t waiting = 0;
    for (const auto& [_, other] : lanes_) waiting += other.changes.size();
    waiting_metric_.set(static_cast<double>(waiting));
  }
  if (failures > 0) {
    retried_metric_.add();
    if (failures % kComplainEvery == 1) {
      log_.warn("a change of an objective could not be written; it is kept and tried again",
                {{"objective", objective.value()},
                 {"failures", failures},
                 {"code", name_of(result.error().code)},
                 {"error", result.error()}});
    }
    if (failures == kComplainEvery) {
      log_.error("an alert waits because the database does not take it",
                 {{"objective", objective.value()}, {"error", result.error()}});
    }
  }
  if (has_more) send(false);
}

void ChangeQueue::start() {
  thread_ = std::jthread([this](std::stop_token stopping) {
    std::unique_lock lock(mutex_);
    while (!stopping.stop_requested()) {
      wake_.wait(lock, stopping, [this] { return failed_lanes_ > 0; });
      if (stopping.stop_requested()) return;
      wake_.wait_for(lock, stopping, kRetryEvery, [] { return false; });
      if (stopping.stop_requested()) return;
      lock.unlock();
      retry();
      lock.lock();
    }
  });
}

void ChangeQueue::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

}  // namespace tocsin::alert
