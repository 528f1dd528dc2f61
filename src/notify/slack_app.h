#pragma once

#include "notify/channel.h"

namespace tocsin::notify {

inline constexpr const char* kSlackButtons = "tocsin_answers";  // the block of our buttons

// A call of Slack's Web API with the app's token.
net::HttpCall slack_call(const Caller& caller, const SlackAppConfig& slack, std::string_view method,
                         const codec::JsonObject& body);
Result<> judge_slack(const net::HttpAnswer& answer);

// X-Slack-Signature: "v0=" and the hex of HMAC-SHA256 over "v0:<timestamp>:<body>".
std::string sign_slack(const Secret& secret, std::string_view timestamp, std::string_view body);

}  // namespace tocsin::notify
