#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/server.h"

namespace tocsin::net {

// A mail as a catcher took it.
struct CaughtMail {
  std::string from;
  std::string to;        // several recipients: "a@x, b@y"
  std::string message;   // headers and body, CRLF, dots undone
  std::string user;      // who signed in; empty if nobody did
  std::string password;  // of CRAM-MD5 the digest
  bool was_tls = false;
};

// How a catcher treats its clients.
enum class SmtpMood {
  kAccept,
  kTemporary,  // 451 to each recipient
  kPermanent,  // 550 to each recipient
  kStall,      // takes everything, answers nothing
  kHangUp,     // closes at the next line
};

struct SmtpCatcherOptions {
  std::optional<TlsFiles> tls;  // offers STARTTLS
  SmtpMood mood = SmtpMood::kAccept;
  bool wants_cram_md5 = false;  // instead of PLAIN and LOGIN; any digest will do
};

// A mail server on 127.0.0.1 that keeps what it is given and sends nothing on: for the demo and for
// tests. It is no relay and has no queue. A message has at most 10 MB; at most 64 connections at
// once. Thread-safe.
class SmtpCatcher {
 public:
  using OnMail = std::function<void(CaughtMail)>;  // one at a time, on a thread of the catcher

  // Port 0 takes a free one; kUnavailable when the port is taken.
  static Result<std::unique_ptr<SmtpCatcher>> start(int port, OnMail on_mail,
                                                    SmtpCatcherOptions options = {});
  virtual ~SmtpCatcher() = default;
  virtual int port() const = 0;
  virtual void set_mood(SmtpMood mood) = 0;  // from the next line on
};

}  // namespace tocsin::net
