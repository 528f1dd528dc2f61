#pragma once

#include "notify/answers.h"
#include "notify/channel.h"

namespace tocsin::notify {

inline constexpr const char* kSlackButtons = "tocsin_answers";  // the block of our buttons

// A call of Slack's Web API with the app's token.
net::HttpCall slack_call(const Caller& caller, const SlackAppConfig& slack, std::string_view method,
                         const codec::JsonObject& body);
Result<> judge_slack(const net::HttpAnswer& answer);

// A press of one of our buttons.
struct SlackPress {
  Answer answer = Answer::kAcknowledge;
  std::string delivery;
  std::string channel, ts, user;
  codec::JsonArray blocks;  // of the message as it is
};
// The field `payload` of what Slack posts; nothing for whatever else it tells. kInvalidArgument: it
// is no JSON.
Result<std::optional<SlackPress>> read_slack_press(const std::string& payload);

// X-Slack-Signature: "v0=" and the hex of HMAC-SHA256 over "v0:<timestamp>:<body>".
std::string sign_slack(const Secret& secret, std::string_view timestamp, std::string_view body);

}  // namespace tocsin::notify
