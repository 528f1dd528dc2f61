#include "notify/provider_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;

TEST(ProviderAnswer, TwoHundredsAreTaken) {
  for (const int status : {200, 201, 202, 204}) EXPECT_TRUE(judge_answer("slack x", status, ""));
}

TEST(ProviderAnswer, OverloadAndFailureMayPass) {
  EXPECT_EQ(judge_answer("w", 429, "").error().code, Code::kResourceExhausted);
  for (const int status : {408, 425, 500, 502, 503, 504, 599}) {
    EXPECT_EQ(judge_answer("w", status, "").error().code, Code::kUnavailable) << status;
  }
}

TEST(ProviderAnswer, OtherAnswersAreFinalAndQuoted) {
  for (const int status : {301, 400, 401, 403, 404, 410}) {
    EXPECT_EQ(judge_answer("w", status, "").error().code, Code::kFailedPrecondition) << status;
  }
  EXPECT_EQ(judge_answer("slack hooks.slack.com", 404, "no_service\n").error().message,
            "slack hooks.slack.com answered 404: no_service; check the contact's address in the "
            "catalog");
  EXPECT_THAT(judge_answer("w", 302, "").error().message, HasSubstr("redirects are not followed"));
}

TEST(ProviderAnswer, ALongOrHostileBodyIsQuotedInPart) {
  const std::string body = "a\r\nb" + std::string(100'000, 'x');
  const std::string message = judge_answer("w", 500, body).error().message;
  EXPECT_LT(message.size(), 300u);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(LostCall, IsMarkedUnlessItNeverGotThere) {
  for (const char* words :
       {"http://h:1: Failed to connect to h port 1: Couldn't connect to server",
        "http://h:1: Could not resolve host: h", "http://h:1: Connection timed out after 10001 ms",
        "smtp://h:25: the mail server said '451 later'"}) {
    EXPECT_EQ(judge_lost_call({Code::kUnavailable, words}), (Error{Code::kUnavailable, words}));
    EXPECT_EQ(judge_lost_call({Code::kDeadlineExceeded, words}).code, Code::kUnavailable);
  }
  for (const Code code : {Code::kUnavailable, Code::kDeadlineExceeded, Code::kCancelled}) {
    EXPECT_EQ(judge_lost_call({code, "Empty reply from server"}),
              (Error{Code::kDeadlineExceeded, "Empty reply from server; it may have arrived"}));
  }
  EXPECT_EQ(judge_lost_call({Code::kPermissionDenied, "inside"}),
            (Error{Code::kPermissionDenied, "inside"}));
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  const Time now = *parse_rfc3339("1994-11-06T08:49:00Z");
  EXPECT_EQ(read_retry_after("120", now), seconds(120));
  EXPECT_EQ(read_retry_after(" 0 ", now), Duration(0));
  EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds(37));
  EXPECT_EQ(read_retry_after("999999999", now), hours(24));
}

TEST(RetryAfter, IgnoresWhatItCannotRead) {
  const Time now = *parse_rfc3339("1994-11-06T08:49:00Z");
  for (const char* text : {"", "soon", "-5", "1.5", "99999999999999999999", "1e9",
                           "Sun, 06 Nov 1993 08:49:37 GMT", "Sun, 06 Nvo 1994 08:49:37 GMT",
                           "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
    EXPECT_EQ(read_retry_after(text, now), Duration(0)) << text;
  }
}

}  // namespace
}  // namespace tocsin::notify
