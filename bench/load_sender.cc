#include "bench/load_sender.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tocsin::bench {
namespace {

constexpr auto kFirstPause = std::chrono::milliseconds(10);
constexpr auto kLongestPause = std::chrono::milliseconds(1000);
constexpr auto kPatience = std::chrono::seconds(60);

// The value of a header of the answer's head, whose lines end with \r\n.
std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  size_t at = head.find("\r\n");
  while (at != std::string_view::npos) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0) {
      std::string_view value = line.substr(name.size() + 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      return value;
    }
    at = head.find("\r\n", at + 2);
  }
  return std::nullopt;
}

template <class T>
T number(std::string_view text) {
  T n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error(fmt::format("'{}' is not a number in its range", text));
  }
  return n;
}

}  // namespace

Target parse_target(const std::string& url, std::string token) {
  constexpr std::string_view kScheme = "http://";
  const size_t slash = url.find('/', kScheme.size());
  const size_t colon = url.find(':', kScheme.size());
  if (!url.starts_with(kScheme) || slash == std::string::npos || colon > slash) {
    throw std::runtime_error("--url must look like http://127.0.0.1:9110/api/v1/write");
  }
  const std::string_view all = url;
  return {.address = url.substr(kScheme.size(), colon - kScheme.size()),
          .port = number<uint16_t>(all.substr(colon + 1, slash - colon - 1)),
          .path = url.substr(slash),
          .token = std::move(token)};
}

std::string request_of(const Target& target, std::string_view block) {
  std::string request = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/x-protobuf\r\n"
      "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n"
      "User-Agent: remote_write_load\r\nContent-Length: {}\r\n",
      target.path, target.address, target.port, block.size());
  if (!target.token.empty()) request += fmt::format("Authorization: Bearer {}\r\n", target.token);
  request += "\r\n";
  request += block;
  return request;
}

void Sender::deliver(std::string_view request) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::chrono::milliseconds pause = kFirstPause;
  while (true) {
    Answer answer;
    const bool is_answered = exchange(request, answer);
    if (is_answered && answer.status / 100 == 2) return;
    const bool may_retry = !is_answered || answer.status == 429 || answer.status / 100 == 5;
    const bool is_late = std::chrono::steady_clock::now() > until;
    if (!may_retry || is_late) {
      throw std::runtime_error(
          is_answered ? fmt::format("the server answered {}: {}", answer.status, answer.body)
                      : fmt::format("no answer from {}:{}", target_.address, target_.port));
    }
    ++retries_;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

bool Sender::exchange(std::string_view request, Answer& answer) {
  if (socket_ < 0 && !open()) return false;
  while (!request.empty()) {
    const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) return close(), false;
    request.remove_prefix(static_cast<size_t>(sent));
  }
  std::string buffer;
  size_t head_size = std::string::npos;
  while ((head_size = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!receive(buffer)) return false;
  }
  const std::string head = buffer.substr(0, head_size + 2);
  if (head.size() < 12) return close(), false;
  answer.status = number<int>(std::string_view(head).substr(9, 3));
  const auto length = header(head, "Content-Length");
  const size_t whole = head_size + 4 + (length ? number<size_t>(*length) : 0);
  while (buffer.size() < whole) {
    if (!receive(buffer)) return false;
  }
  answer.body = buffer.substr(head_size + 4);
  // An answer without a length is read as far as it came, and the connection given up.
  const bool is_whole = length || answer.status == 204;
  if (!is_whole || header(head, "Connection") == "close") close();
  return true;
}

bool Sender::receive(std::string& buffer) {
  char part[4096];
  const ssize_t got = ::recv(socket_, part, sizeof part, 0);
  if (got <= 0) return close(), false;
  buffer.append(part, static_cast<size_t>(got));
  return true;
}

bool Sender::open() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(target_.port);
  if (::inet_pton(AF_INET, target_.address.c_str(), &to.sin_addr) != 1) {
    throw std::runtime_error("--url: the address must be digits, such as 127.0.0.1");
  }
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return true;
  close();
  return false;
}

void Sender::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

}  // namespace tocsin::bench
