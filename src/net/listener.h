#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/result.h"

namespace tocsin::net {

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct HostPort {
  std::string host;  // without brackets; empty: every address
  std::string port;
};
// "127.0.0.1:9110", "[::1]:9110", ":9110", "localhost:0".
Result<HostPort> parse_host_port(std::string_view text);

// A listening TCP socket with the thread that accepts from it. Where descriptors or memory are used
// up, connections wait in the backlog and are taken as soon as there is room again.
class Listener {
 public:
  using OnAccept = std::function<void(Fd socket, std::string peer)>;  // on the listener's thread

  // Binds and listens, does not accept yet. kUnavailable names an address that is taken.
  // `log`, if given, is told when connections cannot be accepted; it outlives the listener.
  static Result<std::unique_ptr<Listener>> bind(const std::string& listen, Log* log = nullptr);
  ~Listener() { stop(); }

  void start(OnAccept on_accept);
  // Closes the socket and ends the thread. Again is harmless.
  void stop();
  std::string address() const { return address_; }
  int port() const { return port_; }

 private:
  Listener(Fd socket, Fd wake, Log* log);
  void accept_all(const OnAccept& on_accept);
  void hand_over(const OnAccept& on_accept, Fd accepted, std::string peer);
  void report_held_up(int error);
  void run(const OnAccept& on_accept);

  Fd socket_;
  Fd wake_;
  Log* const log_;
  std::string address_;
  int port_ = 0;
  bool is_held_up_ = false;  // of the thread
  std::thread thread_;
};

}  // namespace tocsin::net
