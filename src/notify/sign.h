#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace tocsin::notify {

// HMAC-SHA256 (RFC 2104), 32 bytes. A key of any length.
std::string hmac_sha256(std::string_view key, std::string_view text);

// The value of X-Tocsin-Signature: "v1=" and the hex of HMAC-SHA256(secret, timestamp "." body).
// The timestamp (X-Tocsin-Timestamp, seconds since 1970) is part of it, so that a receiver can
// refuse an old message that is played again.
std::string sign_webhook(const Secret& secret, int64_t timestamp, std::string_view body);

}  // namespace tocsin::notify
