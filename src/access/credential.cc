#include "access/credential.h"

#include <sodium.h>

#include <array>

#include "base/text.h"

namespace tocsin::access {
namespace {

constexpr size_t kSecretBytes = 32;

Secret basic_password(std::string_view coded) {
  const auto text = base64_decode(coded);
  if (!text) return {};
  const size_t colon = text->find(':');
  if (colon == std::string::npos) return {};
  return Secret(text->substr(colon + 1));
}

}  // namespace

std::optional<Credential> credential_of(const net::Request& request) {
  if (const auto header = request.headers.get("Authorization")) {
    const size_t space = header->find(' ');
    const std::string_view scheme = header->substr(0, space);
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view() : trim(header->substr(space + 1));
    Credential out{.kind = Credential::Kind::kToken, .secret = {}};
    if (equal_ignoring_case(scheme, "bearer")) out.secret = Secret(std::string(rest));
    if (equal_ignoring_case(scheme, "basic")) out.secret = basic_password(rest);
    return out;
  }
  if (auto cookie = request.cookie(kSessionCookie)) {
    return Credential{.kind = Credential::Kind::kSession, .secret = Secret(*std::move(cookie))};
  }
  return std::nullopt;
}

std::string hash_of(const Secret& secret) {
  const std::string& text = secret.reveal();
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

Secret new_token_secret(Rng& rng) { return Secret("tocsin_" + rng.token(kSecretBytes)); }

Secret new_session_secret(Rng& rng) { return Secret(rng.token(kSecretBytes)); }

Secret new_password(Rng& rng) {
  // No letters that are taken for one another.
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  std::string out;
  for (int i = 0; i < 24; ++i) {
    if (i > 0 && i % 6 == 0) out += '-';
    out += kLetters[rng.below(kLetters.size())];
  }
  return Secret(std::move(out));
}

}  // namespace tocsin::access
