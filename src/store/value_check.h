#pragma once

#include "store/database.h"

namespace tocsin::store {

// What one backend would take and the other refuse or change is refused by both: text that is not
// UTF-8 or holds a NUL byte, and NaN. `number` is the placeholder's, for the message.
Result<> check_storable(const Value& v, size_t number);

}  // namespace tocsin::store
