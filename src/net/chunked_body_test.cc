#include "net/chunked_body.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace tocsin::net {
namespace {

int status_of(std::string_view bytes, size_t max_body = 100) {
  ChunkedDecoder decoder(max_body);
  std::string body;
  const auto used = decoder.feed(bytes, body);
  return used ? 200 : used.error().status;
}

TEST(ChunkedDecoder, JoinsChunksAndDropsExtensionsAndTrailers) {
  ChunkedDecoder decoder(100);
  std::string body;
  const std::string bytes = "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
  EXPECT_EQ(decoder.feed(bytes + "GET", body).value(), bytes.size());
  EXPECT_TRUE(decoder.is_done());
  EXPECT_EQ(body, "abc0123456789");
}

TEST(ChunkedDecoder, RefusesDamage) {
  for (const char* bytes :
       {"\r\n", "x\r\n", "-1\r\n", "3\r\nabcd\r\n", "3\nabc", "3\r\rabc", "3\r\nabc0\r\n"}) {
    EXPECT_EQ(status_of(bytes), 400) << bytes;
  }
  EXPECT_EQ(status_of(std::string(1100, '0')), 400) << "a size line without end";
}

TEST(ChunkedDecoder, RefusesTooMuchBeforeItArrives) {
  EXPECT_EQ(status_of("65\r\n"), 413);
  EXPECT_EQ(status_of("64\r\n"), 200);
  EXPECT_EQ(status_of("32\r\n" + std::string(50, 'x') + "\r\n33\r\n"), 413);
  EXPECT_EQ(status_of("FFFFFFFFFFFFFFFF\r\n"), 413);
  EXPECT_EQ(status_of("FFFFFFFFFFFFFFFFF\r\n"), 413);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 10; ++i) trailers += std::string(1000, 't') + "\r\n";
  EXPECT_EQ(status_of(trailers), 431);
}

TEST(ChunkedDecoder, GivesTheSameHoweverTheBytesArrive) {
  const uint64_t seed = 20260105;
  SCOPED_TRACE(seed);
  SeededRng rng(seed);
  for (int round = 0; round < 300; ++round) {
    std::string plain;
    std::string bytes;
    for (uint64_t chunks = rng.below(5); chunks > 0; --chunks) {
      const std::string piece(1 + rng.below(40), static_cast<char>('a' + rng.below(26)));
      plain += piece;
      bytes += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    }
    bytes += "0\r\n\r\n";
    ChunkedDecoder decoder(1000);
    std::string body;
    for (size_t at = 0; at < bytes.size();) {
      const size_t n = 1 + rng.below(bytes.size() - at);
      ASSERT_EQ(decoder.feed(std::string_view(bytes).substr(at, n), body).value(), n);
      at += n;
    }
    ASSERT_TRUE(decoder.is_done());
    ASSERT_EQ(body, plain);
  }
}

}  // namespace
}  // namespace tocsin::net
