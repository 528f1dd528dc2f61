#include "net/http.h"

#include <gmock/gmock.h>

#include "net/response_head.h"

namespace tocsin::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Headers, CompareWithoutCase) {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  EXPECT_EQ(headers.get("X-a"), "1");
  headers.set("x-A", "3");
  EXPECT_EQ(headers.all().size(), 1u);
  headers.remove("X-A");
  EXPECT_FALSE(headers.get("X-A"));
}

TEST(Request, FindsCookiesInAnyOfSeveralHeaders) {
  Request request;
  request.headers.add("Cookie", "a=1; tocsin_session=abc=; b=2");
  request.headers.add("cookie", "c=3");
  EXPECT_EQ(request.cookie("tocsin_session"), "abc=");
  EXPECT_EQ(request.cookie("c"), "3");
  EXPECT_FALSE(request.cookie("session"));
}

TEST(Request, ReadsForms) {
  Request request;
  request.body = "answer=acknowledge&note=on+it%21&answer=second";
  EXPECT_EQ(request.form().at("answer"), "acknowledge");
  EXPECT_EQ(request.form().at("note"), "on it!");
  request.body = "broken=%";
  EXPECT_TRUE(request.form().empty());
}

TEST(Response, ErrorHasTheAgreedShape) {
  Request request;
  request.request_id = "abc";
  const Response response = Response::error(Error{Code::kUnauthenticated, "sign in"}, request);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers.get("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(response.body,
            R"({"error":{"code":"unauthenticated","message":"sign in","request_id":"abc"}})");
  EXPECT_THAT(Response::error(Error{Code::kInternal, "bad \xff"}, request).body,
              HasSubstr("not readable"));
}

TEST(ResponseHead, LeavesOutHeadersThatWouldBreakTheFraming) {
  Response response = Response::text(200, "x");
  response.headers.add("X-Good", "yes");
  response.headers.add("X-Bad", "a\r\nSet-Cookie: b");
  response.headers.add("Content-Length", "999");
  const std::string head =
      response_head(response, {.now = from_micros(1'767'571'200'000'000), .request_id = "r"});
  EXPECT_THAT(head, HasSubstr("X-Good: yes\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 1\r\n"));
  EXPECT_THAT(head, HasSubstr("Date: Mon, 05 Jan 2026 00:00:00 GMT\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("X-Bad")));
  EXPECT_THAT(head, Not(HasSubstr("999")));
}

TEST(ResponseHead, NoContentHasNoLength) {
  EXPECT_THAT(response_head(Response::empty(204), {}), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response_head(Response::empty(404), {}), HasSubstr("Content-Length: 0"));
}

}  // namespace
}  // namespace tocsin::net
