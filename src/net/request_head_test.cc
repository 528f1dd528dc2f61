#include "net/request_head.h"

#include <gtest/gtest.h>

namespace tocsin::net {
namespace {

std::expected<RequestHead, HttpFault> parse(std::string_view lines) {
  return parse_request_head(std::string(lines) + "\r\n\r\n");
}
int status_of(std::string_view lines) {
  const auto head = parse(lines);
  return head ? 200 : head.error().status;
}

TEST(RequestHead, ReadsLineAndFields) {
  const auto head = parse(
      "POST /api/v1/write?x=1 HTTP/1.1\r\nHost: a\r\ncontent-length:  12 \r\nX-A: 1\r\nX-A: 2\r\n"
      "Expect: 100-Continue");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target.path, "/api/v1/write");
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_TRUE(head->keep_alive);
  EXPECT_EQ(head->headers.get("x-a"), "1");
  EXPECT_EQ(head->headers.all().size(), 5u);
}

TEST(RequestHead, KnowsWhenTheConnectionStays) {
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close")->keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0")->keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive")->keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close")->keep_alive);
}

// Each of these is read differently by some proxy, which makes it a way to smuggle a request.
TEST(RequestHead, RefusesWhatTwoParsersCouldReadDifferently) {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  for (const char* fields : {
           "Content-Length: 1\r\nContent-Length: 1",
           "Content-Length: 1\r\nTransfer-Encoding: chunked",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
           "Content-Length: +1",
           "Content-Length: -1",
           "Content-Length: 0x1",
           "Content-Length: 1, 1",
           "Content-Length:",
           "Content-Length : 1",
           " Content-Length: 1",
           "X: a\r\n folded",
           "X: a\x01",
           "X",
           ": a",
           "Host: b",
       }) {
    EXPECT_EQ(status_of(start + fields), 400) << fields;
  }
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked"), 400);
}

TEST(RequestHead, RefusesBrokenRequestLines) {
  for (const char* line : {"GET /", "GET  HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1.1 ",
                           " / HTTP/1.1", "GET /a b HTTP/1.1", "GET /#f HTTP/1.1", "GET a HTTP/1.1",
                           "GET /%zz HTTP/1.1", "GET / FTP/1.1", "GET /\x80 HTTP/1.1"}) {
    EXPECT_EQ(status_of(std::string(line) + "\r\nHost: a"), 400) << line;
  }
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a"), 505);
  EXPECT_EQ(status_of("GET / HTTP/1.1"), 400) << "no Host";
}

TEST(RequestHead, SaysWhatItDoesNotUnderstand) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked"), 501);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea"), 417);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999"),
            413);
}

TEST(RequestHead, BoundsTheNumberOfFields) {
  std::string lines = "GET / HTTP/1.1\r\nHost: a";
  for (int i = 0; i < 100; ++i) lines += "\r\nX: y";
  EXPECT_EQ(status_of(lines), 431);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
  HeadScanner scanner;
  for (size_t n = 1; n < head.size() - 4; ++n) {
    EXPECT_EQ(scanner.scan(head.substr(0, n), 1000).value_or(99), 0u) << n;
  }
  EXPECT_EQ(scanner.scan(head, 1000).value_or(99), head.size() - 4);
}

TEST(HeadScanner, RefusesEarly) {
  EXPECT_EQ(HeadScanner().scan("\x16\x03\x01\x02", 1000).error().status, 400) << "a TLS hello";
  EXPECT_EQ(HeadScanner().scan("GET / HTTP/1.1\n", 1000).error().status, 400);
  EXPECT_EQ(HeadScanner().scan(std::string(1001, 'a'), 1000).error().status, 431);
}

}  // namespace
}  // namespace tocsin::net
