#include "net/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace tocsin::net {
namespace {

constexpr int kBacklog = 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

int port_of(const Address& address) {
  return address.storage.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port)
             : ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return fmt::format("[{}]:{}", text, port_of(address));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return fmt::format("{}:{}", text, port_of(address));
}

Result<Address> resolve(const std::string& listen) {
  ASSIGN_OR_RETURN(const HostPort where, parse_host_port(listen));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(where.host.empty() ? nullptr : where.host.c_str(),
                                 where.port.c_str(), &hints, &found);
  if (status != 0) {
    return invalid(fmt::format("listening on '{}': {}", listen, gai_strerror(status)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> end(found, &freeaddrinfo);
  Address out;
  std::memcpy(&out.storage, found->ai_addr, found->ai_addrlen);
  out.length = found->ai_addrlen;
  return out;
}

// accept(2) also hands on what happened to the connection before it was taken; the next one may be
// well.
bool is_of_one_connection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:  // a firewall's rule
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET: return true;
    default: return false;
  }
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto wrong = [&] {
    return invalid(
        fmt::format("'{}' is not an address; write host:port, for example 127.0.0.1:9110 "
                    "or [::1]:9110",
                    text));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  HostPort out{.host = std::string(text.substr(0, colon)),
               .port = std::string(text.substr(colon + 1))};
  int port = -1;
  const char* end = out.port.data() + out.port.size();
  const auto [stop, error] = std::from_chars(out.port.data(), end, port);
  if (error != std::errc() || stop != end || port < 0 || port > 65535) return wrong();
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  } else if (out.host.contains(':')) {
    return wrong();
  }
  return out;
}

Listener::Listener(Fd socket, Fd wake, Log* log)
    : socket_(std::move(socket)), wake_(std::move(wake)), log_(log) {
  Address bound;
  getsockname(socket_.get(), bound.get(), &bound.length);
  address_ = to_text(bound);
  port_ = port_of(bound);
}

Result<std::unique_ptr<Listener>> Listener::bind(const std::string& listen, Log* log) {
  ASSIGN_OR_RETURN(Address address, resolve(listen));
  Fd socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (socket.get() < 0 || wake.get() < 0 ||
      ::bind(socket.get(), address.get(), address.length) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    const int error = errno;
    const std::string_view fix =
        error == EADDRINUSE ? "; another process has it: stop it or set another `listen`" : "";
    return fail(Code::kUnavailable,
                fmt::format("listening on '{}': {}{}", listen, std::strerror(error), fix));
  }
  return std::unique_ptr<Listener>(new Listener(std::move(socket), std::move(wake), log));
}

void Listener::start(OnAccept on_accept) {
  thread_ = std::thread([this, on_accept = std::move(on_accept)] { run(on_accept); });
}

void Listener::stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  static_cast<void>(written);  // an eventfd that is full wakes as well
  thread_.join();
  socket_ = Fd();
}

void Listener::run(const OnAccept& on_accept) {
  for (;;) {
    pollfd watched[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0) continue;  // EINTR
    if (watched[1].revents != 0) return;
    accept_all(on_accept);
  }
}

void Listener::accept_all(const OnAccept& on_accept) {
  for (;;) {
    Address peer;
    Fd accepted(::accept4(socket_.get(), peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted.get() >= 0) {
      is_held_up_ = false;
      hand_over(on_accept, std::move(accepted), to_text(peer));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (is_of_one_connection(errno)) continue;
    report_held_up(errno);
    pollfd woken{wake_.get(), POLLIN, 0};
    ::poll(&woken, 1, 200);
    return;
  }
}

// Whatever goes wrong with one connection must not end the thread that accepts the others.
void Listener::hand_over(const OnAccept& on_accept, Fd accepted, std::string peer) {
  try {
    on_accept(std::move(accepted), std::move(peer));
  } catch (const std::exception& e) {
    if (log_ != nullptr) log_->error("a new connection is dropped", {{"error", e.what()}});
  }
}

// Once for each time that connections wait, not for each try.
void Listener::report_held_up(int error) {
  if (std::exchange(is_held_up_, true) || log_ == nullptr) return;
  const bool is_gone = error == EBADF || error == EINVAL || error == ENOTSOCK;
  if (is_gone) {
    log_->error("the listening socket is gone: nobody can connect any more",
                {{"address", address_}, {"error", std::strerror(error)}, {"fix", "restart"}});
    return;
  }
  // Out of descriptors or memory: connections wait in the backlog until some are closed.
  log_->warn("cannot accept connections; they wait", {{"address", address_},
                                                      {"error", std::strerror(error)},
                                                      {"fix", "raise the limit of open files"}});
}

}  // namespace tocsin::net
