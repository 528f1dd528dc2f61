#include "net/server.h"

#include <sys/socket.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "net/listener.h"
#include "net/loop.h"
#include "net/tls_context.h"

namespace tocsin::net {
namespace {

int or_cores(int wanted, int divisor, int least, int most) {
  if (wanted > 0) return wanted;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores / divisor, least, most);
}

// Says no without a session; the peer of a TLS connection just sees it end.
void refuse(const Fd& socket, bool is_tls) {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";
  if (!is_tls) {
    ::send(socket.get(), kAnswer.data(), kAnswer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}

class HttpServer final : public Server {
 public:
  HttpServer(std::unique_ptr<Listener> listener, std::shared_ptr<ssl_ctx_st> tls,
             const Router& router, ServerOptions options, const Clock& clock, Rng& rng, Log& log,
             Metrics& metrics)
      : shared_{.router = router,
                .options = options,
                .clock = clock,
                .rng = rng,
                .log = log,
                .metrics = ServerMetrics(metrics),
                .tls = std::move(tls),
                .workers = WorkerPool(or_cores(options.workers, 1, 4, 16), options.max_queue)},
        listener_(std::move(listener)) {
    const int loops = or_cores(options.loops, 2, 1, 4);
    for (int i = 0; i < loops; ++i) loops_.push_back(Loop::start(shared_));
    listener_->start(
        [this](Fd socket, std::string peer) { accepted(std::move(socket), std::move(peer)); });
  }
  ~HttpServer() override { stop(Duration(0)); }

  std::string address() const override { return listener_->address(); }
  int port() const override { return listener_->port(); }
  void stop(Duration patience) override;

 private:
  void accepted(Fd socket, std::string peer);
  bool wait_until_closed(Duration patience);

  LoopShared shared_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Loop>> loops_;
  size_t next_loop_ = 0;  // of the listener's thread
};

void HttpServer::accepted(Fd socket, std::string peer) {
  if (shared_.open.load() >= shared_.options.max_connections) {
    shared_.metrics.refused_connections.add();
    refuse(socket, shared_.tls != nullptr);
    return;
  }
  shared_.connection_opened();
  loops_[next_loop_++ % loops_.size()]->adopt(socket.release(), std::move(peer));
}

bool HttpServer::wait_until_closed(Duration patience) {
  std::unique_lock lock(shared_.mutex);
  return shared_.closed.wait_for(lock, patience, [&] { return shared_.open.load() == 0; });
}

void HttpServer::stop(Duration patience) {
  listener_->stop();
  if (loops_.empty()) return;
  for (const auto& loop : loops_) loop->drain();
  if (!wait_until_closed(patience)) {
    shared_.log.warn("connections are cut", {{"open", shared_.open.load()}});
    for (const auto& loop : loops_) loop->close_all();
    wait_until_closed(std::chrono::seconds(1));
  }
  shared_.workers.stop();
  for (const auto& loop : loops_) loop->join();
  loops_.clear();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Router& router, ServerOptions options,
                                              const Clock& clock, Rng& rng, Log& log,
                                              Metrics& metrics) {
  ASSIGN_OR_RETURN(auto listener, Listener::bind(options.listen, &log));
  return start(router, std::move(listener), std::move(options), clock, rng, log, metrics);
}

Result<std::unique_ptr<Server>> Server::start(const Router& router,
                                              std::unique_ptr<Listener> listener,
                                              ServerOptions options, const Clock& clock, Rng& rng,
                                              Log& log, Metrics& metrics) {
  std::shared_ptr<ssl_ctx_st> tls;
  if (options.tls) {
    ASSIGN_OR_RETURN(tls, load_tls(*options.tls, &log));
  }
  return std::make_unique<HttpServer>(std::move(listener), std::move(tls), router,
                                      std::move(options), clock, rng, log, metrics);
}

}  // namespace tocsin::net
