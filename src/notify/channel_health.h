#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tocsin::notify {

// How a channel, or one provider of it, has fared since this process began.
struct ChannelHealth {
  std::string channel;   // sms
  std::string provider;  // twilio-a; the channel's name where there is one provider
  std::optional<Time> last_success;
  std::optional<Time> last_failure;
  std::string last_error;   // of the last failure; no secrets
  int failures_in_row = 0;  // since the last success; a refused contact counts too
};

// Thread-safe.
class HealthBook {
 public:
  // Known although nothing has been sent yet.
  void expect(const std::string& channel, const std::string& provider);
  void note(const std::string& channel, const std::string& provider, Time now, const Error* error);
  std::vector<ChannelHealth> all() const;  // by channel and provider
  // Whether the last call failed in a way that says that the provider is away, not long ago.
  bool is_away(const std::string& channel, const std::string& provider, Time now) const;

 private:
  struct Entry {
    ChannelHealth health;
    std::optional<Time> away_since;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

}  // namespace tocsin::notify
