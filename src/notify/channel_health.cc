#include "notify/channel_health.h"

#include "notify/retry.h"

namespace tocsin::notify {
namespace {

constexpr Duration kAwayFor = minutes(5);

}  // namespace

void HealthBook::expect(const std::string& channel, const std::string& provider) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[{channel, provider}];
  entry.health.channel = channel;
  entry.health.provider = provider;
}

void HealthBook::note(const std::string& channel, const std::string& provider, Time now,
                      const Error* error) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[{channel, provider}];
  entry.health.channel = channel;
  entry.health.provider = provider;
  entry.away_since.reset();
  if (error == nullptr) {
    entry.health.last_success = now;
    entry.health.failures_in_row = 0;
    return;
  }
  entry.health.last_failure = now;
  entry.health.last_error = error->message;
  entry.health.failures_in_row += 1;
  if (may_pass(error->code)) entry.away_since = now;
}

std::vector<ChannelHealth> HealthBook::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<ChannelHealth> out;
  for (const auto& [key, entry] : entries_) out.push_back(entry.health);
  return out;
}

bool HealthBook::is_away(const std::string& channel, const std::string& provider, Time now) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find({channel, provider});
  if (it == entries_.end() || !it->second.away_since) return false;
  const Duration ago = now - *it->second.away_since;
  return ago < kAwayFor && ago > -kAwayFor;
}

}  // namespace tocsin::notify
