#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/smtp_catcher.h"

namespace tocsin::net::testing {

// A mail server for a test, on a free port of loopback, that keeps its mails in memory.
// Thread-safe.
class Mailbox {
 public:
  explicit Mailbox(SmtpCatcherOptions options = {});
  std::string url() const;  // "smtp://127.0.0.1:PORT"
  int port() const { return catcher_->port(); }
  void set_mood(SmtpMood mood) { catcher_->set_mood(mood); }
  std::vector<CaughtMail> mails() const;
  // Waits until `count` mails are there; false after 20 s.
  bool wait_for(size_t count) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<CaughtMail> mails_;
  std::unique_ptr<SmtpCatcher> catcher_;
};

}  // namespace tocsin::net::testing
