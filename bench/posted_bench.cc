// What an alert that somebody posts costs behind JSON and HTTP: CPU of the whole process (the
// caller and the writer), memory, and alerts a second, with alerts of 550 bytes. Then how long it
// takes from a post to the integration without group_wait: two commits lie between.
//
//   posted_bench [ALERTS]
//
// The database is in the folder that TMPDIR names.
#include <fmt/format.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "alert/dispatcher.h"
#include "store/migration.h"

namespace tocsin::alert {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Folder {
 public:
  Folder() {
    std::string folder = (std::filesystem::temp_directory_path() / "tocsin-bench-XXXXXX").string();
    if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder " + folder);
    path_ = folder;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string url() const { return "sqlite:" + path_ + "/tocsin.db"; }

 private:
  std::string path_;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

routing::PostedAlert make_alert(size_t number, Time now) {
  using routing::Labels;
  const std::string instance = fmt::format("node-{:06}.fra1.example.com:9100", number);
  const std::string pod = fmt::format("checkout-7f9c6d5b8-{:06}", number);
  routing::PostedAlert a;
  a.labels = Labels::of({{"alertname", "HighErrorRate"},
                         {"cluster", "production-eu-west"},
                         {"instance", instance},
                         {"job", "checkout-service"},
                         {"namespace", "checkout"},
                         {"pod", pod},
                         {"severity", "page"},
                         {"team", "payments"}});
  a.annotations =
      Labels::of({{"description",
                   "More than five percent of the requests fail for ten minutes; customers "
                   "cannot pay. Look at the dashboard first."},
                  {"runbook_url", "https://runbooks.example.com/checkout/high-error-rate"},
                  {"summary", "Checkout fails for many customers"}});
  a.generator_url = "http://prometheus.example.com:9090/graph?g0.expr=errors";
  a.starts = now;
  a.ends = now + minutes(4);
  a.updated = now;
  return a;
}

struct Spent {
  double cpu, wall;
};

// Times put() alone; the alerts of a request are made outside.
Spent post_all(PostedBook& book, const Clock& clock, size_t alerts, size_t batch, Time starts) {
  Spent spent{};
  for (size_t first = 0; first < alerts; first += batch) {
    std::vector<routing::PostedAlert> request;
    for (size_t i = first; i < std::min(first + batch, alerts); ++i) {
      request.push_back(make_alert(i, starts));
      request.back().updated = clock.now();
      request.back().ends = clock.now() + minutes(4);
    }
    const double cpu = cpu_seconds(), wall = to_seconds(clock.monotonic());
    must(book.put(std::move(request)));
    spent.cpu += cpu_seconds() - cpu;
    spent.wall += to_seconds(clock.monotonic()) - wall;
  }
  return spent;
}

void measure(size_t alerts, size_t batch) {
  const Folder folder;
  const auto database = must(store::Database::open(folder.url()));
  must(store::migrate(*must(database->connect())));
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kWarn, LogFormat::kLogfmt);
  Metrics metrics;
  const auto lease = must(store::Lease::acquire(*database, "bench", clock.now()));
  const auto engine = must(engine::Engine::open(*database, *lease, clock, rng, log, metrics));
  PostedBook book({*engine, clock, log, metrics}, {});
  engine->start();
  ::malloc_trim(0);
  const size_t before = resident_bytes();
  const Time starts = clock.now();
  const Spent news = post_all(book, clock, alerts, batch, starts);
  ::malloc_trim(0);
  const size_t after = resident_bytes();
  Spent again{};
  for (int round = 0; round < 5; ++round) {
    const Spent one = post_all(book, clock, alerts, batch, starts);
    again.cpu += one.cpu;
    again.wall += one.wall;
  }
  engine->stop(seconds(10));
  const auto n = static_cast<double>(alerts);
  fmt::print(
      "{} alerts in requests of {}: new {:.2f} us CPU each, {:.0f}/s; posted again {:.3f} us "
      "CPU each, {:.0f}/s; {:.0f} bytes of memory each\n",
      alerts, batch, news.cpu / n * 1e6, n / news.wall, again.cpu / n / 5 * 1e6, 5 * n / again.wall,
      static_cast<double>(after - before) / n);
}

// Notes when it was called.
class Noting final : public receiver::Integration {
 public:
  Noting(const Clock& clock, std::mutex& mutex, std::condition_variable& wake,
         std::vector<Duration>& calls)
      : clock_(clock), mutex_(mutex), wake_(wake), calls_(calls) {}
  std::string_view kind() const override { return "webhook"; }
  int index() const override { return 0; }
  bool send_resolved() const override { return true; }
  void send(const receiver::GroupMessage&, Duration,
            std::move_only_function<void(receiver::Sent)> done) override {
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(clock_.monotonic());
      wake_.notify_all();
    }
    done({});
  }

 private:
  const Clock& clock_;
  std::mutex& mutex_;
  std::condition_variable& wake_;
  std::vector<Duration>& calls_;
};

void measure_telling(size_t alerts) {
  const Folder folder;
  const auto database = must(store::Database::open(folder.url()));
  must(store::migrate(*must(database->connect())));
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kWarn, LogFormat::kLogfmt);
  Metrics metrics;
  const auto lease = must(store::Lease::acquire(*database, "bench", clock.now()));
  const auto engine = must(engine::Engine::open(*database, *lease, clock, rng, log, metrics));
  PostedBook book({*engine, clock, log, metrics}, {});
  SilenceBook silences(*engine, clock, rng, metrics, {});
  NotificationLog log_book(*engine, metrics, hours(120));
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<Duration> calls;
  const auto dispatcher =
      Dispatcher::make({*engine, book, silences, log_book, clock, rng, log, metrics, ""}, {});
  auto config = std::make_shared<routing::AlertmanagerConfig>();
  config->route = std::make_unique<routing::Route>();
  config->route->receiver = "team";
  config->route->group_by_all = true;
  config->route->group_wait = Duration(0);
  config->receivers.resize(1);
  config->receivers[0].name = "team";
  dispatcher->use(config, [&](const routing::Receiver&) {
    std::vector<std::unique_ptr<receiver::Integration>> made;
    made.push_back(std::make_unique<Noting>(clock, mutex, wake, calls));
    return made;
  });
  engine->start();
  dispatcher->start();
  std::vector<Duration> waits;
  for (size_t i = 0; i < alerts; ++i) {
    const Duration began = clock.monotonic();
    must(book.put({make_alert(i, clock.now())}));
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return calls.size() > i; });
    waits.push_back(calls.back() - began);
  }
  dispatcher->stop(seconds(10));
  engine->stop(seconds(10));
  std::ranges::sort(waits);
  fmt::print("from a post to the integration, {} alerts: p50 {:.2f} ms, p99 {:.2f} ms\n", alerts,
             to_seconds(waits[alerts / 2]) * 1e3, to_seconds(waits[alerts * 99 / 100]) * 1e3);
}

}  // namespace
}  // namespace tocsin::alert

int main(int argc, char** argv) {
  const size_t alerts = argc > 1 ? std::stoul(argv[1]) : 100'000;
  for (const size_t batch : {64, 256, 1000}) tocsin::alert::measure(alerts, batch);
  tocsin::alert::measure_telling(500);
  return 0;
}
