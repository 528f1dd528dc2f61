#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

void read_smtp(codec::Fields& f, Global& global, Reading& reading) {
  global.smtp_from = f.text("smtp_from", "");
  global.smtp_hello = f.text("smtp_hello", global.smtp_hello);
  global.smtp_smarthost = read_host_port(f, "smtp_smarthost");
  global.smtp_auth_username = f.text("smtp_auth_username", "");
  global.smtp_auth_password = read_secret_source(f, "smtp_auth_password", reading);
  global.smtp_auth_secret = read_secret_source(f, "smtp_auth_secret", reading);
  global.smtp_auth_identity = f.text("smtp_auth_identity", "");
  global.smtp_require_tls = read_flag(f, "smtp_require_tls", true);
  global.smtp_tls = read_tls(f.child("smtp_tls_config"), reading);
  global.smtp_force_implicit_tls = read_optional_flag(f, "smtp_force_implicit_tls");
}

void read_slack_settings(codec::Fields& f, Global& global, Reading& reading) {
  global.slack_api_url = read_url_source(f, "slack_api_url", UrlKind::kSecret, reading);
  global.slack_app_token = read_secret_source(f, "slack_app_token", reading);
  if (const std::string url = read_url(f, "slack_app_url", UrlKind::kPlain, reading);
      !url.empty()) {
    global.slack_app_url = url;
  }
  // Both are an older way to use an app: its URL, and the token in http_config.
  if (global.slack_app_token.is_set() && global.slack_api_url.is_set() &&
      global.slack_api_url.value.reveal() != global.slack_app_url) {
    f.problem("slack_app_token",
              "at most one of slack_app_token/slack_app_token_file & "
              "slack_api_url/slack_api_url_file must be configured");
  }
}

}  // namespace

Global read_global(codec::Fields f, Reading& reading) {
  Global global;
  const auto url = [&](std::string_view key, std::string& into) {
    if (std::string text = read_url(f, key, UrlKind::kPlain, reading); !text.empty()) {
      into = std::move(text);
    }
  };
  global.resolve_timeout = f.duration("resolve_timeout", global.resolve_timeout);
  if (f.has("http_config")) global.http = read_http(f.child("http_config"), reading);
  f.raw("http_config");
  read_smtp(f, global, reading);
  read_slack_settings(f, global, reading);
  url("pagerduty_url", global.pagerduty_url);
  url("opsgenie_api_url", global.opsgenie_api_url);
  global.opsgenie_api_key = read_secret_source(f, "opsgenie_api_key", reading);
  url("wechat_api_url", global.wechat_api_url);
  global.wechat_api_secret = read_secret_source(f, "wechat_api_secret", reading);
  global.wechat_api_corp_id = f.text("wechat_api_corp_id", "");
  url("victorops_api_url", global.victorops_api_url);
  global.victorops_api_key = read_secret_source(f, "victorops_api_key", reading);
  url("telegram_api_url", global.telegram_api_url);
  global.telegram_bot_token = read_secret_source(f, "telegram_bot_token", reading);
  url("webex_api_url", global.webex_api_url);
  url("jira_api_url", global.jira_api_url);
  url("rocketchat_api_url", global.rocketchat_api_url);
  global.rocketchat_token = read_secret_source(f, "rocketchat_token", reading);
  global.rocketchat_token_id = read_secret_source(f, "rocketchat_token_id", reading);
  global.mattermost_webhook_url =
      read_url_source(f, "mattermost_webhook_url", UrlKind::kSecret, reading);
  f.finish();
  return global;
}

}  // namespace tocsin::routing
