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
  Time
      noted;  // when its arrival was known; of what two processes of a cluster say, the newer holds
  // Told as firing by an Alertmanager whose log was imported: XXH64 over the labels, as it keeps
  // them. Each becomes a fingerprint in `firing` when its alert is posted (adopt).
  Fingerprints imported;
  bool operator==(const Told&) const = default;
};

// What a receiver knows for certain, and what it may have heard besides: `doubtful` is there when a
// send was cut off, or failed so that it may have arrived, and holds what that told as firing.
struct Known {
  std::optional<Told> told;
  std::optional<Fingerprints> doubtful;
  Time doubted;  // when the send that is in doubt began, the last one of them

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

// What is known when a peer of the cluster says what it has told; nothing when that is no news.
// Newer news end a doubt that is older than they are: what was doubtful and is not named is open
// still.
std::optional<Known> merged(const Known& known, const Told& heard);

// How an Alertmanager's log names an alert (notify/notify.go, hashAlert).
uint64_t imported_hash(const routing::Labels& labels);
// What is known when the alert with this fingerprint, whose labels have this hash, is found to be
// one of the imported ones; nothing when it is none. One that began after that was told is another.
std::optional<Known> adopt(const Known& known, uint64_t hash, uint64_t fingerprint, Time starts);

Fingerprints union_of(const Fingerprints& a, const Fingerprints& b);
Fingerprints difference_of(const Fingerprints& a, const Fingerprints& b);
bool is_subset(const Fingerprints& part, const Fingerprints& whole);

}  // namespace tocsin::alert
