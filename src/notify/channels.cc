#include "notify/channels.h"

#include <algorithm>

#include "notify/phone_channel.h"

namespace tocsin::notify {

using Kind = catalog::Contact::Kind;

ChannelTransport::ChannelTransport(net::Client& client, const Clock& clock,
                                   const NotifyConfig& config, ChannelTimeouts timeouts)
    : clock_(clock), caller_(client, clock, config, timeouts, pauses_, health_) {
  channels_[Kind::kWebhook] = make_webhook_channel(caller_);
  channels_[Kind::kSlack] = make_slack_channel(caller_);
  channels_[Kind::kMail] = make_mail_channel(caller_);
  channels_[Kind::kSms] = make_sms_channel(caller_);
  channels_[Kind::kVoice] = make_voice_channel(caller_);
  channels_[Kind::kHttp] = make_http_channel(caller_);
  for (const Kind kind : {Kind::kTeams, Kind::kSlackUser, Kind::kTelegram, Kind::kNtfy,
                          Kind::kPushover, Kind::kPush}) {
    channels_[kind] = make_missing_channel("it is not built yet");
  }
  if (config.smtp) health_->expect("mail", "mail");
}

void ChannelTransport::send(const Delivery& delivery, OnTaken done) {
  channels_.at(delivery.contact.kind)->send(delivery, std::move(done));
}

void ChannelTransport::poll(const SentMessage& message, OnPolled done) {
  channels_.at(message.channel)->poll(message, std::move(done));
}

Duration ChannelTransport::wait_asked_by(const catalog::Contact& contact) const {
  const Duration until = pauses_->until(contact);
  return std::max(until - clock_.monotonic(), Duration(0));
}

}  // namespace tocsin::notify
