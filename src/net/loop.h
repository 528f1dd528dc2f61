#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "base/log.h"
#include "base/rng.h"
#include "net/http_metrics.h"
#include "net/server.h"
#include "net/worker_pool.h"

struct ssl_ctx_st;

namespace tocsin::net {

// What the loops of one server share. Outlives them.
struct LoopShared {
  const Router& router;
  const ServerOptions options;
  const Clock& clock;
  Rng& rng;
  Log& log;
  ServerMetrics metrics;
  std::shared_ptr<ssl_ctx_st> tls;  // empty: plain
  WorkerPool workers;

  std::atomic<size_t> body_memory = 0;
  std::atomic<size_t> open = 0;  // connections, from accept to close
  std::mutex mutex;
  std::condition_variable closed;  // notified when `open` falls to 0

  void connection_opened();
  void connection_closed();
};

// One thread with its connections. All methods are for other threads.
class Loop {
 public:
  static std::unique_ptr<Loop> start(LoopShared& shared);
  virtual ~Loop() = default;
  // Takes over an accepted socket, which connection_opened() has counted.
  virtual void adopt(int fd, std::string peer) = 0;
  // Closes idle connections and streams; the others after the answer that they wait for.
  virtual void drain() = 0;
  virtual void close_all() = 0;
  // Ends the thread; connections that are left are cut.
  virtual void join() = 0;
};

}  // namespace tocsin::net
