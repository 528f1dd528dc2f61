// The dispatcher with real threads and a real clock: what many senders post at once is told once
// each.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "alert/dispatch_testing.h"
#include "store/migration.h"

namespace tocsin::alert {
namespace {

constexpr const char* kConfig = R"(
route:
  receiver: team
  group_by: ['...']
  group_wait: 0s
  group_interval: 1m
  repeat_interval: 1h
inhibit_rules:
- source_matchers: [role=source]
  target_matchers: [role=target]
receivers:
- name: team
  webhook_configs: [{url: 'http://team.test/'}]
)";

// Answers on a thread of its own.
class Answering {
 public:
  Answering() : thread_([this](std::stop_token stopping) { run(stopping); }) {}
  void send(const receiver::GroupMessage& message,
            std::move_only_function<void(receiver::Sent)> done) {
    const std::lock_guard lock(mutex_);
    for (const auto& alert : message.alerts) ++heard_[std::string(alert->labels.get("name"))];
    waiting_.push_back(std::move(done));
    wake_.notify_all();
  }
  void wait_for(size_t names) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return heard_.size() >= names; });
  }
  std::map<std::string, int> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void run(std::stop_token stopping) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stopping, [this] { return !waiting_.empty(); })) {
      auto done = std::move(waiting_.back());
      waiting_.pop_back();
      lock.unlock();
      done({});
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, int> heard_;
  std::vector<std::move_only_function<void(receiver::Sent)>> waiting_;
  std::jthread thread_;
};

class AnsweringIntegration final : public receiver::Integration {
 public:
  explicit AnsweringIntegration(Answering& answering) : answering_(answering) {}
  std::string_view kind() const override { return "webhook"; }
  int index() const override { return 0; }
  bool send_resolved() const override { return true; }
  void send(const receiver::GroupMessage& message, Duration,
            std::move_only_function<void(receiver::Sent)> done) override {
    answering_.send(message, std::move(done));
  }

 private:
  Answering& answering_;
};

routing::PostedAlert alert(const std::string& name, Time now) {
  routing::PostedAlert a;
  a.labels = routing::Labels::of({{"name", name}});
  a.starts = now;
  a.ends = now + minutes(5);
  a.updated = now;
  return a;
}

TEST(DispatcherThreads, ManySendersAndReadersAndReloads) {
  store::testing::FreshDatabase database(store::Backend::kSqlite);
  ASSERT_TRUE(store::migrate(**database->connect()));
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kError, LogFormat::kLogfmt);
  Metrics metrics;
  const auto lease = *store::Lease::acquire(*database, "test", clock.now());
  const auto engine = *engine::Engine::open(*database, *lease, clock, rng, log, metrics);
  Answering answering;
  PostedBook book({*engine, clock, log, metrics}, {});
  SilenceBook silences(*engine, clock, rng, metrics, {});
  NotificationLog log_book(*engine, metrics, hours(120));
  const auto dispatcher = Dispatcher::make(
      {*engine, book, silences, log_book, clock, rng, log, metrics, "https://tocsin.test"}, {});
  const auto use = [&] {
    dispatcher->use(testing::read_config(kConfig), [&](const routing::Receiver&) {
      std::vector<std::unique_ptr<receiver::Integration>> made;
      made.push_back(std::make_unique<AnsweringIntegration>(answering));
      return made;
    });
  };
  engine->start();
  use();
  dispatcher->start();

  constexpr int kSenders = 4, kEach = 25;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int s = 0; s < kSenders; ++s) {
      threads.emplace_back([&, s] {
        for (int i = 0; i < kEach; ++i) {
          const std::string name = std::to_string(s) + "-" + std::to_string(i);
          for (int again = 0; again < 3; ++again) {
            failed += book.put({alert(name, clock.now()), alert("all", clock.now())}) ? 0 : 1;
          }
        }
      });
    }
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        for (const auto& one : book.all()) (void)dispatcher->status_of(*one, clock.now());
        (void)dispatcher->groups(clock.now());
        if (i % 5 == 0) use();
      }
    });
  }
  answering.wait_for(kSenders * kEach + 1);
  dispatcher->stop(seconds(10));
  EXPECT_EQ(failed, 0);
  for (const auto& [name, times] : answering.heard()) EXPECT_EQ(times, 1) << name;
  engine->stop(seconds(10));
}

}  // namespace
}  // namespace tocsin::alert
