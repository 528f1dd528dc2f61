#include "access/password.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <optional>

#include "base/text.h"

namespace tocsin::access {
namespace {

constexpr int kMostAtOnce = 2;
constexpr int kMostWaiting = 8;
constexpr size_t kHashBytes = 32;

using Salt = std::array<unsigned char, crypto_pwhash_SALTBYTES>;

std::string unpadded(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string_view as_text(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The standard encoding of argon2, so that libsodium reads it back.
std::string encode(const PasswordCost& cost, std::span<const unsigned char> salt,
                   std::span<const unsigned char> hash) {
  return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory / 1024, cost.passes,
                     unpadded(base64(as_text(salt))), unpadded(base64(as_text(hash))));
}

}  // namespace

// Holds one of the places; none when there were too many before.
class Passwords::Turn {
 public:
  explicit Turn(Passwords& passwords) : passwords_(passwords) {
    std::unique_lock lock(passwords_.mutex_);
    if (passwords_.waiting_ >= kMostWaiting) return;
    ++passwords_.waiting_;
    passwords_.freed_.wait(lock, [&] { return passwords_.running_ < kMostAtOnce; });
    --passwords_.waiting_;
    ++passwords_.running_;
    has_place_ = true;
  }
  ~Turn() {
    if (!has_place_) return;
    {
      const std::lock_guard lock(passwords_.mutex_);
      --passwords_.running_;
    }
    passwords_.freed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Result<> check() const {
    if (has_place_) return {};
    return fail(Code::kResourceExhausted, "too many people sign in at once; try again in a second");
  }

 private:
  Passwords& passwords_;
  bool has_place_ = false;
};

Passwords::Passwords(PasswordCost cost, Rng& rng) : cost_(cost), rng_(rng) {
  if (sodium_init() < 0) bug("libsodium cannot start");
  Salt salt;
  std::array<unsigned char, kHashBytes> hash;
  rng_.fill(salt);
  rng_.fill(hash);
  nobody_ = encode(cost_, salt, hash);
}

Result<std::string> Passwords::hash(const Secret& password) {
  const Turn turn(*this);
  RETURN_IF_ERROR(turn.check());
  Salt salt;
  rng_.fill(salt);
  std::array<unsigned char, kHashBytes> hash;
  const std::string& text = password.reveal();
  if (crypto_pwhash(hash.data(), hash.size(), text.data(), text.size(), salt.data(),
                    static_cast<unsigned long long>(cost_.passes), cost_.memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Code::kResourceExhausted, "there is no memory to hash a password");
  }
  return encode(cost_, salt, hash);
}

Result<bool> Passwords::matches(const std::string& stored, const Secret& password) {
  const Turn turn(*this);
  RETURN_IF_ERROR(turn.check());
  const std::string& against = stored.empty() ? nobody_ : stored;
  const std::string& text = password.reveal();
  const bool is_right = crypto_pwhash_str_verify(against.c_str(), text.data(), text.size()) == 0;
  return is_right && !stored.empty();
}

}  // namespace tocsin::access
