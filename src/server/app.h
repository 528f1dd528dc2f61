#pragma once

#include <memory>

#include "base/log.h"
#include "server/config.h"
#include "store/logbook.h"

namespace tocsin::server {

// The whole server: makes every part, joins them, starts and stops them in order. Owned by one
// thread.
class App {
 public:
  // Returns when the server is ready for requests. Writes `address` (where it listens), `cli-token`
  // (for the commands on this machine) and, when it made the first user, `first-sign-in.txt` into
  // the data folder; the latter two only their owner can read.
  static Result<std::unique_ptr<App>> start(Config config, const Clock& clock, Rng& rng, Log& log);
  virtual ~App() = default;

  // Reads the catalog's files again; all or nothing. Thread-safe.
  virtual Result<> reload(const store::Actor& by) = 0;
  // Asks for the end from any thread; wait() returns then.
  virtual void request_stop(Error why) = 0;
  // Each step has a bounded time and is logged. The error is why the server could not go on, if
  // that was so.
  virtual Result<> stop() = 0;
};

}  // namespace tocsin::server
