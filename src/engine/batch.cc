#include "engine/batch.h"

#include <fmt/format.h>

#include <exception>

#include "engine/timer_store.h"
#include "store/transaction.h"

namespace tocsin::engine {

// What a command sees of the session. It opens the savepoint before the first statement (a command
// that refuses its input costs the database nothing), and after a failed statement it lets no
// other through: it might run outside the transaction.
class Batch::CommandSession final : public store::Session {
 public:
  explicit CommandSession(Batch& batch) : batch_(batch) {}

  Result<store::Rows> query(std::string_view sql, std::span<const store::Value> params) override {
    RETURN_IF_ERROR(prepare());
    return note(batch_.session_.query(sql, params));
  }
  Result<int64_t> exec(std::string_view sql, std::span<const store::Value> params) override {
    RETURN_IF_ERROR(prepare());
    return note(batch_.session_.exec(sql, params));
  }
  Result<> run(std::string_view script) override {
    return note(
        Result<>(fail(Code::kInternal, fmt::format("a command may not run a script: {}", script))));
  }
  store::Backend backend() const override { return batch_.session_.backend(); }
  bool in_transaction() const override { return batch_.session_.in_transaction(); }

  bool has_savepoint() const { return has_savepoint_; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  Result<> prepare() {
    if (failure_) {
      return fail(Code::kAborted,
                  "an earlier statement of this command failed: " + failure_->message);
    }
    if (has_savepoint_) return {};
    RETURN_IF_ERROR(note(batch_.open_savepoint()));
    has_savepoint_ = true;
    return {};
  }

  template <class T>
  Result<T> note(Result<T> result) {
    if (!result) failure_ = result.error();
    return result;
  }

  Batch& batch_;
  bool has_savepoint_ = false;
  std::optional<Error> failure_;
};

class Batch::CommandTx final : public Tx {
 public:
  explicit CommandTx(Batch& batch) : batch_(batch), session_(batch) {}

  store::Session& sql() override { return session_; }
  Time now() const override { return batch_.now_; }
  std::string new_id(std::string_view prefix) override {
    return fmt::format("{}_{}", prefix, batch_.rng_.token(12));
  }
  Rng& rng() override { return batch_.rng_; }

  Result<> append(store::LogbookEntry entry) override {
    RETURN_IF_ERROR(store::append_logbook(session_, batch_.last_seq_ + 1, batch_.now_, entry));
    ++batch_.last_seq_;
    return {};
  }
  Result<> append(const store::Actor& actor, std::span<const store::LogbookLine> lines) override {
    RETURN_IF_ERROR(
        store::append_logbook(session_, batch_.last_seq_ + 1, batch_.now_, actor, lines));
    batch_.last_seq_ += std::ssize(lines);
    return {};
  }
  int64_t last_seq() const override { return batch_.last_seq_; }
  Result<> set_timer(const Timer& timer) override {
    batch_.timers_changed_ = true;
    return write_timer(session_, timer, batch_.now_);
  }
  Result<> cancel_timer(std::string_view kind, std::string_view subject) override {
    batch_.timers_changed_ = true;
    return delete_timer(session_, kind, subject);
  }
  void after_commit(std::move_only_function<void()> effect) override {
    effects_.push_back(std::move(effect));
  }

  const CommandSession& session() const { return session_; }
  std::vector<std::move_only_function<void()>>& effects() { return effects_; }

 private:
  Batch& batch_;
  CommandSession session_;
  std::vector<std::move_only_function<void()>> effects_;
};

Batch::Batch(store::Session& session, Rng& rng, Log& log, Time now, int64_t last_seq)
    : session_(session), rng_(rng), log_(log), now_(now), last_seq_(last_seq) {}

Batch::~Batch() {
  if (begun_) store::rollback(session_);
}

Result<> Batch::begin() {
  RETURN_IF_ERROR(store::begin_write(session_));
  begun_ = true;
  return {};
}

bool Batch::is_open() const { return begun_ && session_.in_transaction(); }

Result<> Batch::open_savepoint() {
  Result<> done =
      session_.run(savepoint_ ? "RELEASE SAVEPOINT one; SAVEPOINT one" : "SAVEPOINT one");
  // Without it a failure could not be undone alone.
  if (!done) store::rollback(session_);
  savepoint_ = true;
  return done;
}

Result<> Batch::call(Command& command, CommandTx& tx) {
  try {
    RETURN_IF_ERROR(command(tx));
  } catch (const std::exception& e) {
    log_.error("a command threw an exception", {{"what", e.what()}});
    return fail(Code::kInternal, fmt::format("the command threw an exception: {}", e.what()));
  } catch (...) {
    log_.error("a command threw something that is no exception");
    return fail(Code::kInternal, "the command threw something that is no exception");
  }
  if (tx.session().failure()) return fail(*tx.session().failure());
  return {};
}

Result<> Batch::run(Command& command) {
  const int64_t seq_before = last_seq_;
  CommandTx tx(*this);
  Result<> done = call(command, tx);
  if (done) {
    for (auto& effect : tx.effects()) effects_.push_back(std::move(effect));
    return done;
  }
  last_seq_ = seq_before;
  if (!tx.session().has_savepoint() || !is_open()) return done;
  // A savepoint that cannot be rolled back leaves nothing to build on.
  if (!session_.run("ROLLBACK TO SAVEPOINT one")) store::rollback(session_);
  return done;
}

Result<> Batch::commit(store::Lease& lease) {
  Result<> done = lease.check(session_);
  if (done) {
    done = store::commit(session_);
    lost_ = !done && done.error().code == Code::kUnknown;
  } else {
    lost_ = done.error().code == Code::kAborted;
  }
  if (!done) store::rollback(session_);
  begun_ = false;
  return done;
}

}  // namespace tocsin::engine
