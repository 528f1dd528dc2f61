#include "store/lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "store/testing.h"
#include "store/transaction.h"

namespace tocsin::store {
namespace {

using ::testing::HasSubstr;
using ::testing::ValuesIn;

class LeaseTest : public testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (!IsSkipped()) session_ = connect_migrated();
  }
  Result<std::unique_ptr<Lease>> acquire(const std::string& holder) {
    return Lease::acquire(*database(), holder, from_micros(5));
  }
  // As the writer does it.
  Result<> check(Lease& lease) {
    return in_write_transaction(*session_, [&] { return lease.check(*session_); });
  }
  std::unique_ptr<Session> session_;
};
INSTANTIATE_TEST_SUITE_P(Backends, LeaseTest, ValuesIn(testing::backends()), testing::backend_name);

TEST_P(LeaseTest, OneHolderAtATimeAndTheRefusalNamesIt) {
  const auto first = acquire("first");
  ASSERT_TRUE(first) << first.error().message;
  const auto second = acquire("second");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(second.error().message, HasSubstr("first (pid " + std::to_string(::getpid())));
  if (GetParam() == Backend::kSqlite) {
    EXPECT_THAT(second.error().message, HasSubstr(database().path() + ".lock"));
  }
}

TEST_P(LeaseTest, TheEpochRisesEachTimeThatItChangesHands) {
  auto first = acquire("first").value();
  const int64_t epoch = first->epoch();
  EXPECT_TRUE(check(*first));
  first.reset();
  const auto second = acquire("second").value();
  EXPECT_EQ(second->epoch(), epoch + 1);
  EXPECT_TRUE(check(*second));
}

TEST_P(LeaseTest, AFencedWriterCannotPassTheCheck) {
  const auto lease = acquire("old").value();
  ASSERT_TRUE(connect()->exec("UPDATE lease SET epoch = epoch + 1, holder = 'new'"));
  const auto checked = check(*lease);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::kAborted);
  EXPECT_THAT(checked.error().message, HasSubstr("held by new"));
}

TEST_P(LeaseTest, TheEpochCannotRiseBetweenCheckAndCommit) {
  const auto lease = acquire("writer").value();
  ASSERT_TRUE(begin_write(*session_));
  ASSERT_TRUE(lease->check(*session_));
  const auto other = connect();
  if (GetParam() == Backend::kPostgres) {
    ASSERT_TRUE(other->run("SET lock_timeout = '50ms'"));
  }
  const auto raised = other->exec("UPDATE lease SET epoch = epoch + 1");
  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().code, Code::kUnavailable);
  ASSERT_TRUE(commit(*session_));
  EXPECT_EQ(other->exec("UPDATE lease SET epoch = epoch + 1"), 1);
}

// PostgreSQL alone: the lock lives in a connection, which may break.
class PostgresLeaseTest : public LeaseTest {
 protected:
  void end_the_locks_connection() {
    const auto rows = session_->query(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND ((classid::bigint << 32) | objid::bigint) = "
        "hashtextextended('tocsin lease ' || current_schema(), 0)");
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->at(0).integer(0), 1);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, PostgresLeaseTest, ::testing::Values(Backend::kPostgres),
                         testing::backend_name);

TEST_P(PostgresLeaseTest, TakesTheLockAgainWhenItsConnectionBroke) {
  const auto lease = acquire("first").value();
  end_the_locks_connection();
  EXPECT_TRUE(check(*lease));
  EXPECT_FALSE(acquire("second")) << "it holds the lock again";
  EXPECT_TRUE(check(*lease));
}

TEST_P(PostgresLeaseTest, IsLostWhenAnotherTookItMeanwhile) {
  const auto first = acquire("first").value();
  end_the_locks_connection();
  const auto second = acquire("second");
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(check(*first).error().code, Code::kAborted);
  EXPECT_TRUE(check(**second));
}

}  // namespace
}  // namespace tocsin::store
