#include "notify/notify_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "catalog/read_person.h"
#include "notify/mime.h"

namespace tocsin::notify {
namespace {

// It stands in URLs that providers call.
bool is_provider_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

void read_from(codec::Fields& fields, SmtpConfig& smtp) {
  const std::string from = fields.text("from");
  if (from.empty()) return;
  const size_t open = from.find('<');
  if (open != std::string::npos && from.ends_with('>')) {
    smtp.from_name = std::string(trim(std::string_view(from).substr(0, open)));
    smtp.from = from.substr(open + 1, from.size() - open - 2);
  } else {
    smtp.from = from;
  }
  if (is_mail_address(smtp.from)) return;
  fields.problem("from", fmt::format("'{}' is not a mail address; write it as ops@example.org or "
                                     "Tocsin <ops@example.org>",
                                     from));
}

SmtpConfig read_smtp(codec::Fields fields) {
  SmtpConfig smtp;
  smtp.server = fields.text("server");
  const bool is_tls = smtp.server.starts_with("smtps://");
  if (!smtp.server.empty() && !is_tls && !smtp.server.starts_with("smtp://")) {
    fields.problem("server",
                   fmt::format("'{}' is not smtp://host:port or smtps://host:port", smtp.server));
  }
  read_from(fields, smtp);
  smtp.user = fields.text("user", "");
  smtp.password = fields.secret("password");
  smtp.starttls = fields.flag("starttls", true);
  if (!smtp.password.empty() && smtp.user.empty()) {
    fields.problem("password", "a password without a user; set smtp.user too");
  }
  fields.finish();
  return smtp;
}

std::string read_base_url(codec::Fields& fields, std::string fallback) {
  std::string url = fields.text("url", std::move(fallback));
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    fields.problem("url", "begin it with https://");
  }
  return url;
}

Secret required_secret(codec::Fields& fields, std::string_view key) {
  Secret secret = fields.secret(key);
  if (secret.empty())
    fields.problem(key, "is missing; write it as ${NAME} of an environment variable");
  return secret;
}

TwilioConfig read_twilio(codec::Fields fields) {
  TwilioConfig twilio;
  twilio.account = fields.text("account");
  twilio.token = required_secret(fields, "token");
  twilio.from = fields.text("from", "");
  twilio.messaging_service = fields.text("messaging_service", "");
  twilio.validity = fields.duration("validity", twilio.validity, seconds(10), hours(10));
  twilio.url = read_base_url(fields, twilio.url);
  if (twilio.from.empty() && twilio.messaging_service.empty()) {
    fields.problem("from", "is missing; give a number of the account, or messaging_service");
  }
  fields.finish();
  return twilio;
}

TelegramConfig read_telegram(codec::Fields fields) {
  TelegramConfig telegram;
  telegram.token = required_secret(fields, "token");
  telegram.webhook_secret = fields.secret("webhook_secret");
  telegram.url = read_base_url(fields, telegram.url);
  fields.finish();
  return telegram;
}

PushoverConfig read_pushover(codec::Fields fields) {
  PushoverConfig pushover;
  pushover.token = required_secret(fields, "token");
  pushover.retry = fields.duration("retry", pushover.retry, seconds(30), hours(1));
  pushover.expire = fields.duration("expire", pushover.expire, minutes(1), hours(3));
  pushover.url = read_base_url(fields, pushover.url);
  fields.finish();
  return pushover;
}

SlackAppConfig read_slack(codec::Fields fields) {
  SlackAppConfig slack;
  slack.token = required_secret(fields, "token");
  slack.signing_secret = fields.secret("signing_secret");
  slack.incident_channels = read_incident_channels(fields.child("incident_channels"));
  slack.url = read_base_url(fields, slack.url);
  fields.finish();
  return slack;
}

// `key: {NAME: {...}}`
template <class T>
std::map<std::string, T> read_named(codec::Fields& fields, std::string_view key,
                                    T (*read)(codec::Fields)) {
  std::map<std::string, T> out;
  codec::Fields all = fields.child(key);
  for (const codec::Field& field : all.node().fields) {
    if (!is_provider_name(field.key)) {
      all.problem(field.key, "a provider's name has only letters, digits, '-' and '_'");
    }
    out.emplace(field.key, read(all.child(field.key)));
  }
  all.finish();
  return out;
}

// What is there and not null.
template <class T>
std::optional<T> read_optional(codec::Fields& fields, std::string_view key,
                               T (*read)(codec::Fields)) {
  if (fields.has(key)) return read(fields.child(key));
  fields.raw(key);
  return std::nullopt;
}

std::vector<std::string> read_providers(codec::Fields& fields, std::string_view key,
                                        const NotifyConfig& config) {
  std::vector<std::string> known;
  for (const auto& [name, twilio] : config.twilio) known.push_back(name);
  for (const auto& [name, http] : config.http) known.push_back(name);
  std::vector<std::string> out = fields.texts(key);
  for (const std::string& name : out) {
    if (std::ranges::find(known, name) != known.end()) continue;
    fields.problem(key, fmt::format("'{}' is neither in notify.twilio nor in notify.http{}",
                                    codec::shown(name), codec::did_you_mean(name, known)));
  }
  for (const std::string& name : out) {
    const auto twilio = config.twilio.find(name);
    if (key == "voice" && twilio != config.twilio.end() && twilio->second.from.empty()) {
      fields.problem(key, fmt::format("twilio.{} needs 'from', a number that can call", name));
    }
  }
  return out;
}

}  // namespace

NotifyConfig read_notify_config(codec::Fields& fields) {
  NotifyConfig config;
  config.allow_private_webhooks = fields.flag("allow_private_webhooks", false);
  constexpr std::string_view kVerified[] = {"off", "warn"};
  config.warn_unverified = fields.choice("verified_contacts", kVerified, 0) == 1;
  for (const codec::Fields& contact : fields.children("operators")) {
    if (auto read = catalog::read_contact(contact)) config.operators.push_back(*std::move(read));
  }
  if (fields.has("smtp")) {
    config.smtp = read_smtp(fields.child("smtp"));
  } else {
    fields.raw("smtp");  // an explicit null is fine and means: no mail
  }
  config.twilio = read_named<TwilioConfig>(fields, "twilio", &read_twilio);
  config.http = read_named<HttpTemplate>(fields, "http", &read_http_template);
  for (const auto& [name, twilio] : config.twilio) {
    if (config.http.contains(name)) {
      fields.problem("http", fmt::format("'{}' is in notify.twilio too; rename one", name));
    }
  }
  config.sms = read_providers(fields, "sms", config);
  config.voice = read_providers(fields, "voice", config);
  config.telegram = read_optional<TelegramConfig>(fields, "telegram", &read_telegram);
  config.pushover = read_optional<PushoverConfig>(fields, "pushover", &read_pushover);
  config.slack = read_optional<SlackAppConfig>(fields, "slack", &read_slack);
  codec::Fields push = fields.child("push");
  config.push_subject = push.text("subject", "");
  if (!config.push_subject.empty() && !config.push_subject.starts_with("mailto:") &&
      !config.push_subject.starts_with("https://")) {
    push.problem("subject", "write it as mailto:ops@example.org or as an https URL");
  }
  config.allow_private_push = push.flag("allow_private", false);
  push.finish();
  return config;
}

}  // namespace tocsin::notify
