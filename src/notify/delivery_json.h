#pragma once

#include "codec/json.h"
#include "notify/outbox_store.h"

namespace tocsin::notify {

// A delivery as the API shows it: `Delivery` of api/openapi.yaml. Without secrets.
codec::JsonObject delivery_json(const OutboxRow& row);

}  // namespace tocsin::notify
