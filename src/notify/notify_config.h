#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "codec/fields.h"

namespace tocsin::notify {

// The mail relay.
struct SmtpConfig {
  std::string server;  // smtp://host:port or smtps://host:port
  std::string from;    // address
  std::string from_name = "Tocsin";
  std::string user;  // empty: no authentication
  Secret password;
  bool starttls = true;  // refuse to send without it; means nothing with smtps
};

struct NotifyConfig {
  std::optional<SmtpConfig> smtp;
  // Whether webhooks and Slack URLs of the catalog, which the administrator wrote, may lead to
  // loopback and private addresses.
  bool allow_private_webhooks = true;
  // Who keeps Tocsin running: told, by all of these at once, when an escalation could tell nobody.
  std::vector<catalog::Contact> operators;
  // Where people reach Tocsin: https://tocsin.example.org, without '/' at the end. Set while
  // wiring: the file has it once, for all rooms.
  std::string external_url;
};

// Reads `allow_private_webhooks`, `operators` (a list of contacts, written as those of a person)
// and `smtp: {server, from, user, password, starttls}` of one mapping; the caller finishes it.
// `from` is "ops@example.org" or "Tocsin <ops@example.org>".
NotifyConfig read_notify_config(codec::Fields& fields);

}  // namespace tocsin::notify
