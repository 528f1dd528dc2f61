#pragma once

#include <memory>
#include <string>

#include "store/database.h"

namespace tocsin::store {

// A file in WAL mode with synchronous=FULL: a commit is on the disk when it returns. Readers never
// wait for the writer. The file is made if missing (mode 0600), its folder is not.
// kFailedPrecondition when the file cannot be opened or is read-only; kDataLoss when it is no
// database.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);

// The lock file beside the database and the epoch in it; see lease.h.
Result<std::unique_ptr<Lease>> acquire_sqlite_lease(Database& database, const std::string& path,
                                                    const std::string& holder, Time now);

}  // namespace tocsin::store
