#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "codec/fields.h"
#include "notify/http_template.h"
#include "notify/incident_channels.h"

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

// An account of Twilio, or of a provider that speaks its API.
struct TwilioConfig {
  std::string account;              // AC...
  Secret token;                     // signs in, and signs what Twilio tells us
  std::string from;                 // a number of the account; for SMS also a sender's name
  std::string messaging_service;    // MG...: for SMS instead of `from`
  Duration validity = minutes(10);  // an SMS that is older in Twilio's queue is not sent
  std::string url = "https://api.twilio.com";
};

struct TelegramConfig {
  Secret token;           // of the bot
  Secret webhook_secret;  // as given to setWebhook; empty: buttons are not shown
  std::string url = "https://api.telegram.org";
};

struct PushoverConfig {
  Secret token;                   // of the application
  Duration retry = seconds(60);   // how often a page rings until it is acknowledged
  Duration expire = minutes(30);  // until when it rings
  std::string url = "https://api.pushover.net";
};

struct SlackAppConfig {
  Secret token;           // xoxb-...
  Secret signing_secret;  // of the app; empty: buttons are not shown
  std::string url = "https://slack.com";
  IncidentChannels incident_channels;
};

struct NotifyConfig {
  std::optional<SmtpConfig> smtp;
  std::map<std::string, TwilioConfig> twilio;  // by the name that `sms` and `voice` use
  std::map<std::string, HttpTemplate> http;    // by the name that contacts, `sms` and `voice` use
  std::vector<std::string> sms;                // providers in the order in which they are tried
  std::vector<std::string> voice;
  std::optional<TelegramConfig> telegram;
  std::optional<PushoverConfig> pushover;
  std::optional<SlackAppConfig> slack;
  // Whom a push service may ask about us: mailto:ops@example.org or an https URL.
  std::string push_subject;
  bool allow_private_push = false;  // browsers' endpoints on private addresses, for trying it out
  // Whether URLs of the catalog (contacts webhook, slack, teams and ntfy, also a policy's channels)
  // may lead to loopback and private addresses. What stands here itself may in any case: providers'
  // URLs, templates and the contacts of `operators`.
  bool allow_private_webhooks = false;
  // Whether people on call whom no verified contact reaches are faults of their schedules. Off by
  // default: an installation that has verified nothing yet would hear of everybody.
  bool warn_unverified = false;
  // Who keeps Tocsin running: told, by all of these at once, when an escalation could tell nobody.
  std::vector<catalog::Contact> operators;
  // Where people reach Tocsin: https://tocsin.example.org, without '/' at the end. Set while
  // wiring: the file has it once, for all rooms.
  std::string external_url;
};

// Reads the mapping `notify` of tocsin.yaml (docs/notify.md); the caller finishes it.
NotifyConfig read_notify_config(codec::Fields& fields);

}  // namespace tocsin::notify
