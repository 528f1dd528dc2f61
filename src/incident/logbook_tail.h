#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/engine.h"
#include "store/database.h"

namespace tocsin::incident {

// The newest entries of the logbook in memory, as JSON texts, for those who follow it live. A
// reader that is further behind than the tail reaches has a gap and reads anew.
//
// The engine's commits wake a thread of its own that reads the new entries with a session of its
// own; when the database does not answer it tries again every second. after() and last_seq() only
// look at memory, from any thread. pull() from any thread that may block. The engine is stopped
// before this ends.
class LogbookTail {
 public:
  struct Limits {
    size_t entries = 10'000;
    size_t bytes = 16 << 20;
  };
  // Takes Engine::on_commit, and the newest entries (at most a thousand). Before engine.start().
  static Result<std::unique_ptr<LogbookTail>> open(engine::Engine& engine,
                                                   store::Database& database, Log& log,
                                                   Limits limits);
  static Result<std::unique_ptr<LogbookTail>> open(engine::Engine& engine,
                                                   store::Database& database, Log& log) {
    return open(engine, database, log, Limits());
  }
  ~LogbookTail() { stop(); }

  void start();  // the thread
  void stop();   // joins; again is harmless

  // Takes what the database has and the tail has not. On return last_seq() is at least what was
  // committed before the call.
  Result<> pull();

  struct Piece {
    bool is_gap = false;   // entries after `seq` are not kept any more, or never were
    std::string entries;   // a JSON array; empty when there is nothing new
    int64_t last_seq = 0;  // of the last entry in it; the tail's own when it is empty or a gap
  };
  // What comes after `seq`, about `max_bytes` of it at most (one entry at least).
  Piece after(int64_t seq, size_t max_bytes) const;
  int64_t last_seq() const;

 private:
  LogbookTail(std::unique_ptr<store::Session> session, Log& log, Limits limits)
      : log_(log), limits_(limits), session_(std::move(session)) {}
  void run();
  void add(int64_t seq, std::string json);

  Log& log_;
  const Limits limits_;

  std::mutex reading_;  // taken before mutex_; guards session_
  std::unique_ptr<store::Session> session_;

  mutable std::mutex mutex_;
  std::deque<std::string> entries_;  // of last_seq_ - size + 1 up to last_seq_, without a gap
  size_t bytes_ = 0;
  int64_t last_seq_ = 0;

  std::mutex waking_;
  std::condition_variable changed_;
  bool is_wanted_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace tocsin::incident
