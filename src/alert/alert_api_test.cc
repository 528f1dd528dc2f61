#include "alert/alert_api.h"

#include <gtest/gtest.h>

#include "alert/alert_desk.h"
#include "alert/testing.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

struct OpenGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role) override {
    if (!is_open) return fail(Code::kUnauthenticated, "sign in first");
    return access::Caller{store::Actor{"user", "ada"}, access::Role::kResponder, "ada"};
  }
  bool is_open = true;
};

class AlertApi : public ::testing::Test {
 protected:
  AlertApi() {
    add_alert_routes(router_, gate_, readers_);
    desk_.use(testing::small_catalog(), testing::small_objectives());
    desk_.on_change(testing::fires("checkout-availability", "fast", t_.now()));
    desk_.on_change(testing::fires("stock-availability", "ticket-3d", t_.now()));
    desk_.on_change(testing::clears("stock-availability", "ticket-3d", t_.now()));
    t_.settle();
  }
  net::Response get(const std::string& path,
                    std::vector<std::pair<std::string, std::string>> query = {}) {
    net::Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    return router_.handle(request);
  }
  codec::JsonObject body(const net::Response& response) {
    return codec::read_own_json(response.body)->as_object();
  }

  engine::testing::TestEngine t_;
  OpenGate gate_;
  Readers readers_{t_.database()};
  net::Router router_;
  AlertDesk desk_{{t_.engine(), t_.log(), t_.metrics(), "https://tocsin.shop.test"}};
};

TEST_F(AlertApi, ListsTheFiringOnesUnlessAskedForMore) {
  const auto firing = get("/api/v1/alerts");
  ASSERT_EQ(firing.status, 200);
  EXPECT_EQ(body(firing).at("alerts").as_array().size(), 1u);
  EXPECT_EQ(body(firing).at("seq").as_int64(), 3);
  EXPECT_EQ(body(get("/api/v1/alerts", {{"state", "all"}})).at("alerts").as_array().size(), 2u);
  EXPECT_EQ(body(get("/api/v1/alerts", {{"state", "resolved"}})).at("alerts").as_array().size(),
            1u);
}

TEST_F(AlertApi, ShowsOneAlert) {
  const auto id = std::string(
      body(get("/api/v1/alerts")).at("alerts").as_array()[0].as_object().at("id").as_string());
  const auto one = get("/api/v1/alerts/" + id);
  ASSERT_EQ(one.status, 200);
  const auto json = body(one);
  EXPECT_EQ(json.at("state").as_string(), "firing");
  EXPECT_EQ(json.at("team").as_string(), "shop");
  EXPECT_EQ(json.at("evidence").as_object().at("total_since_start").to_number<double>(), 3170);
  EXPECT_TRUE(json.at("ended_at").is_null());
  EXPECT_TRUE(json.at("incident").is_null());
}

TEST_F(AlertApi, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(get("/api/v1/alerts/alr_none").status, 404);
  EXPECT_EQ(get("/api/v1/alerts", {{"state", "open"}}).status, 400);
  EXPECT_EQ(get("/api/v1/alerts", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(get("/api/v1/alerts", {{"limit", "12x"}}).status, 400);
}

TEST_F(AlertApi, AsksWhoCalls) {
  gate_.is_open = false;
  EXPECT_EQ(get("/api/v1/alerts").status, 401);
}

}  // namespace
}  // namespace tocsin::alert
