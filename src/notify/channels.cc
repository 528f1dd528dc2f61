#include "notify/channels.h"

#include "notify/chat_channels.h"
#include "notify/phone_channel.h"
#include "notify/push_channel.h"

namespace tocsin::notify {

using Kind = catalog::Contact::Kind;

ChannelTransport::ChannelTransport(net::Client& client, const Clock& clock,
                                   const NotifyConfig& config, ChannelTimeouts timeouts,
                                   PushBook* push)
    : caller_(client, clock, config, timeouts, pauses_, health_) {
  channels_[Kind::kWebhook] = make_webhook_channel(caller_);
  channels_[Kind::kSlack] = make_slack_channel(caller_);
  channels_[Kind::kMail] = make_mail_channel(caller_);
  channels_[Kind::kSms] = make_sms_channel(caller_);
  channels_[Kind::kVoice] = make_voice_channel(caller_);
  channels_[Kind::kHttp] = make_http_channel(caller_);
  channels_[Kind::kTeams] = make_teams_channel(caller_);
  channels_[Kind::kSlackUser] = make_slack_app_channel(caller_);
  channels_[Kind::kTelegram] = make_telegram_channel(caller_);
  channels_[Kind::kNtfy] = make_ntfy_channel(caller_);
  channels_[Kind::kPushover] = make_pushover_channel(caller_);
  channels_[Kind::kPush] = make_push_channel(caller_, push);
  if (config.smtp) health_->expect("mail", "mail");
}

void ChannelTransport::send(const Delivery& delivery, OnTaken done) {
  channels_.at(delivery.contact.kind)->send(delivery, std::move(done));
}

void ChannelTransport::poll(const SentMessage& message, OnPolled done) {
  channels_.at(message.channel)->poll(message, std::move(done));
}

void ChannelTransport::cancel(const SentMessage& message) {
  channels_.at(message.channel)->cancel(message);
}

Duration ChannelTransport::wait_asked_by(const catalog::Contact& contact) const {
  return caller_.pause_of(Pauses::key_of(contact));
}

Duration ChannelTransport::wait_asked_for(const Delivery& delivery) const {
  return channels_.at(delivery.contact.kind)->wait_asked_for(delivery);
}

}  // namespace tocsin::notify
