#include "notify/answer_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "notify/key_store.h"
#include "notify/render_words.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

// A token is base64url of: version (1 byte), end in seconds since 1970 (5 bytes, big-endian), the
// page's id, and the first 16 bytes of the HMAC of all that. A MAC cut to half its length is what
// RFC 2104, section 5, allows; it keeps the link short enough for a text message.
constexpr char kVersion = 1;
constexpr size_t kTimeBytes = 5;
constexpr size_t kHeadBytes = 1 + kTimeBytes;
constexpr size_t kMacBytes = 16;
constexpr size_t kMaxToken = 512;
// Keeps a MAC made here from meaning anything elsewhere.
constexpr std::string_view kPurpose = "tocsin answer link\n";
constexpr const char* kKeyName = "answer_link";

std::string pack(std::string_view page_id, Time expires) {
  std::string out(1, kVersion);
  const auto end = static_cast<uint64_t>(
      std::max<int64_t>(0, std::chrono::ceil<seconds>(expires).time_since_epoch().count()));
  for (size_t i = kTimeBytes; i-- > 0;) out += static_cast<char>((end >> (8 * i)) & 0xff);
  out += page_id;
  return out;
}

Time end_of(std::string_view payload) {
  int64_t end = 0;
  for (size_t i = 1; i < kHeadBytes; ++i) {
    end = (end << 8) | static_cast<unsigned char>(payload[i]);
  }
  return Time(seconds(end));
}

class SignedLinks final : public AnswerLinks {
 public:
  SignedLinks(std::string key, std::string external_url)
      : key_(std::move(key)), external_url_(std::move(external_url)) {}

  std::string url_for(std::string_view page_id, Time expires) const override {
    const std::string payload = pack(page_id, expires);
    return fmt::format("{}/p/{}", external_url_, base64url(payload + mac_of(payload)));
  }

  Result<std::string> page_of(std::string_view token, Time now,
                              std::string_view language) const override {
    const auto payload = signed_in(token);
    if (!payload) {
      return fail(Code::kUnauthenticated, std::string(words_of(language).link_damaged));
    }
    const Time end = end_of(*payload);
    if (now >= end) {
      return fail(Code::kUnauthenticated, words_of(language).link_ended(end, external_url_));
    }
    return payload->substr(kHeadBytes);
  }

  std::string named_by(std::string_view token) const override {
    const auto payload = signed_in(token);
    return payload ? payload->substr(kHeadBytes) : std::string();
  }

 private:
  std::string mac_of(std::string_view payload) const {
    return hmac_sha256(key_.reveal(), fmt::format("{}{}", kPurpose, payload)).substr(0, kMacBytes);
  }
  // What was signed here; nothing when the token is forged or damaged.
  std::optional<std::string> signed_in(std::string_view token) const {
    if (token.size() > kMaxToken) return std::nullopt;
    const auto bytes = base64url_decode(token);
    if (!bytes || bytes->size() <= kHeadBytes + kMacBytes) return std::nullopt;
    std::string payload = bytes->substr(0, bytes->size() - kMacBytes);
    const std::string_view mac = std::string_view(*bytes).substr(payload.size());
    const bool is_ours = payload.front() == kVersion && equal_constant_time(mac, mac_of(payload));
    return is_ours ? std::optional(std::move(payload)) : std::nullopt;
  }

  const Secret key_;
  const std::string external_url_;
};

}  // namespace

Result<std::unique_ptr<AnswerLinks>> AnswerLinks::open(engine::Engine& engine,
                                                       std::string external_url) {
  while (external_url.ends_with('/')) external_url.pop_back();
  std::string key;
  RETURN_IF_ERROR(engine.run([&key](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(key, read_or_make_key(tx.sql(), kKeyName, tx.rng()));
    return {};
  }));
  return std::make_unique<SignedLinks>(std::move(key), std::move(external_url));
}

}  // namespace tocsin::notify
