#include <fmt/format.h>

#include "notify/chat_channels.h"
#include "notify/mime.h"
#include "notify/provider_answer.h"
#include "notify/render_short.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

constexpr size_t kTextLimit = 3500;  // Telegram takes 4,096 characters

// `callback_data` has at most 64 bytes.
JsonObject button(std::string_view label, std::string_view answer, const Delivery& delivery) {
  return {{"text", label}, {"callback_data", fmt::format("{}:{}", answer, delivery.id)}};
}

class TelegramChannel final : public Channel {
 public:
  TelegramChannel(Caller caller, TelegramConfig config)
      : caller_(std::move(caller)), config_(std::move(config)) {
    caller_.health().expect("telegram", "telegram");
  }

  void send(const Delivery& delivery, OnTaken done) override {
    const TelegramConfig& telegram = config_;
    const Message& m = delivery.message;
    // Plain text: without a parse mode nothing in it means anything to Telegram.
    JsonObject body{{"chat_id", delivery.contact.address},
                    {"text", utf8_prefix(repair_utf8(m.title), 500)},
                    {"link_preview_options", {{"is_disabled", true}}}};
    const std::string brief = render_brief(delivery, kTextLimit);
    if (!brief.empty()) {
      body["text"] = fmt::format("{}\n\n{}", utf8_prefix(repair_utf8(m.title), 500), brief);
    }
    const Words& words = words_of(delivery.language);
    JsonArray rows;
    if (m.is_page && !telegram.webhook_secret.empty()) {
      rows.push_back(JsonArray{button(words.acknowledge, "acknowledge", delivery),
                               button(words.escalate, "escalate", delivery)});
      rows.push_back(JsonArray{button(words.resolve, "resolve", delivery),
                               button(words.snooze_half_hour, "snooze", delivery)});
    }
    if (is_web_link(m.answer_url)) {
      rows.push_back(JsonArray{JsonObject{{"text", words.open}, {"url", m.answer_url}}});
    }
    if (!rows.empty()) body["reply_markup"] = JsonObject{{"inline_keyboard", std::move(rows)}};
    caller_.call(
        caller_.to_provider(
            fmt::format("{}/bot{}/sendMessage", telegram.url, telegram.token.reveal()), kJsonType,
            codec::to_text(body)),
        delivery, "telegram", {telegram.token},
        [](const net::HttpAnswer& answer) -> Result<Taken> {
          const std::string said = text_at(answer.body, "description");
          RETURN_IF_ERROR(
              judge_answer("telegram", answer.status, said.empty() ? answer.body : said));
          return Taken{.message_id = text_at(answer.body, "result.message_id")};
        },
        std::move(done));
  }

 private:
  const Caller caller_;
  const TelegramConfig config_;
};

}  // namespace

std::unique_ptr<Channel> make_telegram_channel(Caller caller) {
  const std::optional<TelegramConfig> config = caller.config().telegram;
  if (!config) return make_missing_channel("set notify.telegram.token in tocsin.yaml");
  return std::make_unique<TelegramChannel>(std::move(caller), *config);
}

}  // namespace tocsin::notify
