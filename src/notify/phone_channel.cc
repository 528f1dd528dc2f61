#include "notify/phone_channel.h"

#include <fmt/format.h>

#include <algorithm>

#include "notify/address.h"
#include "notify/retry.h"

namespace tocsin::notify {
namespace {

// One try over several providers. Passed from answer to answer.
struct Round {
  Delivery delivery;
  std::vector<std::shared_ptr<Channel>> left;  // the next one last
  std::vector<std::string> said;               // why those before did not take it
  Channel::OnTaken done;
};

void go_on(const std::shared_ptr<Round>& round) {
  const std::shared_ptr<Channel> next = round->left.back();
  round->left.pop_back();
  next->send(round->delivery, [round, next](Result<Taken> taken) {
    if (taken || round->left.empty() || may_have_arrived(taken.error().code)) {
      if (!taken && !round->said.empty()) {
        taken.error().message += fmt::format("; before that {}", fmt::join(round->said, "; "));
      }
      return round->done(std::move(taken));
    }
    round->said.push_back(taken.error().message);
    go_on(round);
  });
}

class ProviderList final : public Channel {
 public:
  struct Provider {
    std::string name;
    std::shared_ptr<Channel> channel;
  };

  ProviderList(Caller caller, std::string channel, std::vector<Provider> providers)
      : caller_(std::move(caller)), channel_(std::move(channel)), providers_(std::move(providers)) {
    for (const Provider& provider : providers_) caller_.health().expect(channel_, provider.name);
  }

  void send(const Delivery& delivery, OnTaken done) override {
    if (providers_.empty()) {
      return done(fail(Code::kFailedPrecondition,
                       fmt::format("{}: this channel is not set up; set notify.{} in tocsin.yaml",
                                   who(delivery.contact), channel_)));
    }
    const auto round = std::make_shared<Round>();
    round->delivery = delivery;
    round->done = std::move(done);
    std::vector<const Provider*> order;
    for (const Provider& provider : providers_) order.push_back(&provider);
    const Time now = caller_.now();
    std::ranges::stable_partition(order, [&](const Provider* provider) {
      return !caller_.health().is_away(channel_, provider->name, now);
    });
    std::ranges::reverse(order);
    for (const Provider* provider : order) round->left.push_back(provider->channel);
    go_on(round);
  }

  void poll(const SentMessage& message, OnPolled done) override {
    for (const Provider& provider : providers_) {
      if (provider.name == message.provider)
        return provider.channel->poll(message, std::move(done));
    }
    done(PollAnswer{});  // it was taken out of the configuration
  }

 private:
  const Caller caller_;
  const std::string channel_;
  const std::vector<Provider> providers_;
};

class HttpChannel final : public Channel {
 public:
  explicit HttpChannel(const Caller& caller) {
    for (const auto& [name, http] : caller.config().http) {
      channels_[name] = make_http_template(caller, name, HttpText::kFull);
    }
  }
  void send(const Delivery& delivery, OnTaken done) override {
    const auto it = channels_.find(delivery.contact.provider);
    if (it != channels_.end()) return it->second->send(delivery, std::move(done));
    done(fail(Code::kFailedPrecondition,
              fmt::format("{}: there is no notify.http.{} in tocsin.yaml", who(delivery.contact),
                          delivery.contact.provider)));
  }

 private:
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
};

std::unique_ptr<Channel> make_list(const Caller& caller, const char* channel,
                                   const std::vector<std::string>& names, HttpText text,
                                   std::unique_ptr<Channel> (*make_twilio)(Caller, std::string)) {
  std::vector<ProviderList::Provider> providers;
  for (const std::string& name : names) {
    const bool is_twilio = caller.config().twilio.contains(name);
    providers.push_back(
        {name, is_twilio ? make_twilio(caller, name) : make_http_template(caller, name, text)});
  }
  return std::make_unique<ProviderList>(caller, channel, std::move(providers));
}

}  // namespace

std::string twilio_hook_url(const NotifyConfig& config, std::string_view provider,
                            std::string_view what, const Delivery& delivery) {
  return fmt::format("{}/hooks/twilio/{}/{}?delivery={}&try={}", config.external_url, provider,
                     what, delivery.id, delivery.attempts);
}

std::unique_ptr<Channel> make_sms_channel(const Caller& caller) {
  return make_list(caller, "sms", caller.config().sms, HttpText::kSms, &make_twilio_sms);
}

std::unique_ptr<Channel> make_voice_channel(const Caller& caller) {
  return make_list(caller, "voice", caller.config().voice, HttpText::kSpeech, &make_twilio_voice);
}

std::unique_ptr<Channel> make_http_channel(const Caller& caller) {
  return std::make_unique<HttpChannel>(caller);
}

}  // namespace tocsin::notify
