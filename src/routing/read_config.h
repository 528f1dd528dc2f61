#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/fields.h"
#include "routing/alertmanager_config.h"

// How alertmanager.yml is read; for the read_*.cc files of this room alone.
namespace tocsin::routing {

// What one reading collects beside the problems. Owned by one thread.
struct Reading {
  std::string file;
  std::string folder;
  MatcherSyntax syntax = MatcherSyntax::kFallback;
  codec::Problems& problems;
  std::vector<std::string> warnings;
  // What config.original shows in place of a value that must not be shown.
  std::map<const codec::Node*, std::string> masked;

  void warn(const codec::Fields& at, std::string_view key, std::string_view message);
};

// --- values, with the meaning that Go's yaml.v2 gives them ---

bool read_flag(codec::Fields& f, std::string_view key, bool fallback);  // also yes, on, y, ...
std::optional<bool> read_optional_flag(codec::Fields& f, std::string_view key);
// "1m30s", "1.5h", "250ms" as Go's time.ParseDuration, or Prometheus' own syntax.
Duration read_go_duration(codec::Fields& f, std::string_view key, Duration fallback);
Result<Duration> parse_go_duration(std::string_view text);
// Masked in `original`. ${NAME} is not expanded, as the reference does not.
Secret read_secret(codec::Fields& f, std::string_view key, Reading& reading);
std::string resolve(const std::string& path, const Reading& reading);  // from the folder
std::string read_path(codec::Fields& f, std::string_view key, const Reading& reading);
// A secret or its <key>_file; both are one problem.
SecretSource read_secret_source(codec::Fields& f, std::string_view key, Reading& reading);
// http or https with a host. Empty where it is missing; <secret> is taken, for such is what
// config.original shows.
enum class UrlKind { kPlain, kSecret, kSecretTemplate };
std::string read_url(codec::Fields& f, std::string_view key, UrlKind kind, Reading& reading);
SecretSource read_url_source(codec::Fields& f, std::string_view key, UrlKind kind,
                             Reading& reading);
// A problem when neither it nor its <key>_file is there, unless what is there was reported already.
void want_source(codec::Fields& f, const SecretSource& source, std::string_view key);
HostPort read_host_port(codec::Fields& f, std::string_view key);
// Texts and lists as they stand: a problem for what holds a NUL.
std::map<std::string, codec::Node> read_nodes(codec::Fields& f, std::string_view key);
// A list of texts; one without a value is an empty text.
std::vector<std::string> read_texts(codec::Fields& f, std::string_view key);
// Mutually exclusive fields, in the reference's words.
void at_most_one(codec::Fields& f, std::string_view first, std::string_view second);

// --- labels and matchers ---

std::vector<std::string> read_label_names(codec::Fields& f, std::string_view key,
                                          const Reading& reading);
Labels read_labels(codec::Fields& f, std::string_view key);
// <prefix>matchers, and the older <prefix>match and <prefix>match_re, in the order of a route's
// key.
enum class MatcherForms { kAll, kList };
Matchers read_matchers(codec::Fields& f, std::string_view prefix, MatcherForms forms,
                       Reading& reading);

// --- blocks ---

TlsSettings read_tls(codec::Fields f, Reading& reading);
HttpSettings read_http(codec::Fields f, Reading& reading);
// http_config, or the global one where it is missing.
HttpSettings read_http_or(codec::Fields& f, const HttpSettings& global, Reading& reading);

// `global`, with the reference's defaults.
struct Global {
  Duration resolve_timeout = std::chrono::minutes(5);
  HttpSettings http;
  std::string smtp_from;
  std::string smtp_hello = "localhost";
  HostPort smtp_smarthost;
  std::string smtp_auth_username;
  SecretSource smtp_auth_password;
  SecretSource smtp_auth_secret;
  std::string smtp_auth_identity;
  bool smtp_require_tls = true;
  TlsSettings smtp_tls;
  std::optional<bool> smtp_force_implicit_tls;
  SecretSource slack_api_url;
  SecretSource slack_app_token;
  std::string slack_app_url = "https://slack.com/api/chat.postMessage";
  std::string pagerduty_url = "https://events.pagerduty.com/v2/enqueue";
  std::string opsgenie_api_url = "https://api.opsgenie.com/";
  SecretSource opsgenie_api_key;
  std::string wechat_api_url = "https://qyapi.weixin.qq.com/cgi-bin/";
  SecretSource wechat_api_secret;
  std::string wechat_api_corp_id;
  std::string victorops_api_url =
      "https://alert.victorops.com/integrations/generic/20131114/alert/";
  SecretSource victorops_api_key;
  std::string telegram_api_url = "https://api.telegram.org";
  SecretSource telegram_bot_token;
  std::string webex_api_url = "https://webexapis.com/v1/messages";
  std::string jira_api_url;
  std::string rocketchat_api_url = "https://open.rocket.chat/";
  SecretSource rocketchat_token;
  SecretSource rocketchat_token_id;
  SecretSource mattermost_webhook_url;
};
Global read_global(codec::Fields f, Reading& reading);

// One entry of a receiver's <kind>_configs each. Their names are those of the kinds.
WebhookSettings read_webhook(codec::Fields& f, const Global& global, Reading& reading);
EmailSettings read_email(codec::Fields& f, const Global& global, Reading& reading);
SlackSettings read_slack(codec::Fields& f, const Global& global, Reading& reading);
PagerdutySettings read_pagerduty(codec::Fields& f, const Global& global, Reading& reading);
OpsgenieSettings read_opsgenie(codec::Fields& f, const Global& global, Reading& reading);
MsTeamsV2Settings read_msteamsv2(codec::Fields& f, const Global& global, Reading& reading);
TelegramSettings read_telegram(codec::Fields& f, const Global& global, Reading& reading);
DiscordSettings read_discord(codec::Fields& f, const Global& global, Reading& reading);
PushoverSettings read_pushover(codec::Fields& f, const Global& global, Reading& reading);
MattermostSettings read_mattermost(codec::Fields& f, const Global& global, Reading& reading);
VictoropsSettings read_victorops(codec::Fields& f, const Global& global, Reading& reading);
WebexSettings read_webex(codec::Fields& f, const Global& global, Reading& reading);
SnsSettings read_sns(codec::Fields& f, const Global& global, Reading& reading);
RocketchatSettings read_rocketchat(codec::Fields& f, const Global& global, Reading& reading);
JiraSettings read_jira(codec::Fields& f, const Global& global, Reading& reading);
IncidentioSettings read_incidentio(codec::Fields& f, const Global& global, Reading& reading);
WechatSettings read_wechat(codec::Fields& f, const Global& global, Reading& reading);
MsTeamsSettings read_msteams(codec::Fields& f, const Global& global, Reading& reading);

std::vector<Receiver> read_receivers(codec::Fields& top, const Global& global, Reading& reading);
// The tree with all that is inherited in it. The names of receivers and intervals are checked.
std::unique_ptr<Route> read_route(codec::Fields& top, const std::vector<Receiver>& receivers,
                                  const std::map<std::string, NamedTimeInterval>& intervals,
                                  Reading& reading);
std::vector<InhibitRule> read_inhibit_rules(codec::Fields& top, Reading& reading);

// --- config.original ---

void mask_all(const codec::Node& block, Reading& reading);  // every text in it that may be a secret
std::string masked_text(const codec::Node& document, const Reading& reading);

}  // namespace tocsin::routing
