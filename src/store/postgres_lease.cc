#include <fmt/format.h>

#include "store/lease.h"
#include "store/lease_row.h"
#include "store/postgres.h"
#include "store/postgres_session.h"

namespace tocsin::store {
namespace {

// One lock for each schema, so that two installations may share a database.
Result<bool> try_lock(Session& session) {
  ASSIGN_OR_RETURN(const Rows rows, session.query("SELECT pg_try_advisory_lock(hashtextextended("
                                                  "'tocsin lease ' || current_schema(), 0))"));
  return rows.at(0).flag(0);
}

// Waits a little: the server notices the death of the process before us a moment after its
// supervisor does.
Result<bool> wait_for_lock(Session& session) {
  RETURN_IF_ERROR(session.run("SET lock_timeout = '1s'"));
  const Result<> locked = session.run(
      "SELECT pg_advisory_lock(hashtextextended('tocsin lease ' || current_schema(), 0))");
  RETURN_IF_ERROR(session.run("SET lock_timeout = '10s'"));
  if (locked) return true;
  // lock_not_available
  if (locked.error().code == Code::kUnavailable) return false;
  return fail(locked.error());
}

void unlock(Session& session) {
  (void)session.run(
      "SELECT pg_advisory_unlock(hashtextextended('tocsin lease ' || current_schema(), 0))");
}

// The lock says at once that the holder has died; the epoch is what makes it safe.
class PostgresLease final : public Lease {
 public:
  PostgresLease(std::unique_ptr<PostgresSession> lock, int64_t epoch)
      : lock_(std::move(lock)), epoch_(epoch) {}
  // Closing the connection would do, but only some time later.
  ~PostgresLease() override {
    if (lock_->is_alive()) unlock(*lock_);
  }

  int64_t epoch() const override { return epoch_; }

  Result<> check(Session& session) override {
    // FOR SHARE keeps the row as it is until COMMIT: who wants to raise the epoch waits.
    RETURN_IF_ERROR(check_epoch(session, epoch_, " FOR SHARE"));
    if (lock_->is_alive()) return {};
    // The server let go of the lock when the connection ended. Nobody has raised the epoch since;
    // whoever has the lock now is about to.
    ASSIGN_OR_RETURN(const bool locked, try_lock(*lock_));
    if (locked) return {};
    return fail(Code::kAborted,
                "the lease is lost: its connection broke and another process has taken it; this "
                "process may not write any more");
  }

 private:
  const std::unique_ptr<PostgresSession> lock_;
  const int64_t epoch_;
};

}  // namespace

Result<std::unique_ptr<Lease>> acquire_postgres_lease(const std::string& url,
                                                      const std::string& where,
                                                      const std::string& holder, Time now) {
  ASSIGN_OR_RETURN(auto session, PostgresSession::open(url, where, /*reading=*/false));
  ASSIGN_OR_RETURN(const bool locked, wait_for_lock(*session));
  if (!locked) {
    ASSIGN_OR_RETURN(const std::string other, read_holder(*session));
    return fail(Code::kFailedPrecondition,
                fmt::format("{} is in use by {}; stop that process first", where, other));
  }
  ASSIGN_OR_RETURN(const int64_t epoch, raise_epoch(*session, with_process(holder), now));
  return std::make_unique<PostgresLease>(std::move(session), epoch);
}

}  // namespace tocsin::store
