#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "net/client.h"
#include "notify/notify_config.h"
#include "notify/outbox.h"

namespace tocsin::notify {

struct ChannelTimeouts {
  Duration http = seconds(10);
  Duration mail = seconds(20);
};

// The channels of today: webhook, Slack incoming webhook and mail, over one net::Client. What each
// answer means is written in docs/notify.md. Thread-safe. It may end before its calls do; the
// clock must live as long as the client.
class ChannelTransport final : public Transport {
 public:
  ChannelTransport(net::Client& client, const Clock& clock, NotifyConfig config,
                   ChannelTimeouts timeouts = {});

  void send(const Delivery& delivery, std::move_only_function<void(Result<>)> done) override;
  Duration wait_asked_by(const catalog::Contact& contact) const override;

 private:
  using Done = std::move_only_function<void(Result<>)>;
  // Shared with the calls under way.
  struct Pauses {
    std::mutex mutex;
    std::map<std::string, Duration> until;  // by address, monotonic
  };

  void send_webhook(const Delivery& delivery, Done done);
  void send_slack(const Delivery& delivery, Done done);
  void send_mail(const Delivery& delivery, Done done);
  void call(net::HttpCall call, const Delivery& delivery, Done done);
  net::HttpCall make_call(const catalog::Contact& contact, std::string body) const;

  net::Client& client_;
  const Clock& clock_;
  const NotifyConfig config_;
  const ChannelTimeouts timeouts_;
  const std::shared_ptr<Pauses> pauses_ = std::make_shared<Pauses>();
};

}  // namespace tocsin::notify
