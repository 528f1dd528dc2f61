#include "gotemplate/default_templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gotemplate/alert_data.h"
#include "gotemplate/functions.h"

namespace tocsin::gotemplate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

NotificationFacts two_alerts() {
  AlertFacts firing;
  firing.labels = {{"alertname", "ApiDown"}, {"job", "api"}, {"severity", "critical"}};
  firing.annotations = {{"runbook_url", "http://wiki.example/api"},
                        {"summary", "The API is <down>"}};
  firing.starts_at = parse_rfc3339("2026-01-02T03:04:05Z").value();
  firing.generator_url = "http://prom.example/graph?g0.expr=up&g0.tab=1";
  firing.fingerprint = "00112233445566aa";
  AlertFacts resolved = firing;
  resolved.status = "resolved";
  resolved.labels["job"] = "web";
  resolved.labels["severity"] = "warning";
  resolved.ends_at = firing.starts_at + minutes(5);
  NotificationFacts facts;
  facts.receiver = "team a";
  facts.alerts = {firing, resolved};
  facts.group_labels = {{"alertname", "ApiDown"}};
  facts.external_url = "http://alerts.example";
  fill_common(facts);
  return facts;
}

std::string text(std::string_view name, const NotificationFacts& facts = two_alerts()) {
  return default_templates().execute(name, to_value(facts), {}).value_or("an error");
}

TEST(AlertData, CommonIsWhatAllAlertsHave) {
  NotificationFacts facts = two_alerts();
  EXPECT_EQ(facts.status, "firing");
  EXPECT_EQ(facts.common_labels, (Labels{{"alertname", "ApiDown"}}));
  EXPECT_EQ(facts.common_annotations.size(), 2U);
  facts.alerts.erase(facts.alerts.begin());
  fill_common(facts);
  EXPECT_EQ(facts.status, "resolved");
  EXPECT_EQ(facts.common_labels.size(), 3U);
}

TEST(AlertData, JsonHasTheNamesOfTheWebhook) {
  NotificationFacts facts = two_alerts();
  facts.alerts.resize(1);
  facts.alerts[0].annotations = {};
  facts.route_labels = {{"team", "a"}};
  facts.notification_reason = "first notification";
  fill_common(facts);
  EXPECT_EQ(json_text(to_value(facts)),
            R"({"receiver":"team a","status":"firing","alerts":[{"status":"firing","labels":)"
            R"({"alertname":"ApiDown","job":"api","severity":"critical"},"annotations":{},)"
            R"("startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z",)"
            R"("generatorURL":"http://prom.example/graph?g0.expr=up\u0026g0.tab=1",)"
            R"("fingerprint":"00112233445566aa"}],"notification_reason":"first notification",)"
            R"("groupLabels":{"alertname":"ApiDown"},"commonLabels":{"alertname":"ApiDown",)"
            R"("job":"api","severity":"critical"},"commonAnnotations":{},)"
            R"("routeLabels":{"team":"a"},"externalURL":"http://alerts.example"})");
}

TEST(DefaultTemplates, SubjectAndLink) {
  EXPECT_EQ(text("__subject"), "[FIRING:1] ApiDown ");
  NotificationFacts facts = two_alerts();
  facts.alerts.resize(1);
  fill_common(facts);
  EXPECT_EQ(text("slack.default.title", facts), "[FIRING:1] ApiDown (api critical)");
  facts.alerts[0].status = "resolved";
  fill_common(facts);
  EXPECT_EQ(text("email.default.subject", facts), "[RESOLVED] ApiDown (api critical)");
  EXPECT_EQ(text("__alertmanagerURL"), "http://alerts.example/#/alerts?receiver=team+a");
}

TEST(DefaultTemplates, MarkdownListsOfTeamsAndJira) {
  NotificationFacts facts = two_alerts();
  facts.alerts.resize(1);
  const std::string_view expected =
      "\n\n# Alerts Firing:\n\nLabels:\n  - alertname = ApiDown\n  - job = api\n  - severity = "
      "critical\n\n"
      "Annotations:\n  - runbook_url = http://wiki.example/api\n  - summary = The API is <down>\n\n"
      "Source: http://prom.example/graph?g0.expr=up&g0.tab=1\n\n\n\n\n";
  EXPECT_EQ(text("msteamsv2.default.text", facts), expected);
  EXPECT_EQ(text("jira.default.description", facts), expected);
}

TEST(DefaultTemplates, JirasPriorityIsThatOfTheWorstAlert) {
  NotificationFacts facts = two_alerts();
  EXPECT_EQ(text("jira.default.priority", facts), "High");
  facts.alerts[0].status = "resolved";
  facts.alerts[1].labels["severity"] = "info";
  EXPECT_EQ(text("jira.default.priority", facts),
            "High");  // nothing fires: the resolved ones count
  facts.alerts[1].status = "firing";
  EXPECT_EQ(text("jira.default.priority", facts), "Low");
  facts.alerts[1].labels["severity"] = "none";
  facts.alerts.resize(1);
  facts.alerts[0].labels["severity"] = "none";
  EXPECT_EQ(text("jira.default.priority", facts), "");
}

TEST(DefaultTemplates, TheMailHasAllFactsAndLinksAndEscapesThem) {
  const auto mail = default_templates().execute("email.default.html", to_value(two_alerts()),
                                                {.mode = Mode::kHtml});
  ASSERT_TRUE(mail) << mail.error().message;
  for (const std::string_view part :
       {"<title>[FIRING:1] ApiDown </title>", "Firing: 2 alerts", "1 firing", "1 resolved",
        "The API is &lt;down&gt;", "href=\"http://wiki.example/api\"",
        "href=\"http://prom.example/graph?g0.expr=up&amp;g0.tab=1\"",
        "href=\"http://alerts.example/#/alerts?receiver=team&#43;a\"", "2026-01-02 03:04:05 UTC",
        "2026-01-02 03:09:05 UTC", "<th>job</th><td>web</td>", "prefers-color-scheme: dark"}) {
    EXPECT_THAT(*mail, HasSubstr(part));
  }
  EXPECT_THAT(*mail, Not(HasSubstr("ZgotmplZ")));
  EXPECT_THAT(*mail, Not(HasSubstr("<down>")));
}

TEST(DefaultTemplates, EveryOneRendersForEveryNotification) {
  const NotificationFacts empty;
  for (const std::string& name : default_templates().names()) {
    const bool takes_a_part = name.starts_with("__t") || name == "pagerduty.default.instances";
    if (takes_a_part || name.ends_with(".tmpl")) continue;
    EXPECT_NE(text(name), "an error") << name;
    EXPECT_NE(text(name, empty), "an error") << name;
  }
}

TEST(DefaultTemplates, AFileOfOnesOwnReplacesThem) {
  const auto set = default_templates()
                       .with({Source{"my.tmpl", "{{ define \"__subject\" }}mine{{ end }}"}})
                       .value();
  EXPECT_EQ(set.execute("slack.default.title", to_value(two_alerts()), {}).value(), "mine");
}

}  // namespace
}  // namespace tocsin::gotemplate
