#include "store/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>
#include <vector>

namespace tocsin::store::testing {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(int server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::pipe(wake_) != 0) {
    throw std::runtime_error("no socket for the proxy");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { loop(); });
}

CuttingProxy::~CuttingProxy() {
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
  ::close(listener_);
  for (const auto& [one, other] : peer_of_) ::close(one);
}

void CuttingProxy::loop() {
  while (true) {
    std::vector<pollfd> waits{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& [one, other] : peer_of_) waits.push_back({one, POLLIN, 0});
    if (::poll(waits.data(), waits.size(), -1) < 0) return;
    if (waits[0].revents) return;
    for (size_t i = 2; i < waits.size(); ++i) {
      const int from = waits[i].fd;
      if (waits[i].revents && peer_of_.contains(from) && !forward(from)) close_pair(from);
    }
    if (waits[1].revents) accept_one();
  }
}

void CuttingProxy::accept_one() {
  const int client = ::accept(listener_, nullptr, nullptr);
  if (client < 0) return;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(client);
    ::close(server);
    return;
  }
  peer_of_[client] = server;
  peer_of_[server] = client;
  is_from_client_[client] = true;
  is_from_client_[server] = false;
}

bool CuttingProxy::forward(int from) {
  char buffer[65536];
  const ssize_t got = ::recv(from, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  const std::string_view bytes(buffer, static_cast<size_t>(got));
  const int to = peer_of_.at(from);
  const bool commits = is_from_client_.at(from) && bytes.find("COMMIT") != std::string_view::npos;
  const Cut cut = commits ? cut_.exchange(Cut::kNone) : Cut::kNone;
  if (cut == Cut::kBeforeTheServer) return false;
  if (!send_all(to, bytes)) return false;
  if (cut == Cut::kNone) return true;
  // The server has done it when it answers; nobody hears the answer.
  (void)::recv(to, buffer, sizeof buffer, 0);
  return false;
}

void CuttingProxy::close_pair(int one) {
  const int other = peer_of_.at(one);
  for (const int fd : {one, other}) {
    peer_of_.erase(fd);
    is_from_client_.erase(fd);
    ::close(fd);
  }
}

}  // namespace tocsin::store::testing
