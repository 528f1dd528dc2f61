#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace tocsin::notify {

// The cryptography of Web Push. Keys are raw bytes: a private key 32, a public key 65 (uncompressed
// point of P-256).

struct KeyPair {
  Secret private_key;
  std::string public_key;
};
// From 32 random bytes, which are brought into the range of keys.
Result<KeyPair> make_key_pair(std::string_view seed);

// What a browser gave us when it subscribed.
struct PushKeys {
  std::string p256dh;  // its public key
  std::string auth;    // 16 bytes
};

// RFC 8291 with RFC 8188, one record: the body of the request. `ours` is a key pair made for this
// message alone, `salt` 16 random bytes. kInvalidArgument when the browser's key is no point of the
// curve or the text is longer than kMostPushText.
Result<std::string> encrypt_push(std::string_view text, const PushKeys& browser,
                                 const KeyPair& ours, std::string_view salt);
inline constexpr size_t kMostPushText = 3990;  // push services take 4,096 bytes in all

// The value of Authorization (RFC 8292): "vapid t=<JWT>, k=<our public key>". `audience` is the
// origin of the endpoint, `subject` whom the push service may ask about us.
Result<std::string> vapid_authorization(const KeyPair& ours, std::string_view audience,
                                        std::string_view subject, Time expires);

}  // namespace tocsin::notify
