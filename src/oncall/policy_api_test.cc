#include "oncall/policy_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::HasSubstr;
using testing::person;
using testing::schedule;
using ::testing::SizeIs;
using testing::World;

struct OpenGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role) override {
    return access::Caller{store::Actor{"user", "ada"}, access::Role::kResponder, "ada"};
  }
  Watch watch(const net::Request&) override {
    return [] { return true; };
  }
};

class PolicyApiTest : public ::testing::Test {
 protected:
  PolicyApiTest() {
    w.on_call.people["pay"] = {"grace"};
    Policy policy;
    policy.repeat = 0;
    policy.steps = {{minutes(0), {person("ada"), schedule("pay")}, {}},
                    {minutes(5), {person("alan")}, {{"SEV-1"}, {}, {}, false}}};
    w.use(policy);
    add_policy_routes(router, {.gate = gate,
                               .readers = readers,
                               .pager = *w.pager,
                               .clock = w.engine.clock(),
                               .on_call = &w.on_call});
  }
  net::Response get(const std::string& path,
                    std::vector<std::pair<std::string, std::string>> query = {}) {
    net::Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    return router.handle(request);
  }
  static codec::JsonObject json(const net::Response& response) {
    return codec::read_own_json(response.body)->as_object();
  }
  World w;
  OpenGate gate;
  alert::Readers readers{w.engine.database()};
  net::Router router;
};

TEST_F(PolicyApiTest, ListsPoliciesWithTheirTeams) {
  const auto answer = json(get("/api/v1/escalation-policies"));
  const auto& policies = answer.at("policies").as_array();
  ASSERT_THAT(policies, SizeIs(1));
  EXPECT_EQ(codec::to_text(policies[0].at("teams")), R"(["shop"])");
  EXPECT_EQ(codec::to_text(policies[0].at("steps").at(0).at("targets")),
            R"([{"kind":"person","name":"ada"},{"kind":"schedule","name":"pay"}])");
  EXPECT_EQ(policies[0].at("steps").at(1).at("when").as_string(), "SEV-1");
  EXPECT_EQ(policies[0].at("bring_in").at("after_seconds").to_number<double>(), 900);
}

TEST_F(PolicyApiTest, TeamsOwnListIsAPolicyToo) {
  w.policies.clear();
  w.use(alert::testing::small_catalog());
  const auto answer = json(get("/api/v1/escalation-policies"));
  ASSERT_THAT(answer.at("policies").as_array(), SizeIs(1));
  EXPECT_EQ(answer.at("policies").at(0).at("id").as_string(), "team:shop");
  const auto shown = json(get("/api/v1/escalation-policies/team:shop/preview"));
  EXPECT_THAT(shown.at("rounds").at(0).at("steps").as_array(), SizeIs(3));
}

TEST_F(PolicyApiTest, PreviewPlaysThePolicyForASeverity) {
  const auto shown = json(get("/api/v1/escalation-policies/shop/preview",
                              {{"at", "2026-11-25T12:00:00Z"}, {"severity", "SEV-3"}}));
  EXPECT_EQ(codec::to_text(shown.at("rounds").at(0).at("steps").at(0)),
            R"({"at":"2026-11-25T12:00:00.000Z","after_seconds":0,"people":[)"
            R"({"person":"ada","via":"","contacts":[{"name":"mail","after_seconds":0},)"
            R"({"name":"webhook","after_seconds":null}]},)"
            R"({"person":"grace","via":"via schedule pay","contacts":[)"
            R"({"name":"mail","after_seconds":0}]}],"channels":[],"skipped":null})");
  EXPECT_EQ(shown.at("rounds").at(0).at("steps").at(1).at("skipped").as_string(),
            "SEV-3 is none of SEV-1");
  EXPECT_TRUE(shown.at("bring_in").is_null());
}

TEST_F(PolicyApiTest, PreviewSaysWhatIsWrongWithTheQuestion) {
  EXPECT_EQ(get("/api/v1/escalation-policies/none/preview").status, 404);
  EXPECT_EQ(get("/api/v1/escalation-policies/team:none/preview").status, 404);
  EXPECT_EQ(get("/api/v1/escalation-policies/shop/preview", {{"at", "noon"}}).status, 400);
  const auto refused = get("/api/v1/escalation-policies/shop/preview", {{"severity", "bad"}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("SEV-1 to SEV-5"));
}

TEST_F(PolicyApiTest, LoadCountsPagesThatWereTold) {
  w.start();
  w.engine.advance(minutes(1));
  const auto answer = json(get("/api/v1/on-call/load"));
  const auto& people = answer.at("people").as_array();
  ASSERT_THAT(people, SizeIs(2));
  EXPECT_EQ(people[0].at("person").as_string(), "ada");
  EXPECT_EQ(people[0].at("pages").as_int64(), 1);
  EXPECT_EQ(people[0].at("interruptions").as_int64(), 1);
  const int64_t sum = people[0].at("working").as_int64() + people[0].at("free").as_int64() +
                      people[0].at("sleeping").as_int64();
  EXPECT_EQ(sum, 1);
  EXPECT_EQ(get("/api/v1/on-call/load", {{"from", "2030-01-01T00:00:00Z"}}).status, 400);
}

}  // namespace
}  // namespace tocsin::oncall
