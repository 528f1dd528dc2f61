#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "engine/batch.h"
#include "engine/engine_clock.h"
#include "engine/timer_store.h"

namespace tocsin::engine {

// A command that waits, and whom to tell.
struct Waiting {
  Command command;
  Engine::Done done;
};

// What the writer measures; names in docs/store.md.
struct WriterMetrics {
  explicit WriterMetrics(Metrics& metrics);
  Counter& commands_ok;
  Counter& commands_failed;
  Counter& timers_fired;
  Counter& timers_failed;
  Counter& commits;
  Counter& commits_failed;
  Counter& clock_jumps;
  Histogram& commit_seconds;
  Histogram& batch_size;
  Histogram& timer_lag_seconds;
};

// Turns commands and due timers into commits, one batch at a time. Knows nothing of threads and
// queues: the engine hands it what waits. Owned by the writer's thread.
class Writer {
 public:
  struct Parts {
    store::Database& database;
    store::Lease& lease;
    const Clock& clock;
    Rng& rng;
    Log& log;
    Metrics& metrics;
    EngineOptions options;
  };

  static Result<std::unique_ptr<Writer>> open(Parts parts);

  // While wiring.
  void on_timer(std::string kind, TimerHandler handler);
  void on_commit(std::function<void(int64_t)> listener) { on_commit_ = std::move(listener); }

  // One commit of these commands, in their order, and of the timers that are due. Every `done` is
  // called before it returns. The error is the commit's: then nothing has happened.
  Result<> write(std::vector<Waiting> commands, bool with_timers);
  // Whether write() would do something without commands.
  bool has_work() const;

  Time now() const { return clock_.now(); }
  Duration monotonic() const { return clock_.monotonic(); }
  std::optional<Time> next_due() const { return next_due_; }
  const std::optional<Error>& lost() const { return lost_; }
  const EngineOptions& options() const { return parts_.options; }

 private:
  Writer(Parts parts, std::unique_ptr<store::Session> session);

  struct Outcome;
  Result<> go_on_from_the_last();
  Duration jump() const;
  Result<> write_all(Batch& batch, Outcome& outcome, bool with_timers);
  Result<> follow_clock(Batch& batch, Duration by, Time before);
  Result<> fire_timers(Batch& batch, Time now, size_t most);
  Result<> fire(Batch& batch, const DueTimer& timer, Time now);
  void report_failure(const DueTimer& timer, const Error& error);
  void complete(Outcome& outcome, const Result<>& committed);
  void call_safely(std::string_view what, std::move_only_function<void()> call);

  Parts parts_;
  WriterMetrics metrics_;
  EngineClock clock_;
  std::unique_ptr<store::Session> session_;
  std::map<std::string, TimerHandler> handlers_;
  std::set<std::string> complained_;  // kinds without a handler that were logged
  std::function<void(int64_t)> on_commit_;
  int64_t last_seq_ = 0;
  std::optional<Time> next_due_;
  std::optional<Error> lost_;
};

}  // namespace tocsin::engine
