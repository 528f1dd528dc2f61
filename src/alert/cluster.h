#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alert/notification_log.h"
#include "alert/silence_book.h"
#include "alert/turns.h"
#include "base/log.h"
#include "base/metrics.h"

namespace tocsin::alert {

// The flags --cluster.* of Alertmanager, as far as they mean something here.
struct ClusterOptions {
  std::string listen;              // host:port; port 0 takes a free one
  std::string advertise;           // empty: as others see us, or `listen` where that names a host
  std::vector<std::string> peers;  // host:port, any of the others; the rest is learnt from them
  std::string name;                // empty: a new one at each start, later starts sort behind
  std::string label;
  Duration peer_timeout = std::chrono::seconds(15);
  Duration gossip_interval = std::chrono::milliseconds(200);  // ten of them are a look at settling
  Duration pushpull_interval = std::chrono::seconds(60);
  Duration settle_timeout = std::chrono::seconds(60);
  Duration tcp_timeout = std::chrono::seconds(10);
  Duration probe_timeout = std::chrono::milliseconds(500);
  Duration probe_interval = std::chrono::seconds(1);
  Duration reconnect_interval = std::chrono::seconds(10);
  Duration reconnect_timeout = std::chrono::hours(6);
};

// Several processes that get the same alerts and tell each once: they share silences and what was
// told (peers.h says who takes part and whose turn it is, peer_wire.h what is said). Each has a
// link to each other; when two meet they exchange all that they have, after that every change as
// soon as it is committed, and all again each `pushpull_interval`. What comes from another process
// is committed here before it counts, with that process as the actor.
//
// It has one thread, that of its links; the public calls are thread-safe. To end: stop() this after
// the dispatcher and before the engine; destroy this after the engine was stopped.
class Cluster : public Turns {
 public:
  struct Parts {
    SilenceBook& silences;
    NotificationLog& log_book;
    const Clock& clock;
    Rng& rng;
    Log& log;
    Metrics& metrics;
  };

  // Binds the address and listens to the books; nobody is called yet.
  static Result<std::unique_ptr<Cluster>> open(Parts parts, ClusterOptions options);

  virtual void start() = 0;
  // Says to the others that this process ends, so that its place is free at once.
  virtual void stop(Duration patience) = 0;

  struct View {
    std::string name;
    bool is_ready = false;
    std::vector<std::pair<std::string, std::string>> peers;  // alive, ours too: name and address
  };
  virtual View view() const = 0;
};

}  // namespace tocsin::alert
