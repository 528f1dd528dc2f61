#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "notify/hooks.h"
#include "notify/incident_room.h"
#include "notify/sign.h"
#include "notify/slack_app.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 256 << 10, .accept_gzip = false};
constexpr int64_t kOldest = 300;  // seconds: nobody can play an old request again
constexpr size_t kMostBlocks = 50;

class SlackHooks {
 public:
  explicit SlackHooks(const HookParts& parts) : parts_(parts) {}

  Result<Response> pressed(const Request& request) const {
    RETURN_IF_ERROR(check(request));
    const auto form = request.form();
    const auto payload = form.find("payload");
    if (payload == form.end()) return Response::empty(200);
    ASSIGN_OR_RETURN(auto pressed, read_slack_press(payload->second));
    if (!pressed) return Response::empty(200);
    const Duration snooze = pressed->answer == Answer::kSnooze ? kDefaultSnooze : Duration(0);
    const Result<std::string> said = parts_.answers.by_button(
        pressed->delivery, pressed->answer, snooze, "slack", person_of(pressed->user));
    if (said) {
      update(*std::move(pressed), *said);
    } else {
      whisper(*pressed, text_for_person(said));
    }
    return Response::empty(200);
  }

 private:
  const Caller& caller() const { return parts_.transport.caller(); }

  // Whose contact this member is; empty: nobody's.
  std::string person_of(const std::string& member) const {
    if (!parts_.catalog || member.empty()) return {};
    const auto catalog = parts_.catalog();
    for (const auto& [id, person] : catalog->people) {
      for (const catalog::Contact& contact : person.contacts) {
        if (is_slack_member(contact) && contact.address == member) return id.value();
      }
    }
    return {};
  }

  Result<> check(const Request& request) const {
    const auto& slack = caller().config().slack;
    if (!slack || slack->signing_secret.empty()) {
      return not_found("notify.slack.signing_secret is not set in tocsin.yaml");
    }
    const std::string timestamp(request.headers.get("X-Slack-Request-Timestamp").value_or(""));
    int64_t at = 0;
    const auto [end, error] =
        std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), at);
    const int64_t now = std::chrono::floor<seconds>(caller().now()).time_since_epoch().count();
    const bool is_number = error == std::errc() && end == timestamp.data() + timestamp.size();
    const bool is_signed =
        equal_constant_time(sign_slack(slack->signing_secret, timestamp, request.body),
                            request.headers.get("X-Slack-Signature").value_or(""));
    if (!is_signed || !is_number) {
      return fail(Code::kUnauthenticated, "the signature is not that of the Slack app");
    }
    if (at < now - kOldest || at > now + kOldest) {
      return fail(Code::kUnauthenticated, "the request is older than five minutes");
    }
    return {};
  }

  // The message itself says who answered, for all who see it; the buttons stay for what is next.
  void update(SlackPress pressed, const std::string& said) const {
    JsonObject note{{"type", "context"},
                    {"elements", JsonArray{JsonObject{{"type", "plain_text"}, {"text", said}}}}};
    if (pressed.blocks.size() >= kMostBlocks) pressed.blocks.pop_back();
    pressed.blocks.push_back(std::move(note));
    call("chat.update", {{"channel", pressed.channel},
                         {"ts", pressed.ts},
                         {"text", said},
                         {"blocks", std::move(pressed.blocks)}});
  }

  void whisper(const SlackPress& pressed, const std::string& text) const {
    call("chat.postEphemeral",
         {{"channel", pressed.channel}, {"user", pressed.user}, {"text", text}});
  }

  void call(std::string_view method, const JsonObject& body) const {
    const auto& slack = caller().config().slack;
    if (!slack) return;
    caller().ask(
        slack_call(caller(), *slack, method, body), "slack", {slack->token},
        [&log = parts_.log, method = std::string(method)](const Result<net::HttpAnswer>& answer) {
          const Result<> judged = answer ? judge_slack(*answer) : Result<>(fail(answer.error()));
          if (judged) return;
          log.warn("Slack was not told of an answer",
                   {{"method", method}, {"error", judged.error()}});
        });
  }

  const HookParts parts_;
};

}  // namespace

Result<std::optional<SlackPress>> read_slack_press(const std::string& payload) {
  if (!codec::parse_json(payload)) return invalid("the payload is no JSON");
  ASSIGN_OR_RETURN(const codec::Json json, codec::read_own_json(payload));
  const JsonObject* const whole = json.if_object();
  if (whole == nullptr || codec::text_at(*whole, "type") != "block_actions") return std::nullopt;
  const JsonArray* const actions = codec::find_array(*whole, "actions");
  const JsonObject* const action =
      actions == nullptr || actions->empty() ? nullptr : actions->front().if_object();
  if (action == nullptr || codec::text_at(*action, "block_id") != kSlackButtons) {
    return std::nullopt;
  }
  const auto answer = parse_answer(codec::text_at(*action, "action_id"));
  if (!answer) return std::nullopt;
  SlackPress out{.answer = *answer,
                 .delivery = codec::text_at(*action, "value"),
                 .channel = codec::text_at(*whole, "channel.id"),
                 .ts = codec::text_at(*whole, "message.ts"),
                 .user = codec::text_at(*whole, "user.id"),
                 .blocks = {}};
  if (const auto* blocks = codec::find_array(*whole, "message.blocks")) out.blocks = *blocks;
  return out;
}

std::string sign_slack(const Secret& secret, std::string_view timestamp, std::string_view body) {
  return "v0=" + hex(hmac_sha256(secret.reveal(), fmt::format("v0:{}:{}", timestamp, body)));
}

void add_slack_hooks(net::Router& router, const HookParts& parts) {
  const auto hooks = std::make_shared<const SlackHooks>(parts);
  router.add(
      "POST", "/hooks/slack",
      [hooks](const Request& request) {
        auto response = hooks->pressed(request);
        return response ? *std::move(response) : Response::error(response.error(), request);
      },
      kSmall);
}

}  // namespace tocsin::notify
