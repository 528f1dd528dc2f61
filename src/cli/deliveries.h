#pragma once

#include "cli/api_client.h"

namespace tocsin::cli {

// Asks until every delivery ("id", "state", ... as the API tells them) is over or `patience` has
// passed; each is replaced by what was told last.
Result<> follow_deliveries(ApiClient& api, codec::JsonArray& deliveries, Duration patience);

}  // namespace tocsin::cli
