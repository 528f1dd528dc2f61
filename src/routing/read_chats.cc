#include <fmt/format.h>

#include "routing/read_config.h"

// slack, msteamsv2, telegram, discord and mattermost: prometheus/alertmanager
// notify/<kind>/config.go with what config/config.go fills in from `global`.
namespace tocsin::routing {
namespace {

constexpr std::string_view kPostMessage = "https://slack.com/api/chat.postMessage";

// The address of an incoming webhook: a secret by itself.
SecretSource read_webhook_url(codec::Fields& f, const SecretSource& global, Reading& reading) {
  SecretSource url = read_url_source(f, "webhook_url", UrlKind::kSecret, reading);
  if (!url.is_set()) url = global;
  want_source(f, url, "webhook_url");
  return url;
}

template <class Field>
std::vector<Field> read_fields(codec::Fields& f) {
  std::vector<Field> out;
  for (codec::Fields& field : f.children("fields")) {
    out.push_back({field.text("title"), field.text("value"), read_optional_flag(field, "short")});
    field.finish();
  }
  return out;
}

SlackAction read_action(codec::Fields& f) {
  SlackAction action;
  action.type = f.text("type");
  action.text = f.text("text");
  action.url = f.text("url", "");
  action.style = f.text("style", "");
  action.name = f.text("name", "");
  action.value = f.text("value", "");
  f.raw("confirm");
  if (f.has("confirm")) {
    codec::Fields confirm = f.child("confirm");
    action.confirm =
        SlackConfirmation{confirm.text("text"), confirm.text("title", ""),
                          confirm.text("ok_text", ""), confirm.text("dismiss_text", "")};
    confirm.finish();
  }
  // A button that opens a page sends nothing back.
  if (!action.url.empty()) {
    action.name = action.value = "";
    action.confirm.reset();
  } else if (action.name.empty()) {
    f.problem("", "needs a name or a url");
  }
  f.finish();
  return action;
}

// How Slack is reached: an incoming webhook, or an app's token, which then stands in http_config.
void read_slack_access(codec::Fields& f, SlackSettings& s, const Global& global, Reading& reading) {
  const bool has_own_http = f.has("http_config");
  s.http = read_http_or(f, global.http, reading);
  s.api_url = read_url_source(f, "api_url", UrlKind::kSecret, reading);
  if (s.api_url.value.reveal() == kPostMessage) reading.masked.erase(f.raw("api_url"));
  SecretSource token = read_secret_source(f, "app_token", reading);
  std::string app_url = read_url(f, "app_url", UrlKind::kPlain, reading);
  if (app_url.empty()) app_url = global.slack_app_url;
  if (s.api_url.is_set() && token.is_set()) {
    f.problem("app_token",
              "at most one of api_url/api_url_file & app_token/app_token_file must be configured");
  }
  for (const auto& [key, is_on] : {std::pair("update_message", s.update_message),
                                   std::pair("post_updates_to_thread", s.post_updates_to_thread)}) {
    if (is_on && s.api_url.value.reveal() != kPostMessage) {
      f.problem(key, fmt::format("can only be used with bot tokens: api_url must be set to {}",
                                 kPostMessage));
    }
  }
  const bool signs_in = has_own_http && s.http.authorization.has_value();
  if (!token.is_set() && !signs_in && s.api_url.value.empty()) token = global.slack_app_token;
  if (!s.api_url.is_set()) s.api_url = global.slack_api_url;
  if (!s.api_url.is_set() && !token.is_set() && !f.has("api_url")) {
    f.problem("api_url", "is missing, and there is no global slack_api_url nor slack_app_token");
  }
  if (!token.is_set()) return;
  if (s.http.authorization) {
    f.problem("app_token", "http_config.authorization cannot be set when an app token is used");
  }
  s.is_app = true;
  s.http.authorization = Authorization{.credentials = token};
  s.api_url = SecretSource{Secret(app_url), ""};
}

MattermostAttachment read_attachment(codec::Fields& f, MattermostAttachment a) {
  a.fallback = f.text("fallback", a.fallback);
  a.color = f.text("color", a.color);
  a.pretext = f.text("pretext", a.pretext);
  a.text = f.text("text", a.text);
  a.author_name = f.text("author_name", a.author_name);
  a.author_link = f.text("author_link", a.author_link);
  a.author_icon = f.text("author_icon", a.author_icon);
  a.title = f.text("title", a.title);
  a.title_link = f.text("title_link", a.title_link);
  a.fields = read_fields<MattermostField>(f);
  a.thumb_url = f.text("thumb_url", a.thumb_url);
  a.footer = f.text("footer", a.footer);
  a.footer_icon = f.text("footer_icon", a.footer_icon);
  a.image_url = f.text("image_url", a.image_url);
  return a;
}

}  // namespace

SlackSettings read_slack(codec::Fields& f, const Global& global, Reading& reading) {
  SlackSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.update_message = read_flag(f, "update_message", false);
  s.post_updates_to_thread = read_flag(f, "post_updates_to_thread", false);
  read_slack_access(f, s, global, reading);
  s.channel = f.text("channel", "");
  s.username = f.text("username", s.username);
  s.color = f.text("color", s.color);
  s.title = f.text("title", s.title);
  s.title_link = f.text("title_link", s.title_link);
  s.pretext = f.text("pretext", s.pretext);
  s.text = f.text("text", s.text);
  s.message_text = f.text("message_text", "");
  s.fields = read_fields<SlackField>(f);
  s.short_fields = read_flag(f, "short_fields", false);
  s.footer = f.text("footer", s.footer);
  s.fallback = f.text("fallback", s.fallback);
  s.callback_id = f.text("callback_id", s.callback_id);
  s.icon_emoji = f.text("icon_emoji", s.icon_emoji);
  s.icon_url = f.text("icon_url", s.icon_url);
  s.image_url = f.text("image_url", "");
  s.thumb_url = f.text("thumb_url", "");
  s.link_names = read_flag(f, "link_names", false);
  s.mrkdwn_in = f.texts("mrkdwn_in");
  for (codec::Fields& action : f.children("actions")) s.actions.push_back(read_action(action));
  s.timeout = read_go_duration(f, "timeout", s.timeout);
  return s;
}

MsTeamsV2Settings read_msteamsv2(codec::Fields& f, const Global& global, Reading& reading) {
  MsTeamsV2Settings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.webhook_url = read_webhook_url(f, {}, reading);
  s.title = f.text("title", s.title);
  s.text = f.text("text", s.text);
  return s;
}

TelegramSettings read_telegram(codec::Fields& f, const Global& global, Reading& reading) {
  TelegramSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_url = read_url(f, "api_url", UrlKind::kPlain, reading);
  if (s.api_url.empty()) s.api_url = global.telegram_api_url;
  s.bot_token = read_secret_source(f, "bot_token", reading);
  if (!s.bot_token.is_set()) s.bot_token = global.telegram_bot_token;
  if (!s.bot_token.is_set()) {
    f.problem("bot_token",
              "missing bot_token or bot_token_file, also of global "
              "telegram_bot_token");
  }
  s.chat_id = f.integer("chat_id", 0, INT64_MIN, INT64_MAX);
  s.chat_id_file = read_path(f, "chat_id_file", reading);
  if (s.chat_id == 0 && s.chat_id_file.empty()) {
    f.problem("chat_id", "missing chat_id or chat_id_file");
  }
  if (s.chat_id != 0 && !s.chat_id_file.empty()) at_most_one(f, "chat_id", "chat_id_file");
  s.message_thread_id = f.integer("message_thread_id", 0, INT64_MIN, INT64_MAX);
  s.message = f.text("message", s.message);
  s.disable_notifications = read_flag(f, "disable_notifications", false);
  s.parse_mode = f.text("parse_mode", s.parse_mode);
  if (!s.parse_mode.empty() && s.parse_mode != "Markdown" && s.parse_mode != "MarkdownV2" &&
      s.parse_mode != "HTML") {
    f.problem("parse_mode", "must be Markdown, MarkdownV2, HTML or an empty text");
  }
  s.timeout = read_go_duration(f, "timeout", s.timeout);
  return s;
}

DiscordSettings read_discord(codec::Fields& f, const Global& global, Reading& reading) {
  DiscordSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.webhook_url = read_webhook_url(f, {}, reading);
  s.content = f.text("content", "");
  s.title = f.text("title", s.title);
  s.message = f.text("message", s.message);
  s.username = f.text("username", "");
  s.avatar_url = f.text("avatar_url", "");
  return s;
}

MattermostSettings read_mattermost(codec::Fields& f, const Global& global, Reading& reading) {
  MattermostSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.webhook_url = read_webhook_url(f, global.mattermost_webhook_url, reading);
  s.channel = f.text("channel", "");
  s.username = f.text("username", s.username);
  s.attachment = read_attachment(f, s.attachment);
  s.icon_url = f.text("icon_url", "");
  s.icon_emoji = f.text("icon_emoji", "");
  for (codec::Fields& attachment : f.children("attachments")) {
    s.attachments.push_back(read_attachment(attachment, {}));
    attachment.finish();
  }
  s.type = f.text("type", "");
  codec::Fields props = f.child("props");
  if (props.has("card")) s.card = props.text("card", "");
  props.raw("card");
  props.finish();
  f.raw("priority");
  if (f.has("priority")) {
    codec::Fields priority = f.child("priority");
    s.priority = MattermostPriority{priority.text("priority", ""),
                                    read_flag(priority, "requested_ack", false),
                                    read_flag(priority, "persistent_notifications", false)};
    priority.finish();
  }
  return s;
}

}  // namespace tocsin::routing
