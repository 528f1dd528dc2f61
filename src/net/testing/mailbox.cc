#include "net/testing/mailbox.h"

#include <fmt/format.h>

namespace tocsin::net::testing {

Mailbox::Mailbox(SmtpCatcherOptions options) {
  auto catcher = SmtpCatcher::start(
      0,
      [this](CaughtMail mail) {
        const std::lock_guard lock(mutex_);
        mails_.push_back(std::move(mail));
        changed_.notify_all();
      },
      std::move(options));
  if (!catcher) bug(catcher.error().message);
  catcher_ = *std::move(catcher);
}

std::string Mailbox::url() const { return fmt::format("smtp://127.0.0.1:{}", port()); }

std::vector<CaughtMail> Mailbox::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

bool Mailbox::wait_for(size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return mails_.size() >= count; });
}

}  // namespace tocsin::net::testing
