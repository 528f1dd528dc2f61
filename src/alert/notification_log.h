#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "receiver/integration.h"

namespace tocsin::alert {

// What was last told to one integration of one receiver about one group (alertmanager nflog): hashes of
// the alerts that were firing and of those that were resolved then.
struct Told {
  Time at;
  std::vector<uint64_t> firing;    // fingerprints, sorted
  std::vector<uint64_t> resolved;
  Time expires;
};

struct ToldKey {
  std::string group_key;
  std::string receiver;
  std::string kind;  // of the integration
  int index = 0;
  auto operator<=>(const ToldKey&) const = default;
};

// Whether there is something to tell, and why (notify/notify.go, DedupStage.needsUpdate).
std::optional<receiver::Reason> why_tell(const std::optional<Told>& last, const std::vector<uint64_t>& firing,
                                         const std::vector<uint64_t>& resolved, bool send_resolved,
                                         Duration repeat_interval, Time now);

// The log, in memory and in tables told and notifications. begin() writes the intent before a send,
// finish() its outcome; an intent without outcome that is found at load() was cut off by a crash.
// Both answer on the writer's thread after the commit. Thread-safe.
class NotificationLog {
 public:
  NotificationLog(engine::Engine& engine, Metrics& metrics, Duration retention);

  Result<> load(store::Session& sql);
  std::optional<Told> last(const ToldKey& key) const;
  bool was_cut_off(const ToldKey& key) const;  // the next send is marked as a possible duplicate

  struct Intent {
    ToldKey key;
    receiver::Reason reason;
    std::vector<uint64_t> firing;
    std::vector<uint64_t> resolved;
    Time at;
  };
  using Done = std::move_only_function<void(Result<>)>;
  void begin(Intent intent, Done done);
  // `told` when it was taken by the provider; else the error, and how many tries were made.
  void finish(const ToldKey& key, std::expected<Told, receiver::SendFailure> outcome, int tries, Done done);
};

}  // namespace tocsin::alert
