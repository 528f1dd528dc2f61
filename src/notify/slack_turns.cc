#include "notify/slack_turns.h"

namespace tocsin::notify {

bool SlackTurns::is_busy(const std::string& subject, Time now) const {
  const auto begun = begun_.find(subject);
  if (begun == begun_.end()) return false;
  // Time may have been set back since.
  return begun->second <= now && now - begun->second < kAnswerWithin;
}

void SlackTurns::call(engine::Tx& tx, const std::string& subject, std::string method,
                      SlackApi::Form form, std::string provider, OnReply handle) {
  tx.after_commit([this, subject, at = tx.now(), method = std::move(method), form = std::move(form),
                   provider = std::move(provider), handle = std::move(handle)]() mutable {
    begun_[subject] = at;
    slack_.call(std::move(method), std::move(form), health_, std::move(provider),
                [this, subject, handle = std::move(handle)](SlackReply reply) {
                  // A full queue loses the answer, as a crash does.
                  engine_.submit(
                      [this, subject, handle, reply = std::move(reply)](engine::Tx& later) {
                        begun_.erase(subject);
                        return handle(later, reply);
                      },
                      [](const Result<>&) {});
                });
  });
}

}  // namespace tocsin::notify
