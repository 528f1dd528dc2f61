#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/node.h"
#include "routing/http_settings.h"
#include "routing/labels.h"
#include "routing/receivers_more.h"

namespace tocsin::routing {

// How a receiver of alertmanager.yml is told: one plain struct for each kind of integration, with
// the reference's fields and defaults (prometheus/alertmanager config/notifiers.go, since 0.33
// notify/<kind>/config.go). After reading, the global settings are filled in: an integration needs
// nothing but its struct. receivers_more.h holds the kinds that are read and checked, not
// delivered.
//
// Texts that are templates are marked "template"; all others are sent as they stand. A timeout of 0
// is none of its own. URLs are http or https and have a host, unless they are templates.

struct WebhookSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource url;         // template (0.32); in a file, too
  uint64_t max_alerts = 0;  // 0: all
  Duration timeout{0};
  // 0.32: sent instead of the standard body. Its texts are templates; plain scalars that are not
  // quoted have YAML's types.
  std::optional<codec::Node> payload;
};

struct HostPort {
  std::string host;
  std::string port;  // a number or a service's name
  bool operator==(const HostPort&) const = default;
};

struct EmailSettings {
  bool send_resolved = false;
  std::string to;    // template; a list of addresses
  std::string from;  // template
  std::string hello = "localhost";
  HostPort smarthost;
  std::string auth_username;
  SecretSource auth_password;
  SecretSource auth_secret;  // CRAM-MD5
  std::string auth_identity;
  // Names in their canonical form (Content-Type); values are templates. Subject, To and From have
  // the reference's defaults where they are missing: DefaultEmailSubject is in the integration.
  std::map<std::string, std::string> headers;
  std::string html = R"({{ template "email.default.html" . }})";  // template
  std::string text;                                               // template
  bool require_tls = true;
  std::optional<bool> force_implicit_tls;  // unset: port 465 alone
  TlsSettings tls;
  bool threading = false;
  bool thread_by_day = false;  // thread_by_date: daily
};

struct SlackField {  // all templates
  std::string title;
  std::string value;
  std::optional<bool> is_short;  // unset: short_fields
};

struct SlackConfirmation {  // all templates
  std::string text;
  std::string title;
  std::string ok_text;
  std::string dismiss_text;
};

struct SlackAction {  // all templates; either `url` or `name` is set
  std::string type;
  std::string text;
  std::string url;
  std::string style;
  std::string name;
  std::string value;
  std::optional<SlackConfirmation> confirm;
};

struct SlackSettings {
  bool send_resolved = false;
  HttpSettings http;     // an app token is in its authorization
  SecretSource api_url;  // of an incoming webhook, or the app's chat.postMessage
  bool is_app = false;   // told with an app token
  std::string channel;   // template
  std::string username = R"({{ template "slack.default.username" . }})";  // from here on: templates
  std::string color = R"({{ if eq .Status "firing" }}danger{{ else }}good{{ end }})";
  std::string title = R"({{ template "slack.default.title" . }})";
  std::string title_link = R"({{ template "slack.default.titlelink" . }})";
  std::string pretext = R"({{ template "slack.default.pretext" . }})";
  std::string text = R"({{ template "slack.default.text" . }})";
  std::string message_text;
  std::vector<SlackField> fields;
  bool short_fields = false;
  std::string footer = R"({{ template "slack.default.footer" . }})";
  std::string fallback = R"({{ template "slack.default.fallback" . }})";
  std::string callback_id = R"({{ template "slack.default.callbackid" . }})";
  std::string icon_emoji = R"({{ template "slack.default.iconemoji" . }})";
  std::string icon_url = R"({{ template "slack.default.iconurl" . }})";
  std::string image_url;
  std::string thumb_url;
  bool link_names = false;
  std::vector<std::string> mrkdwn_in;  // not a template
  std::vector<SlackAction> actions;
  bool update_message = false;  // api_url is chat.postMessage
  bool post_updates_to_thread = false;
  Duration timeout{0};
};

struct PagerdutyLink {  // templates
  std::string href;
  std::string text;
};

struct PagerdutyImage {  // templates
  std::string src;
  std::string alt;
  std::string href;
};

struct PagerdutySettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource service_key;  // template; Events API v1
  SecretSource routing_key;  // template; Events API v2, wins
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  std::string client = R"({{ template "pagerduty.default.client" . }})";  // from here on: templates
  std::string client_url = R"({{ template "pagerduty.default.clientURL" . }})";
  std::string description = R"({{ template "pagerduty.default.description" .}})";
  // Texts are templates, deep down, too (0.29). The defaults (firing, resolved, num_firing,
  // num_resolved) are in it unless the user set them.
  std::map<std::string, codec::Node> details;
  std::vector<PagerdutyImage> images;
  std::vector<PagerdutyLink> links;
  std::string source = client;
  std::string severity;  // empty: error
  std::string class_;
  std::string component;
  std::string group;
  Duration timeout{0};
};

struct OpsgenieResponder {  // templates; at least one of id, name, username
  std::string id;
  std::string name;
  std::string username;
  std::string type;  // team, teams, user, escalation or schedule, unless it is a template
};

struct OpsgenieSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource api_key;                               // template
  std::string api_url = "https://api.opsgenie.com/";  // ends with /
  std::string message =
      R"({{ template "opsgenie.default.message" . }})";  // from here on: templates
  std::string description = R"({{ template "opsgenie.default.description" . }})";
  std::string source = R"({{ template "opsgenie.default.source" . }})";
  std::map<std::string, std::string> details;
  std::string entity;
  std::vector<OpsgenieResponder> responders;
  std::string actions;
  std::string tags;  // comma-separated
  std::string note;
  std::string priority;
  bool update_alerts = false;
};

struct MsTeamsV2Settings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource webhook_url;
  std::string title = R"({{ template "msteamsv2.default.title" . }})";  // template
  std::string text = R"({{ template "msteamsv2.default.text" . }})";    // template
};

struct TelegramSettings {
  bool send_resolved = true;
  HttpSettings http;
  std::string api_url = "https://api.telegram.org";
  SecretSource bot_token;
  int64_t chat_id = 0;
  std::string chat_id_file;  // read at each send
  int64_t message_thread_id = 0;
  std::string message = R"({{ template "telegram.default.message" . }})";  // template
  bool disable_notifications = false;
  std::string parse_mode = "HTML";  // Markdown, MarkdownV2, HTML or empty
  Duration timeout{0};
};

struct DiscordSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource webhook_url;
  std::string content;  // from here on: templates
  std::string title = R"({{ template "discord.default.title" . }})";
  std::string message = R"({{ template "discord.default.message" . }})";
  std::string username;
  std::string avatar_url;
};

struct PushoverSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource user_key;                                               // template
  SecretSource token;                                                  // template
  std::string title = R"({{ template "pushover.default.title" . }})";  // from here on: templates
  std::string message = R"({{ template "pushover.default.message" . }})";
  std::string url = R"({{ template "pushover.default.url" . }})";
  std::string url_title;
  std::string device;
  std::string sound;
  std::string priority = R"({{ if eq .Status "firing" }}2{{ else }}0{{ end }})";
  Duration retry = std::chrono::minutes(1);  // of an emergency; the provider wants 30 s at least
  Duration expire = std::chrono::hours(1);
  Duration ttl{0};  // 0: none
  bool html = false;
  bool monospace = false;
};

struct MattermostField {  // templates
  std::string title;
  std::string value;
  std::optional<bool> is_short;
};

struct MattermostAttachment {  // templates
  std::string fallback, color, pretext, text;
  std::string author_name, author_link, author_icon;
  std::string title, title_link;
  std::vector<MattermostField> fields;
  std::string thumb_url, footer, footer_icon, image_url;
};

inline MattermostAttachment default_mattermost_attachment() {
  MattermostAttachment out;
  out.fallback = R"({{ template "mattermost.default.fallback" . }})";
  out.color = R"({{ template "mattermost.default.color" . }})";
  out.text = R"({{ template "mattermost.default.text" . }})";
  out.title = R"({{ template "mattermost.default.title" . }})";
  out.title_link = R"({{ template "mattermost.default.titlelink" . }})";
  return out;
}

struct MattermostPriority {
  std::string priority;  // template
  bool requested_ack = false;
  bool persistent_notifications = false;
};

struct MattermostSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource webhook_url;
  std::string channel;  // from here on: templates
  std::string username = R"({{ template "mattermost.default.username" . }})";
  // What the message's one attachment shows; `attachments` replaces it.
  MattermostAttachment attachment = default_mattermost_attachment();
  std::string icon_url;
  std::string icon_emoji;
  std::vector<MattermostAttachment> attachments;
  std::string type;
  std::optional<std::string> card;  // props.card
  std::optional<MattermostPriority> priority;
};

// A name and all ways by which it is told. May have none: then alerts end there.
struct Receiver {
  std::string name;
  Labels labels;  // `labels` of the receiver (0.33) and name=<its name>: what receiver_matchers see

  std::vector<WebhookSettings> webhook;
  std::vector<EmailSettings> email;
  std::vector<SlackSettings> slack;
  std::vector<PagerdutySettings> pagerduty;
  std::vector<OpsgenieSettings> opsgenie;
  std::vector<MsTeamsV2Settings> msteamsv2;
  std::vector<TelegramSettings> telegram;
  std::vector<DiscordSettings> discord;
  std::vector<PushoverSettings> pushover;
  std::vector<MattermostSettings> mattermost;

  // Read and checked, not delivered.
  std::vector<VictoropsSettings> victorops;
  std::vector<WebexSettings> webex;
  std::vector<SnsSettings> sns;
  std::vector<RocketchatSettings> rocketchat;
  std::vector<JiraSettings> jira;
  std::vector<IncidentioSettings> incidentio;
  std::vector<WechatSettings> wechat;
  std::vector<MsTeamsSettings> msteams;

  size_t integrations() const;  // delivered
  size_t undelivered_integrations() const;
};

}  // namespace tocsin::routing
