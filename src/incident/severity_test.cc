#include "incident/severity.h"

#include <gtest/gtest.h>

namespace tocsin::incident {
namespace {

alert::Alert failing(double share) {
  alert::Alert alert;
  alert.labels["alertname"] = "ErrorBudgetBurn";
  alert.evidence.bad_short = share * 1000;
  alert.evidence.total_short = 1000;
  return alert;
}

catalog::Service service(int tier, bool is_customer_facing) {
  catalog::Service s;
  s.tier = tier;
  s.is_customer_facing = is_customer_facing;
  return s;
}

int severity(double share, int tier, bool is_customer_facing) {
  const auto s = service(tier, is_customer_facing);
  return severity_for(failing(share), &s);
}

TEST(Severity, FollowsTheTierTheShareAndTheCustomers) {
  EXPECT_EQ(severity(0.38, 1, true), 1);
  EXPECT_EQ(severity(0.05, 1, true), 2);
  EXPECT_EQ(severity(0.05, 1, false), 3);
  EXPECT_EQ(severity(0.38, 3, true), 2);
  EXPECT_EQ(severity(0.05, 3, false), 4);
  EXPECT_EQ(severity(0.05, 4, false), 5);
}

TEST(Severity, CountsSinceTheStartAreEnough) {
  auto alert = failing(0);
  alert.evidence.failed_since_start = 30;
  alert.evidence.total_since_start = 100;
  const auto s = service(1, true);
  EXPECT_EQ(severity_for(alert, &s), 1);
}

TEST(Severity, TicketsAndBlindnessAreMilder) {
  const auto s = service(1, true);
  auto alert = failing(0.38);
  alert.severity = slo::Severity::kTicket;
  EXPECT_EQ(severity_for(alert, &s), 2);
  alert.severity = slo::Severity::kPage;
  alert.labels["alertname"] = "NoData";
  EXPECT_EQ(severity_for(alert, &s), 3);
}

TEST(Severity, UnknownServiceCountsAsOneWithCustomers) {
  EXPECT_EQ(severity_for(failing(0.05), nullptr), 3);
}

TEST(Severity, StaysWithinOneAndFive) {
  for (int tier = -1; tier < 9; ++tier) {
    for (const double share : {0.0, 0.1, 1.0}) {
      for (const bool facing : {false, true}) {
        EXPECT_GE(severity(share, tier, facing), 1);
        EXPECT_LE(severity(share, tier, facing), 5);
      }
    }
  }
  EXPECT_EQ(severity_name(2), "SEV-2");
}

}  // namespace
}  // namespace tocsin::incident
