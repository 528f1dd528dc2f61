#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "store/database.h"

namespace tocsin::notify {

// The key of this installation by that name: 32 random bytes, made when first asked for and the
// same ever after. Inside the writer's transaction. kDataLoss when the stored key is damaged.
Result<std::string> read_or_make_key(store::Session& session, std::string_view name, Rng& rng);
// Nothing when it was not made yet.
Result<std::optional<std::string>> read_key(store::Session& session, std::string_view name);

}  // namespace tocsin::notify
