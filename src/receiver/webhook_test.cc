#include <filesystem>
#include <fstream>

#include "codec/yaml.h"
#include "receiver/testing.h"

namespace tocsin::receiver {
namespace {

using testing::group;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::resolved_group;

class WebhookTest : public testing::IntegrationTest {
 protected:
  std::unique_ptr<Integration> webhook(routing::WebhookSettings settings) {
    if (!settings.url.is_set()) settings.url = url();
    routing::Receiver receiver;
    receiver.webhook = {std::move(settings)};
    return made(receiver);
  }
  std::string payload(std::string_view yaml) {
    const auto document = codec::parse_yaml(yaml);
    EXPECT_TRUE(document) << document.error().message;
    routing::WebhookSettings settings;
    settings.payload = document->at(0);
    auto hook = webhook(settings);
    const Sent sent = send(*hook, group());
    EXPECT_TRUE(sent) << sent.error().error.message;
    return last().body;
  }
};

TEST_F(WebhookTest, SendsVersion4) {
  auto hook = webhook({});
  ASSERT_TRUE(send(*hook, group()));
  const net::Request request = last();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/hook");
  EXPECT_EQ(request.headers.get("user-agent"), "Alertmanager/0.34.0");
  EXPECT_EQ(request.headers.get("content-type"), "application/json");
  EXPECT_FALSE(request.headers.get("x-tocsin-maybe-duplicate"));
  EXPECT_EQ(
      request.body,
      R"({"receiver":"team\\.db","status":"firing","alerts":[)"
      R"({"status":"firing","labels":{"alertname":"Slow","job":"api"},)"
      R"("annotations":{"summary":"it is \u003cslow\u003e"},)"
      R"("startsAt":"2026-01-02T03:04:05.12Z","endsAt":"0001-01-01T00:00:00Z",)"
      R"("generatorURL":"http://prom.example.org/g?a=1\u0026b=2","fingerprint":"f236339b73414fbe"},)"
      R"({"status":"resolved","labels":{"alertname":"Slow","job":"web"},)"
      R"("annotations":{"summary":"it is \u003cslow\u003e"},)"
      R"("startsAt":"2026-01-02T03:04:05Z","endsAt":"2026-01-02T03:10:00.000001Z",)"
      R"("generatorURL":"http://prom.example.org/g?a=1\u0026b=2","fingerprint":"be44ebe337ba0f20"}],)"
      R"("notification_reason":"some alerts resolved",)"
      R"("groupLabels":{"alertname":"Slow"},"commonLabels":{"alertname":"Slow"},)"
      R"("commonAnnotations":{"summary":"it is \u003cslow\u003e"},)"
      R"("routeLabels":{"tier":"1"},"externalURL":"http://am.example.org","version":"4",)"
      R"("groupKey":"{}/{team=\"db\"}:{alertname=\"Slow\"}","truncatedAlerts":0})"
      "\n");
}

TEST_F(WebhookTest, KnowsWhatItIs) {
  routing::Receiver receiver;
  receiver.webhook.resize(2);
  receiver.webhook[1].send_resolved = false;
  const auto all = make_integrations(receiver, tools());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1]->kind(), "webhook");
  EXPECT_EQ(all[1]->index(), 1);
  EXPECT_TRUE(all[0]->send_resolved());
  EXPECT_FALSE(all[1]->send_resolved());
}

TEST_F(WebhookTest, ShowsNoMoreAlertsThanAsked) {
  auto hook = webhook({.max_alerts = 1, .payload = {}});
  ASSERT_TRUE(send(*hook, group()));
  EXPECT_THAT(last().body, HasSubstr(R"("truncatedAlerts":1})"));
  EXPECT_THAT(last().body, Not(HasSubstr(R"("job":"web")")));
  // What all of the shown alerts have in common.
  EXPECT_THAT(last().body, HasSubstr(R"("commonLabels":{"alertname":"Slow","job":"api"})"));
}

TEST_F(WebhookTest, AMessageOfResolvedAlertsIsResolved) {
  auto hook = webhook({});
  ASSERT_TRUE(send(*hook, resolved_group()));
  EXPECT_THAT(last().body, HasSubstr(R"("receiver":"team\\.db","status":"resolved")"));
}

TEST_F(WebhookTest, ASecondTryMaySayThatItIsOne) {
  auto hook = webhook({});
  GroupMessage message = group();
  message.maybe_duplicate = true;
  ASSERT_TRUE(send(*hook, message));
  EXPECT_EQ(last().headers.get("x-tocsin-maybe-duplicate"), "1");
}

TEST_F(WebhookTest, APayloadOfOnesOwnIsRendered) {
  EXPECT_EQ(payload(R"(
title: '{{ .CommonLabels.alertname }} <b>'
'{{ .Status }}': key
count: '{{ len .Alerts }}'
quoted: "12"
plain: 12
float: 1.50
yes: [on, ~, text, '{{ .Receiver }}']
map: 'n: {{ len .Alerts }}'
none: '{{ .CommonLabels.nothing }}'
zip: '007'
)"),
            R"({"count":2,"firing":"key","float":1.5,"map":{"n":2},"none":null,"plain":12,)"
            R"("quoted":12,"title":"Slow \u003cb\u003e","yes":[true,null,"text","team\\.db"],)"
            R"("zip":"007"})"
            "\n");
}

TEST_F(WebhookTest, WhatALabelSaysIsNoTemplate) {
  GroupMessage message = group();
  message.alerts = {
      testing::alert({{"alertname", "{a: '{{ .ExternalURL }}'}"}}, "2026-01-02T03:04:05Z")};
  routing::WebhookSettings settings;
  settings.payload = codec::parse_yaml("'{{ .CommonLabels.alertname }}'")->at(0);
  auto hook = webhook(settings);
  ASSERT_TRUE(send(*hook, message));
  EXPECT_EQ(last().body, "{\"a\":\"{{ .ExternalURL }}\"}\n");
}

TEST_F(WebhookTest, TheUrlMayBeATemplateAndAFile) {
  auto hook = webhook({.url = url("/to/{{ .CommonLabels.alertname }}"), .payload = {}});
  ASSERT_TRUE(send(*hook, group()));
  EXPECT_EQ(last().path, "/to/Slow");

  const std::string file = ::testing::TempDir() + "webhook_url";
  std::ofstream(file) << "  " << catcher_.url("/first") << "\n";
  hook = webhook({.url = {Secret(), file}, .payload = {}});
  ASSERT_TRUE(send(*hook, group()));
  EXPECT_EQ(last().path, "/first");
  std::ofstream(file) << catcher_.url("/rotated");
  ASSERT_TRUE(send(*hook, group()));
  EXPECT_EQ(last().path, "/rotated");
  std::filesystem::remove(file);
  const SendFailure gone = refused(*hook, group());
  EXPECT_FALSE(gone.retry);
  EXPECT_THAT(gone.error.message, HasSubstr(file));
}

TEST_F(WebhookTest, AStatusDecidesWhatFollows) {
  auto hook = webhook({});
  struct Case {
    int status;
    bool retry;
    std::string reason;
    Code code;
  };
  for (const Case& c : {Case{400, false, "clientError", Code::kFailedPrecondition},
                        Case{404, false, "clientError", Code::kFailedPrecondition},
                        Case{429, false, "clientError", Code::kResourceExhausted},
                        Case{500, true, "serverError", Code::kUnavailable},
                        Case{503, true, "serverError", Code::kUnavailable},
                        Case{304, false, "other", Code::kFailedPrecondition}}) {
    catcher_.answer_next(c.status);
    const SendFailure failure = refused(*hook, group());
    EXPECT_EQ(failure.retry, c.retry) << c.status;
    EXPECT_EQ(failure.reason, c.reason) << c.status;
    EXPECT_EQ(failure.error.code, c.code) << c.status;
    EXPECT_THAT(failure.error.message, HasSubstr(std::to_string(c.status)));
  }
  for (const int status : {200, 202, 204, 299}) {
    catcher_.answer_next(status);
    EXPECT_TRUE(send(*hook, group())) << status;
  }
}

TEST_F(WebhookTest, WhatDoesNotArriveIsTriedAgain) {
  auto hook = webhook({});
  catcher_.answer_next({.hang_up = true});
  const SendFailure cut = refused(*hook, group());
  EXPECT_TRUE(cut.retry);
  EXPECT_EQ(cut.reason, "other");

  catcher_.answer_next({.stall = true});
  const SendFailure late = refused(*hook, group(), milliseconds(50));
  EXPECT_TRUE(late.retry);
  EXPECT_EQ(late.reason, "contextDeadlineExceeded");
  catcher_.release();
}

TEST_F(WebhookTest, ItsOwnTimeoutIsShorter) {
  auto hook = webhook({.timeout = milliseconds(50), .payload = {}});
  catcher_.answer_next({.stall = true});
  EXPECT_EQ(refused(*hook, group(), hours(1)).reason, "contextDeadlineExceeded");
  catcher_.release();
}

TEST_F(WebhookTest, ATryMayLastAsLongAsItsSettingsSay) {
  EXPECT_EQ(webhook({.payload = {}})->longest_try(), seconds(30));
  EXPECT_EQ(webhook({.timeout = seconds(90), .payload = {}})->longest_try(), seconds(90));
  EXPECT_EQ(webhook({.timeout = seconds(2), .payload = {}})->longest_try(), seconds(2));
}

TEST_F(WebhookTest, ErrorsHoldNoSecret) {
  auto hook = webhook({.url = url("/services/T0123456789?key=sesame99"), .payload = {}});
  catcher_.answer_next({.status = 404, .body = "no T0123456789 for\nsesame99 here"});
  EXPECT_EQ(refused(*hook, group()).error.message, "answered 404: no <secret> for <secret> here");
  hook = webhook({.url = {Secret("http://localhost:1/T0123456789"), ""}, .payload = {}});
  EXPECT_THAT(refused(*hook, group()).error.message, Not(HasSubstr("T0123456789")));
  hook = webhook(
      {.url = {Secret("http://localhost:1/T0123456789/{{ nonsense }}"), ""}, .payload = {}});
  const SendFailure broken = refused(*hook, group());
  EXPECT_FALSE(broken.retry);
  EXPECT_THAT(broken.error.message, HasSubstr("url: "));
  EXPECT_THAT(broken.error.message, Not(HasSubstr("T0123456789")));
}

TEST_F(WebhookTest, ATemplateThatFailsNamesItsField) {
  routing::WebhookSettings settings;
  settings.payload = codec::parse_yaml("a: '{{ .Nothing }}'")->at(0);
  auto hook = webhook(settings);
  const SendFailure failure = refused(*hook, group());
  EXPECT_FALSE(failure.retry);
  EXPECT_EQ(failure.reason, "other");
  EXPECT_EQ(failure.error.code, Code::kInvalidArgument);
  EXPECT_THAT(failure.error.message, ::testing::StartsWith("payload: "));
  EXPECT_TRUE(catcher_.requests().empty());
}

TEST_F(WebhookTest, OutlivesAReload) {
  auto hook = webhook({});
  catcher_.answer_next({.stall = true});
  std::promise<Sent> done;
  hook->send(group(), seconds(20), [&](Sent sent) { done.set_value(std::move(sent)); });
  ASSERT_TRUE(catcher_.wait_for(1));
  hook.reset();
  catcher_.release();
  EXPECT_TRUE(done.get_future().get());
}

}  // namespace
}  // namespace tocsin::receiver
