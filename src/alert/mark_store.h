#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "alert/mark.h"
#include "store/database.h"

namespace tocsin::alert {

// The SQL of table posted_mark, by the alert's fingerprint.
Result<> write_mark(store::Session& sql, uint64_t fingerprint, const Mark& mark);
Result<> delete_mark(store::Session& sql, uint64_t fingerprint);
Result<std::optional<Mark>> read_mark(store::Session& sql, uint64_t fingerprint);
Result<std::vector<std::pair<uint64_t, Mark>>> all_marks(store::Session& sql);

}  // namespace tocsin::alert
