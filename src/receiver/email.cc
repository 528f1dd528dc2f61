#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "receiver/http_call.h"
#include "receiver/mail_message.h"
#include "receiver/message_view.h"
#include "receiver/providers.h"
#include "receiver/retry_rule.h"

namespace tocsin::receiver {
namespace {

// The reference's subject (config.DefaultEmailSubject).
constexpr std::string_view kSubject = R"({{ template "email.default.subject" . }})";

// Ports that may be written by name (IANA).
std::string number_of_port(const std::string& port) {
  if (port == "smtp") return "25";
  if (port == "submission") return "587";
  if (port == "submissions" || port == "smtps") return "465";
  return port;
}

// https://prometheus.io/docs/alerting/latest/configuration/#email_config
class Email final : public Integration {
 public:
  Email(routing::EmailSettings settings, int index, const Tools& tools)
      : settings_(std::move(settings)),
        index_(index),
        client_(tools.client),
        templates_(tools.templates) {
    settings_.headers.try_emplace("Subject", kSubject);
    settings_.headers.try_emplace("To", settings_.to);
    settings_.headers.try_emplace("From", settings_.from);
  }

  std::string_view kind() const override { return "email"; }
  int index() const override { return index_; }
  bool send_resolved() const override { return settings_.send_resolved; }
  void send(const GroupMessage& message, Duration timeout,
            std::move_only_function<void(Sent)> done) override;

 private:
  Result<net::Mail> compose(const GroupMessage& message, SecretMask& mask) const;
  Result<> set_addresses(MessageView& view, net::Mail& mail) const;
  Result<> set_access(net::Mail& mail, SecretMask& mask) const;
  std::string write(MessageView& view, const GroupMessage& message, const net::Mail& mail) const;
  std::vector<std::pair<std::string, std::string>> thread_headers(const GroupMessage& m) const;

  routing::EmailSettings settings_;
  const int index_;
  net::Client& client_;
  const Templates templates_;
};

Result<> Email::set_addresses(MessageView& view, net::Mail& mail) const {
  const std::string from_text = view.text("from", settings_.from);
  const std::string to_text = view.text("to", settings_.to);
  RETURN_IF_ERROR(view.ok());
  const auto from = parse_address_list(from_text);
  if (!from) return fail(from.error().in("from"));
  if (from->size() != 1) {
    return invalid(fmt::format("from: there must be one address, not {}", from->size()));
  }
  const auto to = parse_address_list(to_text);
  if (!to) return fail(to.error().in("to"));
  mail.from = from->front().address;
  mail.to = to->front().address;
  for (size_t i = 1; i < to->size(); ++i) mail.also_to.push_back((*to)[i].address);
  return {};
}

Result<> Email::set_access(net::Mail& mail, SecretMask& mask) const {
  const routing::EmailSettings& s = settings_;
  const std::string port = number_of_port(s.smarthost.port);
  const bool is_implicit = s.force_implicit_tls.value_or(port == "465");
  const bool is_ipv6 =
      s.smarthost.host.find(':') != std::string::npos && !s.smarthost.host.starts_with('[');
  mail.server = fmt::format("{}://{}{}{}:{}", is_implicit ? "smtps" : "smtp", is_ipv6 ? "[" : "",
                            s.smarthost.host, is_ipv6 ? "]" : "", port);
  mail.require_starttls = s.require_tls && !is_implicit;
  mail.hello = s.hello;
  mail.verify_tls = !s.tls.insecure_skip_verify;
  mail.ca_file = s.tls.ca_file;
  ASSIGN_OR_RETURN(mail.tls, tls_options(s.tls, mask));
  if (s.auth_username.empty()) return {};
  mail.user = s.auth_username;
  mail.identity = s.auth_identity;
  mail.cram_md5 = !s.auth_password.is_set();
  ASSIGN_OR_RETURN(mail.password, (mail.cram_md5 ? s.auth_secret : s.auth_password).read());
  mask.add(mail.password);
  return {};
}

// A root that no mail has, so that readers put all of a group's mails below one another.
std::vector<std::pair<std::string, std::string>> Email::thread_headers(
    const GroupMessage& message) const {
  if (!settings_.threading) return {};
  const std::chrono::year_month_day day(std::chrono::floor<days>(message.now));
  const std::string date =
      settings_.thread_by_day
          ? fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                        static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()))
          : "";
  const std::string root =
      fmt::format("<alert-{}-{}@alertmanager>", key_hash(message.group_key).substr(0, 16), date);
  return {{"References", root}, {"In-Reply-To", root}};
}

std::string Email::write(MessageView& view, const GroupMessage& message,
                         const net::Mail& mail) const {
  MailParts parts{.headers = {}, .text = {}, .html = {}, .now = message.now};
  for (const auto& [name, value] : settings_.headers) {
    parts.headers.emplace_back(name, view.text("headers." + name, value));
  }
  if (!settings_.headers.contains("Message-Id")) {
    // Of the same message: a try whose outcome got lost and the next one are the same mail.
    const std::string id =
        key_hash(fmt::format("{}\n{}\n{}\n{}\n{}", message.receiver, index_, message.group_key,
                             to_micros(message.now), mail.to));
    parts.headers.emplace_back(
        "Message-Id",
        fmt::format("<{}@{}>", id.substr(0, 32), mail.from.substr(mail.from.find('@') + 1)));
  }
  for (auto& header : thread_headers(message)) parts.headers.push_back(std::move(header));
  if (message.maybe_duplicate) parts.headers.emplace_back("X-Tocsin-Maybe-Duplicate", "1");
  if (!settings_.text.empty()) parts.text = view.text("text", settings_.text);
  if (!settings_.html.empty()) parts.html = view.html("html", settings_.html);
  return write_mail(parts);
}

Result<net::Mail> Email::compose(const GroupMessage& message, SecretMask& mask) const {
  MessageView view(*templates_, message);
  net::Mail mail;
  RETURN_IF_ERROR(set_addresses(view, mail));
  RETURN_IF_ERROR(set_access(mail, mask));
  mail.message = write(view, message, mail);
  RETURN_IF_ERROR(view.ok());
  return mail;
}

void Email::send(const GroupMessage& message, Duration timeout,
                 std::move_only_function<void(Sent)> done) {
  SecretMask mask;
  Result<net::Mail> mail = compose(message, mask);
  if (!mail) return done(std::unexpected(refusal(std::move(mail.error()))));
  mail->timeout = timeout;
  client_.send(*std::move(mail),
               [mask = std::move(mask), done = std::move(done)](Result<> sent) mutable {
                 if (sent) return done({});
                 sent.error().message = mask.masked(std::move(sent.error().message));
                 done(std::unexpected(failure_of(std::move(sent.error()))));
               });
}

}  // namespace

std::unique_ptr<Integration> make_email(const routing::EmailSettings& settings, int index,
                                        const Tools& tools) {
  return std::make_unique<Email>(settings, index, tools);
}

}  // namespace tocsin::receiver
