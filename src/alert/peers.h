#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace tocsin::alert {

// Who takes part in a cluster, as one of its processes sees it: pure bookkeeping, time (monotonic)
// is an argument. Cluster (cluster.h) feeds it with what it hears.
//
// Everybody sorts the names of those that are alive and finds its own place among them; the first
// sends at once, each next one `peer_timeout` later, if nobody has told it meanwhile that it was
// done (the reference's cluster.Position). Names therefore have to be different.
class Peers {
 public:
  struct Rules {
    Duration probe_interval = std::chrono::seconds(1);
    Duration probe_timeout = std::chrono::milliseconds(500);
    // How many probes one may miss before it counts as dead. The reference's list of members
    // suspects one for as long in a small cluster (SuspicionMult).
    int missed_probes = 4;
    // How long a dead one is remembered, and called again.
    Duration reconnect_timeout = std::chrono::hours(6);
  };
  static constexpr size_t kMost = 64;

  struct Peer {
    std::string name;
    std::string address;  // host:port where it listens
    Duration heard{};     // when something came from it last
    bool is_alive = true;
    bool has_left = false;  // it said that it ends; then nobody failed
  };

  Peers(std::string own_name, Rules rules) : own_name_(std::move(own_name)), rules_(rules) {}

  // Something came from it. True when it is new, or back. One that was known by another name at
  // this address is gone: a process was started again. False, too, when there are too many.
  bool heard(const std::string& name, const std::string& address, Duration now);
  // It said that it ends. True when it was alive.
  bool left(const std::string& name);

  // What the time has changed: names of those that died since the last look, and forgets who is
  // dead for too long.
  std::vector<std::string> look(Duration now);

  const std::string& own_name() const { return own_name_; }
  // Among those alive, by name, ours included.
  size_t position() const;
  size_t members() const;  // alive ones and ourselves
  size_t failed() const;   // dead ones that did not say that they end
  const Peer* find(const std::string& name) const;
  const std::map<std::string, Peer>& all() const { return peers_; }

 private:
  Duration patience() const {
    return rules_.missed_probes * rules_.probe_interval + rules_.probe_timeout;
  }

  const std::string own_name_;
  const Rules rules_;
  std::map<std::string, Peer> peers_;
};

// When a process that was just started may begin to tell (the reference's Peer.Settle): when
// nothing has changed in three looks in a row, or the time is over. A look is every ten gossip
// intervals.
class Settling {
 public:
  Settling(Duration now, Duration gossip_interval, Duration timeout)
      : every_(10 * gossip_interval), next_(now + every_), deadline_(now + timeout) {}

  // `is_catching_up`: the full state of a peer is still awaited. True once it has settled.
  bool look(Duration now, size_t members, bool is_catching_up);
  bool is_over() const { return is_over_; }
  bool has_timed_out() const { return has_timed_out_; }

 private:
  static constexpr int kQuietLooks = 3;
  const Duration every_;
  Duration next_;
  const Duration deadline_;
  size_t members_ = 0;
  int quiet_ = 0;
  bool is_over_ = false, has_timed_out_ = false;
};

}  // namespace tocsin::alert
