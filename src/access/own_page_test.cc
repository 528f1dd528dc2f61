#include "access/own_page.h"

#include <gtest/gtest.h>

namespace tocsin::access {
namespace {

bool is_allowed(std::string method, std::string origin, std::string_view external_url = "") {
  net::Request request;
  request.method = std::move(method);
  request.headers.add("Host", "localhost:9110");
  request.headers.add("X-Tocsin", "1");
  if (!origin.empty()) request.headers.add("Origin", std::move(origin));
  return check_own_page(request, external_url).has_value();
}

TEST(OwnPage, ComparesTheWholeAuthority) {
  EXPECT_TRUE(is_allowed("POST", "http://LOCALHOST:9110"));
  EXPECT_FALSE(is_allowed("POST", "http://localhost"));
  EXPECT_FALSE(is_allowed("POST", "http://localhost:9110.evil.example"));
  EXPECT_FALSE(is_allowed("DELETE", "http://evil.example/localhost:9110"));
  EXPECT_FALSE(is_allowed("POST", "localhost:9110"));
  EXPECT_TRUE(is_allowed("GET", "http://evil.example"));
  EXPECT_TRUE(is_allowed("PUT", "https://a.example:8443", "https://a.example:8443/x/"));
  EXPECT_FALSE(is_allowed("PUT", "https://a.example", "https://a.example:8443/x/"));
}

}  // namespace
}  // namespace tocsin::access
