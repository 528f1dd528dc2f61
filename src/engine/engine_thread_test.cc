// The engine with a thread of its own and the real clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "engine/engine.h"
#include "store/migration.h"
#include "store/testing.h"

namespace tocsin::engine {
namespace {

using ::testing::ValuesIn;

store::LogbookEntry entry(std::string subject) {
  return {.happened = Time(),
          .actor = store::system_actor("test"),
          .kind = "test.wrote",
          .subject_kind = "thread",
          .subject_id = std::move(subject)};
}

class EngineThreadTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    reader_ = connect_migrated();
    lease_ = store::Lease::acquire(*database(), "test", clock_.now()).value();
    engine_ = Engine::open(*database(), *lease_, clock_, rng_, log_, metrics_).value();
  }
  void TearDown() override { engine_.reset(); }

  SystemClock clock_;
  SystemRng rng_;
  Log log_{clock_, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics_;
  std::unique_ptr<store::Session> reader_;
  std::unique_ptr<store::Lease> lease_;
  std::unique_ptr<Engine> engine_;
};
INSTANTIATE_TEST_SUITE_P(Backends, EngineThreadTest, ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(EngineThreadTest, CommandsOfManyThreadsAreAllThereWithoutAGap) {
  constexpr int kThreads = 4, kEach = 50;
  std::atomic<int64_t> newest = 0;
  engine_->on_commit([&](int64_t seq) { newest = seq; });
  engine_->start();
  std::vector<std::thread> threads;
  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < kEach; ++i) {
        const bool bad = i % 10 == 9;
        const Result<> done = engine_->run([&](Tx& tx) -> Result<> {
          RETURN_IF_ERROR(tx.append(entry(fmt::format("{}-{}", n, i))));
          if (bad) return invalid("no");
          return {};
        });
        EXPECT_EQ(done.has_value(), !bad);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto records = store::read_logbook(*reader_, 0, 1000).value();
  ASSERT_EQ(records.size(), kThreads * kEach * 9u / 10);
  for (size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(records[i].seq, static_cast<int64_t>(i + 1));
  EXPECT_EQ(newest, static_cast<int64_t>(records.size()));
}

TEST_P(EngineThreadTest, ATimerWakesTheThread) {
  std::latch fired(1);
  engine_->on_timer("ring", [&](Tx&, const std::string&) -> Result<> {
    fired.count_down();
    return {};
  });
  engine_->start();
  ASSERT_TRUE(engine_->run(
      [](Tx& tx) { return tx.set_timer({"ring", "1", tx.now() + milliseconds(20)}); }));
  fired.wait();
}

TEST_P(EngineThreadTest, StopFinishesWhatWasAccepted) {
  constexpr int kCommands = 200;
  std::atomic<int> good = 0, refused = 0;
  engine_->start();
  for (int i = 0; i < kCommands; ++i) {
    engine_->submit([i](Tx& tx) { return tx.append(entry(std::to_string(i))); },
                    [&](Result<> result) { ++(result ? good : refused); });
  }
  engine_->stop(seconds(30));
  EXPECT_EQ(good, kCommands);
  EXPECT_EQ(engine_->run([](Tx&) { return Result<>(); }).error().code, Code::kUnavailable);
  EXPECT_EQ(store::last_logbook_seq(*reader_), kCommands);
}

TEST_P(EngineThreadTest, EveryoneIsAnsweredWhenItStopsWithoutPatience) {
  constexpr int kCommands = 500;
  std::atomic<int> answered = 0, good = 0;
  engine_->start();
  for (int i = 0; i < kCommands; ++i) {
    engine_->submit([i](Tx& tx) { return tx.append(entry(std::to_string(i))); },
                    [&](Result<> result) {
                      if (result) ++good;
                      ++answered;
                    });
  }
  engine_->stop(seconds(0));
  EXPECT_EQ(answered, kCommands);
  EXPECT_EQ(store::last_logbook_seq(*reader_), good.load());
}

TEST_P(EngineThreadTest, AFencedWriterAnswersEveryoneAndStops) {
  std::latch lost(1);
  engine_->on_lost([&](const Error&) { lost.count_down(); });
  engine_->start();
  ASSERT_TRUE(connect()->exec("UPDATE lease SET epoch = epoch + 1"));
  const auto write = [](Tx& tx) { return tx.append(entry("1")); };
  EXPECT_EQ(engine_->run(write).error().code, Code::kAborted);
  lost.wait();
  EXPECT_EQ(engine_->run(write).error().code, Code::kAborted);
  engine_->stop(seconds(1));
  EXPECT_EQ(store::last_logbook_seq(*reader_), 0);
}

TEST_P(EngineThreadTest, TimeAndStateMayBeAskedFromAnyThread) {
  engine_->start();
  std::thread asker([&] {
    for (int i = 0; i < 1000; ++i) {
      EXPECT_LT(std::chrono::abs(engine_->now() - clock_.now()), seconds(2));
      EXPECT_EQ(engine_->lost(), std::nullopt);
    }
  });
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(engine_->run([&](Tx& tx) { return tx.append(entry(std::to_string(i))); }));
  }
  asker.join();
}

}  // namespace
}  // namespace tocsin::engine
