#include "store/postgres_value.h"

#include <gtest/gtest.h>

#include <limits>

#include "store/postgres_error.h"

namespace tocsin::store {
namespace {

TEST(PostgresValue, CountsPlaceholdersOutsideOfQuotesAndComments) {
  EXPECT_EQ(count_placeholders("SELECT 1"), 0u);
  EXPECT_EQ(count_placeholders("SELECT $2, $1, $2"), 2u);
  EXPECT_EQ(count_placeholders("SELECT '$7', \"$8\", $1 -- $9\n, $3"), 3u);
  EXPECT_EQ(count_placeholders("SELECT 'it''s $4' || $1"), 1u);
  EXPECT_EQ(count_placeholders("SELECT $12 --"), 12u);
}

TEST(PostgresValue, ReadsTheServersTexts) {
  constexpr unsigned int kInt8 = 20, kFloat8 = 701, kNumeric = 1700, kBytea = 17, kBool = 16;
  EXPECT_EQ(read_postgres_value(kInt8, "-9223372036854775808"),
            Value(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(read_postgres_value(kFloat8, "-Infinity"),
            Value(-std::numeric_limits<double>::infinity()));
  EXPECT_EQ(read_postgres_value(kNumeric, "12"), Value(int64_t{12}));
  EXPECT_EQ(read_postgres_value(kNumeric, "2.5000"), Value(2.5));
  EXPECT_EQ(read_postgres_value(kBytea, "\\x00ff"), Value(Blob{std::string("\0\xff", 2)}));
  EXPECT_EQ(read_postgres_value(kBool, "t"), Value(int64_t{1}));
  EXPECT_EQ(read_postgres_value(kInt8, "12x").error().code, Code::kInternal);
  EXPECT_EQ(read_postgres_value(kBytea, "\\x0").error().code, Code::kInternal);
  EXPECT_EQ(read_postgres_value(kNumeric, "99999999999999999999").error().code, Code::kInternal);
}

TEST(PostgresError, EveryStateHasItsCode) {
  EXPECT_EQ(code_of_sqlstate(""), Code::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("23505"), Code::kAlreadyExists);
  EXPECT_EQ(code_of_sqlstate("23503"), Code::kFailedPrecondition);
  EXPECT_EQ(code_of_sqlstate("53100"), Code::kResourceExhausted);
  EXPECT_EQ(code_of_sqlstate("40P01"), Code::kAborted);
  EXPECT_EQ(code_of_sqlstate("57P01"), Code::kUnavailable);
  EXPECT_EQ(code_of_sqlstate("57014"), Code::kDeadlineExceeded);
  EXPECT_EQ(code_of_sqlstate("42P01"), Code::kInternal);
  EXPECT_TRUE(ends_connection("57P01"));
  EXPECT_FALSE(ends_connection("57014"));
}

}  // namespace
}  // namespace tocsin::store
