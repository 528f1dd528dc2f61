#include <fmt/format.h>

#include "notify/address.h"
#include "notify/channel.h"
#include "notify/mime.h"
#include "notify/render.h"

namespace tocsin::notify {
namespace {

std::string host_without_port(std::string_view url) {
  const std::string_view host = host_of(url);
  if (host.starts_with('[')) return "localhost";  // an IPv6 address is no domain of a Message-ID
  return std::string(host.substr(0, host.find(':')));
}

class MailChannel final : public Channel {
 public:
  explicit MailChannel(Caller caller) : caller_(std::move(caller)) {}

  void send(const Delivery& delivery, OnTaken done) override {
    const catalog::Contact& contact = delivery.contact;
    const NotifyConfig& config = caller_.config();
    if (!config.smtp) {
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
    const SmtpConfig& smtp = *config.smtp;
    net::Mail mail;
    mail.server = smtp.server;
    mail.require_starttls = smtp.starttls && !smtp.server.starts_with("smtps://");
    mail.user = smtp.user;
    mail.password = smtp.password;
    mail.from = smtp.from;
    mail.to = contact.address;
    mail.message = render_mail(delivery, {.from = smtp.from,
                                          .from_name = smtp.from_name,
                                          .host = host_without_port(config.external_url),
                                          .now = caller_.now()});
    mail.timeout = caller_.timeouts().mail;
    caller_.send_mail(std::move(mail), delivery, std::move(done));
  }

 private:
  const Caller caller_;
};

}  // namespace

std::unique_ptr<Channel> make_mail_channel(Caller caller) {
  return std::make_unique<MailChannel>(std::move(caller));
}

}  // namespace tocsin::notify
