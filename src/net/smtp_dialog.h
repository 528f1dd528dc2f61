#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/smtp_catcher.h"

namespace tocsin::net {

// The server's side of one SMTP conversation (RFC 5321) without a socket: lines in, replies out.
class SmtpDialog {
 public:
  struct Step {
    std::string reply;  // with CRLF; empty while a message is being taken
    bool start_tls = false;
    bool close = false;
    std::optional<CaughtMail> mail;  // a message is whole
  };

  // `is_tls`: the connection is protected already. `wants_cram_md5`: no other way to sign in.
  SmtpDialog(bool offers_tls, bool is_tls, bool wants_cram_md5 = false)
      : offers_tls_(offers_tls), is_tls_(is_tls), wants_cram_md5_(wants_cram_md5) {}

  static constexpr std::string_view kChallenge = "<1.1@catcher>";  // of CRAM-MD5

  static std::string greeting() { return "220 catcher ESMTP\r\n"; }
  // One line without its CRLF. `mood` is asked for each line.
  Step take(std::string_view line, SmtpMood mood);
  // After the handshake that start_tls asked for: all that was said before is forgotten.
  void tls_started();

 private:
  enum class Auth { kNone, kPlain, kLoginUser, kLoginPassword, kCramMd5 };
  Step take_command(std::string_view line, SmtpMood mood);
  Step take_text(std::string_view line);
  Step take_auth(std::string_view line);
  Step begin_auth(std::string_view rest);
  Step finish_auth(std::string user, std::string password);
  Step accept_plain(std::string_view coded);
  std::string hello() const;

  const bool offers_tls_;
  bool is_tls_;
  const bool wants_cram_md5_;
  bool in_text_ = false;
  bool is_too_long_ = false;
  Auth auth_ = Auth::kNone;
  std::string user_;
  std::string password_;
  CaughtMail mail_;
};

}  // namespace tocsin::net
