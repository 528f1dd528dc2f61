#pragma once

#include "codec/json.h"
#include "notify/delivery.h"

namespace tocsin::notify {

// The message as it is stored and as webhooks carry it: every field is there, empty ones too, so
// that a reader needs no guesses. Times are RFC 3339 in UTC; the text is valid UTF-8 whatever the
// message holds.
codec::JsonObject to_json(const Message& message);
// What to_json wrote; kDataLoss otherwise.
Result<Message> read_message(std::string_view json);

}  // namespace tocsin::notify
