// kill -9 of a process that commits in a loop: what was acknowledged is there, and there is no gap.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "engine/engine.h"
#include "store/migration.h"
#include "store/testing.h"

namespace tocsin::engine {
namespace {

using ::testing::ValuesIn;

struct Pipe {
  Pipe() {
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  }
  ~Pipe() {
    for (const int end : ends) ::close(end);
  }
  int ends[2];
};

// The child: commits entries "<round>.<n>" in batches for ever and writes n to `acknowledged` when
// the engine says that it is done. Ends with a code that the parent shows if it cannot.
[[noreturn]] void commit_for_ever(const std::string& url, int64_t round, int acknowledged) {
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kError, LogFormat::kLogfmt);
  Metrics metrics;
  const auto database = store::Database::open(url);
  if (!database) ::_exit(10);
  const auto lease = store::Lease::acquire(**database, "child", clock.now());
  if (!lease) ::_exit(11);
  const auto engine = Engine::open(**database, **lease, clock, rng, log, metrics);
  if (!engine) ::_exit(12);
  for (int64_t n = 0;; ++n) {
    (*engine)->submit(
        [=](Tx& tx) -> Result<> {
          RETURN_IF_ERROR(tx.append({.happened = tx.now(),
                                     .actor = store::system_actor("test"),
                                     .kind = "test.wrote",
                                     .subject_kind = "entry",
                                     .subject_id = fmt::format("{}.{}", round, n)}));
          // Some fail, so that numbers are given back.
          if (n % 7 == 3) return invalid("no");
          return tx.set_timer({"later", fmt::format("{}.{}", round, n), tx.now() + hours(1)});
        },
        [=](Result<> result) {
          if (result && ::write(acknowledged, &n, sizeof n) != sizeof n) ::_exit(13);
        });
    if (n % 5 == 4 && !(*engine)->step()) ::_exit(14);
  }
}

class CrashTest : public store::testing::BackendTest {
 protected:
  // The server goes on with what the dead process had sent; its lock is free when that is through.
  void wait_for_the_dead(store::Session& session) {
    if (GetParam() == store::Backend::kSqlite) return;
    ASSERT_TRUE(session.run(
        "SELECT pg_advisory_lock(hashtextextended('tocsin lease ' || current_schema(), 0));"
        "SELECT pg_advisory_unlock(hashtextextended('tocsin lease ' || current_schema(), 0));"
        "BEGIN; LOCK TABLE logbook, timers IN ACCESS EXCLUSIVE MODE; COMMIT"));
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, CrashTest, ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(CrashTest, WhatWasAcknowledgedSurvivesKillAndTheLogbookHasNoGap) {
  connect_migrated().reset();
  SeededRng rng(7);
  std::set<std::string> acknowledged;
  for (int64_t round = 0; round < 12; ++round) {
    const uint64_t kill_after = 1 + rng.below(60);
    Pipe pipe;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe.ends[0]);
      commit_for_ever(database().url(), round, pipe.ends[1]);
    }
    ::close(std::exchange(pipe.ends[1], -1));
    int64_t n = 0;
    for (uint64_t got = 0; ::read(pipe.ends[0], &n, sizeof n) == sizeof n; ++got) {
      acknowledged.insert(fmt::format("{}.{}", round, n));
      if (got == kill_after) ::kill(child, SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child could not go on: " << WEXITSTATUS(status);

    const auto session = connect();
    wait_for_the_dead(*session);
    std::set<std::string> written, timers;
    int64_t expected = 0;
    const auto logbook = store::read_logbook(*session, 0, 1'000'000).value();
    for (const auto& record : logbook) {
      ASSERT_EQ(record.seq, ++expected) << "round " << round;
      written.insert(record.entry.subject_id);
    }
    const auto rows = session->query("SELECT subject FROM timers").value();
    for (const store::Row& row : rows) timers.insert(row.text(0));
    EXPECT_EQ(written, timers) << "state and logbook are one; round " << round;
    for (const std::string& id : acknowledged) {
      EXPECT_TRUE(written.contains(id)) << id << " was acknowledged; round " << round;
    }
  }
}

}  // namespace
}  // namespace tocsin::engine
