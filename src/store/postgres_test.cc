// What only a server behind a connection can suffer.
#include "store/postgres.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/cutting_proxy.h"
#include "store/testing.h"
#include "store/transaction.h"

namespace tocsin::store {
namespace {

using testing::CuttingProxy;
using ::testing::HasSubstr;
using ::testing::Not;

class PostgresTest : public testing::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, PostgresTest, ::testing::Values(Backend::kPostgres),
                         testing::backend_name);

TEST_P(PostgresTest, IsAsDurableAsItSays) {
  const auto session = connect();
  EXPECT_EQ(session->query("SHOW synchronous_commit").value().at(0).text(0), "on");
  auto lax = Database::open(database().url() + "%20-csynchronous_commit%3Doff").value();
  EXPECT_EQ(lax->connect().value()->query("SHOW synchronous_commit").value().at(0).text(0), "on");
}

TEST_P(PostgresTest, AFailedTransactionIsNotTakenForACommittedOne) {
  const auto session = connect();
  ASSERT_TRUE(session->run("CREATE TABLE t (x BIGINT)"));
  ASSERT_TRUE(begin_write(*session));
  ASSERT_TRUE(session->exec("INSERT INTO t VALUES (1)"));
  ASSERT_FALSE(session->exec("INSERT INTO nowhere VALUES (1)"));
  EXPECT_EQ(commit(*session).error().code, Code::kAborted);
  EXPECT_EQ(session->query("SELECT count(*) FROM t").value().at(0).integer(0), 0);
}

TEST_P(PostgresTest, APlanThatAMigrationMadeStaleIsMadeAnewInATransactionToo) {
  const auto session = connect();
  ASSERT_TRUE(session->run("CREATE TABLE t (x BIGINT)"));
  const std::string_view sql = "SELECT * FROM t";
  ASSERT_TRUE(session->query(sql));
  ASSERT_TRUE(connect()->run("ALTER TABLE t ADD COLUMN y TEXT"));
  ASSERT_TRUE(begin_write(*session));
  EXPECT_EQ(session->query(sql).error().code, Code::kUnavailable) << "try again";
  rollback(*session);
  ASSERT_TRUE(begin_write(*session));
  EXPECT_TRUE(session->query(sql));
}

TEST_P(PostgresTest, MessagesNeverHoldThePassword) {
  const auto refused = Database::open("postgresql://ada:hunter2@127.0.0.1:1/x?connect_timeout=1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("PostgreSQL x on 127.0.0.1:1 as ada"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("hunter2")));
  const auto unreadable = Database::open("postgresql://ada:hunter%2@127.0.0.1:1/x");
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().code, Code::kInvalidArgument);
  EXPECT_THAT(unreadable.error().message, Not(HasSubstr("hunter")));
}

// The connection breaks while COMMIT is under way.
class CutCommitTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    direct_ = connect();
    ASSERT_TRUE(direct_->run("CREATE TABLE t (x BIGINT)"));
    const auto port = direct_->query("SELECT inet_server_port()");
    if (port.value().at(0).is_null(0)) GTEST_SKIP() << "TOCSIN_TEST_POSTGRES is no TCP address";
    proxy_.emplace(static_cast<int>(port->at(0).integer(0)));
    // What comes later in the URL counts.
    proxied_ = Database::open(fmt::format("{}&host=127.0.0.1&port={}&sslmode=disable",
                                          database().url(), proxy_->port()))
                   .value();
    session_ = proxied_->connect().value();
  }
  Result<> write_and_cut(CuttingProxy::Cut cut) {
    RETURN_IF_ERROR(begin_write(*session_));
    RETURN_IF_ERROR(session_->exec("INSERT INTO t VALUES (1)"));
    proxy_->cut_next_commit(cut);
    return commit(*session_);
  }
  int64_t count() { return direct_->query("SELECT count(*) FROM t").value().at(0).integer(0); }

  std::unique_ptr<Session> direct_;
  std::optional<CuttingProxy> proxy_;
  std::unique_ptr<Database> proxied_;
  std::unique_ptr<Session> session_;
};
INSTANTIATE_TEST_SUITE_P(Backends, CutCommitTest, ::testing::Values(Backend::kPostgres),
                         testing::backend_name);

TEST_P(CutCommitTest, FindsOutThatItHappened) {
  const auto done = write_and_cut(CuttingProxy::Cut::kBeforeTheClient);
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(count(), 1);
  EXPECT_FALSE(session_->in_transaction());
  EXPECT_TRUE(write_and_cut(CuttingProxy::Cut::kNone)) << "the session works again";
}

TEST_P(CutCommitTest, FindsOutThatItDidNot) {
  const auto done = write_and_cut(CuttingProxy::Cut::kBeforeTheServer);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kUnavailable);
  rollback(*session_);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(write_and_cut(CuttingProxy::Cut::kNone)) << "the session works again";
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace tocsin::store
