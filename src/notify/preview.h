#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/json.h"
#include "notify/notify_config.h"
#include "notify/outbox.h"
#include "notify/push_book.h"

namespace tocsin::notify {

// What one contact would get, made by the channel itself from the same message; nothing leaves the
// house. Secrets are masked: addresses behind a host, numbers, keys, tokens, signatures.
struct ContactPreview {
  std::string contact;  // its name in the catalog
  std::string channel;
  std::string to;       // as shown_address()
  std::string problem;  // why it could not be sent at all; else empty
  // How `text` is to be read: "mail" (subject and text), "json", "form" (a line each field),
  // "text", or "push" (before it is encrypted for the browser).
  std::string format;
  std::string text;
  std::string method;                                        // of HTTP: POST; else empty
  std::string host;                                          // whom Tocsin would call
  std::vector<std::pair<std::string, std::string>> headers;  // of HTTP
};

// `book`: whose browsers a push goes to; may be null. Thread-safe.
ContactPreview preview_contact(const Delivery& delivery, const NotifyConfig& config,
                               const Clock& clock, const PushBook* book);

// A page of nothing, for who has no incident at hand.
Message sample_message(Time now, const std::string& external_url);
// The link in a preview: as long as a true one, and it leads nowhere.
std::string preview_link(const std::string& external_url);

codec::JsonObject to_json(const ContactPreview& preview);

}  // namespace tocsin::notify
