#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "net/server.h"

namespace tocsin::net::testing {

// A server on a free port of loopback for a test: fill `router`, change `options`, then start().
class TestServer {
 public:
  TestServer();
  ~TestServer();

  // Ends the program with the reason if it cannot.
  void start();
  int port() const { return server_->port(); }
  std::string url(std::string_view path) const;
  Server& server() { return *server_; }
  std::string logged() const;

  Router router;
  ServerOptions options;
  SystemClock clock;
  SystemRng rng;
  Metrics metrics;

 private:
  mutable std::mutex mutex_;
  std::string logged_;
  Log log_;
  std::unique_ptr<Server> server_;
};

}  // namespace tocsin::net::testing
