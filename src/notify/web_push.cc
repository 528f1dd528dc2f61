#include "notify/web_push.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <memory>

#include "base/text.h"
#include "codec/json.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

constexpr size_t kPrivateBytes = 32;
constexpr size_t kPublicBytes = 65;
constexpr size_t kTagBytes = 16;
constexpr uint32_t kRecordSize = 4096;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Number = Owned<BIGNUM, BN_clear_free>;
using Group = Owned<EC_GROUP, EC_GROUP_free>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::unexpected<Error> broken(std::string_view what) {
  return fail(Code::kInternal, fmt::format("OpenSSL could not {}", what));
}

// With a private key, or only the public one of somebody else.
Result<Key> to_key(std::string_view public_key, std::string_view private_key) {
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  const Number number(private_key.empty() ? nullptr
                                          : BN_bin2bn(bytes(private_key), kPrivateBytes, nullptr));
  bool is_built = builder != nullptr &&
                  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                  "prime256v1", 0) == 1 &&
                  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                   public_key.data(), public_key.size()) == 1;
  if (is_built && number != nullptr) {
    is_built = OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1;
  }
  if (!is_built) return broken("describe a key");
  const Owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  const int selection = private_key.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (context == nullptr || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) != 1) {
    return invalid("the key is no point of the curve P-256");
  }
  return Key(made);
}

Result<std::string> shared_secret(const Key& ours, const Key& theirs) {
  const KeyContext context(EVP_PKEY_CTX_new(ours.get(), nullptr));
  std::string out(kPrivateBytes, '\0');
  size_t size = out.size();
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), theirs.get()) != 1 ||
      EVP_PKEY_derive(context.get(), bytes(out), &size) != 1 || size != out.size()) {
    return invalid("the browser's key is no point of the curve P-256");
  }
  return out;
}

// RFC 5869 where one block is enough.
std::string hkdf(std::string_view salt, std::string_view secret, std::string_view info,
                 size_t size) {
  const std::string key = hmac_sha256(salt, secret);
  return hmac_sha256(key, fmt::format("{}{}", info, '\x01')).substr(0, size);
}

Result<std::string> encrypt_gcm(std::string_view key, std::string_view nonce,
                                std::string_view text) {
  const Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  std::string out(text.size() + kTagBytes, '\0');
  int size = 0, rest = 0;
  if (context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes(key), bytes(nonce)) !=
          1 ||
      EVP_EncryptUpdate(context.get(), bytes(out), &size, bytes(text),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), bytes(out) + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          bytes(out) + text.size()) != 1) {
    return broken("encrypt");
  }
  return out;
}

// ES256 (RFC 7518, section 3.4): r and s, 32 bytes each.
Result<std::string> sign_es256(const Key& key, std::string_view text) {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  std::string der(80, '\0');
  size_t size = der.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes(der), &size, bytes(text), text.size()) != 1) {
    return broken("sign");
  }
  const unsigned char* at = bytes(der);
  const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string out(2 * kPrivateBytes, '\0');
  const int half = static_cast<int>(kPrivateBytes);
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(out), half) != half ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(out) + half, half) != half) {
    return broken("read its own signature");
  }
  return out;
}

}  // namespace

Result<KeyPair> make_key_pair(std::string_view seed) {
  if (seed.size() != kPrivateBytes) return broken("make a key of other than 32 bytes");
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Owned<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Number number(BN_bin2bn(bytes(seed), kPrivateBytes, nullptr));
  const Number order(group == nullptr ? nullptr : BN_dup(EC_GROUP_get0_order(group.get())));
  const Owned<EC_POINT, EC_POINT_free> point(group == nullptr ? nullptr
                                                              : EC_POINT_new(group.get()));
  // Into 1 .. order-1; a random seed is nearly always there already.
  const bool is_in_range = context != nullptr && number != nullptr && order != nullptr &&
                           point != nullptr && BN_sub_word(order.get(), 1) == 1 &&
                           BN_mod(number.get(), number.get(), order.get(), context.get()) == 1;
  if (!is_in_range) return broken("make a key");
  if (BN_is_zero(number.get()) && BN_one(number.get()) != 1) return broken("make a key");
  std::string private_key(kPrivateBytes, '\0');
  KeyPair out;
  out.public_key.resize(kPublicBytes);
  if (EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, context.get()) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                         bytes(out.public_key), kPublicBytes, context.get()) != kPublicBytes ||
      BN_bn2binpad(number.get(), bytes(private_key), kPrivateBytes) !=
          static_cast<int>(kPrivateBytes)) {
    return broken("make a key");
  }
  out.private_key = Secret(std::move(private_key));
  return out;
}

Result<std::string> encrypt_push(std::string_view text, const PushKeys& browser,
                                 const KeyPair& ours, std::string_view salt) {
  if (text.size() > kMostPushText) return invalid("the message is too long for a push service");
  if (browser.p256dh.size() != kPublicBytes || browser.auth.size() != 16) {
    return invalid("the browser's keys have the wrong length");
  }
  ASSIGN_OR_RETURN(const Key our_key, to_key(ours.public_key, ours.private_key.reveal()));
  ASSIGN_OR_RETURN(const Key their_key, to_key(browser.p256dh, ""));
  ASSIGN_OR_RETURN(const std::string secret, shared_secret(our_key, their_key));
  // RFC 8291, section 3.4.
  const std::string info =
      fmt::format("WebPush: info{}{}{}", '\0', browser.p256dh, ours.public_key);
  const std::string ikm = hkdf(browser.auth, secret, info, 32);
  // RFC 8188, section 2.
  const std::string key =
      hkdf(salt, ikm, std::string_view("Content-Encoding: aes128gcm\0", 28), 16);
  const std::string nonce = hkdf(salt, ikm, std::string_view("Content-Encoding: nonce\0", 24), 12);
  ASSIGN_OR_RETURN(const std::string sealed,
                   encrypt_gcm(key, nonce, fmt::format("{}{}", text, '\x02')));
  std::string out(salt);
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>((kRecordSize >> shift) & 0xff);
  }
  out += static_cast<char>(kPublicBytes);
  return out + ours.public_key + sealed;
}

Result<std::string> vapid_authorization(const KeyPair& ours, std::string_view audience,
                                        std::string_view subject, Time expires) {
  ASSIGN_OR_RETURN(const Key key, to_key(ours.public_key, ours.private_key.reveal()));
  const codec::JsonObject claims{
      {"aud", audience},
      {"exp", std::chrono::floor<seconds>(expires).time_since_epoch().count()},
      {"sub", subject}};
  const std::string text = fmt::format("{}.{}", base64url(R"({"typ":"JWT","alg":"ES256"})"),
                                       base64url(codec::to_text(claims)));
  ASSIGN_OR_RETURN(const std::string signature, sign_es256(key, text));
  return fmt::format("vapid t={}.{}, k={}", text, base64url(signature), base64url(ours.public_key));
}

}  // namespace tocsin::notify
