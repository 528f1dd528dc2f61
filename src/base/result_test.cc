#include "base/result.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return invalid("odd");
  return n / 2;
}

Result<int> quarter(int n) {
  ASSIGN_OR_RETURN(const int once, half(n));
  RETURN_IF_ERROR(half(once));
  return once / 2;
}

TEST(Result, MacrosHandTheErrorOn) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6).error(), (Error{Code::kInvalidArgument, "odd"}));
  EXPECT_EQ(quarter(3).error(), (Error{Code::kInvalidArgument, "odd"}));
}

TEST(Error, ContextIsPutInFront) {
  EXPECT_EQ((Error{Code::kNotFound, "no such team"}).in("services.yaml:3").message,
            "services.yaml:3: no such team");
}

TEST(Code, EveryCodeHasItsRow) {
  EXPECT_EQ(name_of(Code::kDataLoss), "data_loss");
  EXPECT_EQ(http_status(Code::kUnavailable), 503);
  EXPECT_EQ(http_status(Code::kResourceExhausted), 429);
  EXPECT_EQ(exit_code(Code::kInvalidArgument), 2);
}

}  // namespace
}  // namespace tocsin
