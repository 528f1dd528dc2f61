#include <gmock/gmock.h>

#include "net/http.h"

namespace tocsin::net {
namespace {

Handler says(std::string text) {
  return [text](const Request& request) {
    std::string out = text;
    for (const auto& [key, value] : request.params) out += " " + key + "=" + value;
    return Response::text(200, out);
  };
}

Request request_for(std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.request_id = "r1";
  return request;
}

class RouterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    router_.add("GET", "/", says("root"));
    router_.add("GET", "/api/incidents/{id}", says("one"));
    router_.add("POST", "/api/incidents/{id}", says("change"));
    router_.add("GET", "/api/incidents/latest", says("latest"));
    router_.add("POST", "/api/incidents/{id}/acknowledge", says("ack"));
    router_.add("GET", "/assets/{path...}", says("asset"), {.max_body = 7});
    router_.add("GET", "/{rest...}", says("fallback"));
  }
  std::string at(std::string method, std::string path) {
    return router_.handle(request_for(std::move(method), std::move(path))).body;
  }
  Router router_;
};

TEST_F(RouterTest, FillsParametersAndPrefersFixedSegments) {
  EXPECT_EQ(at("GET", "/"), "root");
  EXPECT_EQ(at("GET", "/api/incidents/42"), "one id=42");
  EXPECT_EQ(at("GET", "/api/incidents/latest"), "latest");
  EXPECT_EQ(at("POST", "/api/incidents/latest"), "change id=latest");
  EXPECT_EQ(at("POST", "/api/incidents/42/acknowledge"), "ack id=42");
}

TEST_F(RouterTest, TheRestTakesWhatIsLeft) {
  EXPECT_EQ(at("GET", "/assets/js/app.js"), "asset path=js/app.js");
  EXPECT_EQ(at("GET", "/assets"), "asset path=");
  EXPECT_EQ(at("GET", "/else/where"), "fallback rest=else/where");
  EXPECT_EQ(at("GET", "/api/incidents/"), "fallback rest=api/incidents/") << "an id is not empty";
  EXPECT_EQ(router_.find("GET", "/assets/x").options.max_body, 7u);
  EXPECT_EQ(router_.find("GET", "/assets/x").pattern, "/assets/{path...}");
}

TEST_F(RouterTest, HeadIsAnsweredByGet) { EXPECT_EQ(at("HEAD", "/api/incidents/7"), "one id=7"); }

TEST_F(RouterTest, SaysWhichMethodsAreAllowed) {
  const Response response = router_.handle(request_for("DELETE", "/api/incidents/42"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_THAT(response.body, ::testing::HasSubstr("\"request_id\":\"r1\""));
}

TEST(Router, AnswersUnknownPathsThroughTheWrappers) {
  Router router;
  std::string order;
  router.wrap([&](const Request& request, const Handler& next) {
    order += "inner ";
    return next(request);
  });
  router.wrap([&](const Request& request, const Handler& next) {
    order += "outer ";
    Response response = next(request);
    response.headers.set("X-Wrapped", "yes");
    return response;
  });
  const Response response = router.handle(request_for("GET", "/nowhere"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("x-wrapped"), "yes");
  EXPECT_EQ(order, "outer inner ");
}

}  // namespace
}  // namespace tocsin::net
