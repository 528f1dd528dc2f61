#pragma once

#include <string>
#include <string_view>

namespace tocsin::catalog {

// What is wrong with an address, as the end of a sentence about it ("must begin with https:// or
// http://"); empty when nothing is. These are checks of shape: whether somebody answers there is
// another matter. The answer never holds the address, which may be a secret.
std::string wrong_with_url(std::string_view url);
// addr-spec of RFC 5322 without quotes, comments and non-ASCII; at most 254 bytes.
std::string wrong_with_mail(std::string_view address);
// A telephone number in E.164: +, then 7 to 15 digits (ITU-T E.164, section 6).
std::string wrong_with_phone(std::string_view number);
// The id of a member of a Slack workspace: U or W and capital letters and digits.
std::string wrong_with_slack_user(std::string_view id);
// A chat's id, which is a number, or @ and the name of a channel
// (https://core.telegram.org/bots/api#sendmessage).
std::string wrong_with_telegram_chat(std::string_view id);
// 30 letters and digits (https://pushover.net/api#messages).
std::string wrong_with_pushover_key(std::string_view key);
// Names of teams, people and services: a label of RFC 1123 in lower case, so that one can stand in
// URLs, label values and commands as it is.
std::string wrong_with_name(std::string_view name);

}  // namespace tocsin::catalog
