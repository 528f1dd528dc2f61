#include "notify/reach.h"

#include <algorithm>

#include "base/text.h"
#include "net/address_guard.h"
#include "notify/address.h"

namespace tocsin::notify {

using Kind = catalog::Contact::Kind;

namespace {

// An address of another kind may look like a URL without being called (what a template gets).
bool is_called_by_its_address(Kind kind) {
  return kind == Kind::kWebhook || kind == Kind::kSlack || kind == Kind::kTeams ||
         kind == Kind::kNtfy;
}

}  // namespace

bool may_lead_inside(const NotifyConfig& config, const catalog::Contact& contact) {
  // The contact of a person's browsers names none of them, so it is never one of the operators'.
  if (contact.kind == Kind::kPush) return config.allow_private_push;
  return config.allow_private_webhooks ||
         std::ranges::any_of(config.operators, [&](const catalog::Contact& one) {
           return one.kind == contact.kind && one.address == contact.address;
         });
}

bool is_written_inside(const catalog::Contact& contact) {
  if (!is_called_by_its_address(contact.kind)) return false;
  std::string_view host = host_of(contact.address);
  if (host.starts_with('[')) {
    host = host.substr(1, host.find_first_of("]%") - 1);  // "[fe80::1%25eth0]:80"
  } else {
    host = host.substr(0, host.find(':'));
  }
  const std::string name = to_lower(host);
  if (name == "localhost" || name.ends_with(".localhost")) return true;  // RFC 6761, section 6.3
  return !net::is_public_ip(name).value_or(true);
}

std::string_view how_to_allow(Kind kind) {
  if (kind == Kind::kPush) return "set notify.push.allow_private: true in tocsin.yaml";
  return "set notify.allow_private_webhooks: true in tocsin.yaml";
}

}  // namespace tocsin::notify
