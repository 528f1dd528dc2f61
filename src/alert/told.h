#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "receiver/integration.h"

namespace tocsin::alert {

using Fingerprints = std::vector<uint64_t>;  // sorted, each once

// One integration of one receiver, as far as one group is concerned.
struct ToldKey {
  std::string group_key;
  std::string receiver;
  std::string kind;  // of the integration
  int index = 0;     // among those of its kind
  auto operator<=>(const ToldKey&) const = default;
};

// What was last told (alertmanager nflog).
struct Told {
  Time at;              // when the group's turn was
  Fingerprints firing;  // what was told as firing
  Fingerprints resolved;
  // Told as firing earlier, left out of the last notification (silenced, inhibited, muted), and not
  // told as resolved since.
  Fingerprints still_open;
  Time expires;
  bool operator==(const Told&) const = default;
};

// What a receiver knows for certain, and what it may have heard besides: `doubtful` is there when a
// send was cut off, or failed so that it may have arrived, and holds what that told as firing.
struct Known {
  std::optional<Told> told;
  std::optional<Fingerprints> doubtful;

  // Whether it may think that the alert fires; then a resolve has to be told.
  bool is_open(uint64_t fingerprint) const;
  bool has_open() const;
  Fingerprints open() const;
  bool operator==(const Known&) const = default;
};

struct TellRules {
  bool send_resolved = true;
  Duration repeat_interval;
  bool is_acknowledged = false;  // all that fire: nothing is repeated
  bool has_woken = false;        // one that fires was snoozed since it was told: it is new again
};

// Whether there is something to tell, and why. `firing` are those that may be told now; `resolved`
// those of the resolved ones that are open at this receiver. The rules of notify/notify.go
// (DedupStage.needsUpdate) with two differences: what was never told as firing is not told as
// resolved, and what is in doubt is told again.
std::optional<receiver::Reason> why_tell(const Known& known, const Fingerprints& firing,
                                         const Fingerprints& resolved, const TellRules& rules,
                                         Time now);

// What is known when this has arrived.
Told after_telling(const Known& known, Fingerprints firing, Fingerprints resolved, Time at,
                   Time expires);
// What is known when the receiver does not want to hear of resolved ones: they are open no more.
Known without(Known known, const Fingerprints& resolved);

Fingerprints union_of(const Fingerprints& a, const Fingerprints& b);
Fingerprints difference_of(const Fingerprints& a, const Fingerprints& b);
bool is_subset(const Fingerprints& part, const Fingerprints& whole);

}  // namespace tocsin::alert
