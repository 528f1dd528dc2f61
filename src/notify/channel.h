#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/client.h"
#include "notify/channel_health.h"
#include "notify/notify_config.h"
#include "notify/outbox.h"

namespace tocsin::notify {

struct ChannelTimeouts {
  Duration http = seconds(10);
  Duration mail = seconds(20);
};

// How one kind of contact, or one provider of it, is spoken to. Thread-safe; it may end before its
// calls do.
class Channel {
 public:
  using OnTaken = Transport::OnTaken;
  using OnPolled = Transport::OnPolled;

  virtual ~Channel() = default;
  virtual void send(const Delivery& delivery, OnTaken done) = 0;
  virtual void poll(const SentMessage&, OnPolled done) { done(PollAnswer{}); }
  virtual void cancel(const SentMessage&) {}
  virtual Duration wait_asked_for(const Delivery&) const { return Duration(0); }
};

// How long providers have asked us to wait (Retry-After), by contact; for Web Push by the host of
// the push service, for a contact is all browsers of its person. Thread-safe.
class Pauses {
 public:
  static std::string key_of(const catalog::Contact& contact);
  static std::string key_of_push(std::string_view endpoint);
  void note(std::string key, Duration until);    // monotonic
  Duration until(const std::string& key) const;  // 0: never asked

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Duration> until_;
};

// What all channels call with: it keeps the rules that are the same for all (only allowed
// addresses, Retry-After, no secrets in errors, health). Thread-safe; copies share their state,
// and what they share lives as long as a call.
class Caller {
 public:
  Caller(net::Client& client, const Clock& clock, const NotifyConfig& config,
         ChannelTimeouts timeouts, std::shared_ptr<Pauses> pauses,
         std::shared_ptr<HealthBook> health);

  // Judges what the provider answered; nothing: judge_answer() decides by the status alone.
  using Judge = std::move_only_function<Result<Taken>(const net::HttpAnswer&)>;

  // Calls with this room's limits: POST unless changed. Who wrote the URL decides where it may
  // lead, so there is no way that does not say who. The operator, in tocsin.yaml (a provider's base
  // URL, a template): anywhere.
  net::HttpCall to_provider(std::string url, std::string content_type, std::string body) const;
  // Whoever edits the catalog (`url` is the contact's or made of it), or for `push` the person
  // whose browser it is: to public addresses alone unless tocsin.yaml says otherwise (reach.h).
  net::HttpCall to_contact(const catalog::Contact& contact, std::string url,
                           std::string content_type, std::string body) const;
  // `provider`: as tocsin.yaml names it, or the channel's name. `secrets` are taken out of errors,
  // beside the contact's own. An address that to_contact() does not allow ends it with
  // kPermissionDenied and what to set in tocsin.yaml.
  void call(net::HttpCall call, const Delivery& delivery, std::string provider,
            std::vector<Secret> secrets, Judge judge, Channel::OnTaken done) const;
  // A question after a message that was sent: its answer is given as it is.
  void ask(net::HttpCall call, std::string provider, std::vector<Secret> secrets,
           std::move_only_function<void(Result<net::HttpAnswer>)> done) const;
  // The answer whatever its status; a call without one as judge_lost_call() has it.
  void fetch(net::HttpCall call, std::vector<Secret> secrets,
             std::move_only_function<void(Result<net::HttpAnswer>)> done) const;
  void send_mail(net::Mail mail, const Delivery& delivery, Channel::OnTaken done) const;

  // How long to leave alone whom `key` (Pauses) names, from now.
  Duration pause_of(const std::string& key) const;
  Time now() const { return clock_->now(); }
  const NotifyConfig& config() const { return *config_; }
  const ChannelTimeouts& timeouts() const { return timeouts_; }
  HealthBook& health() const { return *health_; }

 private:
  net::Client* client_;
  const Clock* clock_;
  std::shared_ptr<const NotifyConfig> config_;
  ChannelTimeouts timeouts_;
  std::shared_ptr<Pauses> pauses_;
  std::shared_ptr<HealthBook> health_;
};

// "sms +49...56": the channel and the contact as errors may name them.
std::string who(const catalog::Contact& contact);
// "a=1&b=%2B49": application/x-www-form-urlencoded.
std::string to_form(const std::vector<std::pair<std::string, std::string>>& fields);
inline constexpr const char* kFormType = "application/x-www-form-urlencoded";
inline constexpr const char* kJsonType = "application/json; charset=utf-8";

// One file a channel. Those that need a configuration answer what to set when it is not there.
std::unique_ptr<Channel> make_webhook_channel(Caller caller);
std::unique_ptr<Channel> make_slack_channel(Caller caller);
std::unique_ptr<Channel> make_mail_channel(Caller caller);
// A contact that nothing is set up for; `advice` says what to set.
std::unique_ptr<Channel> make_missing_channel(std::string advice);

}  // namespace tocsin::notify
