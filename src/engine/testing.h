#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "store/testing.h"

// For tests only: link tocsin::engine_testing.
namespace tocsin::engine::testing {

// An engine in virtual time over a fresh, migrated database. Nothing happens by itself: the test
// calls run(), settle() and advance().
//
//   TestEngine t;
//   auto outbox = notify::Outbox::make(t.engine(), transport, t.log(), t.metrics());
//   ASSERT_TRUE(t.run([&](Tx& tx) { return pager.start(tx, reason); }));
//   t.advance(minutes(5));
//   EXPECT_EQ(t.kinds().back(), "page.sent");
//
// Whatever the fixture itself cannot do (open the database, find no end of due timers) it throws as
// std::runtime_error. Not thread-safe but for the log.
class TestEngine {
 public:
  struct Options {
    store::Backend backend = store::Backend::kSqlite;
    uint64_t seed = 1;
    EngineOptions engine;
    // What stands in the database before it is migrated: the rows of an earlier version.
    std::function<void(store::Session&, Time now)> before_migration = {};
  };
  TestEngine() : TestEngine(Options()) {}
  explicit TestEngine(store::Backend backend) : TestEngine(Options{.backend = backend}) {}
  explicit TestEngine(Options options);
  ~TestEngine();

  Engine& engine() { return *engine_; }
  ManualClock& clock() { return clock_; }
  Time now() const { return engine_->now(); }
  SeededRng& rng() { return rng_; }
  Log& log() { return log_; }
  Metrics& metrics() { return metrics_; }
  store::Database& database() { return *database_; }
  store::testing::FreshDatabase& fresh() { return fresh_; }
  store::Session& reader() { return *reader_; }  // read-only, beside the engine
  store::testing::Faults& faults() { return faults_; }

  // Submits the command, commits it, and then does whatever became due at this moment.
  Result<> run(Command command);
  // Steps until nothing is queued or due.
  void settle();
  // Moves the clock to each due timer in turn and settles there, then to the end.
  void advance(Duration by);
  void advance_to(Time until);

  // As after a crash: what was queued is gone, and a new engine with a new epoch stands over the
  // same database. Rooms hold references to the old one: end them before, make them anew after.
  void restart();

  // Log lines of level error and of level warn, in order.
  std::vector<std::string> errors() const;
  std::vector<std::string> warnings() const;
  std::vector<store::LogbookRecord> logbook();
  std::vector<std::string> kinds();  // of the logbook's entries, in order

 private:
  std::vector<std::string> lines(LogLevel level) const;
  void open();

  store::testing::FreshDatabase fresh_;
  store::testing::Faults faults_;
  std::unique_ptr<store::Database> database_;
  ManualClock clock_;
  SeededRng rng_;
  mutable std::mutex log_mutex_;
  std::vector<std::pair<LogLevel, std::string>> log_lines_;
  Log log_;
  Metrics metrics_;
  const EngineOptions engine_options_;
  std::unique_ptr<store::Lease> lease_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<store::Session> reader_;
};

}  // namespace tocsin::engine::testing
