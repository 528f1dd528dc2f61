#include "receiver/check.h"

#include <fmt/format.h>

#include "receiver/http_call.h"

namespace tocsin::receiver {
namespace {

class Checker {
 public:
  void check(const routing::Receiver& receiver);
  std::vector<std::string> take() { return std::move(out_); }

 private:
  template <class Settings>
  void check_http(std::string_view kind, const std::vector<Settings>& all) {
    for (size_t i = 0; i < all.size(); ++i) {
      for (const std::string& problem : unsupported_http(all[i].http)) say(kind, i, problem);
    }
  }
  void check_email(size_t index, const routing::EmailSettings& settings);
  void say(std::string_view kind, size_t index, std::string_view what) {
    out_.push_back(
        fmt::format("receiver '{}': {}_configs[{}]: {}", receiver_->name, kind, index, what));
  }

  const routing::Receiver* receiver_ = nullptr;
  std::vector<std::string> out_;
};

void Checker::check_email(size_t index, const routing::EmailSettings& settings) {
  for (const std::string& problem : unsupported_tls(settings.tls)) say("email", index, problem);
  if (settings.auth_username.empty()) return;
  if (!settings.auth_password.is_set() && !settings.auth_secret.is_set()) {
    say("email", index,
        "auth_username needs auth_password or auth_secret; mails will be refused where the server "
        "asks for one");
  }
  if (settings.auth_password.is_set() && settings.auth_secret.is_set()) {
    say("email", index,
        "auth_secret is not used beside auth_password; leave out the one that the server does not "
        "take");
  }
}

void Checker::check(const routing::Receiver& receiver) {
  receiver_ = &receiver;
  check_http("webhook", receiver.webhook);
  check_http("slack", receiver.slack);
  check_http("pagerduty", receiver.pagerduty);
  check_http("opsgenie", receiver.opsgenie);
  check_http("msteamsv2", receiver.msteamsv2);
  check_http("telegram", receiver.telegram);
  check_http("discord", receiver.discord);
  check_http("pushover", receiver.pushover);
  check_http("mattermost", receiver.mattermost);
  for (size_t i = 0; i < receiver.email.size(); ++i) check_email(i, receiver.email[i]);
  for (size_t i = 0; i < receiver.slack.size(); ++i) {
    if (receiver.slack[i].update_message || receiver.slack[i].post_updates_to_thread) {
      say("slack", i,
          "where a message stands is not kept over a restart or a reload; a group's next message "
          "is a new one then");
    }
  }
}

}  // namespace

std::vector<std::string> check_integrations(const routing::AlertmanagerConfig& config) {
  Checker checker;
  for (const routing::Receiver& receiver : config.receivers) checker.check(receiver);
  return checker.take();
}

}  // namespace tocsin::receiver
