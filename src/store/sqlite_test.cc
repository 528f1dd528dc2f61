// What only a file can suffer.
#include "store/sqlite.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "store/migration.h"
#include "store/testing.h"
#include "store/transaction.h"

namespace tocsin::store {
namespace {

using ::testing::HasSubstr;

TEST(Sqlite, MakesItsFileForThisUserAlone) {
  testing::FreshDatabase database(Backend::kSqlite);
  ASSERT_TRUE(database->connect().value()->run("CREATE TABLE t (x BIGINT)"));
  struct stat file{};
  ASSERT_EQ(::stat(database.path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST(Sqlite, IsAsDurableAsItSays) {
  testing::FreshDatabase database(Backend::kSqlite);
  const auto session = database->connect().value();
  EXPECT_EQ(session->query("PRAGMA journal_mode").value().at(0).text(0), "wal");
  EXPECT_EQ(session->query("PRAGMA synchronous").value().at(0).integer(0), 2);
  EXPECT_EQ(session->query("PRAGMA foreign_keys").value().at(0).integer(0), 1);
}

TEST(Sqlite, NamesTheFolderThatIsMissing) {
  const auto opened = Database::open("sqlite:/nowhere/at/all/tocsin.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(opened.error().message, HasSubstr("mkdir -p '/nowhere/at/all'"));
  EXPECT_EQ(Database::open("sqlite:").error().code, Code::kInvalidArgument);
  EXPECT_EQ(Database::open("sqlite::memory:").error().code, Code::kInvalidArgument);
}

TEST(Sqlite, AFileThatIsNoDatabaseIsDataLoss) {
  testing::FreshDatabase other(Backend::kSqlite);
  const std::string path = other.path() + ".txt";
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = Database::open("sqlite:" + path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kDataLoss);
  EXPECT_THAT(opened.error().message, HasSubstr(path));
  EXPECT_THAT(opened.error().message, HasSubstr("backup"));
}

TEST(Sqlite, ADamagedPageIsDataLossAndNotAWrongAnswer) {
  testing::FreshDatabase database(Backend::kSqlite);
  {
    const auto session = database->connect().value();
    ASSERT_TRUE(session->run("CREATE TABLE t (x BIGINT NOT NULL PRIMARY KEY, filler TEXT)"));
    ASSERT_TRUE(begin_write(*session));
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(session->exec("INSERT INTO t VALUES ($1, $2)", i, std::string(200, 'x')));
    }
    ASSERT_TRUE(commit(*session));
    ASSERT_TRUE(session->query("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  {
    std::fstream file(database.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (const int page : {3, 5, 7, 9, 11}) {
      file.seekp(page * 4096);
      file << std::string(512, '\xa5');
    }
  }
  const auto rows = database->connect().value()->query("SELECT x, filler FROM t ORDER BY x");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kDataLoss) << rows.error().message;
}

// 12 MB to take back: more than a statement journal that spilled at a limit of ours could write.
TEST(Sqlite, ASavepointMayChangeMuch) {
  testing::FreshDatabase database(Backend::kSqlite);
  const auto session = database->connect().value();
  ASSERT_TRUE(session->run("CREATE TABLE t (x BIGINT NOT NULL PRIMARY KEY, filler TEXT)"));
  ASSERT_TRUE(begin_write(*session));
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(session->exec("INSERT INTO t VALUES ($1, $2)", i, std::string(4000, 'x')));
  }
  ASSERT_TRUE(commit(*session));
  ASSERT_TRUE(begin_write(*session));
  ASSERT_TRUE(session->run("SAVEPOINT much"));
  const auto changed = session->exec("UPDATE t SET filler = $1", std::string(4000, 'y'));
  ASSERT_TRUE(changed) << changed.error().message;
  ASSERT_TRUE(session->run("ROLLBACK TO much"));
  ASSERT_TRUE(session->exec("UPDATE t SET filler = $1 WHERE x = 7", std::string(4000, 'z')));
  ASSERT_TRUE(session->run("RELEASE much"));
  ASSERT_TRUE(commit(*session));
  const auto rows =
      session->query("SELECT substr(filler, 1, 1), count(*) FROM t GROUP BY 1 ORDER BY 1").value();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].text(0), "x");
  EXPECT_EQ(rows[0].integer(1), 2999);
  EXPECT_EQ(rows[1].text(0), "z");
}

TEST(Sqlite, AnotherWriterMakesUsWaitAndThenTryAgain) {
  testing::FreshDatabase database(Backend::kSqlite);
  const auto mine = database->connect().value(), other = database->connect().value();
  ASSERT_TRUE(begin_write(*other));
  const auto begun = begin_write(*mine);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, Code::kUnavailable);
  ASSERT_TRUE(commit(*other));
  EXPECT_TRUE(begin_write(*mine));
}

// Runs `body` in a child process as a user without rights, also where the tests run as root, and
// gives back what it says.
std::string as_nobody(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return "pipe failed";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned kNobody = 65534;
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(1);
    const std::string said = body();
    ::_exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0
                                                                                            : 1);
  }
  ::close(ends[1]);
  std::string said(4096, '\0');
  said.resize(static_cast<size_t>(std::max<ssize_t>(0, ::read(ends[0], said.data(), said.size()))));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST(Sqlite, AFileThatMayOnlyBeReadIsRefusedWithTheReason) {
  testing::FreshDatabase database(Backend::kSqlite);
  ASSERT_TRUE(migrate(*database->connect().value()));
  const std::string folder = database.path().substr(0, database.path().rfind('/'));
  ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(database.path().c_str(), 0444), 0);
  const std::string said = as_nobody([&]() -> std::string {
    const auto opened = Database::open(database.url());
    if (opened) return "opened";
    return fmt::format("{}: {}", name_of(opened.error().code), opened.error().message);
  });
  EXPECT_THAT(said, HasSubstr("failed_precondition: database " + database.path()));
  EXPECT_THAT(said, HasSubstr("right to write"));
}

TEST(Sqlite, AWriteToAReadOnlyDatabaseIsAFailedPrecondition) {
  testing::FreshDatabase database(Backend::kSqlite);
  const auto session = database->connect().value();
  ASSERT_TRUE(migrate(*session));
  ASSERT_TRUE(session->run("PRAGMA query_only = ON"));
  const auto done = session->exec("UPDATE lease SET epoch = 9");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kFailedPrecondition);
}

}  // namespace
}  // namespace tocsin::store
