#include "net/basic_auth.h"

#include <crypt.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace tocsin::net {
namespace {

// Requests that wait for a password to be checked; a hash of cost 10 takes about 60 ms.
constexpr int kMostWaiting = 8;
constexpr size_t kMostKnown = 256;
constexpr size_t kLongestPassword = 1024;  // bcrypt looks at the first 72 bytes

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

// The name and the password of the header, if it is one of ours.
std::optional<std::pair<std::string, std::string>> credentials(const Request& request) {
  const auto header = request.headers.get("Authorization");
  constexpr std::string_view kScheme = "Basic ";
  if (!header || header->size() < kScheme.size() ||
      !equal_ignoring_case(header->substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  const auto text = base64_decode(trim(header->substr(kScheme.size())));
  if (!text) return std::nullopt;
  const size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return std::pair(text->substr(0, colon), text->substr(colon + 1));
}

}  // namespace

bool is_bcrypt(std::string_view hash) {
  if (hash.size() != 60 || !hash.starts_with("$2") || hash[3] != '$' || hash[6] != '$')
    return false;
  if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(hash[4]) || !is_digit(hash[5])) return false;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  return cost >= 4 && cost <= 31 && std::ranges::all_of(hash.substr(7), [&](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                  c == '/';
         });
}

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  // It ends at a NUL, so what stands behind one would not count.
  if (password.size() > kLongestPassword || password.contains('\0')) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  return made != nullptr && equal_constant_time(made, hash);
}

BasicAuth::BasicAuth(Users users, Rng& rng)
    : users_(std::move(users)),
      key_(rng.token(32)),
      nobody_(users_.empty() ? "" : users_.begin()->second.reveal()) {}

bool BasicAuth::matches(const std::string& name, const std::string& password) {
  const auto user = users_.find(name);
  const std::string& hash = user == users_.end() ? nobody_ : user->second.reveal();
  const bool is_right = bcrypt_matches(password, hash);
  return is_right && user != users_.end();
}

Result<> BasicAuth::check(const Request& request) {
  const auto unauthenticated = fail(Code::kUnauthenticated, "Unauthorized");
  const auto given = credentials(request);
  if (!given) return unauthenticated;
  const std::string id = sha256(key_ + given->first + '\0' + given->second);
  const auto known = [&]() -> std::optional<bool> {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(id);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  };
  auto is_right = known();
  if (!is_right) {
    if (waiting_.fetch_add(1) >= kMostWaiting) {
      --waiting_;
      return fail(Code::kResourceExhausted,
                  "several passwords are being checked; try again in a second");
    }
    const std::lock_guard checking(checking_);
    --waiting_;
    is_right = known();  // by the one before
    if (!is_right) {
      is_right = matches(given->first, given->second);
      const std::lock_guard lock(mutex_);
      if (known_.size() >= kMostKnown) known_.clear();
      known_[id] = *is_right;
    }
  }
  if (!*is_right) return unauthenticated;
  return {};
}

}  // namespace tocsin::net
