#include "net/smtp_dialog.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace tocsin::net {
namespace {

constexpr size_t kLargestMessage = 10 << 20;

SmtpDialog::Step say(std::string line) {
  return {.reply = std::move(line) + "\r\n", .start_tls = false, .close = false, .mail = {}};
}

// "FROM:<a@b> SIZE=3" after the verb -> "a@b"; nothing if it is not an address in brackets.
std::optional<std::string> address_in(std::string_view rest, std::string_view keyword) {
  if (rest.size() < keyword.size() ||
      !equal_ignoring_case(rest.substr(0, keyword.size()), keyword)) {
    return std::nullopt;
  }
  rest = trim(rest.substr(keyword.size()));
  const size_t end = rest.find('>');
  if (!rest.starts_with('<') || end == std::string_view::npos) return std::nullopt;
  return std::string(rest.substr(1, end - 1));
}

}  // namespace

void SmtpDialog::tls_started() {
  is_tls_ = true;
  user_.clear();
  password_.clear();
  mail_ = {};
}

std::string SmtpDialog::hello() const {
  std::string out = "250-catcher\r\n250-8BITMIME\r\n";
  if (offers_tls_ && !is_tls_) out += "250-STARTTLS\r\n";
  out += wants_cram_md5_ ? "250-AUTH CRAM-MD5\r\n" : "250-AUTH PLAIN LOGIN\r\n";
  return out + fmt::format("250 SIZE {}", kLargestMessage);
}

SmtpDialog::Step SmtpDialog::take(std::string_view line, SmtpMood mood) {
  if (mood == SmtpMood::kHangUp)
    return {.reply = "", .start_tls = false, .close = true, .mail = {}};
  Step step = in_text_               ? take_text(line)
              : auth_ != Auth::kNone ? take_auth(line)
                                     : take_command(line, mood);
  if (mood == SmtpMood::kStall) return {};
  return step;
}

SmtpDialog::Step SmtpDialog::take_command(std::string_view line, SmtpMood mood) {
  const size_t space = line.find(' ');
  const std::string verb = to_lower(line.substr(0, space));
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view() : trim(line.substr(space + 1));
  if (verb == "ehlo") return say(hello());
  if (verb == "helo" || verb == "noop") return say("250 catcher");
  if (verb == "rset") {
    mail_ = {};
    return say("250 forgotten");
  }
  if (verb == "quit") {
    Step step = say("221 bye");
    step.close = true;
    return step;
  }
  if (verb == "starttls" && offers_tls_ && !is_tls_) {
    Step step = say("220 go ahead");
    step.start_tls = true;
    return step;
  }
  if (verb == "auth") return begin_auth(rest);
  if (verb == "mail") {
    const auto from = address_in(rest, "FROM:");
    if (!from) return say("501 MAIL FROM:<address>");
    mail_ = {};
    mail_.from = *from;
    return say("250 ok");
  }
  if (verb == "rcpt") {
    if (mood == SmtpMood::kTemporary) return say("451 4.3.0 the mailbox is busy; try again later");
    if (mood == SmtpMood::kPermanent) return say("550 5.1.1 no such mailbox");
    const auto to = address_in(rest, "TO:");
    if (!to || to->empty()) return say("501 RCPT TO:<address>");
    mail_.to += (mail_.to.empty() ? "" : ", ") + *to;
    return say("250 ok");
  }
  if (verb == "data") {
    if (mail_.to.empty()) return say("503 RCPT first");
    in_text_ = true;
    is_too_long_ = false;
    return say("354 end with a dot");
  }
  return say("502 not here");
}

SmtpDialog::Step SmtpDialog::take_text(std::string_view line) {
  if (line != ".") {
    if (line.starts_with('.')) line.remove_prefix(1);
    is_too_long_ = is_too_long_ || mail_.message.size() + line.size() > kLargestMessage;
    if (!is_too_long_) mail_.message.append(line).append("\r\n");
    return {};
  }
  in_text_ = false;
  CaughtMail mail = std::exchange(mail_, {});
  if (is_too_long_) return say("552 the message is too large");
  mail.was_tls = is_tls_;
  mail.user = user_;
  mail.password = password_;
  Step step = say("250 taken");
  step.mail = std::move(mail);
  return step;
}

SmtpDialog::Step SmtpDialog::begin_auth(std::string_view rest) {
  const size_t space = rest.find(' ');
  const std::string mechanism = to_lower(rest.substr(0, space));
  const bool has_initial = space != std::string_view::npos;
  if (wants_cram_md5_) {
    if (mechanism != "cram-md5") return say("504 CRAM-MD5");
    auth_ = Auth::kCramMd5;
    return say("334 " + base64(kChallenge));
  }
  if (mechanism == "plain") {
    if (has_initial) return accept_plain(trim(rest.substr(space + 1)));
    auth_ = Auth::kPlain;
    return say("334 ");
  }
  if (mechanism == "login") {
    auth_ = Auth::kLoginUser;
    if (has_initial) return take_auth(trim(rest.substr(space + 1)));
    return say("334 VXNlcm5hbWU6");
  }
  return say("504 PLAIN or LOGIN");
}

SmtpDialog::Step SmtpDialog::take_auth(std::string_view line) {
  const Auth step = std::exchange(auth_, Auth::kNone);
  if (step == Auth::kPlain) return accept_plain(line);
  const auto text = base64_decode(line);
  if (!text) return say("501 not base64");
  if (step == Auth::kCramMd5) {  // RFC 2195: the user and a digest
    const size_t space = text->rfind(' ');
    if (space == std::string::npos) return say("501 not an answer of CRAM-MD5");
    return finish_auth(text->substr(0, space), text->substr(space + 1));
  }
  if (step == Auth::kLoginUser) {
    user_ = *text;
    auth_ = Auth::kLoginPassword;
    return say("334 UGFzc3dvcmQ6");
  }
  return finish_auth(std::move(user_), *text);
}

SmtpDialog::Step SmtpDialog::accept_plain(std::string_view coded) {
  const auto text = base64_decode(coded);
  const auto parts = text ? split(*text, '\0') : std::vector<std::string_view>();
  if (parts.size() != 3) return say("501 not base64 of a PLAIN answer");
  return finish_auth(std::string(parts[1]), std::string(parts[2]));
}

SmtpDialog::Step SmtpDialog::finish_auth(std::string user, std::string password) {
  user_ = std::move(user);
  password_ = std::move(password);
  return say("235 welcome");
}

}  // namespace tocsin::net
