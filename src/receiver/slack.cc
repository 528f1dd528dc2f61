#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "codec/json.h"
#include "receiver/json_text.h"
#include "receiver/providers.h"
#include "receiver/retry_rule.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// https://api.slack.com/reference/messaging/attachments#legacy_fields
constexpr size_t kMostTitleRunes = 1024;
constexpr size_t kMostThreads = 10'000;

// Where a group's message stands, so that it can be changed or answered.
struct Posted {
  std::string channel;
  std::string ts;
};

// https://api.slack.com/messaging/webhooks, https://api.slack.com/methods/chat.postMessage
class Slack final : public HttpProvider {
 public:
  Slack(routing::SlackSettings settings, Templates templates)
      : settings_(std::move(settings)), templates_(std::move(templates)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;
  Sent judge(const net::HttpAnswer& answer) const override;
  void taken(const GroupMessage& message, size_t index, const net::HttpAnswer& answer) override;
  void refused(const GroupMessage& message, size_t index, SendFailure& failure) override;

 protected:
  std::vector<int> also_retried() const override { return {429}; }

 private:
  std::string attachment(MessageView& view) const;
  std::string fields(MessageView& view) const;
  std::string actions(MessageView& view) const;
  std::string body(MessageView& view, const std::string& attachment, const Posted& posted,
                   std::string_view ts_field) const;
  bool keeps_messages() const {
    return settings_.update_message || settings_.post_updates_to_thread;
  }
  Posted posted_of(const std::string& group_key) const;

  const routing::SlackSettings settings_;
  const Templates templates_;
  mutable std::mutex mutex_;
  std::map<std::string, Posted> posted_;  // by the group's key; gone with a restart or a reload
};

std::string Slack::fields(MessageView& view) const {
  std::vector<std::string> out;
  for (const routing::SlackField& field : settings_.fields) {
    JsonObject object;
    object.text_if_any("title", view.text("fields.title", field.title));
    object.text_if_any("value", view.text("fields.value", field.value));
    object.flag("short", field.is_short.value_or(settings_.short_fields));
    out.push_back(object.take());
  }
  return json_list(out);
}

std::string Slack::actions(MessageView& view) const {
  std::vector<std::string> out;
  for (const routing::SlackAction& action : settings_.actions) {
    JsonObject object;
    object.text_if_any("type", view.text("actions.type", action.type));
    object.text_if_any("text", view.text("actions.text", action.text));
    object.text_if_any("url", view.text("actions.url", action.url));
    object.text_if_any("style", view.text("actions.style", action.style));
    object.text_if_any("name", view.text("actions.name", action.name));
    object.text_if_any("value", view.text("actions.value", action.value));
    if (action.confirm) {
      JsonObject confirm;
      confirm.text_if_any("text", view.text("actions.confirm.text", action.confirm->text));
      confirm.text_if_any("title", view.text("actions.confirm.title", action.confirm->title));
      confirm.text_if_any("ok_text", view.text("actions.confirm.ok_text", action.confirm->ok_text));
      confirm.text_if_any("dismiss_text",
                          view.text("actions.confirm.dismiss_text", action.confirm->dismiss_text));
      object.raw("confirm", confirm.take());
    }
    out.push_back(object.take());
  }
  return json_list(out);
}

std::string Slack::attachment(MessageView& view) const {
  const routing::SlackSettings& s = settings_;
  JsonObject out;
  out.text_if_any("title", truncate_runes(view.text("title", s.title), kMostTitleRunes));
  out.text_if_any("title_link", view.text("title_link", s.title_link));
  out.text_if_any("pretext", view.text("pretext", s.pretext));
  out.text("text", view.text("text", s.text));
  out.text("fallback", view.text("fallback", s.fallback));
  out.text("callback_id", view.text("callback_id", s.callback_id));
  if (!s.fields.empty()) out.raw("fields", fields(view));
  if (!s.actions.empty()) out.raw("actions", actions(view));
  out.text_if_any("image_url", view.text("image_url", s.image_url));
  out.text_if_any("thumb_url", view.text("thumb_url", s.thumb_url));
  out.text("footer", view.text("footer", s.footer));
  out.text_if_any("color", view.text("color", s.color));
  const std::vector<std::string> usual = {"fallback", "pretext", "text"};
  out.raw("mrkdwn_in", json_text_list(s.mrkdwn_in.empty() ? usual : s.mrkdwn_in));
  return out.take();
}

std::string Slack::body(MessageView& view, const std::string& attachment, const Posted& posted,
                        std::string_view ts_field) const {
  const routing::SlackSettings& s = settings_;
  const std::string channel = view.text("channel", s.channel);
  JsonObject out;
  out.text_if_any("channel", posted.channel.empty() ? channel : posted.channel);
  out.text_if_any(ts_field, posted.ts);
  out.text_if_any("username", view.text("username", s.username));
  out.text_if_any("icon_emoji", view.text("icon_emoji", s.icon_emoji));
  out.text_if_any("icon_url", view.text("icon_url", s.icon_url));
  if (s.link_names) out.flag("link_names", true);
  out.text_if_any("text", view.text("message_text", s.message_text));
  out.raw("attachments", "[" + attachment + "]");
  return out.take() + "\n";
}

Posted Slack::posted_of(const std::string& group_key) const {
  const std::lock_guard lock(mutex_);
  const auto found = posted_.find(group_key);
  return found == posted_.end() ? Posted{} : found->second;
}

Result<HttpPlan> Slack::compose(const GroupMessage& message) const {
  MessageView view(*templates_, message);
  ASSIGN_OR_RETURN(const Secret api_url, settings_.api_url.read());
  const std::string shown = attachment(view);
  const Posted posted = keeps_messages() ? posted_of(message.group_key) : Posted{};
  HttpPlan plan;
  const auto add = [&](const std::string& url, std::string body) {
    plan.requests.push_back({.url = Secret(url), .headers = {}, .body = std::move(body)});
  };
  if (posted.ts.empty()) {
    add(api_url.reveal(), body(view, shown, {}, "ts"));
  } else {
    if (settings_.update_message) {
      std::string url = api_url.reveal();
      const std::string_view post = "chat.postMessage";
      if (const size_t at = url.rfind(post); at != std::string::npos) {
        url.replace(at, post.size(), "chat.update");
      }
      add(url, body(view, shown, posted, "ts"));
    }
    if (settings_.post_updates_to_thread) {
      add(api_url.reveal(), body(view, shown, posted, "thread_ts"));
    }
  }
  RETURN_IF_ERROR(view.ok());
  return plan;
}

// 200 may be a refusal: the API answers {"ok":false,"error":"..."}, an incoming webhook a text that
// is not "ok".
Sent Slack::judge(const net::HttpAnswer& answer) const {
  if (answer.status / 100 != 2) return HttpProvider::judge(answer);
  const auto refuse = [](std::string why, bool retry) {
    return std::unexpected(SendFailure{.error = {Code::kFailedPrecondition, std::move(why)},
                                       .retry = retry,
                                       .reason = "clientError"});
  };
  const auto type = answer.headers.find("content-type");
  if (type == answer.headers.end() || !type->second.starts_with("application/json")) {
    if (answer.body == "ok") return {};
    return refuse(fmt::format("Slack refused it: {}", one_line(answer.body)), false);
  }
  const auto json = codec::parse_json(answer.body);
  if (!json) return refuse("Slack's answer is no JSON: " + one_line(answer.body), true);
  const codec::Node* ok = json->find("ok");
  if (ok != nullptr && !ok->quoted && ok->scalar == "true") return {};
  const codec::Node* error = json->find("error");
  const std::string code = error == nullptr ? "without a reason" : one_line(error->scalar);
  // Its ways to say 429 and 5xx behind a 200.
  const bool passes = code == "ratelimited" || code == "rate_limited" || code == "internal_error" ||
                      code == "fatal_error" || code == "service_unavailable" ||
                      code == "request_timeout";
  return refuse(fmt::format("Slack refused it: {}", code), passes);
}

void Slack::taken(const GroupMessage& message, size_t, const net::HttpAnswer& answer) {
  if (!keeps_messages()) return;
  const bool is_over = std::ranges::all_of(
      message.alerts, [&](const auto& alert) { return alert->is_resolved(message.now); });
  const auto json = codec::parse_json(answer.body);
  const std::lock_guard lock(mutex_);
  if (is_over) {  // what fires next is another story
    posted_.erase(message.group_key);
    return;
  }
  if (!json || posted_.contains(message.group_key)) return;
  const codec::Node* ts = json->find("ts");
  const codec::Node* channel = json->find("channel");
  if (ts == nullptr || channel == nullptr || ts->scalar.empty()) return;
  if (posted_.size() >= kMostThreads) posted_.erase(posted_.begin());
  posted_[message.group_key] = {channel->scalar, ts->scalar};
}

// Somebody deleted the message: the next try begins a new one.
void Slack::refused(const GroupMessage& message, size_t, SendFailure& failure) {
  if (!keeps_messages()) return;
  const std::string& why = failure.error.message;
  if (!why.ends_with(": message_not_found") && !why.ends_with(": thread_not_found")) return;
  const std::lock_guard lock(mutex_);
  failure.retry = posted_.erase(message.group_key) > 0;
}

}  // namespace

std::shared_ptr<HttpProvider> make_slack(const routing::SlackSettings& settings,
                                         Templates templates) {
  return std::make_shared<Slack>(settings, std::move(templates));
}

}  // namespace tocsin::receiver
