#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/strong_id.h"
#include "store/testing.h"
#include "store/transaction.h"

namespace tocsin::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ValuesIn;
using PersonId = StrongId<struct PersonTag>;

class DatabaseTest : public testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    session_ = connect();
    ASSERT_TRUE(
        session_->run("CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, name TEXT, "
                      "size DOUBLE PRECISION, raw BYTEA, at BIGINT);"
                      "CREATE TABLE parts (id TEXT NOT NULL PRIMARY KEY, "
                      "thing BIGINT NOT NULL REFERENCES things (id))"));
  }
  Session& session() { return *session_; }
  Code code_of(const auto& result) { return result ? Code::kCancelled : result.error().code; }

  std::unique_ptr<Session> session_;
};
INSTANTIATE_TEST_SUITE_P(Backends, DatabaseTest, ValuesIn(testing::backends()),
                         testing::backend_name);

TEST_P(DatabaseTest, GivesBackEveryKindOfValue) {
  const std::string odd = "grüße \"'\\ \n 🙂";
  const std::string bytes("\0\xff\x01 x", 5);
  ASSERT_TRUE(
      session().exec("INSERT INTO things (id, name, size, raw, at) "
                     "VALUES ($1, $2, $3, $4, $5)",
                     std::numeric_limits<int64_t>::min(), odd, 0.1, Blob{bytes},
                     from_micros(1'767'571'200'000'001)));
  const auto rows = session().query("SELECT id, name, size, raw, at FROM things");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1u);
  const Row& row = rows->front();
  EXPECT_EQ(row.integer(0), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(row.text(1), odd);
  EXPECT_EQ(row.real(2), 0.1);
  EXPECT_EQ(row.blob(3), bytes);
  EXPECT_EQ(row.time(4), from_micros(1'767'571'200'000'001));
}

TEST_P(DatabaseTest, TellsNullFromEmpty) {
  ASSERT_TRUE(
      session().exec("INSERT INTO things (id, name, raw) VALUES ($1, $2, $3)", 1, "", Blob{""}));
  ASSERT_TRUE(session().exec("INSERT INTO things (id, name, size, at) VALUES ($1, $2, $3, $4)", 2,
                             std::optional<PersonId>(), std::optional<double>(),
                             std::optional<Time>()));
  const auto rows = session().query("SELECT name, raw, size, at FROM things ORDER BY id");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->at(0).text(0), "");
  EXPECT_EQ(rows->at(0).blob(1), "");
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(rows->at(1).is_null(i)) << i;
  EXPECT_EQ(rows->at(1).maybe_text(0), std::nullopt);
  EXPECT_EQ(rows->at(1).maybe_time(3), std::nullopt);
}

TEST_P(DatabaseTest, TakesIdsFlagsAndOptionals) {
  ASSERT_TRUE(session().exec("INSERT INTO things (id, name, at) VALUES ($1, $2, $3)", true,
                             PersonId("ada"), std::optional<Duration>(minutes(1))));
  const auto rows =
      session().query("SELECT at FROM things WHERE name = $1 AND id = $2", PersonId("ada"), 1);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->at(0).integer(0), 60'000'000);
}

TEST_P(DatabaseTest, UsesAPlaceholderTwiceAndInAnyOrder) {
  const auto rows = session().query(
      "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), "
      "CAST($1 AS BIGINT) + 1",
      41, "two");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->at(0).text(0), "two");
  EXPECT_EQ(rows->at(0).integer(1), 41);
  EXPECT_EQ(rows->at(0).integer(2), 42);
}

TEST_P(DatabaseTest, SumsAndCountsAreNumbers) {
  for (int i = 1; i <= 4; ++i) {
    ASSERT_TRUE(
        session().exec("INSERT INTO things (id, size, at) VALUES ($1, $2, $1)", i, i / 2.0));
  }
  const auto rows = session().query(
      "SELECT count(*), SUM(at), AVG(at), SUM(size), MAX(size), "
      "COUNT(*) > 3 FROM things");
  ASSERT_TRUE(rows) << rows.error().message;
  const Row& row = rows->front();
  EXPECT_EQ(row.integer(0), 4);
  EXPECT_EQ(row.integer(1), 10);
  EXPECT_EQ(row.real(2), 2.5);
  EXPECT_EQ(row.real(3), 5.0);
  EXPECT_EQ(row.real(4), 2.0);
  EXPECT_TRUE(row.flag(5));
}

TEST_P(DatabaseTest, CountsChangedRows) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(session().exec("INSERT INTO things (id) VALUES ($1)", i), 1);
  }
  EXPECT_EQ(session().exec("UPDATE things SET name = $1 WHERE id < $2", "x", 3), 3);
  EXPECT_EQ(session().exec("UPDATE things SET name = $1 WHERE id > $2", "x", 99), 0);
  EXPECT_EQ(session().exec("DELETE FROM things"), 5);
  EXPECT_EQ(session().exec("INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING", 1), 1);
  EXPECT_EQ(session().exec("INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING", 1), 0);
}

TEST_P(DatabaseTest, ReturnsWhatAnUpsertMade) {
  const std::string_view sql =
      "INSERT INTO things (id, at) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET at = things.at + "
      "1 "
      "RETURNING at";
  EXPECT_EQ(session().query(sql, 7).value().at(0).integer(0), 1);
  EXPECT_EQ(session().query(sql, 7).value().at(0).integer(0), 2);
}

TEST_P(DatabaseTest, ANullDoesNotSpoilTheTypeOfALaterValue) {
  const std::string_view sql = "INSERT INTO things (id, name, size) VALUES ($1, $2, $3)";
  ASSERT_TRUE(session().exec(sql, 1, std::optional<std::string>(), std::optional<double>()));
  ASSERT_TRUE(session().exec(sql, 2, "two", 2.5));
  ASSERT_TRUE(session().exec(sql, 3, std::optional<std::string>(), 3));
  const auto rows = session().query("SELECT name, size FROM things ORDER BY id");
  EXPECT_EQ(rows.value().at(1).text(0), "two");
  EXPECT_EQ(rows.value().at(2).real(1), 3.0);
}

TEST_P(DatabaseTest, OrdersTextsByBytesWhenAsked) {
  for (const char* name : {"b", "B", "a", "é", "_"}) {
    ASSERT_TRUE(
        session().exec("INSERT INTO things (id, name) "
                       "SELECT count(*), $1 FROM things",
                       name))
        << name;
  }
  const auto rows = session().query("SELECT name FROM things ORDER BY name COLLATE \"C\"");
  ASSERT_TRUE(rows) << rows.error().message;
  std::vector<std::string> names;
  for (const Row& row : *rows) names.push_back(row.text(0));
  EXPECT_THAT(names, ElementsAre("B", "_", "a", "b", "é"));
}

TEST_P(DatabaseTest, SaysWhichConstraintWasBroken) {
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (1)"));
  EXPECT_EQ(code_of(session().exec("INSERT INTO things (id) VALUES (1)")), Code::kAlreadyExists);
  EXPECT_EQ(code_of(session().exec("INSERT INTO parts (id, thing) VALUES ('p', 99)")),
            Code::kFailedPrecondition);
  EXPECT_EQ(code_of(session().exec("INSERT INTO parts (id) VALUES ('p')")),
            Code::kFailedPrecondition);
}

TEST_P(DatabaseTest, WrongSqlIsABugOfOurs) {
  const auto unknown = session().query("SELECT nothing FROM nowhere");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kInternal);
  EXPECT_THAT(unknown.error().message, HasSubstr("nowhere"));
  EXPECT_EQ(code_of(session().query("SELECT 1 WHERE 1 = $1")), Code::kInternal);
  EXPECT_EQ(code_of(session().query("SELECT 1 WHERE 1 = $1", 1, 2)), Code::kInternal);
  EXPECT_EQ(code_of(session().query("SELECT 1; SELECT 2")), Code::kInternal);
}

TEST_P(DatabaseTest, RefusesTextsThatOneBackendCannotHold) {
  const std::string_view sql = "INSERT INTO things (id, name) VALUES (1, $1)";
  EXPECT_EQ(code_of(session().exec(sql, std::string("a\0b", 3))), Code::kInvalidArgument);
  EXPECT_EQ(code_of(session().exec(sql, "\xff\xfe")), Code::kInvalidArgument);
  EXPECT_EQ(code_of(session().exec("INSERT INTO things (id, size) VALUES (1, $1)", std::nan(""))),
            Code::kInvalidArgument);
  ASSERT_TRUE(session().exec("INSERT INTO things (id, size) VALUES (1, $1)",
                             std::numeric_limits<double>::infinity()));
  EXPECT_EQ(session().query("SELECT size FROM things").value().at(0).real(0),
            std::numeric_limits<double>::infinity());
}

TEST_P(DatabaseTest, UndoesToASavepointAfterAFailure) {
  ASSERT_TRUE(begin_write(session()));
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (1)"));
  ASSERT_TRUE(session().run("SAVEPOINT s"));
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (2)"));
  ASSERT_FALSE(session().exec("INSERT INTO things (id) VALUES (1)"));
  EXPECT_TRUE(session().in_transaction());
  ASSERT_TRUE(session().run("ROLLBACK TO SAVEPOINT s"));
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (3)"));
  ASSERT_TRUE(commit(session()));
  EXPECT_FALSE(session().in_transaction());
  const auto rows = session().query("SELECT id FROM things ORDER BY id");
  ASSERT_EQ(rows.value().size(), 2u);
  EXPECT_EQ(rows->at(1).integer(0), 3);
}

TEST_P(DatabaseTest, AReaderSeesCommittedStateWhileAnotherWrites) {
  auto reader = database()->connect_for_reading().value();
  ASSERT_TRUE(begin_write(session()));
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (1)"));
  EXPECT_EQ(reader->query("SELECT count(*) FROM things").value().at(0).integer(0), 0);
  ASSERT_TRUE(begin_read(*reader));
  EXPECT_EQ(reader->query("SELECT count(*) FROM things").value().at(0).integer(0), 0);
  ASSERT_TRUE(commit(session()));
  EXPECT_EQ(reader->query("SELECT count(*) FROM things").value().at(0).integer(0), 0)
      << "within a read transaction the state stands still";
  ASSERT_TRUE(commit(*reader));
  EXPECT_EQ(reader->query("SELECT count(*) FROM things").value().at(0).integer(0), 1);
}

TEST_P(DatabaseTest, AReadingSessionCannotWrite) {
  auto reader = database()->connect_for_reading().value();
  EXPECT_EQ(code_of(reader->exec("INSERT INTO things (id) VALUES (1)")), Code::kFailedPrecondition);
  EXPECT_EQ(code_of(reader->run("DELETE FROM things")), Code::kFailedPrecondition);
}

TEST_P(DatabaseTest, RollsBackWhenTheBodyOfATransactionFails) {
  const auto done = in_write_transaction(session(), [&]() -> Result<> {
    RETURN_IF_ERROR(session().exec("INSERT INTO things (id) VALUES (1)"));
    return invalid("no");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "no");
  EXPECT_FALSE(session().in_transaction());
  EXPECT_EQ(session().query("SELECT count(*) FROM things").value().at(0).integer(0), 0);
}

TEST_P(DatabaseTest, ForgetsOldStatementsBeforeTheyFillTheMemory) {
  for (int i = 0; i < 1200; ++i) {
    const auto rows = session().query("SELECT " + std::to_string(i) + " + $1", 1);
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->at(0).integer(0), i + 1);
  }
}

TEST_P(DatabaseTest, FollowsAChangeOfTheSchema) {
  const std::string_view sql = "SELECT * FROM things";
  ASSERT_TRUE(session().exec("INSERT INTO things (id) VALUES (1)"));
  EXPECT_EQ(session().query(sql).value().at(0).size(), 5u);
  ASSERT_TRUE(connect()->run("ALTER TABLE things ADD COLUMN colour TEXT"));
  const auto after = session().query(sql);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->at(0).size(), 6u);
}

TEST(Database, NamesTheUrlsThatItKnows) {
  const auto opened = Database::open("mysql://root:hunter2@db/x");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kInvalidArgument);
  EXPECT_THAT(opened.error().message, HasSubstr("postgresql://"));
  EXPECT_THAT(opened.error().message, ::testing::Not(HasSubstr("hunter2")));
}

TEST(Row, ReadingTheWrongTypeIsABug) {
  const Row row({value("text"), value(1)});
  EXPECT_DEATH(row.integer(0), "column 0 is a text, not an integer");
  EXPECT_DEATH(row.text(2), "column 2 of a row with 2");
}

}  // namespace
}  // namespace tocsin::store
