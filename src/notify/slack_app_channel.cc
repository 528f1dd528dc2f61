#include <fmt/format.h>

#include "notify/chat_channels.h"
#include "notify/incident_room.h"
#include "notify/provider_answer.h"
#include "notify/render.h"
#include "notify/render_words.h"
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
  const Words& words = words_of(delivery.language);
  JsonObject first = button(words.acknowledge, "acknowledge", delivery);
  first["style"] = "primary";
  body["blocks"].as_array().push_back(JsonObject{
      {"type", "actions"},
      {"block_id", kSlackButtons},
      {"elements", JsonArray{std::move(first), button(words.escalate, "escalate", delivery),
                             button(words.resolve, "resolve", delivery),
                             button(words.snooze_half_hour, "snooze", delivery)}}});
  return body;
}

// Where a thread stands: "D1:17.01", as Taken::message_id has it.
struct ThreadPlace {
  std::string channel, ts;
};

ThreadPlace read_place(const std::string& message_id) {
  const size_t colon = message_id.find(':');
  if (colon == std::string::npos) return {};
  return {message_id.substr(0, colon), message_id.substr(colon + 1)};
}

void post(const Caller& caller, const SlackAppConfig& slack, const Delivery& delivery,
          const ThreadPlace& thread, Channel::OnTaken done) {
  JsonObject body = render_slack(delivery);
  const bool wants_answer = delivery.message.is_page || delivery.subject.kind == kRoomSubject;
  if (wants_answer && !slack.signing_secret.empty()) {
    body = with_buttons(std::move(body), delivery);
  }
  body["channel"] = thread.ts.empty() ? delivery.contact.address : thread.channel;
  if (!thread.ts.empty()) {
    body["thread_ts"] = thread.ts;
    // Nobody is told of a reply in a thread that they do not follow.
    if (delivery.message.is_page) body["reply_broadcast"] = true;
  }
  caller.call(
      slack_call(caller, slack, "chat.postMessage", body), delivery, "slack_user", {slack.token},
      [](const net::HttpAnswer& answer) -> Result<Taken> {
        RETURN_IF_ERROR(judge_slack(answer));
        return Taken{.message_id = fmt::format("{}:{}", text_at(answer.body, "channel"),
                                               text_at(answer.body, "ts"))};
      },
      std::move(done));
}

class SlackAppChannel final : public Channel {
 public:
  SlackAppChannel(Caller caller, SlackAppConfig config)
      : caller_(std::move(caller)), config_(std::move(config)) {
    caller_.health().expect("slack_user", "slack_user");
  }

  void send(const Delivery& delivery, OnTaken done) override {
    if (delivery.thread.empty()) return post(caller_, config_, delivery, {}, std::move(done));
    const ThreadPlace place = read_place(delivery.thread);
    // A thread that is gone or locked must not hold up the message: a refusal that is final says
    // that nothing has arrived, so it goes by itself then, and is the head of what comes later.
    post(caller_, config_, delivery, place,
         [caller = caller_, config = config_, delivery,
          done = std::move(done)](Result<Taken> taken) mutable {
           if (taken || taken.error().code != Code::kFailedPrecondition) {
             return done(std::move(taken));
           }
           post(caller, config, delivery, {},
                [done = std::move(done)](Result<Taken> alone) mutable {
                  if (alone) alone->is_new_head = true;
                  done(std::move(alone));
                });
         });
  }

 private:
  const Caller caller_;
  const SlackAppConfig config_;
};

}  // namespace

net::HttpCall slack_call(const Caller& caller, const SlackAppConfig& slack, std::string_view method,
                         const codec::JsonObject& body) {
  net::HttpCall http = caller.to_provider(fmt::format("{}/api/{}", slack.url, method), kJsonType,
                                          codec::to_text(body));
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
  if (error == "missing_scope") {
    return fail(Code::kFailedPrecondition, fmt::format("{}; grant the app {}, install it again",
                                                       said, text_at(answer.body, "needed")));
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
