#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace tocsin::engine {

// One transaction of the writer, in which commands run one after the other, each in a savepoint of
// its own. Owned by the writer's thread.
//
// The number of a logbook entry is given when it is appended. A command that fails takes back its
// numbers together with its rows, and commands run one at a time, so there is never a gap.
class Batch {
 public:
  Batch(store::Session& session, Rng& rng, Log& log, Time now, int64_t last_seq);
  ~Batch();  // rolls back what was not committed
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  Result<> begin();
  // Runs one command; its error when it failed and was rolled back. An exception is kInternal.
  // When the whole transaction broke with it, is_open() is false afterwards.
  Result<> run(Command& command);
  bool is_open() const;
  // Checks the lease and commits. On failure everything is rolled back.
  Result<> commit(store::Lease& lease);
  // Whether commit() failed in a way after which nobody here may write: the lease is another's, or
  // what became of the commit is not known.
  bool has_lost() const { return lost_; }

  Time now() const { return now_; }
  int64_t last_seq() const { return last_seq_; }
  void note_changed_timers() { timers_changed_ = true; }
  bool has_changed_timers() const { return timers_changed_; }
  // Those of the commands that succeeded, in order.
  std::vector<std::move_only_function<void()>> take_effects() { return std::move(effects_); }

 private:
  class CommandSession;
  class CommandTx;

  Result<> call(Command& command, CommandTx& tx);
  Result<> open_savepoint();

  store::Session& session_;
  Rng& rng_;
  Log& log_;
  const Time now_;
  int64_t last_seq_;
  bool begun_ = false;
  bool savepoint_ = false;  // the one that a command left open behind it
  bool timers_changed_ = false;
  bool lost_ = false;
  std::vector<std::move_only_function<void()>> effects_;
};

}  // namespace tocsin::engine
