// Failures that are made to happen: a lease that is lost, a disk that is full, a server that dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "engine/engine.h"
#include "engine/testing.h"
#include "store/migration.h"

namespace tocsin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TestEngine;
using ::testing::ValuesIn;

Command append(std::string kind, size_t bytes = 0) {
  return [=](Tx& tx) {
    return tx.append({.happened = tx.now(),
                      .actor = store::system_actor("test"),
                      .kind = kind,
                      .subject_kind = "thing",
                      .subject_id = "1",
                      .data = {{"filler", std::string(bytes, 'x')}}});
  };
}

class FailureTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
  }
  TestEngine& t() { return *t_; }
  void submit(Command command) {
    const size_t at = results_.size();
    results_.emplace_back();
    t().engine().submit(std::move(command),
                        [this, at](Result<> r) { results_[at] = std::move(r); });
  }
  // The numbers in the logbook are 1, 2, 3 ...
  void expect_no_gap() {
    int64_t expected = 0;
    for (const auto& record : t().logbook()) EXPECT_EQ(record.seq, ++expected);
  }

  std::optional<TestEngine> t_;
  std::vector<std::optional<Result<>>> results_;
};

class LostLeaseTest : public FailureTest {};
INSTANTIATE_TEST_SUITE_P(Backends, LostLeaseTest, ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(LostLeaseTest, AFencedWriterCommitsNothingAndSaysSo) {
  std::vector<Error> lost;
  t().engine().on_lost([&](const Error& error) { lost.push_back(error); });
  ASSERT_TRUE(t().run(append("before")));
  ASSERT_TRUE(t().fresh()->connect().value()->exec(
      "UPDATE lease SET epoch = epoch + 1, holder = 'another node'"));

  submit(append("after"));
  const auto stepped = t().engine().step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::kAborted);
  EXPECT_EQ(results_[0].value().error().code, Code::kAborted);
  EXPECT_THAT(t().kinds(), ElementsAre("before")) << "nothing changed";
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_THAT(lost[0].message, HasSubstr("another node"));
  EXPECT_EQ(t().engine().lost(), lost[0]);
  EXPECT_THAT(t().errors(), ElementsAre(HasSubstr("may not write any more")));

  submit(append("later"));
  EXPECT_EQ(results_[1].value().error().code, Code::kAborted) << "refused at once";
  EXPECT_FALSE(t().engine().step());
  EXPECT_EQ(lost.size(), 1u) << "told once";
}

TEST_P(LostLeaseTest, ADueTimerOfAFencedWriterDoesNotFire) {
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"ring", "1", tx.now() + seconds(1)}); }));
  t().engine().on_timer("ring", [](Tx& tx, const std::string&) { return append("rang")(tx); });
  ASSERT_TRUE(t().fresh()->connect().value()->exec("UPDATE lease SET epoch = epoch + 1"));
  t().advance(minutes(1));
  EXPECT_TRUE(t().engine().lost());
  EXPECT_THAT(t().kinds(), ElementsAre());
  EXPECT_EQ(t().reader().query("SELECT count(*) FROM timers").value().at(0).integer(0), 1);
}

class FullDiskTest : public FailureTest {};
INSTANTIATE_TEST_SUITE_P(Backends, FullDiskTest, ::testing::Values(store::Backend::kSqlite),
                         store::testing::backend_name);

// SQLite then ends the whole transaction by itself.
TEST_P(FullDiskTest, ACommandThatFindsNoRoomFailsItsBatchAndTheNextOneWorks) {
  ASSERT_TRUE(t().run([](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto pages, tx.sql().query("PRAGMA page_count"));
    const auto limit = fmt::format("PRAGMA max_page_count = {}", pages.at(0).integer(0) + 4);
    RETURN_IF_ERROR(tx.sql().query(limit));
    return {};
  }));
  submit(append("small"));
  submit([](Tx& tx) -> Result<> {
    EXPECT_FALSE(append("large", 100'000)(tx));
    EXPECT_EQ(append("alone, outside the transaction")(tx).error().code, Code::kAborted);
    return {};
  });
  submit(append("small too"));
  EXPECT_FALSE(t().engine().step());
  for (const auto& result : results_) {
    EXPECT_EQ(result.value().error().code, Code::kResourceExhausted);
    EXPECT_THAT(result.value().error().message, HasSubstr("make room"));
  }
  EXPECT_THAT(t().kinds(), ElementsAre());
  EXPECT_FALSE(t().engine().lost());

  ASSERT_TRUE(t().run(append("after")));
  EXPECT_THAT(t().kinds(), ElementsAre("after"));
  expect_no_gap();
}

// While it lives, no file of this process may grow past `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    ::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

TEST_P(FullDiskTest, ACommitThatCannotBeWrittenFailsWholeAndTheNextOneWorks) {
  ASSERT_TRUE(t().run(append("before")));
  struct stat wal{};
  ASSERT_EQ(::stat((t().fresh().path() + "-wal").c_str(), &wal), 0);
  submit(append("a"));
  submit(append("b", 200'000));
  {
    const FileSizeLimit limit(static_cast<rlim_t>(wal.st_size) + 20'000);
    EXPECT_FALSE(t().engine().step());
  }
  for (const auto& result : results_) {
    EXPECT_EQ(result.value().error().code, Code::kUnavailable);
    EXPECT_THAT(result.value().error().message, HasSubstr("its quota"));
  }
  EXPECT_THAT(t().kinds(), ElementsAre("before"));
  EXPECT_FALSE(t().engine().lost());

  ASSERT_TRUE(t().run(append("after")));
  EXPECT_THAT(t().kinds(), ElementsAre("before", "after"));
  expect_no_gap();
  EXPECT_EQ(t().reader().query("PRAGMA integrity_check").value().at(0).text(0), "ok");
}

// Runs in a child of its own, with a file system of 4 MB over the database's folder. What it
// finds wrong, or "ok", or "skip: ...".
std::string fill_a_small_disk(const store::testing::FreshDatabase& place) {
  const std::string folder = place.path().substr(0, place.path().rfind('/'));
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
      ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=4096k")) {
    return "skip: no right to mount a file system";
  }
  const std::string filler = folder + "/filler";
  std::ofstream(filler) << std::string(100'000, 'x');

  const auto database = store::Database::open(place.url()).value();
  const auto session = database->connect().value();
  if (!store::migrate(*session)) return "migrate failed";
  const auto lease = store::Lease::acquire(*database, "child", Time()).value();
  const ManualClock clock;
  SeededRng rng(1);
  Log log(clock, LogLevel::kError, LogFormat::kLogfmt);
  Metrics metrics;
  const auto engine = Engine::open(*database, *lease, clock, rng, log, metrics).value();
  int64_t good = 0;
  Result<> last;
  while (good < 1000 && (last = engine->run(append("a", 5'000)))) ++good;
  if (last) return "the disk was never full";
  if (last.error().code != Code::kResourceExhausted) return "not so: " + last.error().message;
  if (engine->lost()) return "the engine gave up";
  ::unlink(filler.c_str());
  if (const auto again = engine->run(append("b")); !again)
    return "no way back: " + again.error().message;
  if (store::last_logbook_seq(*session) != good + 1) return "a gap";
  return "ok";
}

TEST_P(FullDiskTest, ARealFullDiskIsToldAndRoomHelps) {
  const store::testing::FreshDatabase place(store::Backend::kSqlite);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = fill_a_small_disk(place);
    ::_exit(::write(ends[1], said.data(), said.size()) > 0 ? 0 : 1);
  }
  ::close(ends[1]);
  char said[1024] = {};
  const ssize_t got = ::read(ends[0], said, sizeof said - 1);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  ASSERT_GT(got, 0);
  if (std::string_view(said).starts_with("skip")) GTEST_SKIP() << said;
  EXPECT_STREQ(said, "ok");
}

class DeadServerTest : public FailureTest {
 protected:
  // Ends the server's side of the connection that the command runs on.
  Result<> kill_connection(Tx& tx) {
    ASSIGN_OR_RETURN(const auto pid, tx.sql().query("SELECT pg_backend_pid()"));
    kill_backend(pid.at(0).integer(0));
    return {};
  }
  void kill_backend(int64_t pid) {
    const auto killed = t().fresh()->connect().value()->query(
        "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 10000)", pid);
    ASSERT_TRUE(killed) << killed.error().message;
    ASSERT_TRUE(killed->at(0).flag(0));
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, DeadServerTest, ::testing::Values(store::Backend::kPostgres),
                         store::testing::backend_name);

TEST_P(DeadServerTest, AConnectionThatDiesInABatchFailsTheBatchAndComesBack) {
  submit(append("a"));
  submit([&](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(kill_connection(tx));
    return append("b")(tx);
  });
  submit(append("c"));
  const auto stepped = t().engine().step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::kUnavailable);
  for (const auto& result : results_) {
    EXPECT_EQ(result.value().error().code, Code::kUnavailable) << "try again";
  }
  EXPECT_THAT(t().kinds(), ElementsAre());

  ASSERT_TRUE(t().run(append("d")));
  EXPECT_THAT(t().kinds(), ElementsAre("d"));
  expect_no_gap();
}

TEST_P(DeadServerTest, AConnectionThatDiesBeforeTheCommitIsNoLostLease) {
  submit([&](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(append("a")(tx));
    return kill_connection(tx);
  });
  EXPECT_FALSE(t().engine().step());
  EXPECT_EQ(results_[0].value().error().code, Code::kUnavailable);
  EXPECT_FALSE(t().engine().lost());
  ASSERT_TRUE(t().run(append("b")));
  EXPECT_THAT(t().kinds(), ElementsAre("b"));
}

TEST_P(DeadServerTest, AnIdleConnectionThatDiedIsNotNoticed) {
  int64_t pid = 0;
  ASSERT_TRUE(t().run([&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto rows, tx.sql().query("SELECT pg_backend_pid()"));
    pid = rows.at(0).integer(0);
    return {};
  }));
  kill_backend(pid);
  ASSERT_TRUE(t().run(append("a")));
  const auto reader_pid = t().reader().query("SELECT pg_backend_pid()").value().at(0).integer(0);
  kill_backend(reader_pid);
  EXPECT_THAT(t().kinds(), ElementsAre("a"));
}

}  // namespace
}  // namespace tocsin::engine
