#include <fmt/format.h>

#include "base/text.h"
#include "notify/answer_token.h"
#include "notify/chat_channels.h"
#include "notify/mime.h"
#include "notify/provider_answer.h"
#include "notify/render_short.h"
#include "notify/render_words.h"
#include "notify/web_link.h"

namespace tocsin::notify {
namespace {

constexpr size_t kTitleLimit = 250;
constexpr size_t kTextLimit = 1000;  // Pushover takes 1,024 characters
constexpr size_t kUrlLimit = 512;

std::string seconds_of(Duration d) {
  return std::to_string(std::chrono::floor<seconds>(d).count());
}

class PushoverChannel final : public Channel {
 public:
  PushoverChannel(Caller caller, PushoverConfig config)
      : caller_(std::move(caller)), config_(std::move(config)) {
    caller_.health().expect("pushover", "pushover");
  }

  void send(const Delivery& delivery, OnTaken done) override {
    const PushoverConfig& pushover = config_;
    const Message& m = delivery.message;
    std::vector<std::pair<std::string, std::string>> form{
        {"token", pushover.token.reveal()},
        {"user", delivery.contact.address},
        {"title", std::string(utf8_prefix(marked_title(delivery), kTitleLimit))},
        {"message", render_brief(delivery, kTextLimit)},
        {"priority", m.is_page ? "2" : "0"}};
    // Pushover refuses a message without text.
    if (form[3].second.empty()) form[3].second = form[2].second;
    if (m.is_page) {
      form.emplace_back("retry", seconds_of(pushover.retry));
      form.emplace_back("expire", seconds_of(pushover.expire));
      const std::string_view token = answer_token(m);
      if (!token.empty()) {
        form.emplace_back(
            "callback", fmt::format("{}/hooks/pushover/{}", caller_.config().external_url, token));
      }
    }
    if (is_web_link(m.answer_url) && m.answer_url.size() <= kUrlLimit) {
      form.emplace_back("url", m.answer_url);
      form.emplace_back("url_title", words_of(delivery.language).answer_this);
    }
    const Duration within = m.is_page ? pushover.expire + minutes(1) : Duration(0);
    caller_.call(
        caller_.to_provider(pushover.url + "/1/messages.json", kFormType, to_form(form)), delivery,
        "pushover", {pushover.token},
        [within](const net::HttpAnswer& answer) -> Result<Taken> {
          RETURN_IF_ERROR(judge_answer("pushover", answer.status, answer.body));
          Taken taken{.message_id = text_at(answer.body, "receipt")};
          if (!taken.message_id.empty()) taken.receipts_within = within;
          return taken;
        },
        std::move(done));
  }

  void poll(const SentMessage& message, OnPolled done) override {
    const PushoverConfig& pushover = config_;
    net::HttpCall http = caller_.to_provider(
        fmt::format("{}/1/receipts/{}.json?token={}", pushover.url, url_encode(message.message_id),
                    url_encode(pushover.token.reveal())),
        kFormType, "");
    http.method = "GET";
    caller_.ask(std::move(http), "pushover", {pushover.token},
                [done = std::move(done)](Result<net::HttpAnswer> answer) mutable {
                  if (!answer) return done(fail(answer.error()));
                  const auto is_set = [&](const char* name) {
                    const std::string value = text_at(answer->body, name);
                    return !value.empty() && value != "0";
                  };
                  PollAnswer out;
                  if (is_set("last_delivered_at")) out.receipt = Receipt::kDelivered;
                  out.acknowledged = is_set("acknowledged");
                  out.keep_asking = !out.acknowledged && !is_set("expired");
                  done(std::move(out));
                });
  }

  // It would ring on until it expires.
  void cancel(const SentMessage& message) override {
    const PushoverConfig& pushover = config_;
    caller_.ask(caller_.to_provider(fmt::format("{}/1/receipts/{}/cancel.json", pushover.url,
                                                url_encode(message.message_id)),
                                    kFormType, to_form({{"token", pushover.token.reveal()}})),
                "pushover", {pushover.token}, [](const Result<net::HttpAnswer>&) {});
  }

 private:
  const Caller caller_;
  const PushoverConfig config_;
};

}  // namespace

std::unique_ptr<Channel> make_pushover_channel(Caller caller) {
  const std::optional<PushoverConfig> config = caller.config().pushover;
  if (!config) return make_missing_channel("set notify.pushover.token in tocsin.yaml");
  return std::make_unique<PushoverChannel>(std::move(caller), *config);
}

}  // namespace tocsin::notify
