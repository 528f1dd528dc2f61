#include "incident/logbook_tail.h"

#include <algorithm>

#include "store/logbook.h"

namespace tocsin::incident {
namespace {

constexpr int64_t kAtStart = 1000;
constexpr int kPage = 1000;
constexpr auto kRetryAfter = std::chrono::seconds(1);

}  // namespace

Result<std::unique_ptr<LogbookTail>> LogbookTail::open(engine::Engine& engine,
                                                       store::Database& database, Log& log,
                                                       Limits limits) {
  ASSIGN_OR_RETURN(auto session, database.connect_for_reading());
  ASSIGN_OR_RETURN(const int64_t last, store::last_logbook_seq(*session));
  std::unique_ptr<LogbookTail> tail(new LogbookTail(std::move(session), log, limits));
  tail->last_seq_ = std::max<int64_t>(0, last - kAtStart);
  RETURN_IF_ERROR(tail->pull());
  engine.on_commit([raw = tail.get()](int64_t) {
    const std::lock_guard lock(raw->waking_);
    raw->is_wanted_ = true;
    raw->changed_.notify_one();
  });
  return tail;
}

void LogbookTail::start() {
  thread_ = std::thread([this] { run(); });
}

void LogbookTail::stop() {
  {
    const std::lock_guard lock(waking_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogbookTail::run() {
  bool is_broken = false;
  std::unique_lock lock(waking_);
  while (!is_stopping_) {
    if (is_broken) {
      changed_.wait_for(lock, kRetryAfter, [this] { return is_stopping_; });
    } else {
      changed_.wait(lock, [this] { return is_wanted_ || is_stopping_; });
    }
    if (is_stopping_) return;
    is_wanted_ = false;
    lock.unlock();
    const Result<> pulled = pull();
    if (!pulled && !is_broken) {
      log_.warn("the live stream waits: the logbook cannot be read", {{"error", pulled.error()}});
    }
    is_broken = !pulled;
    lock.lock();
  }
}

Result<> LogbookTail::pull() {
  const std::lock_guard lock(reading_);
  while (true) {
    ASSIGN_OR_RETURN(const auto records, store::read_logbook(*session_, last_seq(), kPage));
    for (const auto& record : records) add(record.seq, codec::to_text(store::to_json(record)));
    if (records.size() < static_cast<size_t>(kPage)) return {};
  }
}

void LogbookTail::add(int64_t seq, std::string json) {
  const std::lock_guard lock(mutex_);
  if (seq != last_seq_ + 1) {  // the logbook has no gaps; if one is there, so it is here
    entries_.clear();
    bytes_ = 0;
  }
  last_seq_ = seq;
  bytes_ += json.size();
  entries_.push_back(std::move(json));
  while (entries_.size() > limits_.entries || (bytes_ > limits_.bytes && entries_.size() > 1)) {
    bytes_ -= entries_.front().size();
    entries_.pop_front();
  }
}

LogbookTail::Piece LogbookTail::after(int64_t seq, size_t max_bytes) const {
  const std::lock_guard lock(mutex_);
  Piece piece;
  piece.last_seq = last_seq_;
  const auto kept = static_cast<int64_t>(entries_.size());
  piece.is_gap = seq > last_seq_ || seq < last_seq_ - kept;
  if (piece.is_gap || seq == last_seq_) return piece;
  for (auto at = static_cast<size_t>(seq - (last_seq_ - kept)); at < entries_.size(); ++at) {
    const std::string& entry = entries_[at];
    if (!piece.entries.empty() && piece.entries.size() + entry.size() > max_bytes) break;
    piece.entries += piece.entries.empty() ? '[' : ',';
    piece.entries += entry;
    piece.last_seq = ++seq;
  }
  piece.entries += ']';
  return piece;
}

int64_t LogbookTail::last_seq() const {
  const std::lock_guard lock(mutex_);
  return last_seq_;
}

}  // namespace tocsin::incident
