#pragma once

#include <memory>
#include <string>

#include "store/database.h"

namespace tocsin::store {

// A database of PostgreSQL 15 or newer, encoding UTF8, named by a URI that libpq understands
// (https://www.postgresql.org/docs/15/libpq-connect.html). Everything lives in the first schema of
// the search path. A commit is flushed to the server's disk when it returns, whatever the server's
// default for synchronous_commit is.
// kUnavailable when the server cannot be reached; kFailedPrecondition when it cannot be used.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url);

// A session-level advisory lock and the epoch in table `lease`; see lease.h.
Result<std::unique_ptr<Lease>> acquire_postgres_lease(const std::string& url,
                                                      const std::string& where,
                                                      const std::string& holder, Time now);

}  // namespace tocsin::store
