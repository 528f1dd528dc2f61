#include "alert/alert_rules.h"

#include <gtest/gtest.h>

#include "alert/testing.h"

namespace tocsin::alert {
namespace {

const Time kNow = *parse_rfc3339("2026-01-05T12:04:30Z");

struct AlertRules : ::testing::Test {
  std::shared_ptr<catalog::Catalog> catalog = testing::small_catalog();
  slo::Objective paying =
      testing::objective("checkout-availability", "checkout", "Customers cannot pay");
  Setting setting{paying, catalog->service(catalog::ServiceId("checkout")),
                  "https://tocsin.shop.test"};
  slo::TierChange firing = testing::fires("checkout-availability", "fast", kNow);
};

TEST(Fingerprint, IsThatOfPrometheus) {
  EXPECT_EQ(fingerprint({{"alertname", "A"}, {"severity", "page"}}), "f2f95d02269594eb");
  EXPECT_EQ(fingerprint({}), "cbf29ce484222325");
}

TEST(Fingerprint, TellsNamesFromValues) {
  EXPECT_NE(fingerprint({{"a", "bc"}}), fingerprint({{"ab", "c"}}));
}

TEST_F(AlertRules, ImpactSaysWhatUsersLoseWithCounts) {
  const Alert alert = make_alert(setting, AlertClass::kPage, firing);
  EXPECT_EQ(alert.impact,
            "Customers cannot pay: 1,204 of 3,170 requests failed since 12:03 UTC (38%). Burn rate "
            "380x, 96% of the budget is left.");
  EXPECT_EQ(alert.summary, "Checkout: 38% of requests fail");
  EXPECT_EQ(alert.problem, "Customers cannot pay");
}

TEST_F(AlertRules, ImpactSaysThatTheBudgetIsOverspent) {
  firing.evidence.budget_left = -0.12;
  EXPECT_TRUE(make_alert(setting, AlertClass::kPage, firing)
                  .impact.ends_with("the budget is overspent by 12%."));
}

TEST_F(AlertRules, ImpactSaysNothingOfABudgetThatCannotBeJudgedYet) {
  firing.evidence.budget_left.reset();
  Alert alert = make_alert(setting, AlertClass::kPage, firing);
  EXPECT_TRUE(alert.impact.ends_with(" (38%). Burn rate 380x.")) << alert.impact;
  resolve(alert, AlertClass::kPage, firing.evidence, kNow + minutes(5), "");
  EXPECT_TRUE(alert.impact.ends_with(" (38%).")) << alert.impact;
}

TEST_F(AlertRules, ImpactCountsTheShortWindowWhenTheStartIsUnknown) {
  firing.evidence.failed_since_start = firing.evidence.total_since_start = 0;
  firing.evidence.impact_started.reset();
  const Alert alert = make_alert(setting, AlertClass::kPage, firing);
  EXPECT_TRUE(alert.impact.starts_with(
      "Customers cannot pay: 38 of 100 requests failed since 12:04 UTC (38%)."))
      << alert.impact;
  EXPECT_EQ(alert.impact_started, kNow);
}

TEST_F(AlertRules, ObjectiveWithoutWordsOfItsOwnIsNamed) {
  paying.users_lose.clear();
  EXPECT_EQ(make_alert(setting, AlertClass::kPage, firing).problem,
            "checkout-availability is below its objective");
}

TEST_F(AlertRules, AlertHasOwnerRunbookAndLinks) {
  const Alert alert = make_alert(setting, AlertClass::kPage, firing);
  EXPECT_EQ(alert.team.value(), "shop");
  EXPECT_EQ(alert.runbook, "https://runbooks.shop.test/checkout");
  ASSERT_EQ(alert.links.size(), 2u);
  EXPECT_EQ(alert.links[0].url, "https://tocsin.shop.test/objectives/checkout-availability");
  EXPECT_EQ(alert.links[1].name, "Traffic");
  EXPECT_EQ(alert.labels, (Labels{{"alertname", "ErrorBudgetBurn"},
                                  {"objective", "checkout-availability"},
                                  {"service", "checkout"},
                                  {"severity", "page"},
                                  {"tier", "page"}}));
  EXPECT_EQ(alert.fingerprint, fingerprint(alert.labels));
}

TEST_F(AlertRules, RunbookOfTheObjectiveComesFirst) {
  paying.runbook = "https://runbooks.shop.test/paying";
  EXPECT_EQ(make_alert(setting, AlertClass::kPage, firing).runbook, paying.runbook);
}

TEST_F(AlertRules, ImpactNeverStartsAfterTheTierFired) {
  firing.evidence.impact_started = kNow + seconds(30);
  EXPECT_EQ(make_alert(setting, AlertClass::kPage, firing).impact_started, kNow);
}

TEST_F(AlertRules, NewerEvidenceMovesTheStartOnlyBack) {
  Alert alert = make_alert(setting, AlertClass::kPage, firing);
  const Time start = alert.impact_started;
  firing.at = kNow + minutes(1);
  firing.evidence.impact_started = start + minutes(1);
  firing.evidence.failed_since_start = 5000;
  refresh(alert, setting, AlertClass::kPage, firing);
  EXPECT_EQ(alert.impact_started, start);
  EXPECT_NE(alert.impact.find("5,000 of"), std::string::npos);
  firing.evidence.impact_started = start - minutes(1);
  refresh(alert, setting, AlertClass::kPage, firing);
  EXPECT_EQ(alert.impact_started, start - minutes(1));
}

TEST_F(AlertRules, EndKeepsTheLargestCounts) {
  Alert alert = make_alert(setting, AlertClass::kPage, firing);
  slo::Evidence last;  // what a calm objective says: nothing
  resolve(alert, AlertClass::kPage, last, kNow + minutes(10), "");
  EXPECT_EQ(alert.state, AlertState::kResolved);
  EXPECT_EQ(alert.ended, kNow + minutes(10));
  EXPECT_EQ(alert.impact,
            "Over: 1,204 of 3,170 requests failed from 12:03 UTC to 12:14 UTC (38%), 96% of the "
            "budget is left.");
}

TEST_F(AlertRules, EndIsNeverBeforeTheStart) {
  Alert alert = make_alert(setting, AlertClass::kPage, firing);
  resolve(alert, AlertClass::kPage, {}, kNow - hours(1), "");
  EXPECT_EQ(alert.ended, alert.started);
}

TEST_F(AlertRules, NoDataIsAsSevereAsDeclaredAndPagesForTheMostImportantServices) {
  using slo::Severity;
  const auto* stock = catalog->service(catalog::ServiceId("stock"));
  const auto severity = [](const catalog::Service* service, Severity declared) {
    return severity_of(AlertClass::kNoData, service, declared);
  };
  EXPECT_EQ(severity(setting.service, Severity::kTicket), Severity::kPage);
  EXPECT_EQ(severity(stock, Severity::kTicket), Severity::kTicket);
  EXPECT_EQ(severity(stock, Severity::kPage), Severity::kPage);
  EXPECT_EQ(severity(nullptr, Severity::kTicket), Severity::kTicket);
}

TEST_F(AlertRules, BurnTierWithoutDataSaysNothing) {
  EXPECT_EQ(verdict_of(testing::change("o", "page-1h", slo::TierState::kNoData, kNow)),
            Verdict::kSaysNothing);
  const auto silent = testing::change("o", "no-data", slo::TierState::kNoData, kNow);
  EXPECT_EQ(verdict_of(silent), Verdict::kFires);
  EXPECT_EQ(class_of(silent), AlertClass::kNoData);
}

TEST_F(AlertRules, NoDataAlertSaysThatNobodyCanSee) {
  const auto silent =
      testing::change("checkout-availability", "no-data", slo::TierState::kNoData, kNow);
  const Alert alert = make_alert(setting, AlertClass::kNoData, silent);
  EXPECT_EQ(alert.labels.at("alertname"), "NoData");
  EXPECT_EQ(alert.impact,
            "No data about checkout-availability since 12:03 UTC: nobody can see whether users are "
            "hurt. Look at what sends or serves its metrics.");
}

}  // namespace
}  // namespace tocsin::alert
