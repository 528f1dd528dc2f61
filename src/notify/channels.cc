#include "notify/channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/address.h"
#include "notify/mime.h"
#include "notify/provider_answer.h"
#include "notify/render.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

constexpr size_t kMaxAnswer = 1 << 20;  // bytes; providers answer a line
constexpr size_t kMaxPauses = 10'000;   // contacts whose Retry-After is remembered

std::string who(const catalog::Contact& contact) {
  return fmt::format("{} {}", name_of(contact.kind), shown_address(contact));
}

// The client's own failure, told without the address.
Error told(const Error& error, const catalog::Contact& contact) {
  const Error judged = judge_lost_call(error);
  return Error{judged.code,
               fmt::format("{}: {}", who(contact), without_secrets(judged.message, contact))};
}

std::string host_without_port(std::string_view url) {
  const std::string_view host = host_of(url);
  if (host.starts_with('[')) return "localhost";  // an IPv6 address is no domain of a Message-ID
  return std::string(host.substr(0, host.find(':')));
}

}  // namespace

ChannelTransport::ChannelTransport(net::Client& client, const Clock& clock, NotifyConfig config,
                                   ChannelTimeouts timeouts)
    : client_(client), clock_(clock), config_(std::move(config)), timeouts_(timeouts) {}

void ChannelTransport::send(const Delivery& delivery, Done done) {
  switch (delivery.contact.kind) {
    case catalog::Contact::Kind::kWebhook: return send_webhook(delivery, std::move(done));
    case catalog::Contact::Kind::kSlack: return send_slack(delivery, std::move(done));
    case catalog::Contact::Kind::kMail: return send_mail(delivery, std::move(done));
    case catalog::Contact::Kind::kTeams:
    case catalog::Contact::Kind::kSlackUser:
    case catalog::Contact::Kind::kSms:
    case catalog::Contact::Kind::kVoice:
    case catalog::Contact::Kind::kTelegram:
    case catalog::Contact::Kind::kNtfy:
    case catalog::Contact::Kind::kPushover:
    case catalog::Contact::Kind::kPush:
    case catalog::Contact::Kind::kHttp:
      return done(fail(Code::kFailedPrecondition,
                       fmt::format("{}: this channel is not set up", who(delivery.contact))));
  }
  bug("unknown kind of contact");
}

Duration ChannelTransport::wait_asked_by(const catalog::Contact& contact) const {
  const std::lock_guard lock(pauses_->mutex);
  const auto it = pauses_->until.find(contact.address);
  if (it == pauses_->until.end()) return Duration(0);
  return std::max(it->second - clock_.monotonic(), Duration(0));
}

net::HttpCall ChannelTransport::make_call(const catalog::Contact& contact, std::string body) const {
  net::HttpCall call;
  call.method = "POST";
  call.url = contact.address;
  call.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"User-Agent", "Tocsin"}};
  call.body = std::move(body);
  call.timeout = timeouts_.http;
  call.max_answer = kMaxAnswer;
  call.reach = config_.allow_private_webhooks ? net::Reach::kAnywhere : net::Reach::kPublicOnly;
  return call;
}

void ChannelTransport::send_webhook(const Delivery& delivery, Done done) {
  net::HttpCall http = make_call(delivery.contact, codec::to_text(render_webhook(delivery)));
  const int64_t timestamp = std::chrono::floor<seconds>(clock_.now()).time_since_epoch().count();
  http.headers.emplace_back("X-Tocsin-Delivery", delivery.id);
  http.headers.emplace_back("X-Tocsin-Timestamp", std::to_string(timestamp));
  if (!delivery.contact.secret.empty()) {
    http.headers.emplace_back("X-Tocsin-Signature",
                              sign_webhook(delivery.contact.secret, timestamp, http.body));
  }
  call(std::move(http), delivery, std::move(done));
}

void ChannelTransport::send_slack(const Delivery& delivery, Done done) {
  call(make_call(delivery.contact, codec::to_text(render_slack(delivery))), delivery,
       std::move(done));
}

void ChannelTransport::call(net::HttpCall call, const Delivery& delivery, Done done) {
  client_.call(std::move(call),
               [contact = delivery.contact, done = std::move(done), pauses = pauses_,
                &clock = clock_](Result<net::HttpAnswer> answer) mutable {
                 if (!answer) return done(fail(told(answer.error(), contact)));
                 const auto retry_after = answer->headers.find("retry-after");
                 if (retry_after != answer->headers.end()) {
                   const Duration wait = read_retry_after(retry_after->second, clock.now());
                   const std::lock_guard lock(pauses->mutex);
                   if (pauses->until.size() >= kMaxPauses) pauses->until.clear();
                   pauses->until[contact.address] = clock.monotonic() + wait;
                 }
                 Result<> judged = judge_answer(who(contact), answer->status, answer->body);
                 if (!judged)
                   judged.error().message = without_secrets(judged.error().message, contact);
                 done(std::move(judged));
               });
}

void ChannelTransport::send_mail(const Delivery& delivery, Done done) {
  const catalog::Contact& contact = delivery.contact;
  if (!config_.smtp) {
    return done(fail(Code::kFailedPrecondition,
                     fmt::format("{}: no mail relay is configured; set notify.smtp.server and "
                                 "notify.smtp.from in tocsin.yaml",
                                 who(contact))));
  }
  if (!is_mail_address(contact.address)) {
    return done(fail(Code::kInvalidArgument,
                     fmt::format("'{}' is not a mail address Tocsin can send to; mend it in the "
                                 "catalog",
                                 contact.address)));
  }
  const SmtpConfig& smtp = *config_.smtp;
  net::Mail mail;
  mail.server = smtp.server;
  mail.require_starttls = smtp.starttls && !smtp.server.starts_with("smtps://");
  mail.user = smtp.user;
  mail.password = smtp.password;
  mail.from = smtp.from;
  mail.to = contact.address;
  mail.message = render_mail(delivery, {.from = smtp.from,
                                        .from_name = smtp.from_name,
                                        .host = host_without_port(config_.external_url),
                                        .now = clock_.now()});
  mail.timeout = timeouts_.mail;
  client_.send(std::move(mail), [contact, done = std::move(done)](Result<> sent) mutable {
    if (!sent) sent = fail(told(sent.error(), contact));
    done(std::move(sent));
  });
}

}  // namespace tocsin::notify
