#include "server/assets.h"

#include <gtest/gtest.h>

namespace tocsin::server {
namespace {

// gzip of "body {}" and, in place of brotli, bytes that only the table knows.
constexpr char kGzip[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x4b\xca\x4f\xa9\x54\xa8\xae\x05\x00\xfa\xea\x50\xd8"
    "\x07\x00\x00\x00";
const std::string kBytes = "BROTLI" + std::string(kGzip, sizeof kGzip - 1);
const AssetRow kRows[] = {
    {"/assets/a.css", "text/css", "d1", true, 7, {0, 6}, {6, sizeof kGzip - 1}},
    {"/index.dark.html", "text/html", "d2", false, 7, {0, 6}, {6, sizeof kGzip - 1}},
    {"/index.html", "text/html", "d3", false, 7, {0, 6}, {6, sizeof kGzip - 1}},
    {"/sw.js", "text/javascript", "d4", false, 7, {0, 6}, {6, sizeof kGzip - 1}},
};

class AssetsTest : public testing::Test {
 protected:
  void SetUp() override {
    add_asset_routes(router_, {kRows, kBytes, "b1"});
    add_security_headers(router_);
  }
  net::Response get(std::string path,
                    std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::Request request;
    request.method = "GET";
    request.path = std::move(path);
    for (auto& [name, value] : headers) request.headers.add(name, value);
    return router_.handle(std::move(request));
  }
  net::Router router_;
};

TEST_F(AssetsTest, SendsTheCodingThatTheClientTakes) {
  const auto br = get("/assets/a.css", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(br.body, "BROTLI");
  EXPECT_EQ(br.headers.get("Content-Encoding"), "br");
  EXPECT_EQ(br.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  const auto gzip = get("/assets/a.css", {{"Accept-Encoding", "br;q=0, gzip"}});
  EXPECT_EQ(gzip.headers.get("Content-Encoding"), "gzip");
  EXPECT_NE(gzip.headers.get("ETag"), br.headers.get("ETag"));
}

TEST_F(AssetsTest, UnpacksForAClientThatTakesNoCoding) {
  const auto plain = get("/assets/a.css");
  EXPECT_EQ(plain.body, "body {}");
  EXPECT_FALSE(plain.headers.get("Content-Encoding"));
}

TEST_F(AssetsTest, AnUnchangedFileIsNotSentAgain) {
  const std::string etag(*get("/", {{"Accept", "text/html"}}).headers.get("ETag"));
  const auto again = get("/", {{"Accept", "text/html"}, {"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(AssetsTest, AScreensPathGetsThePageAndAnUnknownFileDoesNot) {
  EXPECT_EQ(get("/objectives/checkout", {{"Accept", "text/html"}}).status, 200);
  EXPECT_EQ(get("/objectives/checkout", {{"Accept", "application/json"}}).status, 404);
  EXPECT_EQ(get("/assets/b.css", {{"Accept", "text/html"}}).status, 404);
  EXPECT_EQ(get("/assets/../../etc/passwd", {{"Accept", "text/html"}}).status, 404);
  EXPECT_EQ(get("/api/v1/nothing", {{"Accept", "text/html"}}).status, 404);
}

TEST_F(AssetsTest, TheThemesCookieChoosesThePage) {
  EXPECT_EQ(
      get("/", {{"Cookie", "tocsin_theme=dark"}, {"Accept-Encoding", "br"}}).headers.get("ETag"),
      "\"d2-br\"");
  EXPECT_EQ(
      get("/", {{"Cookie", "tocsin_theme=pink"}, {"Accept-Encoding", "br"}}).headers.get("ETag"),
      "\"d3-br\"");
}

// A browser that kept it would go on with the worker of an older build.
TEST_F(AssetsTest, TheServiceWorkerIsAskedForEachTime) {
  const auto worker = get("/sw.js");
  EXPECT_EQ(worker.headers.get("Content-Type"), "text/javascript");
  EXPECT_EQ(worker.headers.get("Cache-Control"), "no-cache");
  EXPECT_EQ(get("/sw.js", {{"If-None-Match", "\"d4\""}}).status, 304);
  const auto policy = worker.headers.get("Content-Security-Policy");
  for (const char* part : {"connect-src 'self'", "worker-src 'self'", "manifest-src 'self'",
                           "trusted-types app-worker app-push"}) {
    EXPECT_NE(policy->find(part), std::string_view::npos) << part;
  }
}

TEST_F(AssetsTest, EveryAnswerIsStrict) {
  for (const char* path : {"/", "/assets/a.css", "/nothing"}) {
    const auto response = get(path);
    EXPECT_NE(response.headers.get("Content-Security-Policy")->find("script-src 'self'"),
              std::string_view::npos);
    EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  }
}

}  // namespace
}  // namespace tocsin::server
