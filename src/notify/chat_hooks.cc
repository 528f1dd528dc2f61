#include "base/text.h"
#include "notify/hooks.h"
#include "notify/http_template.h"
#include "notify/language.h"
#include "notify/mime.h"
#include "notify/render_words.h"

namespace tocsin::notify {
namespace {

using codec::JsonObject;
using net::Request;
using net::Response;

constexpr net::RouteOptions kSmall{.max_body = 256 << 10, .accept_gzip = false};
constexpr size_t kToast = 190;  // Telegram shows at most 200 characters

Duration snooze_of(Answer answer) {
  return answer == Answer::kSnooze ? kDefaultSnooze : Duration(0);
}

class ChatHooks {
 public:
  explicit ChatHooks(const HookParts& parts) : parts_(parts) {}

  // A signed link that a button calls. POST alone, for scanners follow what they can GET.
  Result<Response> link(const Request& request) const {
    const auto answer = parse_answer(request.params.at("answer"));
    if (!answer) return not_found("an answer is acknowledge, escalate, resolve or snooze");
    ASSIGN_OR_RETURN(const std::string page, page_of(request));
    ASSIGN_OR_RETURN(const std::string said,
                     parts_.answers.by_page(page, *answer, snooze_of(*answer), "link"));
    return Response::text(200, said + "\n");
  }

  // Somebody pressed "Acknowledge" in Pushover. The token in the URL is what tells that it is so.
  Result<Response> pushover(const Request& request) const {
    ASSIGN_OR_RETURN(const std::string page, page_of(request));
    const auto form = request.form();
    const auto acknowledged = form.find("acknowledged");
    if (acknowledged == form.end() || acknowledged->second != "1") return Response::empty();
    const Result<std::string> said =
        parts_.answers.by_page(page, Answer::kAcknowledge, Duration(0), "pushover");
    // Nobody reads the answer; what may pass is called again.
    if (!said && said.error().code != Code::kFailedPrecondition) return fail(said.error());
    return Response::empty();
  }

  Result<Response> telegram(const Request& request) const {
    const auto& telegram = parts_.transport.caller().config().telegram;
    if (!telegram || telegram->webhook_secret.empty()) {
      return not_found("notify.telegram.webhook_secret is not set in tocsin.yaml");
    }
    const std::string_view secret =
        request.headers.get("X-Telegram-Bot-Api-Secret-Token").value_or("");
    if (!equal_constant_time(secret, telegram->webhook_secret.reveal())) {
      return fail(Code::kUnauthenticated, "the secret is not that given to setWebhook");
    }
    const TelegramUpdate update = read_telegram_update(request.body);
    // The answer to the webhook is a call of the Bot API itself.
    if (!update.started_in.empty()) {
      return Response::json(
          200, JsonObject{{"method", "sendMessage"},
                          {"chat_id", update.started_in},
                          {"text", words_of(update.language).chat_is(update.started_in)}});
    }
    if (update.query.empty()) return Response::empty(200);
    return Response::json(200, JsonObject{{"method", "answerCallbackQuery"},
                                          {"callback_query_id", update.query},
                                          {"text", utf8_prefix(pressed(update), kToast)}});
  }

 private:
  Result<std::string> page_of(const Request& request) const {
    const std::string_view accepted = request.headers.get("Accept-Language").value_or("");
    return parts_.links.page_of(request.params.at("token"), parts_.engine.now(),
                                language_of_browser(accepted));
  }

  std::string pressed(const TelegramUpdate& update) const {
    if (!update.answer) return std::string(words_of(update.language).unknown_button);
    return text_for_person(parts_.answers.by_delivery(update.delivery, *update.answer,
                                                      snooze_of(*update.answer), "telegram"));
  }

  const HookParts parts_;
};

using Handle = Result<Response> (ChatHooks::*)(const Request&) const;

}  // namespace

TelegramUpdate read_telegram_update(std::string_view body) {
  TelegramUpdate out;
  if (text_at(body, "message.text") == "/start") {
    out.started_in = text_at(body, "message.chat.id");
    out.language = language_of_tag(text_at(body, "message.from.language_code"));
  }
  out.query = text_at(body, "callback_query.id");
  if (!out.query.empty()) {
    out.language = language_of_tag(text_at(body, "callback_query.from.language_code"));
  }
  const std::string data = text_at(body, "callback_query.data");
  const size_t colon = data.find(':');
  if (colon == std::string::npos) return out;
  out.answer = parse_answer(std::string_view(data).substr(0, colon));
  if (out.answer) out.delivery = data.substr(colon + 1);
  return out;
}

void add_chat_hooks(net::Router& router, const HookParts& parts) {
  const auto hooks = std::make_shared<const ChatHooks>(parts);
  const auto add = [&](const char* pattern, Handle handle) {
    router.add(
        "POST", pattern,
        [hooks, handle](const Request& request) {
          auto response = (hooks.get()->*handle)(request);
          return response ? *std::move(response) : Response::error(response.error(), request);
        },
        kSmall);
  };
  add("/hooks/answer/{token}/{answer}", &ChatHooks::link);
  add("/hooks/pushover/{token}", &ChatHooks::pushover);
  add("/hooks/telegram", &ChatHooks::telegram);
}

}  // namespace tocsin::notify
