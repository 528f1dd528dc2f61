#include "net/loop.h"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <optional>
#include <thread>
#include <unordered_map>

#include "net/request_runner.h"

namespace tocsin::net {

void LoopShared::connection_opened() {
  metrics.connections.set(static_cast<double>(open.fetch_add(1) + 1));
}

void LoopShared::connection_closed() {
  const size_t left = open.fetch_sub(1) - 1;
  metrics.connections.set(static_cast<double>(left));
  if (left == 0) {
    const std::lock_guard lock(mutex);
    closed.notify_all();
  }
}

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Want = HttpSession::Want;

class AsioLoop;

// Moves bytes between a socket and its session. Lives on its loop's thread; a handler under way
// keeps it alive.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(AsioLoop& loop, Tcp::socket socket, const std::string& peer);

  void start();
  void tick(Duration now);
  void sweep(Duration now);
  void drain(Duration now);
  void close();

 private:
  void shake_hands();
  void pump();
  void start_read();
  void on_read(error_code error, size_t bytes);
  void start_write();
  void on_write(error_code error, size_t bytes);
  void hand_to_worker();
  void linger();

  AsioLoop& loop_;
  Tcp::socket socket_;
  std::optional<asio::ssl::stream<Tcp::socket&>> tls_;
  std::optional<Duration> handshake_deadline_;
  HttpSession session_;
  bool reading_ = false;
  bool writing_ = false;
  bool lingering_ = false;
  bool plain_reads_ = false;  // TLS is over: what still comes is only drained
  bool closed_ = false;
};

class AsioLoop final : public Loop, public SessionHost {
 public:
  explicit AsioLoop(LoopShared& shared)
      : shared_(shared),
        counts_(shared.metrics.registry),
        work_(asio::make_work_guard(context_)),
        sweeper_(context_),
        ticker_(context_) {
    if (shared.tls != nullptr) {
      SSL_CTX_up_ref(shared.tls.get());
      tls_.emplace(shared.tls.get());
    }
    arm_sweeper();
    arm_ticker();
    thread_ = std::thread([this] { run(); });
  }
  ~AsioLoop() override { join(); }

  void adopt(int fd, std::string peer) override;
  void drain() override;
  void close_all() override;
  void join() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  const Router& router() const override { return shared_.router; }
  const ServerOptions& options() const override { return shared_.options; }
  Time wall() const override { return shared_.clock.now(); }
  std::string new_request_id() override { return shared_.rng.token(9); }
  bool reserve(size_t bytes) override;
  void release(size_t bytes) override { shared_.body_memory -= bytes; }
  void answered(const Answered& answered) override;

  Duration now() const { return shared_.clock.monotonic(); }
  LoopShared& shared() { return shared_; }
  asio::io_context& context() { return context_; }
  asio::ssl::context* tls() { return tls_ ? &*tls_ : nullptr; }
  void forget(Connection* connection) {
    if (connections_.erase(connection) > 0) shared_.connection_closed();
  }

 private:
  void run();
  void arm_sweeper();
  void arm_ticker();
  template <class F>
  void for_each_connection(F f);

  LoopShared& shared_;
  RequestMetrics counts_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweeper_;
  asio::steady_timer ticker_;
  std::optional<asio::ssl::context> tls_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  bool draining_ = false;
  std::thread thread_;
};

Connection::Connection(AsioLoop& loop, Tcp::socket socket, const std::string& peer)
    : loop_(loop),
      socket_(std::move(socket)),
      session_(loop, peer, loop.tls() != nullptr, loop.now()) {
  if (loop.tls() != nullptr) tls_.emplace(socket_, *loop.tls());
}

void Connection::start() {
  error_code ignored;
  socket_.set_option(Tcp::no_delay(true), ignored);
  tls_ ? shake_hands() : pump();
}

void Connection::shake_hands() {
  handshake_deadline_ = loop_.now() + loop_.options().header_timeout;
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](error_code error) {
                          self->handshake_deadline_.reset();
                          error ? self->close() : self->pump();
                        });
}

void Connection::pump() {
  if (closed_) return;
  switch (session_.want()) {
    case Want::kRead:
    case Want::kStream: return start_read();
    case Want::kWrite: return start_write();
    case Want::kHandle: return hand_to_worker();
    case Want::kWait: return;
    case Want::kLinger: return linger();
    case Want::kClose: return close();
  }
}

void Connection::start_read() {
  if (reading_) return;
  reading_ = true;
  const std::span<char> space = session_.input_space();
  const auto buffer = asio::buffer(space.data(), space.size());
  auto done = [self = shared_from_this()](error_code error, size_t bytes) {
    self->on_read(error, bytes);
  };
  if (tls_ && !plain_reads_) {
    tls_->async_read_some(buffer, std::move(done));
  } else {
    socket_.async_read_some(buffer, std::move(done));
  }
}

void Connection::on_read(error_code error, size_t bytes) {
  reading_ = false;
  if (closed_) return;
  const bool ended = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  if (error && !ended) return close();
  if (ended) {
    session_.input_ended(loop_.now());
  } else {
    session_.received(bytes, loop_.now());
  }
  pump();
}

void Connection::start_write() {
  if (writing_) return;
  writing_ = true;
  const auto [head, body] = session_.output();
  auto done = [self = shared_from_this()](error_code error, size_t bytes) {
    self->on_write(error, bytes);
  };
  if (tls_) {
    // TLS takes one buffer at a time.
    const std::string_view next = head.empty() ? body : head;
    tls_->async_write_some(asio::buffer(next.data(), next.size()), std::move(done));
  } else {
    const std::array buffers{asio::buffer(head.data(), head.size()),
                             asio::buffer(body.data(), body.size())};
    socket_.async_write_some(buffers, std::move(done));
  }
}

void Connection::on_write(error_code error, size_t bytes) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  session_.sent(bytes, loop_.now());
  pump();
}

void Connection::hand_to_worker() {
  auto request = std::make_unique<Request>(session_.take_request());
  const std::string request_id = request->request_id;
  WorkerPool::Job job = [self = shared_from_this(), &loop = loop_,
                         request = std::move(request)]() mutable {
    LoopShared& shared = loop.shared();
    Response response =
        run_request(shared.router, std::move(*request), shared.log, shared.metrics.exceptions);
    request.reset();
    asio::post(loop.context(), [self = std::move(self), response = std::move(response)]() mutable {
      self->session_.answer(std::move(response), self->loop_.now());
      self->pump();
    });
  };
  if (loop_.shared().workers.try_post(job)) return;
  loop_.shared().metrics.refused_queue.add();
  Request trace;
  trace.request_id = request_id;
  session_.answer(Response::error(Error{Code::kUnavailable,
                                        "the server has more requests than it can take; try again "
                                        "in a second"},
                                  trace),
                  loop_.now());
  pump();
}

void Connection::linger() {
  if (lingering_) return start_read();
  lingering_ = true;
  const auto end_sending = [](const std::shared_ptr<Connection>& self) {
    error_code ignored;
    self->plain_reads_ = true;
    self->socket_.shutdown(Tcp::socket::shutdown_send, ignored);
    self->start_read();
  };
  // A read under way (after a timeout) still uses the TLS engine.
  if (!tls_ || reading_) return end_sending(shared_from_this());
  tls_->async_shutdown([self = shared_from_this(), end_sending](error_code) {
    if (!self->closed_) end_sending(self);
  });
}

void Connection::tick(Duration now) {
  if (closed_ || !session_.is_streaming()) return;
  session_.tick(now);
  pump();
}

void Connection::sweep(Duration now) {
  if (closed_) return;
  const auto deadline = handshake_deadline_ ? handshake_deadline_ : session_.deadline();
  if (!deadline || now < *deadline) return;
  loop_.shared().metrics.timeouts.add();
  if (handshake_deadline_) return close();
  session_.expire(now);
  pump();
}

void Connection::drain(Duration now) {
  if (closed_) return;
  if (handshake_deadline_) return close();
  session_.drain(now);
  pump();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  loop_.forget(this);
}

void AsioLoop::adopt(int fd, std::string peer) {
  asio::post(context_, [this, fd, peer = std::move(peer)] {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    Tcp::socket socket(context_);
    error_code error;
    socket.assign(address.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), fd, error);
    if (error || draining_) {
      if (error) ::close(fd);
      return shared_.connection_closed();
    }
    auto connection = std::make_shared<Connection>(*this, std::move(socket), peer);
    connections_.emplace(connection.get(), connection);
    connection->start();
  });
}

template <class F>
void AsioLoop::for_each_connection(F f) {
  std::vector<std::shared_ptr<Connection>> all;  // f may close some
  all.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) f(*connection);
}

void AsioLoop::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    for_each_connection([at = now()](Connection& c) { c.drain(at); });
  });
}

void AsioLoop::close_all() {
  asio::post(context_, [this] { for_each_connection([](Connection& c) { c.close(); }); });
}

// An exception is a bug; it may cost its connection, not the loop with all the others.
void AsioLoop::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      shared_.metrics.exceptions.add();
      shared_.log.error("an exception in a connection's loop", {{"what", e.what()}});
    }
  }
}

void AsioLoop::arm_sweeper() {
  sweeper_.expires_after(options().sweep_interval);
  sweeper_.async_wait([this](error_code error) {
    if (error) return;
    for_each_connection([at = now()](Connection& c) { c.sweep(at); });
    arm_sweeper();
  });
}

void AsioLoop::arm_ticker() {
  ticker_.expires_after(options().event_interval);
  ticker_.async_wait([this](error_code error) {
    if (error) return;
    for_each_connection([at = now()](Connection& c) { c.tick(at); });
    arm_ticker();
  });
}

bool AsioLoop::reserve(size_t bytes) {
  if (shared_.body_memory.fetch_add(bytes) + bytes <= options().max_body_memory) return true;
  shared_.body_memory -= bytes;
  shared_.metrics.refused_memory.add();
  return false;
}

void AsioLoop::answered(const Answered& answered) {
  counts_.note(answered);
  const bool is_ours = answered.status >= 500;
  const Log::Fields fields = {{"method", answered.method},
                              {"path", loggable_path(answered.path)},
                              {"status", answered.status},
                              {"ms", to_seconds(answered.took) * 1e3},
                              {"request_id", answered.request_id}};
  is_ours ? shared_.log.info("request", fields) : shared_.log.debug("request", fields);
}

}  // namespace

std::unique_ptr<Loop> Loop::start(LoopShared& shared) { return std::make_unique<AsioLoop>(shared); }

}  // namespace tocsin::net
