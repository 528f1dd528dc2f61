#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "store/database.h"
#include "store/lease.h"
#include "store/logbook.h"

namespace tocsin::engine {

// How a due time was meant. A delay ("5 minutes from now") moves along when the wall clock is set;
// a moment ("Monday 9:00") does not.
enum class Basis { kDelay, kMoment };

// A due time in a row: when it passes, the handler of `kind` is called with `subject`, in a
// transaction that also deletes the row. Setting the same (kind, subject) again replaces the due
// time.
struct Timer {
  std::string kind;     // page.escalate, outbox.retry, incident.recovery, ...
  std::string subject;  // an id
  Time due;
  Basis basis = Basis::kDelay;
};

// What a command may touch: one transaction's view. Lives as long as the command runs; used only on
// the writer's thread. Everything that it does becomes durable together or not at all.
//
// A statement that fails ends the command: later ones are refused and the command fails with that
// first error even if it returns success (PostgreSQL knows no other way; SQLite is held to it). To
// insert unless it is there, write ON CONFLICT DO NOTHING. Scripts (`run`) are refused.
class Tx {
 public:
  virtual ~Tx() = default;
  virtual store::Session& sql() = 0;
  virtual Time now() const = 0;
  // A new random id: new_id("inc") is "inc_3fPq...". Unique for all practical purposes (96 bits).
  virtual std::string new_id(std::string_view prefix) = 0;
  virtual Rng& rng() = 0;

  virtual Result<> append(store::LogbookEntry entry) = 0;
  // Several at once, which costs less; the last one has the number last_seq().
  virtual Result<> append(const store::Actor& actor, std::span<const store::LogbookLine> lines) = 0;
  // The number of the newest entry of the logbook: of the one just appended.
  virtual int64_t last_seq() const = 0;
  virtual Result<> set_timer(const Timer& timer) = 0;
  virtual Result<> cancel_timer(std::string_view kind, std::string_view subject) = 0;
  // Runs on the writer's thread once the transaction is durable; not at all if it is rolled back or
  // the process dies first. For waking somebody up, never for a promise.
  virtual void after_commit(std::move_only_function<void()> effect) = 0;
};

using Command = std::move_only_function<Result<>(Tx&)>;
using TimerHandler = std::function<Result<>(Tx&, const std::string& subject)>;

// Which commands a command goes before. What ends something goes first: when thousands of new
// alerts wait to be written, an acknowledgement is not to ring on behind them, nor a provider's
// answer to hold its place or keep a person's next way waiting. Within each turn they go as they
// came.
enum class Turn { kInOrder, kFirst };

struct EngineOptions {
  size_t max_queue = 10'000;  // commands waiting in each turn; more are refused
  size_t max_batch = 256;     // commands and timers in one commit
  Duration timer_retry =
      std::chrono::seconds(5);  // a failed timer handler is tried again after this
  Duration jump_tolerance = std::chrono::seconds(2);
};

// The one writer: it orders commands and due timers, runs each in a savepoint, commits many at once
// (group commit), then completes them. A command that fails is rolled back alone and its neighbours
// commit. If the commit itself fails, all of the batch fail with its error and nothing has
// happened. A timer whose handler fails stays in its row and is tried again; it does not stop the
// others.
//
// Engine time follows the wall clock at start and then advances with the monotonic clock. When the
// two come apart by more than `jump_tolerance`, engine time takes the wall's value, pending delays
// are moved by the difference and an entry `clock.jumped` says so; time within one engine may thus
// go back. A wall clock that was set back while no engine ran is found by what was written after
// now (the newest entry of the logbook, a pending delay): engine time begins there, and the first
// commit follows the wall in the same way.
//
// Threading: submit() and run() from any thread; everything else from the owner. With start() the
// engine has a thread of its own; a test or simulation calls step() instead, and then run() too is
// the owner's alone.
class Engine {
 public:
  using Done = std::move_only_function<void(Result<>)>;

  // Takes the writer's session from `database`. The database must be migrated and the lease held.
  static Result<std::unique_ptr<Engine>> open(store::Database& database, store::Lease& lease,
                                              const Clock& clock, Rng& rng, Log& log,
                                              Metrics& metrics, EngineOptions options = {});
  virtual ~Engine() = default;

  // Before start(). One handler a kind.
  virtual void on_timer(std::string kind, TimerHandler handler) = 0;

  // `done` is called on the writer's thread after the commit (or with the error). A command that is
  // refused (kResourceExhausted: its queue is full; kUnavailable: the engine is stopped; or what
  // lost() says) is told so on the caller's thread, at once.
  virtual void submit(Turn turn, Command command, Done done) = 0;
  void submit(Command command, Done done) {
    submit(Turn::kInOrder, std::move(command), std::move(done));
  }
  // Waits for the commit. Never from the writer's thread. Without start() it commits by
  // itself, and due timers wait.
  virtual Result<> run(Turn turn, Command command) = 0;
  Result<> run(Command command) { return run(Turn::kInOrder, std::move(command)); }

  // Runs what is queued and due now, one commit; true if it did anything. Not with start().
  virtual Result<bool> step() = 0;
  // When the next timer is due; nothing if there is none.
  virtual Result<std::optional<Time>> next_due() = 0;
  virtual Time now() const = 0;  // engine time; thread-safe

  virtual void start() = 0;
  // Refuses new commands (kUnavailable), finishes the queue within `patience`, joins.
  virtual void stop(Duration patience) = 0;

  // Called on the writer's thread after each commit that appended entries, with the newest seq.
  virtual void on_commit(std::function<void(int64_t last_seq)> listener) = 0;

  // Called once, on the writer's thread, when this engine may not write any more: the lease was
  // taken (kAborted), or nobody can tell whether a commit happened (kUnknown). From then on every
  // command fails with that error and no timer fires; the process should end. Before start().
  virtual void on_lost(std::function<void(const Error&)> listener) = 0;
  virtual std::optional<Error> lost() const = 0;  // thread-safe
};

}  // namespace tocsin::engine
