#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "catalog/catalog.h"
#include "net/http.h"
#include "notify/answer_desk.h"
#include "notify/answer_link.h"
#include "notify/channels.h"
#include "notify/outbox.h"

namespace tocsin::notify {

struct HookParts {
  engine::Engine& engine;
  Outbox& outbox;
  AnswerDesk& answers;
  const AnswerLinks& links;
  const ChannelTransport& transport;  // for its configuration, and to call a provider back
  Log& log;
  // Who presses a button in a channel; null: nobody is known. Thread-safe.
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog = nullptr;
};

// What providers call: /hooks/... There is no sign-in; each request is checked by its provider's
// signature or secret, and refused before anything of it is read otherwise. Providers that are not
// in tocsin.yaml are answered 404. Everything outlives the router's use.
void add_hook_routes(net::Router& router, const HookParts& parts);

// One file each; called by add_hook_routes().
void add_twilio_hooks(net::Router& router, const HookParts& parts);
void add_slack_hooks(net::Router& router, const HookParts& parts);
void add_chat_hooks(net::Router& router, const HookParts& parts);  // Telegram, Pushover, links

// What Telegram posts, as far as it concerns us (https://core.telegram.org/bots/api#update).
struct TelegramUpdate {
  std::string started_in;        // the chat in which somebody wrote /start; else empty
  std::string query;             // a button was pressed: what the answer to it is called by
  std::optional<Answer> answer;  // of one of our buttons
  std::string delivery;          // with `answer`
  std::string language = "en";   // of ours, by what the app says of whoever wrote or pressed
};
// Whatever cannot be read is an update that says nothing.
TelegramUpdate read_telegram_update(std::string_view body);

// The URL that was called, as the provider knows it: with the external URL, not with ours behind a
// proxy.
std::string called_url(const NotifyConfig& config, const net::Request& request);
// What to tell who answered (AnswerDesk), whether it worked or not.
const std::string& text_for_person(const Result<std::string>& said);

}  // namespace tocsin::notify
