#pragma once

#include <string_view>

#include "notify/notify_config.h"

// Where the URLs that come out of the catalog may lead. Pure; thread-safe.
namespace tocsin::notify {

// Whether a call to this contact may reach loopback and private addresses: tocsin.yaml allows it
// for all (allow_private_webhooks; for browsers push.allow_private), or has the same contact among
// its `operators`. It goes by the URL and not by whom a message is for, so that what is sent again
// to the operators leads there, too.
bool may_lead_inside(const NotifyConfig& config, const catalog::Contact& contact);

// Whether the contact is a URL to be called that names such an address itself: localhost, 10.1.2.3,
// [::1]. No name is resolved, so one that this does not find may be refused all the same.
bool is_written_inside(const catalog::Contact& contact);

// What to set in tocsin.yaml: "set notify.allow_private_webhooks: true in tocsin.yaml".
std::string_view how_to_allow(catalog::Contact::Kind kind);

}  // namespace tocsin::notify
