#include "net/testing/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/text.h"

namespace tocsin::net::testing {

std::string RawAnswer::header(std::string_view name) const {
  for (const std::string_view line : split(head, '\n')) {
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      return std::string(trim(line.substr(colon + 1)));
    }
  }
  return "";
}

RawClient::RawClient(int port, bool use_tls)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      context_(nullptr, &SSL_CTX_free),
      tls_(nullptr, &SSL_free) {
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  is_connected_ =
      ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!use_tls || !is_connected_) return;
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write cannot ask send(2) for this
  context_.reset(SSL_CTX_new(TLS_client_method()));
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), fd_.get());
  is_connected_ = SSL_connect(tls_.get()) == 1;
}

RawClient::~RawClient() = default;
RawClient::RawClient(RawClient&&) noexcept = default;

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void RawClient::half_close() { ::shutdown(fd_.get(), SHUT_WR); }

std::string RawClient::read_some(size_t most) {
  if (!buffered_.empty()) return std::exchange(buffered_, "");
  std::string out(most, '\0');
  const ssize_t n = tls_ ? SSL_read(tls_.get(), out.data(), static_cast<int>(most))
                         : ::recv(fd_.get(), out.data(), most, 0);
  out.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return out;
}

std::string RawClient::read_until(std::string_view end) {
  std::string out;
  for (;;) {
    const size_t at = out.find(end);
    if (at != std::string::npos) {
      buffered_ = out.substr(at + end.size()) + buffered_;
      out.resize(at + end.size());
      return out;
    }
    const std::string more = read_some();
    if (more.empty()) return out;
    out += more;
  }
}

RawAnswer RawClient::read_answer(bool is_for_head) {
  RawAnswer out;
  out.head = read_until("\r\n\r\n");
  if (!out.head.ends_with("\r\n\r\n")) return {};
  const size_t length =
      is_for_head ? 0 : std::strtoul(out.header("Content-Length").c_str(), nullptr, 10);
  while (out.body.size() < length) {
    const std::string more = read_some();
    if (more.empty()) return {};
    out.body += more;
  }
  buffered_ = out.body.substr(length) + buffered_;
  out.body.resize(length);
  out.status = std::atoi(out.head.c_str() + sizeof "HTTP/1.1");
  return out;
}

bool RawClient::is_closed_by_peer() {
  buffered_.clear();
  char drop[4096];
  for (;;) {
    const ssize_t n =
        tls_ ? SSL_read(tls_.get(), drop, sizeof drop) : ::recv(fd_.get(), drop, sizeof drop, 0);
    if (n > 0) continue;
    return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }
}

std::string RawClient::read_to_end() {
  std::string out;
  for (std::string more = read_some(); !more.empty(); more = read_some()) out += more;
  return out;
}

}  // namespace tocsin::net::testing
