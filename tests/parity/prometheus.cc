#include "parity/prometheus.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "codec/json.h"

namespace tocsin::parity {
namespace {

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

// Starts a program of PATH; its output goes to `out_fd` unless that is negative.
pid_t spawn(const std::vector<std::string>& arguments, int out_fd) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (out_fd >= 0) {
    ::posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
    ::posix_spawn_file_actions_adddup2(&actions, out_fd, 2);
  }
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::runtime_error(
        fmt::format("{} cannot be started; script/setup installs it", arguments[0]));
  return pid;
}

void run(const std::vector<std::string>& arguments) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn(arguments, nowhere);
  ::close(nowhere);
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error(fmt::format("{} failed with status {}", arguments[0], status));
}

double seconds_of(Time t) { return static_cast<double>(to_millis(t)) / 1000; }

}  // namespace

Prometheus::Prometheus(const std::string& openmetrics) : client_(net::Client::start(metrics_)) {
  std::string folder = (std::filesystem::temp_directory_path() / "tocsin-parity-XXXXXX").string();
  if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder " + folder);
  folder_ = folder;
  std::ofstream(folder_ / "samples.txt") << openmetrics;
  std::ofstream(folder_ / "prometheus.yml") << "global: {}\n";
  run({"promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet",
       "--max-block-duration=24h", (folder_ / "samples.txt").string(),
       (folder_ / "data").string()});
  start();
}

// Waits until it says on its log that it is ready.
void Prometheus::start() {
  port_ = free_port();
  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = spawn({"prometheus", "--config.file=" + (folder_ / "prometheus.yml").string(),
                "--storage.tsdb.path=" + (folder_ / "data").string(),
                "--storage.tsdb.retention.time=10y", "--query.max-samples=500000000",
                "--query.timeout=10m", fmt::format("--web.listen-address=127.0.0.1:{}", port_)},
               pipe_fds[1]);
  ::close(pipe_fds[1]);
  log_ = ::fdopen(pipe_fds[0], "r");
  std::string all, line(4096, '\0');
  bool is_ready = false;
  while (!is_ready && std::fgets(line.data(), static_cast<int>(line.size()), log_)) {
    all += line.c_str();
    is_ready = std::string_view(line).find("Server is ready") != std::string_view::npos;
  }
  if (!is_ready) throw std::runtime_error("prometheus ended by itself:\n" + all);
}

Prometheus::~Prometheus() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (log_) std::fclose(log_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::map<Time, double> Prometheus::range(const std::string& expression, Time from, Time to,
                                         Duration step) {
  const auto answer = client_->call_and_wait(
      {.url = fmt::format(
           "http://127.0.0.1:{}/api/v1/query_range?query={}&start={:.3f}&end={:.3f}&step={}", port_,
           url_encode(expression), seconds_of(from), seconds_of(to), to_seconds(step)),
       .headers = {},
       .body = {},
       .timeout = minutes(10),
       .max_answer = 64 << 20,
       .ca_file = {}});
  if (!answer) throw std::runtime_error(answer.error().message);
  if (answer->status != 200) throw std::runtime_error(expression + ": " + answer->body);
  const auto body = codec::read_own_json(answer->body);
  if (!body) throw std::runtime_error(body.error().message);
  std::map<Time, double> values;
  for (const auto& series : body->at("data").at("result").as_array())
    for (const auto& point : series.at("values").as_array()) {
      const double at = point.at(0).to_number<double>();
      const double value = std::stod(std::string(point.at(1).as_string()));
      if (!std::isnan(value)) values[from_millis(std::llround(at * 1000))] = value;
    }
  return values;
}

}  // namespace tocsin::parity
