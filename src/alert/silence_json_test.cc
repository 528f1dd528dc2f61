#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "alert/posted_json.h"

namespace tocsin::alert {
namespace {

using testing::HasSubstr;

const Time kNow = from_millis(1'767'571'200'000);  // 2026-01-05T00:00:00Z

// A silence that may be kept, with `more` behind its fields.
std::string body(std::string_view more,
                 std::string_view matcher = R"({"name":"a","value":"b","isRegex":false})") {
  return fmt::format(
      R"({{"matchers":[{}],"startsAt":"2026-01-05T00:00:00Z","endsAt":"2026-01-06T00:00:00Z","createdBy":"ada","comment":"c"{}}})",
      matcher, more);
}
routing::Silence read(std::string_view text) {
  auto silence = read_posted_silence(text, kNow);
  EXPECT_TRUE(silence) << text << ": " << (silence ? "" : silence.error().message);
  return silence ? *std::move(silence) : routing::Silence{};
}
std::pair<int, std::string> refusal(std::string_view text) {
  const auto silence = read_posted_silence(text, kNow);
  EXPECT_FALSE(silence) << text;
  return silence ? std::pair(0, std::string())
                 : std::pair(silence.error().status, silence.error().message);
}

TEST(PostedSilenceJson, ReadsAndComplainsInTheReferencesOrder) {
  const std::string all =
      R"({"id":"i","comment":"c","createdBy":"me","endsAt":"2026-01-06T00:00:00Z","startsAt":"2026-01-05T00:00:00Z",)"
      R"("matchers":[{"name":"a","value":"b.*","isRegex":true,"isEqual":false}]})";
  const auto silence = read_posted_silence(all, kNow);
  ASSERT_TRUE(silence) << silence.error().message;
  EXPECT_EQ(silence->id, "i");
  EXPECT_EQ(silence->ends, kNow + hours(24));
  EXPECT_EQ(routing::to_text(silence->matchers), R"({a!~"b.*"})");

  const struct {
    std::string_view body;
    int status, code;
    std::string_view message;
  } kCases[] = {
      {"", 422, kMissing, "silence in body is required"},
      {"[]", 400, 400, "cannot unmarshal array"},
      {"{}", 422, kMissing, "comment in body is required"},
      {R"({"comment":""})", 422, kMissing, "createdBy in body is required"},
      {R"({"comment":"","createdBy":""})", 422, kMissing, "endsAt in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z"})", 422, kMissing,
       "matchers in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","matchers":[]})", 422,
       kTooFew, "matchers in body should have at least 1 items"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","matchers":[{"name":"a"}]})",
       422, kMissing, "matchers.0.isRegex in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","matchers":[{"name":"a","value":"(","isRegex":true}]})",
       422, kMissing, "startsAt in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","matchers":[{"name":"a","value":"b","isRegex":"no"}]})",
       400, 400, "cannot unmarshal string"},
      {R"({"id":5,"comment":"","createdBy":""})", 400, 400,
       "cannot unmarshal number into field id of type string"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","startsAt":"2026-01-05T00:00:00Z","annotations":"x",)"
       R"("matchers":[{"name":"a","value":"b","isRegex":false}]})",
       400, 400, "parsing silence body from \"\" failed, because json: cannot unmarshal string"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-01-06T00:00:00Z","startsAt":"2026-01-05T00:00:00Z","annotations":{"x":1},)"
       R"("matchers":[{"name":"a","value":"b","isRegex":false}]})",
       400, 400,
       "parsing silence body from \"\" failed, because json: cannot unmarshal number into field "
       "annotations of type string"},
  };
  for (const auto& c : kCases) {
    const auto read = read_posted_silence(c.body, kNow);
    ASSERT_FALSE(read) << c.body;
    EXPECT_EQ(read.error().status, c.status) << c.body;
    EXPECT_EQ(read.error().code, c.code) << c.body;
    EXPECT_THAT(read.error().message, HasSubstr(c.message)) << c.body;
  }
}

TEST(PostedSilenceJson, OfAFieldThatIsThereTwiceTheLastHolds) {
  EXPECT_EQ(read(body(R"(,"comment":"d","Comment":"e")")).comment, "e");
  EXPECT_EQ(read(body(R"(,"endsAt":"2026-01-07T00:00")")).ends, kNow + hours(48));
  EXPECT_EQ(refusal(body(R"(,"comment":null)")),
            std::pair(422, std::string("comment in body is required")));
  EXPECT_EQ(refusal(body(R"(,"matchers":null)")),
            std::pair(422, std::string("matchers in body is required")));
  EXPECT_EQ(refusal(body(R"(,"matchers":[])")),
            std::pair(422, std::string("matchers in body should have at least 1 items")));
  EXPECT_EQ(refusal(body(R"(,"endsAt":"soon")")).first, 400);
}

// Go decodes a second array over the first.
TEST(PostedSilenceJson, ASecondArrayOfMatchersIsReadOverTheFirst) {
  EXPECT_EQ(routing::to_text(read(body(R"(,"matchers":[{"name":"x"}])")).matchers), R"({x="b"})");
  EXPECT_EQ(
      routing::to_text(
          read(
              body(
                  R"(,"matchers":[{"value":"c"}],"matchers":[{"name":"x"},{"name":"y","value":"z","isRegex":true}])"))
              .matchers),
      R"({x="c",y=~"z"})");
}

TEST(PostedSilenceJson, AllOfItIsReadBeforeAnythingIsMissed) {
  EXPECT_EQ(refusal(R"({"id":5})").first, 400);
  EXPECT_EQ(refusal(body("", R"({"name":"a","isRegex":"x"})")).first, 400);
  EXPECT_EQ(refusal(body("", R"({"name":null,"value":"b","isRegex":false})")),
            std::pair(422, std::string("matchers.0.name in body is required")));
  EXPECT_EQ(refusal("null").second, "comment in body is required");
  EXPECT_EQ(refusal(body("", "null")).first, 400) << "the reference hangs up";
}

TEST(PostedSilenceJson, TimesAreLookedAtBeforeMatchers) {
  constexpr std::string_view kBad = R"({"name":"a","value":"(","isRegex":true})";
  EXPECT_THAT(refusal(body("", kBad)).second, HasSubstr("invalid label matcher 0"));
  EXPECT_EQ(refusal(body(R"(,"endsAt":"2026-01-04T00:00:00Z")", kBad)).second,
            "Failed to create silence: start time must be before end time");
  EXPECT_EQ(refusal(body(R"(,"startsAt":"","endsAt":"2026-01-04T00:00:00Z")", kBad)).second,
            "Failed to create silence: end time can't be in the past");
}

// A database of ours keeps none in a text.
TEST(PostedSilenceJson, ANulIsWrittenAsAnUnknownCharacter) {
  const auto silence = read(body(R"(,"comment":"a\u0000b","createdBy":"\u0000","id":"\u0000")"));
  EXPECT_EQ(silence.comment,
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(silence.created_by, "\xef\xbf\xbd");
  EXPECT_EQ(silence.id, "\xef\xbf\xbd");
}

}  // namespace
}  // namespace tocsin::alert
