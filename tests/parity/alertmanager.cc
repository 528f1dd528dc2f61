#include "parity/alertmanager.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <stdexcept>

namespace tocsin::parity {

Alertmanager::Alertmanager(const std::string& config)
    : port_(free_port()), client_(net::Client::start(metrics_)) {
  std::ofstream(folder_ / "alertmanager.yml") << config;
  pid_ =
      spawn({"prometheus-alertmanager", "--config.file=" + (folder_ / "alertmanager.yml").string(),
             "--storage.path=" + (folder_ / "data").string(),
             fmt::format("--web.listen-address=127.0.0.1:{}", port_), "--cluster.listen-address="},
            folder_ / "out", folder_ / "log");
  // Asked until it answers; each refusal costs a connection, so this turns slowly enough.
  while (true) {
    const auto answer = client_->call_and_wait(
        {.url = fmt::format("http://127.0.0.1:{}/-/ready", port_), .headers = {}, .body = {}});
    if (answer && answer->status == 200) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("prometheus-alertmanager ended: " + content_of(folder_ / "log"));
    }
  }
}

Alertmanager::~Alertmanager() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

boost::json::value Alertmanager::get(const std::string& path) {
  const auto answer = client_->call_and_wait(
      {.url = fmt::format("http://127.0.0.1:{}/api/v2{}", port_, path), .headers = {}, .body = {}});
  if (!answer) throw std::runtime_error(answer.error().message);
  if (answer->status != 200) throw std::runtime_error(path + ": " + answer->body);
  return boost::json::parse(answer->body);
}

std::string Alertmanager::post(const std::string& path, const boost::json::value& body) {
  const auto answer =
      client_->call_and_wait({.method = "POST",
                              .url = fmt::format("http://127.0.0.1:{}/api/v2{}", port_, path),
                              .headers = {{"Content-Type", "application/json"}},
                              .body = boost::json::serialize(body)});
  if (!answer) throw std::runtime_error(answer.error().message);
  if (answer->status != 200) throw std::runtime_error(path + ": " + answer->body);
  return answer->body;
}

}  // namespace tocsin::parity
