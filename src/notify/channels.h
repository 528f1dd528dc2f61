#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "notify/channel.h"
#include "notify/push_book.h"

namespace tocsin::notify {

// All channels over one net::Client: the registry from a contact's kind to its Channel. What each
// answer means is written in docs/notify.md. Thread-safe. It may end before its calls do; the clock
// and `push` (null: nobody can subscribe a browser) must live as long as the client.
class ChannelTransport final : public Transport {
 public:
  ChannelTransport(net::Client& client, const Clock& clock, const NotifyConfig& config,
                   ChannelTimeouts timeouts = {}, PushBook* push = nullptr);

  void send(const Delivery& delivery, OnTaken done) override;
  void poll(const SentMessage& message, OnPolled done) override;
  void cancel(const SentMessage& message) override;
  Duration wait_asked_by(const catalog::Contact& contact) const override;
  Duration wait_asked_for(const Delivery& delivery) const override;

  // Of everything that is set up or was used.
  std::vector<ChannelHealth> health() const { return health_->all(); }
  // For those who call a provider beside deliveries.
  const Caller& caller() const { return caller_; }

 private:
  const std::shared_ptr<Pauses> pauses_ = std::make_shared<Pauses>();
  const std::shared_ptr<HealthBook> health_ = std::make_shared<HealthBook>();
  const Caller caller_;
  std::map<catalog::Contact::Kind, std::unique_ptr<Channel>> channels_;
};

}  // namespace tocsin::notify
