#include "codec/yaml.h"
#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using ::testing::ElementsAre;
using testing::group;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using testing::resolved_group;

codec::Node node(std::string_view yaml) { return codec::parse_yaml(yaml)->at(0); }

class PagerdutyTest : public testing::IntegrationTest {
 protected:
  routing::PagerdutySettings v2() {
    routing::PagerdutySettings settings;
    settings.url = catcher_.url("/v2/enqueue");
    settings.routing_key = {Secret("R-{{ .CommonLabels.alertname }}"), ""};
    return settings;
  }
  std::unique_ptr<Integration> pagerduty(const routing::PagerdutySettings& settings) {
    return over(make_pagerduty(settings, templates(), catcher_.url("/v1/create_event.json")));
  }
};

TEST_F(PagerdutyTest, TriggersAndResolvesWithVersion2) {
  routing::PagerdutySettings settings = v2();
  settings.severity = "critical";
  settings.class_ = "cpu";
  settings.details = {{"num_firing", node("'{{ .Alerts.Firing | len }}'")},
                      {"deep", node("{a: ['{{ .Status }}', 2]}")}};
  settings.images = {{.src = "http://i", .alt = "graph", .href = "http://h"},
                     {.src = "{{ .CommonLabels.none }}", .alt = "x", .href = ""}};
  settings.links = {{.href = "http://l/{{ .Status }}", .text = "runbook"},
                    {.href = "", .text = "x"}};
  auto integration = pagerduty(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/v2/enqueue");
  EXPECT_EQ(last().headers.get("content-type"), "application/json");
  const std::string hash(testing::kGroupHash);
  EXPECT_EQ(last().body,
            R"({"routing_key":"R-Slow","dedup_key":")" + hash +
                R"(","event_action":"trigger","payload":{"summary":"[FIRING:1] Slow ",)"
                R"("source":"Alertmanager","severity":"critical","class":"cpu",)"
                R"("custom_details":{"deep":{"a":["firing",2]},"num_firing":1}},)"
                R"("client":"Alertmanager",)"
                R"("client_url":"http://am.example.org/#/alerts?receiver=team%5C.db",)"
                R"("images":[{"src":"http://i","alt":"graph","href":"http://h"}],)"
                R"("links":[{"href":"http://l/firing","text":"runbook"}]})"
                "\n");
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body, HasSubstr(R"("dedup_key":")" + hash + R"(","event_action":"resolve")"));
}

TEST_F(PagerdutyTest, SpeaksVersion1WithAServiceKey) {
  routing::PagerdutySettings settings;
  settings.service_key = {Secret("S1"), ""};
  settings.details = {{"a", node("b")}};
  auto integration = pagerduty(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/v1/create_event.json");
  const std::string hash(testing::kGroupHash);
  EXPECT_EQ(last().body, R"({"service_key":"S1","incident_key":")" + hash +
                             R"(","event_type":"trigger","description":"[FIRING:1] Slow ",)"
                             R"("event_action":"","payload":null,"client":"Alertmanager",)"
                             R"("client_url":"http://am.example.org/#/alerts?receiver=team%5C.db",)"
                             R"("details":{"a":"b"}})"
                             "\n");
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body, HasSubstr(R"("event_type":"resolve")"));
  EXPECT_THAT(last().body, Not(HasSubstr("client")));
  catcher_.answer_next(403);
  EXPECT_TRUE(refused(*integration, group()).retry);
  catcher_.answer_next(429);
  EXPECT_FALSE(refused(*integration, group()).retry);
}

TEST_F(PagerdutyTest, AnEventThatIsTooLargeLosesItsDetails) {
  routing::PagerdutySettings settings = v2();
  settings.description = std::string(2000, 'x');
  settings.details["big"] = codec::Node{.kind = codec::Node::Kind::kScalar, .quoted = true};
  settings.details["big"].scalar = "a" + std::string(512'000, 'x');
  auto integration = pagerduty(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_LT(last().body.size(), 3000u);
  EXPECT_THAT(last().body, HasSubstr(R"("summary":")" + std::string(1023, 'x') + "…\""));
  EXPECT_THAT(last().body, HasSubstr(R"("custom_details":{"error":"The details are left out)"));
}

TEST_F(PagerdutyTest, AStormIsToldWithItsDefaultDetails) {
  const std::string yaml =
      "route: {receiver: r}\nreceivers: [{name: r, pagerduty_configs: [{routing_key: k, url: '" +
      catcher_.url("/v2/enqueue") + "'}]}]\n";
  codec::Problems problems;
  const auto config = routing::read_alertmanager_config(
      yaml, "am.yml", "/", routing::MatcherSyntax::kFallback, problems);
  ASSERT_TRUE(config);
  auto integration = made(config->receivers[0]);
  ASSERT_TRUE(send(*integration, testing::storm()));
  EXPECT_THAT(last().body, HasSubstr(R"("summary":"[FIRING:5000] Slow )"));
  EXPECT_THAT(last().body, HasSubstr("The details are left out"));
}

TEST_F(PagerdutyTest, AStatusDecidesWhatFollows) {
  auto integration = pagerduty(v2());
  catcher_.answer_next({.status = 400,
                        .body = R"({"status":"invalid","message":"Event object is invalid",)"
                                R"("errors":["R-Slow is no key","x"]})"});
  const SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.error.message, "answered 400: Event object is invalid; <secret> is no key; x");
  catcher_.answer_next(429);
  EXPECT_TRUE(refused(*integration, group()).retry);
  catcher_.answer_next(403);
  EXPECT_FALSE(refused(*integration, group()).retry);
  catcher_.answer_next(500);
  EXPECT_TRUE(refused(*integration, group()).retry);
}

TEST_F(PagerdutyTest, AnEmptyKeyIsNotSent) {
  routing::PagerdutySettings settings = v2();
  settings.routing_key = {Secret("{{ .CommonLabels.none }}"), ""};
  auto integration = pagerduty(settings);
  const SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_THAT(failure.error.message, HasSubstr("routing_key: is empty"));
  EXPECT_TRUE(catcher_.requests().empty());
}

class OpsgenieTest : public testing::IntegrationTest {
 protected:
  routing::OpsgenieSettings settings() {
    routing::OpsgenieSettings out;
    out.api_url = catcher_.url("/");
    out.api_key = {Secret("key-1234"), ""};
    return out;
  }
  std::unique_ptr<Integration> opsgenie(const routing::OpsgenieSettings& settings) {
    routing::Receiver receiver;
    receiver.opsgenie = {settings};
    return made(receiver);
  }
};

TEST_F(OpsgenieTest, CreatesAndCloses) {
  routing::OpsgenieSettings s = settings();
  s.message = "{{ .CommonLabels.alertname }} " + std::string(200, 'x');
  s.description = "d";
  s.details = {{"more", "{{ .Status }}"}, {"alertname", "mine"}};
  s.responders = {
      {.id = "", .name = "{{ .CommonLabels.alertname }}", .username = "", .type = "team"},
      {.id = "", .name = "a,b", .username = "", .type = "teams"},
      {.id = "{{ .CommonLabels.none }}", .name = "", .username = "", .type = "user"}};
  s.tags = " x,,y ";
  s.note = "n";
  s.priority = "P1";
  s.entity = "e";
  s.actions = "restart";
  auto integration = opsgenie(s);
  ASSERT_TRUE(send(*integration, group()));
  const std::string hash(testing::kGroupHash);
  EXPECT_EQ(last().method, "POST");
  EXPECT_EQ(last().path, "/v2/alerts");
  EXPECT_EQ(last().headers.get("authorization"), "GenieKey key-1234");
  EXPECT_EQ(last().body,
            R"({"alias":")" + hash + R"(","message":"Slow )" + std::string(124, 'x') +
                R"(…","description":"d","details":{"alertname":"mine","more":"firing"},)"
                R"("source":"http://am.example.org/#/alerts?receiver=team%5C.db",)"
                R"("responders":[{"name":"Slow","type":"team"},{"name":"a","type":"team"},)"
                R"({"name":"b","type":"team"}],"tags":["x","y"],"note":"n","priority":"P1",)"
                R"("entity":"e","actions":["restart"]})"
                "\n");
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_EQ(last().path, "/v2/alerts/" + hash + "/close");
  EXPECT_THAT(last().query, ElementsAre(Pair("identifierType", "alias")));
  EXPECT_EQ(last().body, "{\"source\":\"http://am.example.org/#/alerts?receiver=team%5C.db\"}\n");
}

TEST_F(OpsgenieTest, UpdatesWhatIsThereAlready) {
  routing::OpsgenieSettings s = settings();
  s.update_alerts = true;
  s.message = "m";
  s.description = "d";
  auto integration = opsgenie(s);
  ASSERT_TRUE(send(*integration, group()));
  const auto requests = catcher_.requests();
  ASSERT_EQ(requests.size(), 3u);
  const std::string alert = "/v2/alerts/" + std::string(testing::kGroupHash);
  EXPECT_EQ(requests[1].method, "PUT");
  EXPECT_EQ(requests[1].path, alert + "/message");
  EXPECT_EQ(requests[1].body, "{\"message\":\"m\"}\n");
  EXPECT_EQ(requests[2].path, alert + "/description");
  EXPECT_EQ(requests[2].body, "{\"description\":\"d\"}\n");
  // The first that fails ends it.
  catcher_.answer_next(429);
  EXPECT_TRUE(refused(*integration, group()).retry);
  EXPECT_EQ(catcher_.requests().size(), 4u);
  catcher_.answer_next(202);
  catcher_.answer_next({.status = 422, .body = "key-1234 may not"});
  const SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.error.message, "answered 422: <secret> may not");
}

class PushoverTest : public testing::IntegrationTest {
 protected:
  std::unique_ptr<Integration> pushover(routing::PushoverSettings settings) {
    settings.user_key = {Secret("user-{{ .Status }}"), ""};
    settings.token = {Secret("token1"), ""};
    return over(make_pushover(settings, templates(), catcher_.url("/1/messages.json")));
  }
};

TEST_F(PushoverTest, SendsAForm) {
  auto integration = pushover({});
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_EQ(last().path, "/1/messages.json");
  EXPECT_THAT(last().query, IsEmpty());  // nothing that a proxy would log
  EXPECT_EQ(last().headers.get("content-type"), "application/x-www-form-urlencoded");
  EXPECT_THAT(last().body, ::testing::StartsWith("device=&expire=3600&message="));
  EXPECT_THAT(last().body,
              HasSubstr("&priority=2&retry=60&sound=&title=%5BFIRING%3A1%5D%20Slow%20&token=token1"
                        "&url=http%3A%2F%2Fam.example.org%2F%23%2Falerts%3Freceiver%3Dteam%255C.db"
                        "&url_title=&user=user-firing"));
}

TEST_F(PushoverTest, SendsWhatElseIsAsked) {
  routing::PushoverSettings settings;
  settings.html = true;
  settings.monospace = true;
  settings.message = "<b>{{ .CommonAnnotations.summary }}</b>";
  settings.ttl = minutes(2);
  auto integration = pushover(settings);
  ASSERT_TRUE(send(*integration, resolved_group()));
  EXPECT_THAT(last().body,
              HasSubstr("&html=1&message=%3Cb%3Eit%20is%20%26lt%3Bslow%26gt%3B%3C%2Fb%3E"
                        "&monospace=1&priority=0"));
  EXPECT_THAT(last().body, HasSubstr("&ttl=120&"));
  settings.message = " ";
  integration = pushover(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("&message=%28no%20details%29"));
  settings.message = std::string(1025, 'x');
  integration = pushover(settings);
  ASSERT_TRUE(send(*integration, group()));
  EXPECT_THAT(last().body, HasSubstr("&message=" + std::string(1023, 'x') + "%E2%80%A6&"));
}

TEST_F(PushoverTest, ErrorsHoldNoKey) {
  auto integration = pushover({});
  catcher_.answer_next({.status = 400, .body = R"({"errors":["token1 or user-firing"]})"});
  const SendFailure failure = refused(*integration, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.error.message, R"(answered 400: {"errors":["<secret> or <secret>"]})");
}

}  // namespace
}  // namespace tocsin::receiver
