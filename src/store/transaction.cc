#include "store/transaction.h"

namespace tocsin::store {

Result<> begin_write(Session& session) {
  return session.run(session.backend() == Backend::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Result<> begin_read(Session& session) {
  return session.run(session.backend() == Backend::kSqlite
                         ? "BEGIN"
                         : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
}

Result<> commit(Session& session) { return session.run("COMMIT"); }

void rollback(Session& session) {
  // Also when the transaction is gone: a session that lost its connection waits for the word.
  (void)session.run("ROLLBACK");
}

Result<> in_write_transaction(Session& session, const std::function<Result<>()>& body) {
  RETURN_IF_ERROR(begin_write(session));
  Result<> done = body();
  if (done) done = commit(session);
  if (!done) rollback(session);
  return done;
}

}  // namespace tocsin::store
