#include "alert/posted_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"
#include "alert/notification_store.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::World;

const std::string kPlain =
    "route:\n  receiver: team\n  group_by: [group]\n  group_wait: 10s\n  group_interval: 1m\n"
    "  routes:\n  - {receiver: pager, matchers: [severity=page]}\n"
    "receivers:\n- name: team\n  webhook_configs: [{url: 'http://team.test/'}]\n- name: pager\n";

class PostedApi : public ::testing::Test {
 protected:
  PostedApi() : config_(testing::read_config(kPlain)) {
    const PostedApiParts parts{
        .alerts = *w_.book,
        .dispatcher = *w_.dispatcher,
        .readers = readers_,
        .clock = w_.t.clock(),
        .config = [this] { return config_; },
        .authorize = [this](const net::Request&, bool) -> Result<store::Actor> {
          if (!is_open_) return fail(Code::kUnauthenticated, "sign in first");
          return store::Actor{"user", "ada"};
        },
        .prefix = "/ops",
        .owner_of =
            [](const routing::Labels& labels) {
              return PostedApiParts::Owner{std::string(labels.get("service")), ""};
            }};
    add_posted_routes(router_, parts);
    add_history_routes(router_, parts);
    add_walk_routes(router_, parts);
  }
  net::Response call(const std::string& method, const std::string& path,
                     std::vector<std::pair<std::string, std::string>> query = {},
                     const std::string& body = "") {
    net::Request request;
    request.method = method;
    request.path = "/ops/api/v1" + path;
    request.query = std::move(query);
    request.body = body;
    return router_.handle(request);
  }
  codec::JsonObject get(const std::string& path,
                        std::vector<std::pair<std::string, std::string>> query = {}) {
    const auto response = call("GET", path, std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return codec::read_own_json(response.body)->as_object();
  }
  std::vector<std::string> names(const codec::JsonObject& answer) {
    std::vector<std::string> out;
    for (const auto& alert : answer.at("alerts").as_array()) {
      out.emplace_back(alert.at("labels").at("name").as_string());
    }
    return out;
  }
  std::string fingerprint(const std::string& name) {
    return routing::fingerprint_text(w_.alert(name).fingerprint());
  }

  World w_{World::Options{}, kPlain};
  std::shared_ptr<const routing::AlertmanagerConfig> config_;
  Readers readers_{w_.t.database()};
  net::Router router_;
  bool is_open_ = true;
};

TEST_F(PostedApi, ListsByStateMatcherTextAndReceiver) {
  w_.labels = {{"A", {{"severity", "page"}, {"service", "shop"}}}, {"B", {{"job", "Checkout"}}}};
  w_.silence("B", hours(1));
  w_.fire({"A"});
  w_.advance(seconds(1));
  w_.fire({"B"});
  w_.advance(seconds(1));
  w_.fire({"C"});
  w_.advance(seconds(20));
  w_.resolve({"C"});
  const auto all = get("/posted-alerts");
  EXPECT_THAT(names(all), ElementsAre("B", "A"));  // the newest first
  EXPECT_EQ(all.at("total").as_int64(), 2);
  EXPECT_TRUE(all.at("next").is_null());
  EXPECT_THAT(names(get("/posted-alerts", {{"state", "suppressed"}})), ElementsAre("B"));
  EXPECT_THAT(names(get("/posted-alerts", {{"state", "firing"}})), ElementsAre("A"));
  EXPECT_THAT(names(get("/posted-alerts", {{"state", "resolved"}})), ElementsAre("C"));
  EXPECT_THAT(names(get("/posted-alerts", {{"state", "all"}, {"sort", "name"}})),
              ElementsAre("A", "B", "C"));
  EXPECT_THAT(names(get("/posted-alerts", {{"filter", "job=~\"Check.*\""}})), ElementsAre("B"));
  EXPECT_THAT(names(get("/posted-alerts", {{"q", "cHECK"}})), ElementsAre("B"));
  EXPECT_THAT(names(get("/posted-alerts", {{"receiver", "pager"}})), ElementsAre("A"));

  const auto& b = all.at("alerts").as_array()[0].as_object();
  EXPECT_EQ(b.at("state").as_string(), "suppressed");
  EXPECT_EQ(b.at("suppressed_by").as_array()[0].at("kind").as_string(), "silence");
  EXPECT_EQ(b.at("suppressed_since").as_string(), to_rfc3339(w_.start + seconds(11)));
  EXPECT_TRUE(b.at("service").is_null());
  const auto& a = all.at("alerts").as_array()[1].as_object();
  EXPECT_EQ(a.at("service").as_string(), "shop");
  EXPECT_TRUE(a.at("ends_at").is_null());
}

TEST_F(PostedApi, PagesGoThroughAllOnceAndThoseWithOneKeyToo) {
  std::vector<routing::PostedAlert> alerts;
  for (int i = 0; i < 23; ++i) alerts.push_back(w_.alert("n" + std::to_string(i)));
  ASSERT_TRUE(w_.put(alerts));
  for (const char* sort : {"-starts_at", "starts_at", "name", "-name", "job"}) {
    std::set<std::string> seen;
    std::string after;
    for (int page = 0; page < 10; ++page) {
      const auto answer = get("/posted-alerts", {{"sort", sort}, {"limit", "5"}, {"after", after}});
      EXPECT_EQ(answer.at("total").as_int64(), 23);
      for (const auto& name : names(answer)) EXPECT_TRUE(seen.insert(name).second) << sort;
      if (answer.at("next").is_null()) break;
      after = answer.at("next").as_string();
    }
    EXPECT_EQ(seen.size(), 23u) << sort;
  }
}

TEST_F(PostedApi, ShowsOneWithItsGroups) {
  w_.fire({"A"});
  const auto one = get("/posted-alerts/" + fingerprint("A"));
  const auto& groups = one.at("groups").as_array();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].at("key").as_string(), "{}:{}");
  EXPECT_EQ(groups[0].at("hash").as_string(), group_hash("{}:{}"));
  EXPECT_EQ(groups[0].at("next_flush").as_string(), to_rfc3339(w_.start + seconds(10)));
}

TEST_F(PostedApi, TellsTheStoryOfOneAndOfItsGroup) {
  w_.fire({"A"});
  w_.advance(seconds(90));
  w_.resolve({"A"});
  w_.advance(hours(1));
  const auto story = get("/posted-alerts/" + fingerprint("A") + "/history");
  std::vector<std::string> kinds;
  for (const auto& event : story.at("events").as_array()) {
    kinds.emplace_back(event.at("kind").as_string());
  }
  EXPECT_THAT(kinds, ElementsAre("notification.sent", "posted_alert.resolved", "notification.sent",
                                 "posted_alert.fired"));
  EXPECT_EQ(story.at("labels").at("name").as_string(), "A");
  EXPECT_TRUE(story.at("next").is_null());

  for (const std::string& name : {std::string("{}:{}"), group_hash("{}:{}")}) {
    const auto told = get("/alert-groups/" + name + "/notifications", {{"limit", "1"}});
    ASSERT_EQ(told.at("notifications").as_array().size(), 1u);
    EXPECT_EQ(told.at("notifications").as_array()[0].at("reason").as_string(),
              "all alerts resolved");
    const auto more = get("/alert-groups/" + name + "/notifications",
                          {{"after", std::string(told.at("next").as_string())}});
    ASSERT_EQ(more.at("notifications").as_array().size(), 1u);
    EXPECT_EQ(more.at("notifications").as_array()[0].at("reason").as_string(),
              "first notification");
  }
  const auto search = get("/alert-history", {{"matcher", "name=A"}, {"kind", "posted_alert"}});
  ASSERT_EQ(search.at("events").as_array().size(), 2u);
  EXPECT_EQ(search.at("events").as_array()[0].at("labels").at("name").as_string(), "A");
  EXPECT_FALSE(search.at("events").as_array()[0].at("data").as_object().contains("before"));
}

TEST_F(PostedApi, WalksTheRoutes) {
  const auto tree = get("/routes");
  EXPECT_EQ(tree.at("tree").at("routes").as_array().size(), 1u);
  EXPECT_EQ(tree.at("receivers").as_array()[1].at("is_delivered").as_bool(), false);

  const auto response =
      call("POST", "/routes/walk", {}, R"({"labels":{"name":"A","severity":"page"}})");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto walk = codec::read_own_json(response.body)->as_object();
  EXPECT_EQ(walk.at("tree").at("at").as_string(), "passed");
  EXPECT_EQ(walk.at("taken").as_array()[0].at("receiver").as_string(), "pager");
  EXPECT_TRUE(walk.at("state").is_null());

  w_.fire({"B"});
  const auto known =
      call("POST", "/routes/walk", {}, R"({"fingerprint":")" + fingerprint("B") + "\"}");
  ASSERT_EQ(known.status, 200) << known.body;
  const auto of_b = codec::read_own_json(known.body)->as_object();
  EXPECT_EQ(of_b.at("state").as_string(), "firing");
  EXPECT_EQ(of_b.at("tree").at("routes").as_array()[0].at("failed_matcher").as_string(),
            "severity=\"page\"");
  EXPECT_TRUE(
      of_b.at("taken").as_array()[0].at("told_by").as_array()[0].at("would_tell").as_bool());
}

TEST_F(PostedApi, RefusesWithTheFieldAndTheFix) {
  const auto refused = [&](const std::string& path,
                           std::vector<std::pair<std::string, std::string>> query, int status,
                           const std::string& word) {
    const auto response = call("GET", path, std::move(query));
    EXPECT_EQ(response.status, status) << path << response.body;
    EXPECT_THAT(response.body, HasSubstr(word)) << path;
  };
  refused("/posted-alerts", {{"state", "on"}}, 400, "use open");
  refused("/posted-alerts", {{"filter", "a=~\"(\""}}, 400, "filter");
  refused("/posted-alerts", {{"limit", "1001"}}, 400, "limit");
  refused("/posted-alerts", {{"after", "xyz"}}, 400, "next");
  refused("/posted-alerts", {{"q", std::string(1001, 'x')}}, 400, "1000");
  refused("/posted-alerts/xyz", {}, 400, "16 hex digits");
  refused("/posted-alerts/0123456789abcdef", {}, 404, "0123456789abcdef");
  refused("/posted-alerts/0123456789abcdef/history", {}, 404, "0123456789abcdef");
  refused("/alert-groups/x", {}, 404, "notifications");
  refused("/alert-groups/x/notifications", {{"after", "5"}}, 400, "next");
  refused("/alert-history", {{"kind", "alert.fired"}}, 400, "posted_alert");
  refused("/alert-history", {{"from", "yesterday"}}, 400, "from");
  refused("/alert-history", {{"from", "2026-01-02T00:00:00Z"}, {"to", "2026-01-01T00:00:00Z"}}, 400,
          "before");
  refused("/alert-history", {{"matcher", "x"}}, 400, "matcher");
  for (const char* body : {"", "{}", "[]", R"({"labels":{"":"x"}})", R"({"labels":5})",
                           R"({"labels":{"a":"b"},"fingerprint":"x"})", R"({"other":1})"}) {
    EXPECT_EQ(call("POST", "/routes/walk", {}, body).status, 400) << body;
  }
  EXPECT_EQ(call("POST", "/routes/walk", {}, R"({"fingerprint":"x"})").status, 404);
}

TEST_F(PostedApi, AsksWhoCalls) {
  is_open_ = false;
  for (const char* path : {"/posted-alerts", "/posted-alerts/x", "/posted-alerts/x/history",
                           "/alert-groups/x/notifications", "/alert-history", "/routes"}) {
    EXPECT_EQ(call("GET", path).status, 401) << path;
  }
  EXPECT_EQ(call("POST", "/routes/walk", {}, "{}").status, 401);
}

}  // namespace
}  // namespace tocsin::alert
