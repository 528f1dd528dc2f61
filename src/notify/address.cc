#include "notify/address.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::notify {
namespace {

using Kind = catalog::Contact::Kind;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// "//user:password@host:port" of a URL, without the slashes.
std::string_view authority_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kWebhook: return "webhook";
    case Kind::kMail: return "mail";
    case Kind::kSlack: return "slack";
  }
  bug("unknown kind of contact");
}

Result<Kind> parse_contact_kind(std::string_view name) {
  for (const Kind kind : {Kind::kWebhook, Kind::kMail, Kind::kSlack}) {
    if (name == name_of(kind)) return kind;
  }
  return fail(Code::kDataLoss, fmt::format("'{}' is no kind of contact", name));
}

std::string_view host_of(std::string_view url) {
  const std::string_view authority = authority_of(url);
  const size_t user_end = authority.rfind('@');
  return user_end == std::string_view::npos ? authority : authority.substr(user_end + 1);
}

std::string shown_address(const catalog::Contact& contact) {
  if (contact.kind == Kind::kMail) return contact.address;
  const std::string_view host = host_of(contact.address);
  return host.empty() ? "<secret>" : std::string(host);
}

std::string kept_address(const catalog::Contact& contact) {
  if (contact.kind == Kind::kMail) return contact.address;
  const size_t scheme = contact.address.find("://");
  if (scheme == std::string::npos) return "";
  return contact.address.substr(0, scheme + 3) + std::string(host_of(contact.address));
}

std::string without_secrets(std::string text, const catalog::Contact& contact) {
  replace_all(text, contact.secret.reveal(), "<secret>");
  if (contact.kind == Kind::kMail) return text;
  replace_all(text, contact.address, shown_address(contact));
  const std::string_view authority = authority_of(contact.address);
  const size_t user_end = authority.rfind('@');
  if (user_end != std::string_view::npos) {
    replace_all(text, authority.substr(0, user_end), "<secret>");
  }
  if (!authority.empty()) {
    const size_t path =
        static_cast<size_t>(authority.data() - contact.address.data()) + authority.size();
    const std::string_view behind_host = std::string_view(contact.address).substr(path);
    if (behind_host.size() > 1) replace_all(text, behind_host, "/<secret>");
  }
  return text;
}

std::string lane_of(const catalog::Contact& contact) {
  if (contact.kind == Kind::kMail) return "mail";
  return fmt::format("{}:{}", name_of(contact.kind), to_lower(host_of(contact.address)));
}

}  // namespace tocsin::notify
