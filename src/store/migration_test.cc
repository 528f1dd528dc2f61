#include "store/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/testing.h"

namespace tocsin::store {
namespace {

using ::testing::HasSubstr;
using ::testing::ValuesIn;

constexpr Migration kFirst{1, "0001_first", "CREATE TABLE a (x BIGINT); CREATE TABLE b (y TEXT);"};
constexpr Migration kSecond{2, "0002_second", "ALTER TABLE a ADD COLUMN z TEXT;"};
constexpr Migration kBroken{3, "0003_broken", "CREATE TABLE c (x BIGINT); SELECT FROM WHERE;"};

class MigrationTest : public testing::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, MigrationTest, ValuesIn(testing::backends()),
                         testing::backend_name);

TEST_P(MigrationTest, BringsAnEmptyDatabaseToTheNewestNumber) {
  const auto session = connect();
  EXPECT_EQ(migrate(*session), static_cast<int>(all_migrations().size()));
  EXPECT_EQ(migrate(*session), 0) << "a second time there is nothing to do";
  EXPECT_TRUE(session->query("SELECT seq FROM logbook"));
}

TEST_P(MigrationTest, RunsOnlyWhatIsNew) {
  const auto session = connect();
  const std::vector<Migration> old{kFirst}, now{kFirst, kSecond};
  EXPECT_EQ(migrate(*session, old), 1);
  ASSERT_TRUE(session->exec("INSERT INTO a (x) VALUES (1)"));
  EXPECT_EQ(migrate(*session, now), 1);
  EXPECT_EQ(session->query("SELECT x, z FROM a").value().size(), 1u);
}

TEST_P(MigrationTest, ABrokenOneLeavesNothingBehindAndSaysWhich) {
  const auto session = connect();
  const std::vector<Migration> all{kFirst, kSecond, kBroken};
  const auto done = migrate(*session, all);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("0003_broken"));
  EXPECT_FALSE(session->in_transaction());
  EXPECT_TRUE(session->query("SELECT x, z FROM a")) << "those before it stand";
  EXPECT_FALSE(session->query("SELECT x FROM c"));
}

TEST_P(MigrationTest, RefusesADatabaseThatIsNewerThanTheBinary) {
  const auto session = connect();
  const std::vector<Migration> newer{kFirst, kSecond}, older{kFirst};
  ASSERT_TRUE(migrate(*session, newer));
  const auto done = migrate(*session, older);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(done.error().message, HasSubstr("has schema 2, this binary knows 1"));
  EXPECT_THAT(done.error().message, HasSubstr("newer binary"));
}

// Tokens that were made before it end with their users, too.
TEST_P(MigrationTest, WhoMadeATokenIsTakenFromTheLogbook) {
  const auto session = connect();
  const auto all = all_migrations();
  const auto place = std::ranges::find_if(
      all, [](const Migration& migration) { return migration.name.ends_with("_token_maker"); });
  ASSERT_NE(place, all.end());
  const auto before = all.first(static_cast<size_t>(place - all.begin()));
  ASSERT_TRUE(migrate(*session, before));
  for (const auto* id : {"tok_1", "tok_2", "tok_3"}) {
    ASSERT_TRUE(
        session->exec("INSERT INTO api_token (id, name, hash, role, created) "
                      "VALUES ($1, $2, $3, 'admin', 1)",
                      id, id, id));
  }
  const auto note = [&](int64_t seq, const char* actor_kind, const char* kind, const char* token) {
    ASSERT_TRUE(session->exec(
        "INSERT INTO logbook (seq, happened, recorded, actor_kind, actor_name, kind, subject_kind, "
        "subject_id, data) VALUES ($1, 1, 1, $2, 'grace', $3, 'token', $4, '{}')",
        seq, actor_kind, kind, token));
  };
  note(1, "user", "token.created", "tok_1");
  note(2, "token", "token.created", "tok_2");
  note(3, "user", "token.revoked", "tok_3");
  ASSERT_EQ(migrate(*session), static_cast<int>(all.size() - before.size()));
  const Rows rows = session->query("SELECT made_by FROM api_token ORDER BY id").value();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].text(0), "grace");
  EXPECT_EQ(rows[1].text(0), "");
  EXPECT_EQ(rows[2].text(0), "");
}

TEST(AllMigrations, AreNamedByTheirNumberAndRise) {
  int last = 0;
  ASSERT_FALSE(all_migrations().empty());
  for (const Migration& migration : all_migrations()) {
    EXPECT_GT(migration.number, last);
    last = migration.number;
    EXPECT_EQ(migration.name.substr(0, 4), std::to_string(10'000 + migration.number).substr(1));
  }
}

}  // namespace
}  // namespace tocsin::store
