#include "store/many_rows.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace tocsin::store {
namespace {

class ManyRowsTest : public testing::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, ManyRowsTest, ::testing::ValuesIn(testing::backends()),
                         testing::backend_name);

// By 32, by 8 and by one.
TEST_P(ManyRowsTest, WritesAnyNumberOfRows) {
  const auto session = connect();
  ASSERT_TRUE(session->run("CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, name TEXT)"));
  const ManyRows insert("INSERT INTO things (id, name) VALUES ", 2);
  for (const int64_t count : {0, 1, 7, 8, 31, 32, 33, 77}) {
    ASSERT_TRUE(session->exec("DELETE FROM things"));
    std::vector<Value> values;
    for (int64_t i = 0; i < count; ++i) {
      values.push_back(value(i));
      values.push_back(value(std::to_string(i)));
    }
    const auto done = insert.exec(*session, values);
    ASSERT_TRUE(done) << done.error().message;
    const auto rows = session->query("SELECT id, name FROM things ORDER BY id");
    ASSERT_EQ(std::ssize(*rows), count);
    for (int64_t i = 0; i < count; ++i) {
      EXPECT_EQ((*rows)[static_cast<size_t>(i)].integer(0), i);
      EXPECT_EQ((*rows)[static_cast<size_t>(i)].text(1), std::to_string(i));
    }
  }
}

TEST_P(ManyRowsTest, ARowThatIsRefusedFailsTheCall) {
  const auto session = connect();
  ASSERT_TRUE(session->run("CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY)"));
  const ManyRows insert("INSERT INTO things (id) VALUES ", 1);
  const std::vector<Value> twice{value(1), value(2), value(1)};
  EXPECT_EQ(insert.exec(*session, twice).error().code, Code::kAlreadyExists);
}

// Texts and bytes of the caller's, empty ones without an address, too.
TEST_P(ManyRowsTest, ReferencesAreStoredAsValuesAre) {
  const auto session = connect();
  ASSERT_TRUE(
      session->run("CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, raw "
                   "BYTEA NOT NULL)"));
  const ManyRows insert("INSERT INTO things (id, name, raw) VALUES ", 3);
  const std::string text = "name behind";
  const std::vector<Value> values{value(1),
                                  TextRef{std::string_view(text).substr(0, 4)},
                                  BlobRef{std::string_view("\0\xff", 2)},
                                  value(2),
                                  TextRef{},
                                  BlobRef{}};
  const auto done = insert.exec(*session, values);
  ASSERT_TRUE(done) << done.error().message;
  const auto rows = session->query("SELECT name, raw FROM things ORDER BY id");
  EXPECT_EQ(rows->at(0).text(0), "name");
  EXPECT_EQ(rows->at(0).blob(1), std::string("\0\xff", 2));
  EXPECT_EQ(rows->at(1).text(0), "");
  EXPECT_EQ(rows->at(1).blob(1), "");
  const std::vector<Value> bad{value(3), TextRef{"\xff"}, BlobRef{}};
  EXPECT_EQ(insert.exec(*session, bad).error().code, Code::kInvalidArgument);
  const std::vector<Value> zero{value(3), TextRef{std::string_view("\0", 1)}, BlobRef{}};
  EXPECT_EQ(insert.exec(*session, zero).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace tocsin::store
