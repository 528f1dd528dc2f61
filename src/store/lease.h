#pragma once

#include <memory>
#include <string>

#include "store/database.h"

namespace tocsin::store {

// The right to write. One process holds it; the epoch rises each time that it changes hands. On
// SQLite it is an exclusive lock on the file "<database>.lock"; on PostgreSQL it is a session-level
// advisory lock together with the row of table `lease`, whose epoch every commit checks: a writer
// that has lost the lease cannot commit.
class Lease {
 public:
  virtual ~Lease() = default;
  // kFailedPrecondition, naming the holder, when another process holds it.
  static Result<std::unique_ptr<Lease>> acquire(Database& database, const std::string& holder,
                                                Time now);
  virtual int64_t epoch() const = 0;
  // Inside the writer's transaction, before COMMIT: kAborted when the epoch in the database is not
  // ours.
  virtual Result<> check(Session& session) = 0;
};

}  // namespace tocsin::store
