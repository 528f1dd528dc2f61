#include "notify/address.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::notify {
namespace {

using Kind = catalog::Contact::Kind;

// "//user:password@host:port" of a URL, without the slashes.
std::string_view authority_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool is_url(Kind kind) {
  return kind == Kind::kWebhook || kind == Kind::kSlack || kind == Kind::kTeams ||
         kind == Kind::kNtfy;
}

// "+49...56": enough to tell two apart for who knows them.
std::string masked_number(std::string_view number) {
  if (number.size() < 6) return "<secret>";
  return fmt::format("{}...{}", number.substr(0, 3), number.substr(number.size() - 2));
}

}  // namespace

Result<Kind> parse_contact_kind(std::string_view name) {
  if (const auto kind = catalog::contact_kind(name)) return *kind;
  return fail(Code::kDataLoss, fmt::format("'{}' is no kind of contact", name));
}

std::string_view host_of(std::string_view url) {
  const std::string_view authority = authority_of(url);
  const size_t user_end = authority.rfind('@');
  return user_end == std::string_view::npos ? authority : authority.substr(user_end + 1);
}

std::string shown_address(const catalog::Contact& contact) {
  switch (contact.kind) {
    case Kind::kMail:
    case Kind::kSlackUser: return contact.address;
    case Kind::kSms:
    case Kind::kVoice: return masked_number(contact.address);
    case Kind::kPush: return "browsers";
    case Kind::kHttp: return contact.provider;
    case Kind::kTelegram:
    case Kind::kPushover: return "<secret>";
    case Kind::kWebhook:
    case Kind::kSlack:
    case Kind::kTeams:
    case Kind::kNtfy: break;
  }
  const std::string_view host = host_of(contact.address);
  return host.empty() ? "<secret>" : std::string(host);
}

std::string kept_address(const catalog::Contact& contact) {
  if (!is_url(contact.kind)) return shown_address(contact);
  const size_t scheme = contact.address.find("://");
  if (scheme == std::string::npos) return "";
  return contact.address.substr(0, scheme + 3) + std::string(host_of(contact.address));
}

void mask_word(std::string& text, std::string_view word, std::string_view shown) {
  if (word.empty()) return;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.replace(at, word.size(), shown);
    at += shown.size();
  }
}

std::string without_secrets(std::string text, const catalog::Contact& contact) {
  mask_word(text, contact.secret.reveal());
  if (contact.kind == Kind::kMail) return text;
  mask_word(text, contact.address, shown_address(contact));
  if (!is_url(contact.kind)) return text;
  const std::string_view authority = authority_of(contact.address);
  const size_t user_end = authority.rfind('@');
  if (user_end != std::string_view::npos) {
    mask_word(text, authority.substr(0, user_end));
  }
  if (!authority.empty()) {
    const size_t path =
        static_cast<size_t>(authority.data() - contact.address.data()) + authority.size();
    const std::string_view behind_host = std::string_view(contact.address).substr(path);
    if (behind_host.size() > 1) mask_word(text, behind_host, "/<secret>");
  }
  return text;
}

std::string lane_of(const catalog::Contact& contact) {
  if (contact.kind == Kind::kHttp) return fmt::format("http:{}", contact.provider);
  if (!is_url(contact.kind)) return std::string(name_of(contact.kind));
  return fmt::format("{}:{}", name_of(contact.kind), to_lower(host_of(contact.address)));
}

}  // namespace tocsin::notify
