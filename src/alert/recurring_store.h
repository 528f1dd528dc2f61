#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "alert/recurring_silence.h"
#include "store/database.h"

namespace tocsin::alert {

// The SQL of table recurring_silence.
Result<> insert_recurring(store::Session& sql, const RecurringSilence& silence);
Result<> set_next(store::Session& sql, const RecurringSilence& silence);
Result<> delete_recurring(store::Session& sql, std::string_view id);
Result<std::optional<RecurringSilence>> read_recurring(store::Session& sql, std::string_view id);
Result<std::vector<RecurringSilence>> all_recurring(store::Session& sql);  // by creation
Result<int64_t> count_recurring(store::Session& sql);

}  // namespace tocsin::alert
