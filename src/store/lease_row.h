#pragma once

#include <string>
#include <string_view>

#include "store/database.h"

namespace tocsin::store {

// A holder as messages name it: "tocsin (pid 42 on shop-1)".
std::string with_process(const std::string& holder);

// The row of table `lease`: who took it last.
Result<std::string> read_holder(Session& session);

// Raises the epoch in a transaction of its own and returns it.
Result<int64_t> raise_epoch(Session& session, const std::string& holder, Time now);

// kAborted, naming who has it now, when the epoch is not `epoch`. `locking` is appended to the
// query, for a backend that must keep the row still until COMMIT.
Result<> check_epoch(Session& session, int64_t epoch, std::string_view locking);

}  // namespace tocsin::store
