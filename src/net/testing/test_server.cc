#include "net/testing/test_server.h"

#include <fmt/format.h>

namespace tocsin::net::testing {

TestServer::TestServer()
    : log_(clock, LogLevel::kDebug, LogFormat::kLogfmt, [this](LogLevel, std::string_view line) {
        const std::lock_guard lock(mutex_);
        logged_ += line;
      }) {
  options.listen = "127.0.0.1:0";
  options.loops = 2;
  options.workers = 2;
  options.sweep_interval = std::chrono::milliseconds(10);
  options.event_interval = std::chrono::milliseconds(5);
}

TestServer::~TestServer() = default;

void TestServer::start() {
  auto started = Server::start(router, options, clock, rng, log_, metrics);
  if (!started) bug(started.error().message);
  server_ = *std::move(started);
}

std::string TestServer::url(std::string_view path) const {
  return fmt::format("{}://127.0.0.1:{}{}", options.tls ? "https" : "http", port(), path);
}

std::string TestServer::logged() const {
  const std::lock_guard lock(mutex_);
  return logged_;
}

}  // namespace tocsin::net::testing
