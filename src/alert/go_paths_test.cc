#include "alert/go_paths.h"

#include <gtest/gtest.h>

namespace tocsin::alert {
namespace {

net::Request request(std::string path, std::string raw_path, std::string raw_query = "") {
  net::Request out;
  out.method = "GET";
  out.path = std::move(path);
  out.raw_path = std::move(raw_path);
  out.raw_query = std::move(raw_query);
  return out;
}

TEST(GoPaths, APathStaysAsItCame) {
  EXPECT_EQ(escaped_path(request("/alerts", "/%61lerts")), "/%61lerts");
  EXPECT_EQ(escaped_path(request("/a b", "/a%20b")), "/a%20b");
  EXPECT_EQ(escaped_path(request("/no<p>e", "/no<p>e")), "/no%3Cp%3Ee") << "as it should have come";
  EXPECT_EQ(escaped_path(request("/\xc3\xb6!?", "")), "/%C3%B6%21%3F");
}

TEST(GoPaths, AnUncleanPathIsLedToTheCleanOne) {
  const std::pair<std::string, std::string> kCases[] = {{"//api/v2/alerts", "/api/v2/alerts"},
                                                        {"/api//v2/", "/api/v2/"},
                                                        {"/a/./b", "/a/b"},
                                                        {"/a/../b", "/b"},
                                                        {"/..", "/"},
                                                        {"//", "/"},
                                                        {"/a/.", "/a"}};
  for (const auto& [path, clean] : kCases) {
    const auto answer = moved_to_clean_path(request(path, path, "x=%20y&z"));
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 301);
    EXPECT_EQ(answer->headers.get("Location"), clean + "?x=%20y&z");
    EXPECT_EQ(answer->body, "<a href=\"" + clean + "?x=%20y&amp;z\">Moved Permanently</a>.\n\n");
  }
  for (const char* clean : {"/", "/api/v2/", "/a/..b", "/a%2f"}) {
    EXPECT_FALSE(moved_to_clean_path(request(clean, clean))) << clean;
  }
}

TEST(GoPaths, OnlyGetIsToldInWords) {
  auto post = request("//a", "//a");
  post.method = "POST";
  const auto answer = moved_to_clean_path(post);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "");
  EXPECT_FALSE(answer->headers.get("Content-Type"));
}

}  // namespace
}  // namespace tocsin::alert
