#include "alert/posted_policy.h"

#include <gtest/gtest.h>

namespace tocsin::alert {
namespace {

using routing::Labels;

constexpr const char* kHead =
    "apiVersion: tocsin/v1\nkind: PostedAlerts\nmetadata: {name: rules}\n";

PostedPolicy read(const std::string& spec, codec::Problems& problems) {
  const auto catalog = catalog::load_texts({{"rules.yaml", kHead + spec}}, problems);
  return read_posted_policy(catalog, problems);
}

std::string complaint(const std::string& spec) {
  codec::Problems problems;
  (void)read(spec, problems);
  std::string text;
  for (const auto& problem : problems.all()) text += problem.to_text() + "\n";
  return text;
}

TEST(PostedPolicy, DefaultsAskForAPageBySeverity) {
  codec::Problems problems;
  const PostedPolicy policy = read_posted_policy({}, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(policy.asks_for_page(Labels::of({{"severity", "page"}})));
  EXPECT_TRUE(policy.asks_for_page(Labels::of({{"severity", "critical"}})));
  EXPECT_FALSE(policy.asks_for_page(Labels::of({{"severity", "warning"}})));
  EXPECT_TRUE(policy.is_cause(Labels::of({{"kind", "cause"}})));
  EXPECT_FALSE(policy.is_cause(Labels::of({{"severity", "page"}})));
}

TEST(PostedPolicy, DocumentReplacesWhatItSays) {
  codec::Problems problems;
  const PostedPolicy policy = read(
      "spec:\n"
      "  pages: ['level=\"1\"']\n"
      "  causes: ['alertname=~\"Node.*\"', 'alertname=~\"Kube.*\"']\n"
      "  service_label: app\n"
      "  impact_annotations: [users_see]\n"
      "  correlate:\n"
      "    - {name: same database, match: ['job=\"pg\"'], equal: [service, cluster]}\n"
      "  otherwise: dashboard\n"
      "  unowned: enforce\n"
      "  paging_receivers: [pagerduty]\n",
      problems);
  EXPECT_TRUE(problems.empty()) << complaint("");
  EXPECT_TRUE(policy.asks_for_page(Labels::of({{"level", "1"}})));
  EXPECT_FALSE(policy.asks_for_page(Labels::of({{"severity", "page"}})));
  EXPECT_TRUE(policy.is_cause(Labels::of({{"alertname", "KubePodCrash"}})));
  ASSERT_EQ(policy.correlate.size(), 1u);
  EXPECT_EQ(policy.correlate[0].equal, (std::vector<std::string>{"service", "cluster"}));
  EXPECT_EQ(policy.otherwise, PostedPolicy::Otherwise::kDashboard);
  EXPECT_EQ(policy.unowned, catalog::PageGate::kEnforce);
  EXPECT_EQ(policy.paging_receivers, (std::vector<std::string>{"pagerduty"}));
  EXPECT_EQ(policy.runbook_annotations, PostedPolicy::defaults().runbook_annotations);
}

TEST(PostedPolicy, EmptyListOfPagesMeansNobody) {
  codec::Problems problems;
  const PostedPolicy policy = read("spec: {pages: []}\n", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_FALSE(policy.asks_for_page(Labels::of({{"severity", "page"}})));
}

TEST(PostedPolicy, MistakesNameTheFieldAndTheFix) {
  EXPECT_NE(complaint("spec: {pages: ['severity=']}\n").find("rules.yaml:4:"), std::string::npos);
  EXPECT_NE(complaint("spec: {pages: ['a b c']}\n").find("is no matcher such as severity"),
            std::string::npos);
  EXPECT_NE(complaint("spec: {correlate: [{name: all}]}\n").find("name labels: [service]"),
            std::string::npos);
  EXPECT_NE(complaint("spec: {otherwise: mail}\n").find("ticket"), std::string::npos);
  EXPECT_NE(complaint("spec: {page: []}\n").find("did you mean 'pages'"), std::string::npos);
}

TEST(PostedPolicy, OneDocumentOnly) {
  codec::Problems problems;
  const auto catalog = catalog::load_texts({{"a.yaml", std::string(kHead) + "spec: {}\n"},
                                            {"b.yaml", std::string(kHead) + "spec: {}\n"}},
                                           problems);
  (void)read_posted_policy(catalog, problems);
  ASSERT_EQ(problems.all().size(), 1u);
  EXPECT_NE(problems.all()[0].message.find("already in a.yaml:1"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::alert
