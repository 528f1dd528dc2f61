#include "net/gzip.h"

#include <gtest/gtest.h>

#include "net/testing/gzip_bytes.h"

namespace tocsin::net {
namespace {

using testing::gzip_bytes;

TEST(Gunzip, UndoesOneMemberAndSeveral) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(gunzip(gzip_bytes(text), 100'000).value(), text);
  EXPECT_EQ(gunzip(gzip_bytes("ab") + gzip_bytes("") + gzip_bytes("cd"), 4).value(), "abcd");
  EXPECT_EQ(gunzip(gzip_bytes(""), 0).value(), "");
}

TEST(Gunzip, StopsABombAtTheLimit) {
  const std::string bomb = gzip_bytes(std::string(50 << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000u);
  const auto result = gunzip(bomb, 1 << 20);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kResourceExhausted);
  EXPECT_FALSE(gunzip(gzip_bytes("abc"), 2));
}

TEST(Gunzip, RefusesDamage) {
  const std::string good = gzip_bytes("some text that is long enough to be cut somewhere");
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_EQ(gunzip(good.substr(0, n), 1000).error().code, Code::kInvalidArgument) << n;
  }
  std::string flipped = good;
  flipped[flipped.size() - 6] ^= 1;  // the checksum
  EXPECT_FALSE(gunzip(flipped, 1000));
  EXPECT_FALSE(gunzip(good + "x", 1000));
  EXPECT_FALSE(gunzip("plain text", 1000));
}

}  // namespace
}  // namespace tocsin::net
