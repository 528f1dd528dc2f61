#include <fmt/format.h>

#include "notify/chat_channels.h"
#include "notify/provider_answer.h"
#include "notify/render.h"
#include "notify/slack_app.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

JsonObject button(std::string_view label, std::string_view action, const Delivery& delivery) {
  return {{"type", "button"},
          {"text", {{"type", "plain_text"}, {"text", label}}},
          {"action_id", action},
          {"value", delivery.id}};
}

JsonObject with_buttons(JsonObject body, const Delivery& delivery) {
  JsonObject first = button("Acknowledge", "acknowledge", delivery);
  first["style"] = "primary";
  body["blocks"].as_array().push_back(
      JsonObject{{"type", "actions"},
                 {"block_id", kSlackButtons},
                 {"elements", JsonArray{std::move(first), button("Escalate", "escalate", delivery),
                                        button("Resolve", "resolve", delivery),
                                        button("Snooze 30 min", "snooze", delivery)}}});
  return body;
}

class SlackAppChannel final : public Channel {
 public:
  SlackAppChannel(Caller caller, SlackAppConfig config)
      : caller_(std::move(caller)), config_(std::move(config)) {
    caller_.health().expect("slack_user", "slack_user");
  }

  void send(const Delivery& delivery, OnTaken done) override {
    const SlackAppConfig& slack = config_;
    JsonObject body = render_slack(delivery);
    if (delivery.message.is_page && !slack.signing_secret.empty()) {
      body = with_buttons(std::move(body), delivery);
    }
    body["channel"] = delivery.contact.address;
    caller_.call(
        slack_call(caller_, slack, "chat.postMessage", body), delivery, "slack_user", {slack.token},
        [](const net::HttpAnswer& answer) -> Result<Taken> {
          RETURN_IF_ERROR(judge_slack(answer));
          return Taken{.message_id = fmt::format("{}:{}", text_at(answer.body, "channel"),
                                                 text_at(answer.body, "ts"))};
        },
        std::move(done));
  }

 private:
  const Caller caller_;
  const SlackAppConfig config_;
};

}  // namespace

net::HttpCall slack_call(const Caller& caller, const SlackAppConfig& slack, std::string_view method,
                         const codec::JsonObject& body) {
  net::HttpCall http =
      caller.to(fmt::format("{}/api/{}", slack.url, method), kJsonType, codec::to_text(body));
  http.headers.emplace_back("Authorization", "Bearer " + slack.token.reveal());
  return http;
}

// https://docs.slack.dev/reference/methods/chat.postMessage: 200 also for errors.
Result<> judge_slack(const net::HttpAnswer& answer) {
  RETURN_IF_ERROR(judge_answer("slack", answer.status, answer.body));
  if (text_at(answer.body, "ok") == "true") return {};
  const std::string error = text_at(answer.body, "error");
  const std::string said = fmt::format("slack answered {}", error.empty() ? "no JSON" : error);
  if (error == "ratelimited" || error == "rate_limited") {
    return fail(Code::kResourceExhausted, said);
  }
  if (error.empty() || error == "internal_error" || error == "fatal_error" ||
      error == "service_unavailable" || error == "request_timeout") {
    return fail(Code::kUnavailable, said);
  }
  return fail(Code::kFailedPrecondition,
              said + "; check the contact, the app's token and its scopes");
}

std::unique_ptr<Channel> make_slack_app_channel(Caller caller) {
  const std::optional<SlackAppConfig> config = caller.config().slack;
  if (!config) return make_missing_channel("set notify.slack.token in tocsin.yaml");
  return std::make_unique<SlackAppChannel>(std::move(caller), *config);
}

}  // namespace tocsin::notify
