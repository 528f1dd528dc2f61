#include "notify/sign.h"

#include <fmt/format.h>
#include <sodium.h>

#include "base/text.h"

namespace tocsin::notify {

std::string hmac_sha256(std::string_view key, std::string_view text) {
  const auto bytes = [](std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
  };
  crypto_auth_hmacsha256_state state;
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return mac;
}

std::string sign_webhook(const Secret& secret, int64_t timestamp, std::string_view body) {
  return "v1=" + hex(hmac_sha256(secret.reveal(), fmt::format("{}.{}", timestamp, body)));
}

}  // namespace tocsin::notify
