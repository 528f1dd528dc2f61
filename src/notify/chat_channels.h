#pragma once

#include "notify/channel.h"

namespace tocsin::notify {

// Microsoft Teams: the URL of a workflow "when a Teams webhook request is received".
std::unique_ptr<Channel> make_teams_channel(Caller caller);
// A bot of Telegram; contact: the id of a chat.
std::unique_ptr<Channel> make_telegram_channel(Caller caller);
// A topic of ntfy; contact: its URL, with a token as the secret if it wants one.
std::unique_ptr<Channel> make_ntfy_channel(Caller caller);
// An application of Pushover; contact: a user's key.
std::unique_ptr<Channel> make_pushover_channel(Caller caller);
// Our Slack app; contact: the id of a member.
std::unique_ptr<Channel> make_slack_app_channel(Caller caller);

}  // namespace tocsin::notify
