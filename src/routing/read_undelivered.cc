#include <fmt/format.h>

#include "base/text.h"
#include "routing/read_config.h"

// The kinds that are read and checked, but not delivered: prometheus/alertmanager
// notify/<kind>/config.go with what config/config.go fills in from `global`.
namespace tocsin::routing {
namespace {

std::string url_or(codec::Fields& f, std::string_view key, const std::string& global,
                   Reading& reading) {
  std::string url = read_url(f, key, UrlKind::kPlain, reading);
  return url.empty() ? global : url;
}

void end_with_slash(std::string& url) {
  if (!url.empty() && !url.ends_with('/')) url += '/';
}

Sigv4Settings read_sigv4(codec::Fields f, Reading& reading) {
  Sigv4Settings s;
  s.region = f.text("region", "");
  s.access_key = f.text("access_key", "");
  s.secret_key = read_secret(f, "secret_key", reading);
  s.profile = f.text("profile", "");
  s.role_arn = f.text("role_arn", "");
  s.external_id = f.text("external_id", "");
  s.use_fips_sts_endpoint = read_flag(f, "use_fips_sts_endpoint", false);
  if (s.access_key.empty() != s.secret_key.empty()) {
    f.problem("",
              "must provide an AWS SigV4 access key and secret key if credentials are "
              "specified in the SigV4 config");
  }
  f.finish();
  return s;
}

JiraField read_jira_field(codec::Fields& f, std::string_view key, JiraField field) {
  const codec::Node* node = f.raw(key);
  if (node == nullptr) return field;
  if (node->kind != codec::Node::Kind::kMapping) return {f.text(key, field.text)};
  codec::Fields object = f.child(key);
  field.text = object.text("template", field.text);
  field.enable_update = read_flag(object, "enable_update", true);
  object.finish();
  return field;
}

}  // namespace

VictoropsSettings read_victorops(codec::Fields& f, const Global& global, Reading& reading) {
  VictoropsSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_key = read_secret_source(f, "api_key", reading);
  if (!s.api_key.is_set()) s.api_key = global.victorops_api_key;
  if (!s.api_key.is_set()) {
    f.problem("api_key", "is missing, and there is no global victorops_api_key");
  }
  s.api_url = url_or(f, "api_url", global.victorops_api_url, reading);
  end_with_slash(s.api_url);
  s.routing_key = f.text("routing_key");
  s.message_type = f.text("message_type", s.message_type);
  s.state_message = f.text("state_message", s.state_message);
  s.entity_display_name = f.text("entity_display_name", s.entity_display_name);
  s.monitoring_tool = f.text("monitoring_tool", s.monitoring_tool);
  s.custom_fields = f.text_map("custom_fields");
  for (const char* reserved :
       {"routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool",
        "entity_id", "entity_state"}) {
    if (s.custom_fields.contains(reserved)) {
      f.problem("custom_fields",
                fmt::format("has the field {}, which is one of the message's own", reserved));
    }
  }
  return s;
}

WebexSettings read_webex(codec::Fields& f, const Global& global, Reading& reading) {
  WebexSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  const bool signs_in =
      f.has("http_config") && (s.http = read_http_or(f, {}, reading)).authorization.has_value();
  if (!signs_in) f.problem("http_config", "needs an authorization: a bot's token");
  f.raw("http_config");
  s.api_url = url_or(f, "api_url", global.webex_api_url, reading);
  s.message = f.text("message", s.message);
  s.room_id = f.text("room_id");
  return s;
}

SnsSettings read_sns(codec::Fields& f, const Global& global, Reading& reading) {
  SnsSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_url = f.text("api_url", "");
  s.sigv4 = read_sigv4(f.child("sigv4"), reading);
  s.topic_arn = f.text("topic_arn", "");
  s.phone_number = f.text("phone_number", "");
  s.target_arn = f.text("target_arn", "");
  const int given = (s.topic_arn.empty() ? 0 : 1) + (s.phone_number.empty() ? 0 : 1) +
                    (s.target_arn.empty() ? 0 : 1);
  if (given == 0 || given == 2) {
    f.problem("", "must provide either a target_arn, topic_arn, or phone_number");
  }
  s.subject = f.text("subject", s.subject);
  s.message = f.text("message", s.message);
  s.attributes = f.text_map("attributes");
  s.use_aws_http_client = read_flag(f, "use_aws_http_client", false);
  return s;
}

RocketchatSettings read_rocketchat(codec::Fields& f, const Global& global, Reading& reading) {
  RocketchatSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_url = url_or(f, "api_url", global.rocketchat_api_url, reading);
  s.token_id = read_secret_source(f, "token_id", reading);
  if (!s.token_id.is_set()) s.token_id = global.rocketchat_token_id;
  s.token = read_secret_source(f, "token", reading);
  if (!s.token.is_set()) s.token = global.rocketchat_token;
  if (!s.token_id.is_set()) {
    f.problem("token_id", "is missing, and there is no global rocketchat_token_id");
  }
  if (!s.token.is_set()) f.problem("token", "is missing, and there is no global rocketchat_token");
  s.channel = f.text("channel", "");
  s.color = f.text("color", s.color);
  s.title = f.text("title", s.title);
  s.title_link = f.text("title_link", s.title_link);
  s.text = f.text("text", s.text);
  for (codec::Fields& field : f.children("fields")) {
    s.fields.push_back(
        {read_optional_flag(field, "short"), field.text("title", ""), field.text("value", "")});
    field.finish();
  }
  s.short_fields = read_flag(f, "short_fields", false);
  s.emoji = f.text("emoji", s.emoji);
  s.icon_url = f.text("icon_url", s.icon_url);
  s.image_url = f.text("image_url", "");
  s.thumb_url = f.text("thumb_url", "");
  s.link_names = read_flag(f, "link_names", false);
  // The reference's fields have no names of their own for YAML, so that they are in one word.
  for (codec::Fields& a : f.children("actions")) {
    s.actions.push_back({a.text("type", ""), a.text("text", ""), a.text("url", ""),
                         a.text("imageurl", ""), read_flag(a, "iswebview", false),
                         a.text("webviewheightratio", ""), a.text("msg", ""),
                         read_flag(a, "msginchatwindow", false), a.text("msgprocessingtype", "")});
    a.finish();
  }
  return s;
}

JiraSettings read_jira(codec::Fields& f, const Global& global, Reading& reading) {
  JiraSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_url = url_or(f, "api_url", global.jira_api_url, reading);
  if (s.api_url.empty() && !f.has("api_url")) {
    f.problem("api_url", "is missing, and there is no global jira_api_url");
  }
  s.api_type = f.text("api_type", s.api_type);
  if (s.api_type != "auto" && s.api_type != "cloud" && s.api_type != "datacenter") {
    f.problem("api_type", "must be auto, cloud or datacenter");
  }
  s.project = f.text("project");
  s.summary = read_jira_field(f, "summary", s.summary);
  s.description = read_jira_field(f, "description", s.description);
  if (const codec::Node* labels = f.raw("labels")) {
    if (labels->kind == codec::Node::Kind::kMapping) {
      codec::Fields object = f.child("labels");
      s.labels = object.texts("values");
      s.update_labels = read_flag(object, "enable_update", true);
      object.finish();
    } else {
      s.labels = f.texts("labels");
    }
  }
  s.priority = f.text("priority", s.priority);
  s.issue_type = f.text("issue_type");
  s.reopen_transition = f.text("reopen_transition", "");
  s.resolve_transition = f.text("resolve_transition", "");
  s.wont_fix_resolution = f.text("wont_fix_resolution", "");
  s.reopen_duration = f.duration("reopen_duration", Duration(0));
  s.fields = read_nodes(f, "fields");
  return s;
}

IncidentioSettings read_incidentio(codec::Fields& f, const Global& global, Reading& reading) {
  IncidentioSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  const bool has_own_http = f.has("http_config");
  s.http = read_http_or(f, global.http, reading);
  s.url = read_url_source(f, "url", UrlKind::kPlain, reading);
  want_source(f, s.url, "url");
  s.alert_source_token = read_secret_source(f, "alert_source_token", reading);
  const bool signs_in = has_own_http && s.http.authorization.has_value();
  if (signs_in && s.alert_source_token.is_set()) {
    f.problem("alert_source_token", "cannot be given beside http_config.authorization");
  }
  if (has_own_http && !signs_in && !s.alert_source_token.is_set()) {
    f.problem("alert_source_token",
              "at least one of alert_source_token, alert_source_token_file or "
              "http_config.authorization must be configured");
  }
  s.max_alerts = static_cast<uint64_t>(f.integer("max_alerts", 0, 0, INT64_MAX));
  s.timeout = read_go_duration(f, "timeout", s.timeout);
  return s;
}

WechatSettings read_wechat(codec::Fields& f, const Global& global, Reading& reading) {
  WechatSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_secret = read_secret_source(f, "api_secret", reading);
  if (!s.api_secret.is_set()) s.api_secret = global.wechat_api_secret;
  if (!s.api_secret.is_set()) {
    f.problem("api_secret", "is missing, and there is no global wechat_api_secret");
  }
  s.corp_id = f.text("corp_id", "");
  if (s.corp_id.empty()) s.corp_id = global.wechat_api_corp_id;
  if (s.corp_id.empty()) {
    f.problem("corp_id", "is missing, and there is no global wechat_api_corp_id");
  }
  s.api_url = url_or(f, "api_url", global.wechat_api_url, reading);
  end_with_slash(s.api_url);
  s.message = f.text("message", s.message);
  s.to_user = f.text("to_user", s.to_user);
  s.to_party = f.text("to_party", s.to_party);
  s.to_tag = f.text("to_tag", s.to_tag);
  s.agent_id = f.text("agent_id", s.agent_id);
  s.message_type = f.text("message_type", "");
  if (s.message_type.empty()) s.message_type = "text";
  if (s.message_type != "text" && s.message_type != "markdown") {
    f.problem("message_type", "must be text or markdown");
  }
  return s;
}

MsTeamsSettings read_msteams(codec::Fields& f, const Global& global, Reading& reading) {
  MsTeamsSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.webhook_url = read_url_source(f, "webhook_url", UrlKind::kSecret, reading);
  want_source(f, s.webhook_url, "webhook_url");
  s.title = f.text("title", s.title);
  s.summary = f.text("summary", s.summary);
  s.text = f.text("text", s.text);
  return s;
}

}  // namespace tocsin::routing
