#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "net/transfer.h"

namespace tocsin::net {
namespace {

constexpr size_t kLongestReply = 300;

class MailTransfer final : public Transfer {
 public:
  MailTransfer(Mail mail, Client::OnMail done) : mail_(std::move(mail)), done_(std::move(done)) {}

  Result<> prepare() override;
  void finish(CURLcode code) override { code == CURLE_OK ? done_({}) : done_(fail(refusal(code))); }
  void finish_with(Error error) override { done_(fail(std::move(error))); }

 private:
  Result<> check() const;
  Result<> set_security();
  Error refusal(CURLcode code) const;
  static size_t on_upload(char* to, size_t, size_t room, void* transfer);
  static size_t on_reply(char* bytes, size_t, size_t size, void* transfer);

  const Mail mail_;
  Client::OnMail done_;
  size_t uploaded_ = 0;
  std::string last_reply_;
  List recipients_;
};

size_t MailTransfer::on_upload(char* to, size_t, size_t room, void* transfer) {
  auto& self = *static_cast<MailTransfer*>(transfer);
  const size_t n = std::min(room, self.mail_.message.size() - self.uploaded_);
  std::memcpy(to, self.mail_.message.data() + self.uploaded_, n);
  self.uploaded_ += n;
  return n;
}

// libcurl hands the server's replies over as headers.
size_t MailTransfer::on_reply(char* bytes, size_t, size_t size, void* transfer) {
  const std::string_view line = trim(std::string_view(bytes, size));
  auto& self = *static_cast<MailTransfer*>(transfer);
  if (line.starts_with("221")) return size;  // the farewell; what came before it counts
  self.last_reply_.clear();
  for (const char c : line.substr(0, kLongestReply)) {
    self.last_reply_.push_back(c >= 0x20 && c < 0x7f ? c : '?');
  }
  return size;
}

// A reply of the server says more than libcurl: 5xx will not change by itself, 4xx may (RFC 5321,
// section 4.2.1).
Error MailTransfer::refusal(CURLcode code) const {
  Error error = error_of(code, mail_.server);
  const bool is_reply = last_reply_.size() > 3 && (last_reply_[0] == '4' || last_reply_[0] == '5');
  if (!is_reply || code == CURLE_OPERATION_TIMEDOUT) return error;
  error.code = last_reply_[0] == '5' ? Code::kFailedPrecondition : Code::kUnavailable;
  error.message =
      fmt::format("{}: the mail server said '{}'", origin_of(mail_.server), last_reply_);
  return error;
}

Result<> MailTransfer::check() const {
  std::vector<std::string> addresses = mail_.also_to;
  addresses.push_back(mail_.from);
  addresses.push_back(mail_.to);
  for (const std::string& address : addresses) {
    if (address.empty() || has_line_break(address) ||
        address.find_first_of("<> ") != std::string::npos) {
      return invalid(fmt::format("'{}' is not a mail address; write name@example.org", address));
    }
  }
  if (!mail_.server.starts_with("smtp://") && !mail_.server.starts_with("smtps://")) {
    return invalid("the mail server must be written smtp://host:port or smtps://host:port");
  }
  if (mail_.hello.find_first_of("/?# \r\n\t") != std::string::npos) {
    return invalid(fmt::format("'{}' is no host name to greet a mail server with", mail_.hello));
  }
  return {};
}

// Without `require_starttls`, TLS is used when the server offers it, whoever it claims to be: an
// attacker on the way could take the offer out as well, so that checking would only stop mail.
Result<> MailTransfer::set_security() {
  const bool is_required = mail_.require_starttls || mail_.server.starts_with("smtps://");
  const bool is_verified = is_required && mail_.verify_tls;
  RETURN_IF_ERROR(
      set(CURLOPT_USE_SSL, static_cast<long>(is_required ? CURLUSESSL_ALL : CURLUSESSL_TRY)));
  // libcurl would send a mail that wants a checked certificate over a connection that began without
  // one being checked.
  RETURN_IF_ERROR(set(CURLOPT_FRESH_CONNECT, 1L));
  RETURN_IF_ERROR(set(CURLOPT_FORBID_REUSE, 1L));
  RETURN_IF_ERROR(set(CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L));
  RETURN_IF_ERROR(set(CURLOPT_SSL_VERIFYHOST, is_verified ? 2L : 0L));
  RETURN_IF_ERROR(use_tls(mail_.tls));
  if (!mail_.ca_file.empty()) RETURN_IF_ERROR(set(CURLOPT_CAINFO, mail_.ca_file.c_str()));
  if (mail_.user.empty()) return {};
  RETURN_IF_ERROR(set(CURLOPT_USERNAME, mail_.user.c_str()));
  if (mail_.cram_md5) RETURN_IF_ERROR(set(CURLOPT_LOGIN_OPTIONS, "AUTH=CRAM-MD5"));
  if (!mail_.identity.empty()) {
    RETURN_IF_ERROR(set(CURLOPT_SASL_AUTHZID, mail_.identity.c_str()));
  }
  return set(CURLOPT_PASSWORD, mail_.password.reveal().c_str());
}

Result<> MailTransfer::prepare() {
  RETURN_IF_ERROR(check());
  const std::string url =
      mail_.hello.empty() ? mail_.server : fmt::format("{}/{}", mail_.server, mail_.hello);
  RETURN_IF_ERROR(set_url(url, mail_.tls));
  RETURN_IF_ERROR(set(CURLOPT_PROTOCOLS_STR, "smtp,smtps"));
  RETURN_IF_ERROR(set_security());
  const auto ms = std::chrono::ceil<milliseconds>(mail_.timeout).count();
  RETURN_IF_ERROR(set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(ms, 1))));
  RETURN_IF_ERROR(set(CURLOPT_MAIL_FROM, fmt::format("<{}>", mail_.from).c_str()));
  append(recipients_, fmt::format("<{}>", mail_.to));
  for (const std::string& address : mail_.also_to)
    append(recipients_, fmt::format("<{}>", address));
  RETURN_IF_ERROR(set(CURLOPT_MAIL_RCPT, recipients_.get()));
  RETURN_IF_ERROR(set(CURLOPT_UPLOAD, 1L));
  RETURN_IF_ERROR(set(CURLOPT_READFUNCTION, &MailTransfer::on_upload));
  RETURN_IF_ERROR(set(CURLOPT_READDATA, this));
  RETURN_IF_ERROR(set(CURLOPT_HEADERFUNCTION, &MailTransfer::on_reply));
  return set(CURLOPT_HEADERDATA, this);
}

}  // namespace

std::unique_ptr<Transfer> make_mail_transfer(Mail mail, Client::OnMail done) {
  return std::make_unique<MailTransfer>(std::move(mail), std::move(done));
}

}  // namespace tocsin::net
