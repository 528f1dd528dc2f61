#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "net/http.h"

namespace tocsin::net {

class Listener;

// What a client has to show; the names are Go's (crypto/tls, ClientAuthType).
enum class ClientAuth { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

struct TlsFiles {
  std::string certificate;  // PEM chain
  std::string key;          // PEM
  ClientAuth client_auth = ClientAuth::kNone;
  std::string client_ca;  // PEM; empty: the machine's
  int min_version = 12;   // 12: TLS 1.2
  int max_version = 13;
  bool prefers_server_ciphers = true;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:9110";  // host:port; port 0 takes a free one; [::1]:9110 for IPv6
  std::optional<TlsFiles> tls;
  int loops = 0;           // 0: half the cores, 1 to 4
  int workers = 0;         // 0: the cores, 4 to 16: a worker mostly waits for a commit
  size_t max_queue = 512;  // requests waiting for a worker; more are answered 503, Retry-After: 1
  size_t max_connections = 10'000;
  Duration header_timeout = std::chrono::seconds(10);
  Duration body_timeout = std::chrono::seconds(60);
  Duration idle_timeout = std::chrono::seconds(120);
  Duration write_timeout = std::chrono::seconds(30);
  size_t max_header_bytes = 16 << 10;
  size_t max_body_memory = 512 << 20;  // bytes of bodies that are being read; more: 503
  Duration sweep_interval = std::chrono::seconds(1);         // how often the timeouts are looked at
  Duration event_interval = std::chrono::milliseconds(500);  // how often a stream is asked
};

// HTTP/1.1: one acceptor hands connections to single-thread loops; handlers run on workers.
// Keep-alive and pipelined requests are answered in order. Garbage is answered 400 and closed.
class Server {
 public:
  // Binds and listens; kUnavailable names the address when it is taken. `router` must outlive the
  // server.
  static Result<std::unique_ptr<Server>> start(const Router& router, ServerOptions options,
                                               const Clock& clock, Rng& rng, Log& log,
                                               Metrics& metrics);
  // The same on a socket that is bound already (`options.listen` is not looked at): for who needs
  // to know the port before the router can be built.
  static Result<std::unique_ptr<Server>> start(const Router& router,
                                               std::unique_ptr<Listener> listener,
                                               ServerOptions options, const Clock& clock, Rng& rng,
                                               Log& log, Metrics& metrics);
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // "127.0.0.1:9110", the port that was taken
  virtual int port() const = 0;
  // Stops accepting, finishes requests under way within `patience`, closes streams, joins.
  virtual void stop(Duration patience) = 0;
};

}  // namespace tocsin::net
