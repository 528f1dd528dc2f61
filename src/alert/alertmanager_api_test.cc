#include "alert/alertmanager_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"

namespace tocsin::alert {
namespace {

using ::testing::HasSubstr;
using testing::World;

const std::string kPlain = "route: {receiver: team}\nreceivers: [{name: team}]\n";
constexpr std::string_view kNobody = "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001";

// What stands around the bodies: paths, methods, types. tests/journeys asks Debian's Alertmanager
// for the same, and for more.
class AlertmanagerApi : public ::testing::Test {
 protected:
  AlertmanagerApi() : config_(testing::read_config(kPlain)) {
    AlertmanagerApiParts parts{.alerts = *w_.book,
                               .silences = *w_.silences,
                               .dispatcher = *w_.dispatcher,
                               .clock = w_.t.clock(),
                               .metrics = metrics_,
                               .config = [this] { return config_; },
                               .authorize = [](const net::Request&, bool) -> Result<store::Actor> {
                                 return store::Actor{"user", "ada"};
                               },
                               .started = {},
                               .prefix = "/ops",
                               .version = "1"};
    add_alertmanager_routes(router_, std::move(parts));
  }
  // `raw_path` as it came by the connection; decoded where that is another.
  net::Response call(const std::string& method, const std::string& raw_path,
                     const net::Headers& headers = {}, const std::string& body = "",
                     const std::string& decoded = "") {
    net::Request request;
    request.method = method;
    request.raw_path = "/ops/api/v2" + raw_path;
    request.path = "/ops/api/v2" + (decoded.empty() ? raw_path : decoded);
    request.headers = headers;
    request.body = body;
    return router_.handle(request);
  }
  static net::Headers header(const std::string& name, const std::string& value) {
    net::Headers headers;
    headers.add(name, value);
    return headers;
  }

  World w_{World::Options{}, kPlain};
  std::shared_ptr<const routing::AlertmanagerConfig> config_;
  Metrics metrics_;
  net::Router router_;
};

TEST_F(AlertmanagerApi, APathIsFoundAsItCame) {
  EXPECT_EQ(call("GET", "/alerts").status, 200);
  EXPECT_EQ(call("GET", "/alerts/").status, 200);
  const auto encoded = call("GET", "/%61lerts", {}, "", "/alerts");
  EXPECT_EQ(encoded.status, 404);
  EXPECT_THAT(encoded.body, HasSubstr("path /ops/api/v2/%61lerts was not found"));
  EXPECT_EQ(call("GET", "/alerts%2Fgroups", {}, "", "/alerts/groups").status, 404);
  const auto base = call("GET", "");
  EXPECT_EQ(base.status, 301);
  EXPECT_EQ(base.headers.get("Location"), "/ops/api/v2/");
}

TEST_F(AlertmanagerApi, TheIdOfASilenceIsDecodedAndQuoted) {
  const std::string id(kNobody);
  EXPECT_EQ(call("GET", "/silence/" + id).status, 404);
  EXPECT_EQ(call("GET", "/silence/%35" + id.substr(1), {}, "", "/silence/" + id).body, "");
  const auto split = call("GET", "/silence/x%2Fy", {}, "", "/silence/x/y");
  EXPECT_EQ(split.status, 422);
  EXPECT_THAT(split.body, HasSubstr(R"(of type uuid: \"x/y\")"));
  EXPECT_THAT(call("GET", "/silence/x%22", {}, "", "/silence/x\"").body,
              HasSubstr(R"(of type uuid: \"x\\\"\")"));
}

TEST_F(AlertmanagerApi, WhatIsPostedIsJson) {
  const auto post = [&](const net::Headers& headers, const std::string& body) {
    const auto answer = call("POST", "/alerts", headers, body);
    return std::pair(answer.status, answer.body);
  };
  EXPECT_EQ(post(header("Content-Type", "Application/JSON; charset=x"), "[]").first, 200);
  EXPECT_EQ(
      post({}, "[]"),
      std::pair(
          415,
          std::string(
              R"({"code":415,"message":"unsupported media type \"application/octet-stream\", only [application/json] are allowed"})"
              "\n")));
  EXPECT_EQ(
      post(header("Content-Type", "json;x"), "[]"),
      std::pair(
          400,
          std::string(
              R"({"code":400,"message":"parsing Content-Type header from \"json;x\" failed, because mime: invalid media parameter"})"
              "\n")));
  EXPECT_EQ(post({}, "").first, 422) << "of nothing the type does not matter";
  EXPECT_EQ(post(header("Content-Type", "text/plain"), "").first, 422);
}

TEST_F(AlertmanagerApi, WhoDoesNotAcceptJsonGetsNone) {
  const net::Headers text = header("Accept", "text/plain");
  EXPECT_EQ(call("GET", "/receivers", text).status, 406);
  EXPECT_EQ(call("GET", "/receivers", header("Accept", "text/html, */*;q=0.1")).status, 200);
  EXPECT_EQ(call("GET", "/nope", text).status, 404);
  EXPECT_EQ(call("PUT", "/receivers", text).status, 405);
  net::Headers both = text;
  both.add("Content-Type", "application/json");
  EXPECT_EQ(call("POST", "/alerts", both, "[]").status, 200) << "who posts JSON takes it";
}

}  // namespace
}  // namespace tocsin::alert
