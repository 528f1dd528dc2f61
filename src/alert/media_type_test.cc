#include "alert/media_type.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tocsin::alert {
namespace {

// Each was put to Debian's Alertmanager; tests/journeys asks it of more.
TEST(MediaType, IsReadAsGoReadsIt) {
  for (const std::string_view good :
       {"application/json", "Application/JSON", " application/json ", "application/json;",
        "application/json;charset=utf-8", "application/json ; charset=\"utf-8\"",
        "application/json; a=b; a=b", "application/json; a=\"\\\"\""}) {
    const auto type = parse_media_type(good);
    ASSERT_TRUE(type) << good << type.error();
    EXPECT_EQ(*type, "application/json") << good;
  }
  EXPECT_EQ(parse_media_type("json"), "json");
  const std::pair<std::string_view, std::string_view> kBad[] = {
      {"", "mime: no media type"},
      {"/json", "mime: no media type"},
      {"text<b>", "mime: expected slash after first token"},
      {"application/", "mime: expected token after slash"},
      {"application/json, text/plain", "mime: unexpected content after media subtype"},
      {"application/json; charset", "mime: invalid media parameter"},
      {"application/json;;", "mime: invalid media parameter"},
      {"application/json; =", "mime: invalid media parameter"},
      {"application/json; charset=\"utf-8", "mime: invalid media parameter"},
      {"application/json; a=b; a=c", "mime: duplicate parameter name"}};
  for (const auto& [text, why] : kBad) {
    const auto type = parse_media_type(text);
    ASSERT_FALSE(type) << text;
    EXPECT_EQ(type.error(), why) << text;
  }
}

TEST(MediaType, AcceptIsNegotiatedAsTheReferenceDoes) {
  const auto accepts = [](std::vector<std::string_view> headers) { return accepts_json(headers); };
  EXPECT_TRUE(accepts({}));
  for (const std::string_view good :
       {"", " ", ",", "*/*", "application/*", "application/json", "text/html, */*;q=0.1",
        "application/json;q=0.1, text/html", "application/json;version=1",
        "application/json; charset=utf-8;q=0.5", "text/plain,application/json"}) {
    EXPECT_TRUE(accepts({good})) << good;
  }
  for (const std::string_view bad :
       {"text/plain", "text/*", "*", "*/*;q=0", "application/json;q=0", "APPLICATION/JSON", "json",
        "application/vnd.api+json", "image/*, */json"}) {
    EXPECT_FALSE(accepts({bad})) << bad;
  }
  EXPECT_TRUE(accepts({"text/plain", "application/json"}));
}

}  // namespace
}  // namespace tocsin::alert
