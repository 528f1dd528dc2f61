#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/node.h"
#include "routing/http_settings.h"

namespace tocsin::routing {

// The kinds of integrations that are read and checked as the reference does it, so that a file that
// names them is taken, but that are not delivered: the configuration's warnings say so. Comments as
// in receivers.h.

struct VictoropsSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource api_key;
  std::string api_url = "https://alert.victorops.com/integrations/generic/20131114/alert/";
  std::string routing_key;  // from here on: templates
  std::string message_type = "CRITICAL";
  std::string state_message = R"({{ template "victorops.default.state_message" . }})";
  std::string entity_display_name = R"({{ template "victorops.default.entity_display_name" . }})";
  std::string monitoring_tool = R"({{ template "victorops.default.monitoring_tool" . }})";
  std::map<std::string, std::string> custom_fields;
};

struct WebexSettings {
  bool send_resolved = true;
  HttpSettings http;  // has an authorization
  std::string api_url = "https://webexapis.com/v1/messages";
  std::string message = R"({{ template "webex.default.message" . }})";  // template
  std::string room_id;                                                  // template
};

struct Sigv4Settings {
  std::string region;
  std::string access_key;
  Secret secret_key;
  std::string profile;
  std::string role_arn;
  std::string external_id;
  bool use_fips_sts_endpoint = false;
  bool operator==(const Sigv4Settings&) const = default;
};

struct SnsSettings {
  bool send_resolved = true;
  HttpSettings http;
  std::string api_url;  // template
  Sigv4Settings sigv4;
  std::string topic_arn;  // template; one of these three, or all
  std::string phone_number;
  std::string target_arn;
  std::string subject = R"({{ template "sns.default.subject" . }})";
  std::string message = R"({{ template "sns.default.message" . }})";
  std::map<std::string, std::string> attributes;
  bool use_aws_http_client = false;
};

struct RocketchatField {
  std::optional<bool> is_short;
  std::string title;
  std::string value;
};

struct RocketchatAction {
  std::string type, text, url, image_url;
  bool is_webview = false;
  std::string webview_height_ratio, msg;
  bool msg_in_chat_window = false;
  std::string msg_processing_type;
};

struct RocketchatSettings {
  bool send_resolved = false;
  HttpSettings http;
  std::string api_url = "https://open.rocket.chat/";
  SecretSource token_id;
  SecretSource token;
  std::string channel;  // from here on: templates
  std::string color = R"({{ if eq .Status "firing" }}red{{ else }}green{{ end }})";
  std::string title = R"({{ template "rocketchat.default.title" . }})";
  std::string title_link = R"({{ template "rocketchat.default.titlelink" . }})";
  std::string text = R"({{ template "rocketchat.default.text" . }})";
  std::vector<RocketchatField> fields;
  bool short_fields = false;
  std::string emoji = R"({{ template "rocketchat.default.emoji" . }})";
  std::string icon_url = R"({{ template "rocketchat.default.iconurl" . }})";
  std::string image_url;
  std::string thumb_url;
  bool link_names = false;
  std::vector<RocketchatAction> actions;
};

struct JiraField {
  std::string text;  // template
  bool enable_update = true;
};

struct JiraSettings {
  bool send_resolved = true;
  HttpSettings http;
  std::string api_url;
  std::string api_type = "auto";  // auto, cloud, datacenter
  std::string project;            // template
  JiraField summary{R"({{ template "jira.default.summary" . }})"};
  JiraField description{R"({{ template "jira.default.description" . }})"};
  std::vector<std::string> labels;  // templates
  bool update_labels = true;
  std::string priority = R"({{ template "jira.default.priority" . }})";
  std::string issue_type;  // template
  std::string reopen_transition;
  std::string resolve_transition;
  std::string wont_fix_resolution;
  Duration reopen_duration{0};
  std::map<std::string, codec::Node> fields;
};

struct IncidentioSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource url;
  SecretSource alert_source_token;
  uint64_t max_alerts = 0;
  Duration timeout{0};
};

struct WechatSettings {
  bool send_resolved = false;
  HttpSettings http;
  SecretSource api_secret;
  std::string corp_id;
  std::string api_url = "https://qyapi.weixin.qq.com/cgi-bin/";          // ends with /
  std::string message = R"({{ template "wechat.default.message" . }})";  // from here on: templates
  std::string to_user = R"({{ template "wechat.default.to_user" . }})";
  std::string to_party = R"({{ template "wechat.default.to_party" . }})";
  std::string to_tag = R"({{ template "wechat.default.to_tag" . }})";
  std::string agent_id = R"({{ template "wechat.default.agent_id" . }})";
  std::string message_type = "text";  // text or markdown
};

struct MsTeamsSettings {
  bool send_resolved = true;
  HttpSettings http;
  SecretSource webhook_url;
  std::string title = R"({{ template "msteams.default.title" . }})";
  std::string summary = R"({{ template "msteams.default.summary" . }})";
  std::string text = R"({{ template "msteams.default.text" . }})";
};

}  // namespace tocsin::routing
