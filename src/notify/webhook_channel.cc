#include "notify/channel.h"
#include "notify/render.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

class WebhookChannel final : public Channel {
 public:
  explicit WebhookChannel(Caller caller) : caller_(std::move(caller)) {}

  void send(const Delivery& delivery, OnTaken done) override {
    net::HttpCall http = caller_.to_contact(delivery.contact, delivery.contact.address, kJsonType,
                                            codec::to_text(render_webhook(delivery)));
    const int64_t timestamp = std::chrono::floor<seconds>(caller_.now()).time_since_epoch().count();
    http.headers.emplace_back("X-Tocsin-Delivery", delivery.id);
    http.headers.emplace_back("X-Tocsin-Timestamp", std::to_string(timestamp));
    if (!delivery.contact.secret.empty()) {
      http.headers.emplace_back("X-Tocsin-Signature",
                                sign_webhook(delivery.contact.secret, timestamp, http.body));
    }
    caller_.call(std::move(http), delivery, "webhook", {}, {}, std::move(done));
  }

 private:
  const Caller caller_;
};

class SlackChannel final : public Channel {
 public:
  explicit SlackChannel(Caller caller) : caller_(std::move(caller)) {}

  void send(const Delivery& delivery, OnTaken done) override {
    caller_.call(caller_.to_contact(delivery.contact, delivery.contact.address, kJsonType,
                                    codec::to_text(render_slack(delivery))),
                 delivery, "slack", {}, {}, std::move(done));
  }

 private:
  const Caller caller_;
};

}  // namespace

std::unique_ptr<Channel> make_webhook_channel(Caller caller) {
  return std::make_unique<WebhookChannel>(std::move(caller));
}

std::unique_ptr<Channel> make_slack_channel(Caller caller) {
  return std::make_unique<SlackChannel>(std::move(caller));
}

}  // namespace tocsin::notify
