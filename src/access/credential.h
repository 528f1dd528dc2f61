#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "base/secret.h"
#include "net/http.h"

namespace tocsin::access {

inline constexpr std::string_view kSessionCookie = "tocsin_session";

// What a request shows to say who makes it.
struct Credential {
  enum class Kind { kToken, kSession };
  Kind kind = Kind::kToken;
  Secret secret;
};

// "Authorization: Bearer TOKEN", or Basic with the token as password (any user), or else the
// cookie. A header that is neither gives an empty token, which is never valid: it does not fall
// back on the cookie.
std::optional<Credential> credential_of(const net::Request& request);

// SHA-256 in hexadecimal. Fast on purpose: the secrets have 256 random bits, there is nothing to
// guess.
std::string hash_of(const Secret& secret);

Secret new_token_secret(Rng& rng);    // "tocsin_" and 256 bits
Secret new_session_secret(Rng& rng);  // 256 bits
Secret new_password(Rng& rng);        // 120 bits, to be typed

}  // namespace tocsin::access
