#include "notify/channel.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/address.h"
#include "notify/http_template.h"
#include "notify/provider_answer.h"
#include "notify/reach.h"

namespace tocsin::notify {
namespace {

constexpr size_t kMaxAnswer = 1 << 20;  // bytes; providers answer a line
constexpr size_t kMaxPauses = 10'000;   // contacts whose Retry-After is remembered

std::string without(std::string text, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) mask_word(text, secret.reveal());
  return text;
}

class MissingChannel final : public Channel {
 public:
  explicit MissingChannel(std::string advice) : advice_(std::move(advice)) {}
  void send(const Delivery& delivery, OnTaken done) override {
    done(fail(Code::kFailedPrecondition,
              fmt::format("{}: this channel is not set up; {}", who(delivery.contact), advice_)));
  }

 private:
  const std::string advice_;
};

}  // namespace

std::string who(const catalog::Contact& contact) {
  return fmt::format("{} {}", name_of(contact.kind), shown_address(contact));
}

std::string to_form(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += url_encode(name);
    out += '=';
    out += url_encode(value);
  }
  return out;
}

std::unique_ptr<Channel> make_missing_channel(std::string advice) {
  return std::make_unique<MissingChannel>(std::move(advice));
}

std::string Pauses::key_of(const catalog::Contact& contact) {
  return fmt::format("{} {} {}", name_of(contact.kind), contact.provider, contact.address);
}

std::string Pauses::key_of_push(std::string_view endpoint) {
  return fmt::format("push {}", to_lower(host_of(endpoint)));
}

void Pauses::note(std::string key, Duration until) {
  const std::lock_guard lock(mutex_);
  if (until_.size() >= kMaxPauses) until_.clear();
  until_[std::move(key)] = until;
}

Duration Pauses::until(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto it = until_.find(key);
  return it == until_.end() ? Duration(0) : it->second;
}

Caller::Caller(net::Client& client, const Clock& clock, const NotifyConfig& config,
               ChannelTimeouts timeouts, std::shared_ptr<Pauses> pauses,
               std::shared_ptr<HealthBook> health)
    : client_(&client),
      clock_(&clock),
      config_(std::make_shared<const NotifyConfig>(config)),
      timeouts_(timeouts),
      pauses_(std::move(pauses)),
      health_(std::move(health)) {}

Duration Caller::pause_of(const std::string& key) const {
  return std::max(pauses_->until(key) - clock_->monotonic(), Duration(0));
}

net::HttpCall Caller::to_provider(std::string url, std::string content_type,
                                  std::string body) const {
  net::HttpCall call;
  call.method = "POST";
  call.url = std::move(url);
  call.headers = {{"Content-Type", std::move(content_type)}, {"User-Agent", "Tocsin"}};
  call.body = std::move(body);
  call.timeout = timeouts_.http;
  call.max_answer = kMaxAnswer;
  call.reach = net::Reach::kAnywhere;
  return call;
}

net::HttpCall Caller::to_contact(const catalog::Contact& contact, std::string url,
                                 std::string content_type, std::string body) const {
  net::HttpCall call = to_provider(std::move(url), std::move(content_type), std::move(body));
  if (!may_lead_inside(*config_, contact)) call.reach = net::Reach::kPublicOnly;
  return call;
}

void Caller::call(net::HttpCall call, const Delivery& delivery, std::string provider,
                  std::vector<Secret> secrets, Judge judge, Channel::OnTaken done) const {
  std::string key = delivery.contact.kind == catalog::Contact::Kind::kPush
                        ? Pauses::key_of_push(call.url)
                        : Pauses::key_of(delivery.contact);
  client_->call(std::move(call), [contact = delivery.contact, key = std::move(key),
                                  provider = std::move(provider), secrets = std::move(secrets),
                                  judge = std::move(judge), done = std::move(done),
                                  pauses = pauses_, health = health_,
                                  clock = clock_](Result<net::HttpAnswer> answer) mutable {
    Result<Taken> taken;
    if (!answer) {
      // The client's own failure, told without the address.
      const Error lost = judge_lost_call(answer.error());
      std::string said = fmt::format("{}: {}", who(contact), lost.message);
      if (lost.code == Code::kPermissionDenied) {
        said += fmt::format(", or {}", how_to_allow(contact.kind));
      }
      taken = fail(lost.code, std::move(said));
    } else {
      if (const auto wait = answer->headers.find("retry-after"); wait != answer->headers.end()) {
        pauses->note(key, clock->monotonic() + read_retry_after(wait->second, clock->now()));
      } else if (answer->status == 429) {
        // Telegram says it in the body.
        const std::string asked = text_at(answer->body, "parameters.retry_after");
        if (!asked.empty()) {
          pauses->note(key, clock->monotonic() + read_retry_after(asked, clock->now()));
        }
      }
      const Result<> by_status = judge_answer(who(contact), answer->status, answer->body);
      if (judge) {
        taken = judge(*answer);
      } else if (!by_status) {
        taken = fail(by_status.error());
      }
    }
    if (!taken) {
      taken.error().message = without(without_secrets(taken.error().message, contact), secrets);
    }
    health->note(std::string(name_of(contact.kind)), provider, clock->now(),
                 taken ? nullptr : &taken.error());
    done(std::move(taken));
  });
}

void Caller::ask(net::HttpCall call, std::string provider, std::vector<Secret> secrets,
                 std::move_only_function<void(Result<net::HttpAnswer>)> done) const {
  client_->call(std::move(call), [provider = std::move(provider), secrets = std::move(secrets),
                                  done = std::move(done)](Result<net::HttpAnswer> answer) mutable {
    if (!answer) {
      return done(fail(answer.error().code,
                       fmt::format("{}: {}", provider, without(answer.error().message, secrets))));
    }
    const Result<> judged = judge_answer(provider, answer->status, answer->body);
    if (!judged) {
      return done(fail(judged.error().code, without(judged.error().message, secrets)));
    }
    done(std::move(answer));
  });
}

void Caller::fetch(net::HttpCall call, std::vector<Secret> secrets,
                   std::move_only_function<void(Result<net::HttpAnswer>)> done) const {
  client_->call(std::move(call), [secrets = std::move(secrets),
                                  done = std::move(done)](Result<net::HttpAnswer> answer) mutable {
    if (answer) return done(std::move(answer));
    const Error lost = judge_lost_call(answer.error());
    done(fail(lost.code, without(lost.message, secrets)));
  });
}

void Caller::send_mail(net::Mail mail, const Delivery& delivery, Channel::OnTaken done) const {
  client_->send(std::move(mail), [contact = delivery.contact, done = std::move(done),
                                  health = health_, clock = clock_](Result<> sent) mutable {
    Result<Taken> taken;
    if (!sent) {
      const Error lost = judge_lost_call(sent.error());
      taken = fail(lost.code,
                   fmt::format("{}: {}", who(contact), without_secrets(lost.message, contact)));
    }
    health->note("mail", "mail", clock->now(), taken ? nullptr : &taken.error());
    done(std::move(taken));
  });
}

}  // namespace tocsin::notify
